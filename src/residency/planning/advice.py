"""What to take, why, and what would change it; and what a budget allows. Words follow from figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from residency.planning.choice import Choice
from residency.planning.constants import UNMEASURED
from residency.planning.counts import Values
from residency.planning.job import Range

DAY = 24.0
"""Hours that a machine of one's own may be busy before renting is worth it."""
FEWEST = 100
"""Training examples, or pairs, below which no recipe is offered."""
ALIKE = 1.15
"""The factor within which two costs are alike."""


@dataclass(frozen=True)
class Advice:
    """The choice, two sentences with its reasons, what would change it, and what can go wrong."""

    choice: Choice
    says: tuple[str, str]
    changes: tuple[str, ...]
    risks: tuple[str, ...]


def own_method(recipe: Values) -> str:
    """The method that the recipe asks for; how its weights are held depends on the device."""
    if recipe["sft"]["tune"] == "full":
        return "full"
    return "qlora" if recipe["model"]["quantization"] == "4bit" else "lora"


def recommended(choices: Sequence[Choice], wanted: str, method: str, budget: float | None = None) -> Choice | None:
    """The choice to take: the recipe's own model where it can be had for the budget, else the first of the others that
    can, in the order in which they were given; on the cheapest devices on which it surely fits. None where nothing
    fits.

    A machine of one's own costs nothing, and is taken where it does the work within a day. An AMD card is taken where
    there is no other: what is said of packages and kernels here is known of NVIDIA's. The recipe's own ``method`` is
    taken where another one would not save much.
    """
    fits = [one for one in choices if one.fit == "fits" and affordable(one, budget)]
    fits = fits or [one for one in choices if one.fit == "tight" and affordable(one, budget)]
    names = list(dict.fromkeys(one.model.name for one in choices))
    order = sorted(names, key=lambda name: name != wanted)
    for name in order:
        own = [one for one in fits if one.model.name == name]
        here = [one for one in own if one.usd is None and one.hours.likely <= DAY]
        rented = [one for one in own if one.usd is not None]
        rented = [one for one in rented if not one.hardware.is_amd] or rented
        found = sorted(here, key=lambda one: one.hours.likely) or sorted(rented, key=_cost)
        if found:
            limit = ALIKE * (_cost(found[0]) or found[0].hours.likely)
            alike = [one for one in found if (_cost(one) or one.hours.likely) <= limit]
            return next((one for one in alike if one.method.name.partition(" ")[0] == method), found[0])
    return None


def affordable(choice: Choice, budget: float | None) -> bool:
    """Whether a choice likely costs no more than the budget."""
    return budget is None or choice.usd is None or choice.usd.likely <= budget


def _cost(choice: Choice) -> float:
    return choice.usd.likely if choice.usd is not None else 0.0


def advice(
    choices: Sequence[Choice], choice: Choice, wanted: str, recipe: Values, budget: float | None, licence: str
) -> Advice:
    """The recommendation in words."""
    model = choice.model
    what = {"lora": "an adapter (LoRA)", "qlora": "an adapter on 4-bit weights (QLoRA)", "full": "all weights"}
    way = what[choice.method.name.partition(" ")[0]]
    devices = choice.hardware.title
    if choice.usd is not None:
        devices = f"{'one' if choice.devices == 1 else choice.devices} {devices}"
    first = (
        f"Take {model.title} and train {way} on {devices}: about {hours(choice.hours)}"
        f"{f' and {dollars(choice.usd)}' if choice.usd is not None else ', with nothing to rent'}, and at most "
        f"{choice.peak.memory.total.high / 1e9:.0f} of its {choice.hardware.usable / 1e9:.0f} GB of memory."
    )
    if model.name == wanted:
        why = "It is the model that the recipe names"
    else:
        cannot = "does not fit what was asked for" if budget is None else f"cannot be had for {budget:,.0f} USD"
        why = f"The recipe's own model {cannot}, and this one is the first that can"
    priced = "the cheapest way to train it that surely fits" if choice.fit == "fits" else "the only way that may fit"
    why += f"; this is {priced if choice.usd is not None else 'your own machine, which has room for it'}"
    second = f"{why}, and its licence is {licence or 'for you to look up'}."
    return Advice(choice, (first, second), tuple(_changes(choices, choice, recipe)), tuple(_risks(choice, budget)))


def _changes(choices: Sequence[Choice], choice: Choice, recipe: Values) -> Iterator[str]:
    """What else would be the better choice, for whom."""
    own = [one for one in choices if one.model.name == choice.model.name and one.fit == "fits" and one.usd is not None]
    faster = min(own, key=lambda one: one.hours.likely, default=None)
    if faster is not None and faster.hours.likely < 0.6 * choice.hours.likely:
        yield f"If time is short: {faster.on} takes about {hours(faster.hours)} for {dollars(faster.usd)}."
    others = [
        one for one in choices if one.fit == "fits" and one.usd is not None and one.model.name != choice.model.name
    ]
    cheaper = min(others, key=_cost, default=None)
    if cheaper is not None and choice.usd is not None and _cost(cheaper) < 0.6 * _cost(choice):
        smaller_one = cheaper.model.shape.parameters < choice.model.shape.parameters
        yield (
            f"If money is short: {cheaper.model.title} ({cheaper.method.name}) on {cheaper.on} costs about "
            f"{dollars(cheaper.usd)}{'; it is a smaller model' if smaller_one else ''}."
        )
    total = choice.hours.likely
    shares = {stage.stage: stage.seconds.likely / 3600 / total for stage in choice.stages} if total else {}
    asked = recipe["evaluate"]["max_items"]
    if shares.get("evaluate", 0) > 0.4 and (asked is None or asked > 200):
        yield (
            f"The evaluation takes {shares['evaluate']:.0%} of the time: --set evaluate.max_items=200 asks fewer "
            "questions of each axis, for wider intervals."
        )
    if shares.get("thoughts", 0) > 0.3:
        yield (
            f"Writing the thoughts takes {shares['thoughts']:.0%} of the time: a server that is made for writing "
            "(vLLM, named as thoughts.server) is several times as fast."
        )
    yield "A price that you were offered (--prices FILE) makes these ranges narrower."


