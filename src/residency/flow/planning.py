"""A plan of a recipe: its run's counts, the models and devices to choose from, and what follows for a budget."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

from residency.core.errors import InputError, UsageError
from residency.core.runs import is_finished, values_of
from residency.flow.probing import device_of
from residency.flow.recipe import LoadedRecipe, assign, parse_override
from residency.generation.embedded import model_home
from residency.generation.settings import ModelSettings
from residency.planning.advice import (
    Change,
    advice,
    affordable,
    dollars,
    fewer_devices,
    nearest,
    own_method,
    recommended,
    smaller_batches,
)
from residency.planning.choice import GRID, Choice, Fitted, Model, choices
from residency.planning.counts import Values, counts_of
from residency.planning.hardware import Hardware, hardware_table
from residency.planning.measured import measured
from residency.planning.meter import folder_at_hand, meter_of
from residency.planning.models import Candidate, candidates, shape_named
from residency.planning.plan import Plan
from residency.planning.probe import kept, place_of
from residency.planning.stages import asked_of_servers

HERE = "here"
"""The name of this machine among the devices; it is not rented."""
THINKS = frozenset({"harmony", "qwen3-thinking"})
_SEVERAL = re.compile(r"(\d+)\s*[x*]\s*(.+)", re.IGNORECASE)


def plan_recipe(
    loaded: LoadedRecipe,
    *,
    on: Sequence[str] = (),
    models: Sequence[str] = (),
    budget: float | None = None,
    prices: Path | None = None,
    grid: float = GRID,
    tell: Callable[[str], None] = lambda line: None,
) -> Plan:
    """Plan a recipe whose bank has been read.

    Args:
        loaded: the checked recipe.
        on: devices by name, as ``h100-sxm``, ``H100`` for all of that kind, ``4xH100``, or ``here``; all that can be
            rented and this machine if left out.
        models: candidates by name; the recipe's model and the known ones if left out.
        budget: dollars that the recipe may likely cost.
        prices: a file of devices and prices of the user's own.
        grid: grams of CO2 for a kWh.
        tell: takes a line about what was damaged and ignored.

    Raises:
        InputError: the bank has not been read, or a model or a device is not known.
        UsageError: the recipe cannot be done for the budget; it names the nearest that can.
    """
    if budget is not None and budget <= 0:
        raise UsageError(f"a budget of {budget:g} USD buys nothing", "--budget", "Give dollars, as --budget 200")
    recipe = loaded.recipe.model_dump(mode="json")
    wanted = loaded.recipe.model.name
    table = hardware_table(prices)
    devices = devices_named(on, table, loaded.recipe.model)
    names = _names(models, wanted)
    made_with = _made_with(loaded.run_folder)
    given = [_model(name, loaded, recipe, made_with) for name in names]
    constants = _probed(names, devices, tell)
    found = choices(given, devices, recipe, constants)
    asked = names if models else [wanted]
    first = wanted if wanted in names else names[0]
    chosen = recommended(found, first, own_method(recipe), budget)
    if budget is not None and not any(one.model.name in asked and _can(one, budget) for one in found):
        raise _too_small(loaded, recipe, found, asked, budget, made_with, constants)
    own = next((model.counts for model in given if model.name == wanted), given[0].counts)
    known = {name: one for name, one in candidates().items() if name in names}
    told = known.get(chosen.model.name) if chosen is not None else None
    said = None
    if chosen is not None:
        said = advice(found, chosen, first, recipe, budget, told.licence if told is not None else "")
        if chosen.devices > 1 and (fewer := _with_smaller_batches(chosen, loaded, recipe, made_with, constants)):
            said = replace(said, changes=(fewer_devices(*fewer), *said.changes))
    servers = asked_of_servers(own, recipe)
    paid = {
        stage: (sent * recipe[stage]["price_in"] + got * recipe[stage]["price_out"]) / 1e6
        for stage, (sent, got) in servers.items()
        if "price_in" in recipe[stage]
    }
    return Plan(
        str(loaded.path),
        loaded.run_folder,
        wanted,
        own,
        loaded.recipe.sft.batch_tokens,
        tuple(found),
        said,
        known,
        budget,
        grid,
        servers,
        paid,
    )


def expected(plan: Plan, method: str) -> Choice | None:
    """The choice whose times a run of the recipe is held against: the recipe's own model and method on this machine
    where that is planned for and fits, else what is advised, if it is that model."""
    own = [one for one in plan.choices if one.model.name == plan.wanted and one.fit != "no"]
    here = [one for one in own if one.hardware.key == HERE]
    here.sort(key=lambda one: one.method.name.partition(" ")[0] != method)
    advised = plan.advice.choice if plan.advice is not None and plan.advice.choice.model.name == plan.wanted else None
    return here[0] if here else advised


def _probed(
    names: Sequence[str], devices: Sequence[tuple[Hardware, int | None]], tell: Callable[[str], None]
) -> Fitted:
    """What earlier probes found on this machine, of the models that they probed."""
    own = [one for one, _ in devices if one.key == HERE]
    found = {(one.key, name): kept(place_of(name, one.kind), tell) for one in own[:1] for name in names}
    return {key: constants for key, constants in found.items() if constants is not None}


def devices_named(
    on: Sequence[str], table: Mapping[str, Hardware], model: ModelSettings
) -> list[tuple[Hardware, int | None]]:
    """The devices that are meant, each with how many; None leaves the number open.

    Args:
        on: their names; all that can be rented and this machine where there are none.
        table: the known devices.
        model: the recipe's, which may name the processor of a machine that has cards too.

    Raises:
        InputError: there is none of a name.
    """
    if not on:
        rented = [(one, None) for one in table.values() if one.price is not None]
        return [*rented, (_here(table, model), None)]
    found: list[tuple[Hardware, int | None]] = []
    for text in on:
        several = _SEVERAL.fullmatch(text.strip())
        count, name = (int(several[1]), several[2]) if several else (None, text.strip())
        found += [(one, count) for one in _of_name(name, table, model)]
    return found


def _of_name(name: str, table: Mapping[str, Hardware], model: ModelSettings) -> list[Hardware]:
    if name.lower() == HERE:
        return [_here(table, model)]
    plain = _plain(name)
    exact = [one for key, one in table.items() if plain in (_plain(key), _plain(one.title))]
    part = re.compile(rf"{re.escape(plain)}(?!\d)")  # H10 is no H100
    alike = exact or [one for key, one in table.items() if plain and part.search(f"{_plain(key)} {_plain(one.title)}")]
    if not alike:
        near = difflib.get_close_matches(name.lower(), table, 3, 0.4) or sorted(table)
        fix = f"Choose of {', '.join(near)}, or {HERE} for this machine; or describe it in a file for --prices"
        raise InputError(f"nothing is known of a device {name!r}", "--on", fix)
    return alike


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def _here(table: Mapping[str, Hardware], model: ModelSettings) -> Hardware:
    own = device_of(model, table)
    return own.model_copy(update={"key": HERE, "usd_per_hour": None, "title": f"this machine ({own.title})"})


def _names(models: Sequence[str], wanted: str) -> list[str]:
    """The candidates' names in full."""
    known = candidates()
    if not models:
        return list(dict.fromkeys([wanted, *(name for name in known if name != "embedded")]))
    found = []
    for text in models:
        short = {key.lower(): name for name, one in known.items() for key in (name, name.rpartition("/")[2], one.title)}
        found.append(short.get(text.lower(), text))
    return list(dict.fromkeys(found))


