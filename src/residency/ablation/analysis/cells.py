"""The trainings of one question on one proxy: which are compared, and that they were asked the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from residency.ablation.question import Arm, Question
from residency.ablation.records import Trained
from residency.core.errors import ProofError
from residency.judging.statistics.sample import Array

AGAIN = "again"
"""The arm name of further trainings of the control's recipe, where the question has no such arm."""
Cells = Mapping[str, Mapping[int, Trained]]
"""Trainings by arm and repeat."""
Pair = tuple[Trained, Trained]
"""A training of an arm and the one of the control that it is held against."""


def cells_of(question: Question, trained: Iterable[Trained], proxy: str) -> dict[str, dict[int, Trained]]:
    """The question's trainings on this proxy, arms as the question has them, repeats in order. Those that were not
    asked what the control was are left out: nothing can be said of them (:func:`asked_otherwise`).

    Raises:
        ProofError: an arm has a repeat twice.
    """
    found = _all(question, trained, proxy)
    asked = _asked_first(question, found)
    alike = {
        name: {repeat: one for repeat, one in repeats.items() if _items(one) == asked}
        for name, repeats in found.items()
    }
    return {name: repeats for name, repeats in alike.items() if repeats}


def asked_otherwise(question: Question, trained: Iterable[Trained], proxy: str) -> dict[str, str]:
    """By arm, in a clause, that its trainings were not asked what the control was."""
    found = _all(question, trained, proxy)
    asked = _asked_first(question, found)
    differ = {name: min(len(_items(one) ^ asked) for one in repeats.values()) for name, repeats in found.items()}
    reason = f"{{}} items were asked of it or of {question.control}, and not of both"
    return {name: reason.format(count) for name, count in differ.items() if count}


def _all(question: Question, trained: Iterable[Trained], proxy: str) -> dict[str, dict[int, Trained]]:
    own = [one for one in trained if one.question == question.name and one.proxy == proxy]
    found: dict[str, dict[int, Trained]] = {}
    for name in dict.fromkeys((*(arm.name for arm in question.arms), AGAIN)):
        for one in sorted((one for one in own if one.arm == name), key=lambda one: one.repeat):
            if found.setdefault(name, {}).setdefault(one.repeat, one) is not one:
                raise ProofError(f"arm {name} has repeat {one.repeat} twice", f"{question.name} on {proxy}")
    return found


def _asked_first(question: Question, found: Cells) -> set[tuple[str, str]]:
    """The items of the control; of the first arm there is where it was not trained."""
    repeats = found.get(question.control) or next(iter(found.values()), {})
    return _items(next(iter(repeats.values()))) if repeats else set()


def _items(one: Trained) -> set[tuple[str, str]]:
    return {(item["axis"], item["id"]) for item in one.results}


def pairs_of(question: Question, cells: Cells, arm: str, control: str) -> list[Pair]:
    """The trainings of an arm, each with the control's of the same repeat; repeats that only one has are left out.
    An untrained model is the same in every repeat: the one measurement of it stands for all."""
    first, second = cells.get(arm, {}), cells.get(control, {})
    if untrained(question, arm) and len(first) == 1:
        first = dict.fromkeys(second, next(iter(first.values())))
    if untrained(question, control) and len(second) == 1:
        second = dict.fromkeys(first, next(iter(second.values())))
    return [(first[repeat], second[repeat]) for repeat in sorted(first.keys() & second.keys())]


def extra(question: Question, arm: str) -> bool:
    """Whether these are further trainings of the control, and no arm of the question."""
    return arm == AGAIN and all(one.name != AGAIN for one in question.arms)


def same_recipe(arm: Arm, other: Arm) -> bool:
    """Whether both are trained alike; what is trained again is held equal to what it repeats, or to nothing."""
    held = (arm.hold, arm.like) == (other.hold, other.like)
    repeats = arm.again and not other.like and arm.like in ("", other.name)
    alike = all(getattr(arm, name) == getattr(other, name) for name in ("set", "share", "measures", "after"))
    return alike and (held or repeats)


def twin(question: Question, arm: str, other: str) -> bool:
    """Whether the first trains the second's recipe once more, so that they differ by chance alone."""
    one = question.arm(arm)
    return one.again and one.measures != "base" and arm != other and same_recipe(one, question.arm(other))


def untrained(question: Question, arm: str) -> bool:
    """Whether the arm is the base model as it came."""
    return question.arm(arm).measures == "base"


def model_of(question: Question, one: Trained) -> tuple[str, str]:
    """What tells a measured model from another: the training, and which of its models was measured."""
    return one.model or one.cell, question.arm(question.control if extra(question, one.arm) else one.arm).measures


def same_model(question: Question, pairs: Sequence[Pair]) -> bool:
    """Whether both sides are one and the same model in every repeat, so that nothing is compared."""
    return bool(pairs) and all(model_of(question, one) == model_of(question, other) for one, other in pairs)


class Table(NamedTuple):
    """A metric of several trainings: ``values`` of shape (trainings, items), not a number where there is none."""

    values: Array
    clusters: list[str]


def table(trained: Sequence[Trained], metric: str) -> Table:
    """The metric of the items that carry it in any of the trainings, items in one order.

    Raises:
        ProofError: an id occurs twice in one axis of a training.
    """
    clusters: dict[tuple[str, str], str] = {}
    columns: list[dict[tuple[str, str], float]] = []
    for one in trained:
        column: dict[tuple[str, str], float] = {}
        for item in one.results:
            if metric in item["metrics"]:
                key = (item["axis"], item["id"])
                if key in column:
                    raise ProofError(f"the id occurs twice on the axis {key[0]!r}", key[1])
                value = item["metrics"][metric]
                column[key] = np.nan if value is None else value
                clusters.setdefault(key, item["cluster"])
        columns.append(column)
    keys = sorted(clusters)
    values = np.asarray([[column.get(key, np.nan) for key in keys] for column in columns], float)
    return Table(values.reshape(len(columns), len(keys)), [clusters[key] for key in keys])