def _risks(choice: Choice, budget: float | None) -> Iterator[str]:
    """What can go wrong."""
    if choice.fit == "tight":
        yield (
            f"Memory: the stage {choice.peak.stage} may need {choice.peak.memory.total.high / 1e9:.0f} GB where there "
            f"are {choice.hardware.usable / 1e9:.0f}. {smaller(choice)}"
        )
    if budget is not None and choice.usd is not None and choice.usd.high > budget:
        yield f"Money: in the worst case it takes {choice.usd.high:,.0f} USD, more than the budget of {budget:,.0f}."
    if choice.hardware.is_amd:
        yield "Software: the packages' builds for AMD (ROCm) differ from the usual ones; try a short run first."
    if choice.devices > 1:
        yield (
            f"Several devices: a step must have a batch for each, so set sft.batches_per_step to a multiple of "
            f"{choice.devices}; stages that answer questions use one device at a time and are paid for all."
        )
    if choice.constants.source == UNMEASURED:
        yield (
            "The device is planned for and not measured: on it, type residency plan RECIPE --probe, which takes a few "
            "real steps and corrects the plan before the bill grows."
        )
    yield (
        "Reading, checking and building the data need no GPU: run the recipe --until mix on any computer, and rent for "
        "the rest."
    )


ANSWERS = {
    "evaluate": "evaluate.batch_size",
    "knowledge": "knowledge.batch_size",
    "thoughts": "thoughts.batch_size",
    "teacher": "teacher.batch_size",
    "pairs": "pairs.sample_batch",
}
"""How many answers a stage writes at once."""


def smaller(choice: Choice) -> str:
    """What needs less memory in the stage that needs the most."""
    keys = {**ANSWERS, "preference": "preference.batch_tokens", "sft": "sft.batch_tokens"}
    return f"Lower {keys[choice.peak.stage]}, or take devices with more memory."


def smaller_batches(choice: Choice, recipe: Values) -> tuple[str, ...]:
    """Settings by which the stages that answer write a quarter of what they do at once."""
    asked = [
        (ANSWERS[stage.stage], *ANSWERS[stage.stage].split(".")) for stage in choice.stages if stage.stage in ANSWERS
    ]
    sizes = {name: int(recipe[section][key]) for name, section, key in asked}
    return tuple(f"{name}={size // 4}" for name, size in sizes.items() if size >= 8)


def fewer_devices(choice: Choice, settings: Sequence[str]) -> str:
    """That fewer answers at once need fewer devices."""
    typed = " ".join(f"--set {setting}" for setting in settings)
    takes = f"about {hours(choice.hours)} and {dollars(choice.usd)}"
    return f"With fewer answers written at once ({typed}) {choice.on} is enough: {takes}."


@dataclass(frozen=True)
class Change:
    """Values of the recipe to set, and what the recipe then likely costs on which devices."""

    settings: tuple[str, ...]
    choice: Choice

    @property
    def typed(self) -> str:
        """As it is typed."""
        return " ".join(f"--set {setting}" for setting in self.settings)


def nearest(
    plan: Callable[[Sequence[str]], Choice | None], examples: int, pairs: int, recipe: Values, budget: float
) -> Change | None:
    """The least that must be given up for the recipe's model to be had for the budget: first items of the evaluation,
    then passes over the data, then pairs, then examples.

    Args:
        plan: the choice of the recipe with some values set; None where it does not fit.
        examples: those of the recipe's mix as it is.
        pairs: those of preference tuning as it is.
        recipe: its values.
        budget: in dollars.
    """
    for settings in _steps(examples, pairs, recipe):
        found = plan(settings)
        if found is not None and affordable(found, budget):
            return Change(settings, found)
    return None


def _steps(examples: int, pairs: int, recipe: Values) -> Iterator[tuple[str, ...]]:
    """Ever less, each with what was given up before."""
    items, epochs = recipe["evaluate"]["max_items"], float(recipe["sft"]["epochs"])
    given: dict[str, str] = {}

    def less(key: str, value: object) -> tuple[str, ...]:
        given[key] = f"{key}={value}"
        return tuple(given.values())

    for most in (500, 200, 100):
        if items is None or items > most:
            yield less("evaluate.max_items", most)
    if epochs > 1:
        yield less("sft.epochs", 1)
    for key, rows in (("pairs.max_pairs", pairs), ("mix.examples", examples)):
        for part in (2, 4, 8, 16, 32):
            if rows // part >= FEWEST:
                yield less(key, rows // part)


def hours(found: Range) -> str:
    """Hours in words, with their ends."""
    if found.high < 1:
        return f"{_number(found.likely * 60)} minutes ({_number(found.low * 60)} to {_number(found.high * 60)})"
    return f"{_number(found.likely)} hours ({_number(found.low)} to {_number(found.high)})"


def dollars(found: Range | None) -> str:
    """Dollars in words, with their ends."""
    if found is None:
        return "no rent"
    return f"{_number(found.likely)} USD ({_number(found.low)} to {_number(found.high)})"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}" if value >= 0.1 else f"{value:.2f}"
