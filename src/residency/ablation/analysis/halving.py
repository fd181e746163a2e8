"""Which arms are trained once more where the budget does not last for all."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from residency.ablation.analysis.words import with_interval
from residency.ablation.question import Question
from residency.ablation.records import Contrast


@dataclass(frozen=True)
class Round:
    """``goes_on`` names the arms that are trained once more, as the question has them; ``left`` says why others are
    not, by arm."""

    goes_on: Sequence[str]
    left: Mapping[str, str]


def next_round(
    question: Question, contrasts: Sequence[Contrast], higher_is_better: Mapping[str, bool], most: int | None = None
) -> Round:
    """Successive halving over repeats (Jamieson and Talwalkar 2016, AISTATS), with what was measured so far.

    Arms are ranked by their difference on the first benefit axis. Go on: the better half (of an odd number the larger
    one); what the kept are held against, start from or are given the computing of; arms that were not ranked, as they
    answer a question beside the main one or were not measured yet; and, unlike plain halving, every arm whose interval
    reaches the best one's difference, since a few items rank arms by chance. ``most`` is the number of arms, the
    control among them, that the budget lasts for: the lowest of those that go on only by their interval are then left
    out, until no more than that go on or none of them is left. An arm that is left out keeps the contrasts that it
    has, with the repeats that it had.
    """
    axis = next(axis for axis in question.axes if axis.role == "benefit")
    sign = 1 if higher_is_better[axis.metric] else -1
    beside = {arm.name for arm in question.arms if arm.against or arm.measures == "base"}
    ranked = [
        one
        for one in contrasts
        if one.question == question.name and one.metric == axis.metric and one.arm not in beside
    ]
    ranked = [one for one in ranked if one.difference.value is not None]
    ranked.sort(key=lambda one: -sign * (one.difference.value or 0.0))
    if not ranked:
        return Round([arm.name for arm in question.arms], {})
    best = sign * (ranked[0].difference.value or 0.0)
    half = ranked[: math.ceil(len(ranked) / 2)]
    reaching = [one for one in ranked[len(half) :] if _upper(one, sign) >= best]
    others = {arm.name for arm in question.arms} - {one.arm for one in ranked}
    kept = _with_bases(question, {question.control, *others, *(one.arm for one in (*half, *reaching))})
    short: set[str] = set()
    for one in reversed(reaching):
        if most is None or len(kept) <= most:
            break
        fewer = _with_bases(
            question, {question.control, *others, *_names(half), *(_names(reaching) - short - {one.arm})}
        )
        if one.arm not in fewer:
            short.add(one.arm)
            kept = fewer
    left = {}
    for one in ranked:
        if one.arm not in kept:
            why = (
                "the budget did not last for it, though its interval reaches the best arm"
                if one.arm in short
                else "its interval does not reach the best arm"
            )
            trainings = "1 training" if one.repeats == 1 else f"{one.repeats} trainings"
            left[one.arm] = f"not among the better half after {trainings}, and {why} ({with_interval(one.difference)})"
    return Round([arm.name for arm in question.arms if arm.name in kept], left)


def _upper(one: Contrast, sign: int) -> float:
    end = one.difference.high if sign > 0 else one.difference.low
    return math.inf if end is None else sign * end


def _names(found: Sequence[Contrast]) -> set[str]:
    return {one.arm for one in found}


def _with_bases(question: Question, names: set[str]) -> set[str]:
    """The arms with those that they start from, are given the computing of, or are held against."""
    kept, todo = set(names), list(names)
    while todo:
        arm = question.arm(todo.pop())
        new = {name for name in (arm.after, arm.like, arm.against) if name} - kept
        kept |= new
        todo += new
    return kept
