"""Which trainings answer the questions, each once, and in which order."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from residency.ablation.changes import changes_of, on_model, online_apart, value_at
from residency.ablation.choosing import Serves, wanted_arms
from residency.ablation.question import Arm, Hold, Measured, Question
from residency.ablation.settings import AblateSettings
from residency.core.errors import InputError

ALIKE = 5e-4
"""Shares that differ by less are the same: ``with_share`` rounds to four places."""
AGAIN = 1000
"""Added to ``run.repeat`` of an arm that is trained again, so that no number of seeds reaches it."""
LEAST_EXAMPLES = 20
SAME_FOR_ALL = ("corpus", "evaluate", "run")
"""Sections that decide which rows are held out and what is asked of the models: no arm has its own."""
_ASKED: dict[str, Any] = {
    # What the recipe's own evaluation asks: an arm that was chosen on it would have been chosen on the test.
    "evaluate.followups": [],
    "evaluate.dialogues": [],
    "evaluate.exam.files": [],
    "evaluate.open.rubrics": [],
    "evaluate.safety.files": [],
    "evaluate.retention.mcqs": [],
    "evaluate.followup.mt_bench": [],
    "evaluate.gates": [],
    "evaluate.modes.swapped": True,
}


@dataclass(frozen=True)
class CellPlan:
    """One training that is measured.

    ``changes`` are all values of the recipe that it replaces, by dotted key, the ablation's own among them. ``repeat``
    is the round that it belongs to, from 0; what an untrained model answers is asked once, in round 0, and stands for
    every round. So does an arm that is trained ``once``. ``like`` names the cell with which ``hold`` is held equal, and
    is empty where nothing is; ``after`` the cell whose model, merged, this one starts from. Both stand earlier in the
    order.
    """

    name: str
    proxy: str
    repeat: int
    changes: Mapping[str, Any]
    measures: Measured
    hold: Hold
    like: str
    after: str
    serves: tuple[Serves, ...]


@dataclass(frozen=True)
class _Training:
    """A training before it has a place: ``key`` says what it is, and equal keys are one training. ``own`` is what its
    arm changes of the recipe, ``changes`` that and what the ablation sets; ``like`` and ``after`` are keys."""

    key: str
    arm: Arm
    own: dict[str, Any]
    changes: dict[str, Any]
    hold: Hold
    like: str
    after: str


def cells(
    questions: Sequence[Question],
    recipe_values: Mapping[str, Any],
    settings: AblateSettings,
    quick: bool = False,
    without: Collection[Serves] = (),
    only: Collection[str] = (),
) -> list[CellPlan]:
    """The distinct trainings, in the order in which they are run.

    Arms that come to the same training share a cell, whatever their questions call them. All arms are trained with the
    first seed before any is with the second; within a round controls come first, and what another arm needs before it.
    A quick run has one seed, and the arms that are marked for it, with those that they need.

    A cell's name says what it trains: ``recipe`` or ``base`` where nothing is changed, else the first question and arm
    that ask for it; then a digest of what decides the training, then the round. It stays when questions or seeds are
    added, or more items are asked.

    Args:
        questions: in the order of the report.
        recipe_values: all values of the recipe, section by section.
        settings: proxies, seeds, examples and items.
        quick: whether the run is a quick one.
        without: arms that are left out (``left_out``).
        only: names of arms to run, with those that they need; all where there are none.

    Raises:
        InputError: arms need each other in a circle, an arm's share cannot be set, or an arm sets what is the same for
            all.
    """
    found: list[CellPlan] = []
    for repeat in range(1 if quick else settings.seeds):
        for proxy in settings.proxies:
            found += _round(questions, recipe_values, settings, repeat, proxy, (quick, without, only))
    return found


def _round(
    questions: Sequence[Question],
    recipe: Mapping[str, Any],
    settings: AblateSettings,
    repeat: int,
    proxy: str,
    chosen: tuple[bool, Collection[Serves], Collection[str]],
) -> list[CellPlan]:
    """The cells of one round on one proxy."""
    found: dict[str, _Training] = {}
    serves: dict[str, list[Serves]] = {}
    controls: list[str] = []
    for question in questions:
        arms = wanted_arms(question, *chosen)
        trainings = _trainings(question, arms, recipe, settings, proxy, repeat)
        for name in arms:
            training = trainings[name]
            found.setdefault(training.key, training)
            serves.setdefault(training.key, []).append((question.name, name))
        if question.control in arms:
            controls.append(trainings[question.control].key)
    names = {key: _name(training, serves[key][0], repeat) for key, training in found.items()}
    return [
        CellPlan(
            names[key],
            proxy,
            repeat,
            found[key].changes,
            found[key].arm.measures,
            found[key].hold,
            names.get(found[key].like, ""),
            names.get(found[key].after, ""),
            tuple(serves[key]),
        )
        for key in _in_order([*controls, *found], found)
        if _has_round(found[key].arm, repeat, proxy == settings.proxies[0])
    ]


def _has_round(arm: Arm, repeat: int, first: bool) -> bool:
    """Whether a round has an arm, on the first proxy or another."""
    return (repeat == 0 or not (arm.once or arm.measures == "base")) and (first or not arm.once)


def _in_order(keys: Iterable[str], found: Mapping[str, _Training]) -> list[str]:
    """The keys, each once, and each after those that it needs."""
    ordered: dict[str, None] = {}

    def place(key: str) -> None:
        if key in ordered or key not in found:
            return
        place(found[key].like)
        place(found[key].after)
        ordered[key] = None

    for key in keys:
        place(key)
    return list(ordered)


def _trainings(
    question: Question,
    arms: Iterable[str],
    recipe: Mapping[str, Any],
    settings: AblateSettings,
    proxy: str,
    repeat: int,
) -> dict[str, _Training]:
    """What arms of a question come to."""
    found: dict[str, _Training] = {}

    def training(name: str, above: tuple[str, ...]) -> _Training:
        if name in above:
            circle = ", ".join((*above[above.index(name) :], name))
            raise InputError(f"these arms need each other in a circle: {circle}", question.name, "Change like or after")
        if name not in found:
            found[name] = make(question.arm(name), (*above, name))
        return found[name]

    def make(arm: Arm, above: tuple[str, ...]) -> _Training:
        if fixed := next((key for key in arm.set if key.partition(".")[0] in SAME_FOR_ALL), ""):
            what = f"arm {arm.name} sets {fixed}, and what is held out and asked must be the same for all arms"
            raise InputError(what, question.name, "Leave it out, or set it in the recipe")
        own, common = _own_changes(arm, recipe, settings, proxy), _common(settings)
        hold: Hold = "nothing" if arm.measures == "base" else arm.hold or question.hold
        target = arm.like if hold == "compute" and arm.like else question.control
        held = hold != "nothing" and arm.name != target
        after = training(arm.after, above) if arm.after else None
        like = training(target, above) if held else None
        if like is not None and after is None and _is_same(own, arm, like):
            hold, like = "nothing", None  # it is what it would be held equal to
        if like is None:
            hold = "nothing"
        trained = {key: value for key, value in common.items() if not key.startswith("evaluate.")} | own
        of = like.key if like else "", after.key if after else ""
        key = _digest(proxy, trained, arm.measures, hold, *of, arm.again)
        aside = on_model(recipe, own.get("model.name", proxy)) | online_apart(recipe, own)
        changes = aside | common | own | {"run.repeat": repeat + AGAIN * arm.again}
        return _Training(key, arm, own, changes, hold, *of)

    return {name: training(name, ()) for name in arms}


def _own_changes(arm: Arm, recipe: Mapping[str, Any], settings: AblateSettings, proxy: str) -> dict[str, Any]:
    """What the arm changes of the recipe, as it stands for the arm's model, the proxy or its own; values that are there
    already are no change."""
    wanted = arm.set if arm.measures == "base" else changes_of(arm, recipe)
    standing = on_model(recipe, arm.set.get("model.name", proxy)) | {"model.name": proxy}
    own = {key: value for key, value in wanted.items() if not _same(value, standing.get(key, value_at(recipe, key)))}
    if arm.measures == "base":
        return own
    if arm.after and arm.share is not None:
        part = sum(recipe["mix"]["shares"].get(kind, 0.0) for kind in arm.share.kinds) or 1.0
        own = {"mix.examples": max(LEAST_EXAMPLES, round(part * settings.examples))} | own
    return own


def _is_same(own: Mapping[str, Any], arm: Arm, other: _Training) -> bool:
    """Whether an arm trains what another does."""
    if arm.again or other.arm.again or arm.measures != other.arm.measures or other.after:
        return False
    return own.keys() == other.own.keys() and all(_same(own[key], other.own[key]) for key in own)


def _common(settings: AblateSettings) -> dict[str, Any]:
    """What the ablation sets for every cell, whatever the arm."""
    return {
        "mix.examples": settings.examples,
        "evaluate.max_items": settings.max_items,
        "evaluate.max_new_tokens": settings.max_new_tokens,
        "evaluate.batch_size": settings.batch_size,
        **_ASKED,
    }


def _name(training: _Training, first: Serves, repeat: int) -> str:
    arm = training.arm
    changed = arm.again or training.like or training.after or training.own
    readable = "base" if arm.measures == "base" else "-".join(first) if changed else "recipe"
    return f"{readable}-{training.key}-{repeat}"


def _digest(*parts: Any) -> str:
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _same(a: Any, b: Any) -> bool:
    """Whether two values of the recipe mean the same; of shares, whether each kind's does."""
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        numbers = all(isinstance(value, int | float) for value in (*a.values(), *b.values()))
        if numbers:
            return all(abs(a.get(key, 0.0) - b.get(key, 0.0)) < ALIKE for key in {*a, *b})
    return bool(a == b)