def _model(name: str, loaded: LoadedRecipe, recipe: Values, made_with: Values) -> Model:
    """A candidate with the recipe's counts by its tokenizer."""
    own = loaded.recipe.model
    settings = own if name == own.name else ModelSettings(name=name)
    one = candidates().get(name)
    shape = one.shape if one is not None else shape_named(name, settings.revision)
    thinks = _thinks(name, one, shape.model_type, bool(recipe["chat"]["thinking"]))
    meter = meter_of(folder_at_hand(name, model_home()))
    counts = counts_of(measured(loaded.run_folder, meter, settings, thinks), recipe, thinks, made_with)
    holds = frozenset(one.trains_in) if one is not None else frozenset({"bf16"} if shape.experts else {"bf16", "4bit"})
    return Model(name, one.title if one is not None else name, shape, counts, holds)


def _thinks(name: str, one: Candidate | None, model_type: str, asked: bool) -> bool:
    if one is not None:
        return one.family in THINKS or (one.family == "qwen3" and asked)
    return model_type == "gpt_oss" or "thinking" in name.lower()


def _made_with(run: Path) -> dict[str, Any]:
    return {stage: values_of(run, stage, stage) for stage in ("mix", "pairs") if is_finished(run, stage)}


def _with_smaller_batches(
    chosen: Choice, loaded: LoadedRecipe, recipe: Values, made_with: Values, constants: Fitted
) -> tuple[Choice, tuple[str, ...]] | None:
    """The same on fewer devices, where fewer answers are written at once, and what to set for it."""
    settings = smaller_batches(chosen, recipe)
    values = deepcopy(dict(recipe))
    for text in settings:
        assign(values, *parse_override(text))
    model = _model(chosen.model.name, loaded, values, made_with)
    tried = choices([model], [(chosen.hardware, None)], values, constants)
    own = next((one for one in tried if one.method == chosen.method), None)
    return (own, settings) if own is not None and own.fit == "fits" and own.devices < chosen.devices else None


def _can(choice: Choice, budget: float) -> bool:
    return choice.fit != "no" and affordable(choice, budget)


def _too_small(
    loaded: LoadedRecipe,
    recipe: dict[str, Any],
    found: Sequence[Choice],
    asked: Sequence[str],
    budget: float,
    made_with: Values,
    constants: Fitted,
) -> UsageError:
    """That the recipe cannot be done for the budget, and the nearest that can."""
    fits = [one for one in found if one.model.name in asked and one.fit != "no"]
    best = min(fits, key=lambda one: one.usd.likely if one.usd is not None else 0.0, default=None)
    where = f"--budget {budget:g}"
    offers = []
    if best is None:
        what = f"{' and '.join(asked)} fits on none of these devices"
    else:
        what = f"this recipe with {best.model.title} takes about {dollars(best.usd)} at the least, on {best.on}"
        kinds = [(best.hardware, best.devices)]

        def plan(settings: Sequence[str]) -> Choice | None:
            values = deepcopy(recipe)
            for text in settings:
                assign(values, *parse_override(text))
            tried = choices([_model(best.model.name, loaded, values, made_with)], kinds, values, constants)
            return next((one for one in tried if one.method == best.method and one.fit != "no"), None)

        examples = recipe["mix"]["examples"] or best.model.counts.train.lengths.rows
        change = nearest(plan, examples, best.model.counts.pairs.lengths.rows, recipe, budget)
        offers += [_offered(change)] if change is not None else []
    other = next((one for one in found if one.model.name not in asked and _can(one, budget)), None)
    if other is not None and other.usd is not None:
        typed = f"--set model.name={other.model.name}"
        typed += " --set model.quantization=4bit" if other.method.weights == "4bit" else ""
        offers.append(f"{typed} --on {other.on.replace(' ', '')}, about {dollars(other.usd)}")
    fix = f"Nearest that can: {'; or '.join(offers)}" if offers else "Nothing near can; raise it"
    return UsageError(what, where, fix)


def _offered(change: Change) -> str:
    return f"{change.typed} --on {change.choice.on.replace(' ', '')}, about {dollars(change.choice.usd)}"
