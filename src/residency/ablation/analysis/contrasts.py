"""Every arm of a question against its control on every axis, decided together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from residency.ablation.analysis.cells import Cells, cells_of, model_of, pairs_of, twin
from residency.ablation.analysis.compared import SAME, Compared, compared
from residency.ablation.analysis.luck import Luck
from residency.ablation.question import Axis, Question
from residency.ablation.records import Contrast, Trained, Verdict
from residency.core.errors import InputError
from residency.judging.statistics import Difference, Scales, holm

Key = tuple[tuple[tuple[tuple[str, str], tuple[str, str]], ...], str]
"""The models of both sides, and a metric: arms that are one training are one comparison."""


def contrasts(
    question: Question,
    trained: Sequence[Trained],
    proxy: str,
    confidence: float,
    seed: int,
    scales: Scales,
    higher_is_better: Mapping[str, bool],
    luck: Luck | None = None,
) -> list[Contrast]:
    """Each arm that was trained, against the control or the arm that it names, on each of the question's axes.

    Holm's correction is over all of these; arms that came out as the same training count once. ``seen`` is reckoned at
    the level of Holm's first step, which is the hardest. What was not trained is compared with nothing.

    ``luck`` is what chance does between single trainings, None for what is assumed of it. Where a recipe was trained
    twice and each once, their difference is the measurement of it: it is told as of two fixed models, is no comparison
    of the question's, and decides nothing.

    Raises:
        InputError: an axis names a metric that there is not.
        ProofError: an arm has a repeat twice.
    """
    cells = cells_of(question, trained, proxy)
    others = [(arm.name, arm.against or question.control) for arm in question.arms]
    sides = [(arm, other) for arm, other in others if arm != other and arm in cells and other in cells]
    return decided(question, cells, sides, proxy, confidence, seed, scales, higher_is_better, luck or Luck())


def decided(
    question: Question,
    cells: Cells,
    sides: Sequence[tuple[str, str]],
    proxy: str,
    confidence: float,
    seed: int,
    scales: Scales,
    higher_is_better: Mapping[str, bool],
    luck: Luck,
    axes: Sequence[Axis] | None = None,
) -> list[Contrast]:
    """Arms, each against another one, on these axes (None for the question's), corrected together."""
    axes = question.axes if axes is None else axes
    if unknown := [axis.metric for axis in axes if axis.metric not in higher_is_better]:
        what = f"there is no metric {unknown[0]!r}"
        raise InputError(what, f"question {question.name}", "Name one that docs/evaluation.md lists")
    found: list[tuple[tuple[str, str], Axis, Key, Compared]] = []
    for arm, control in sides:
        pairs = pairs_of(question, cells, arm, control)
        models = tuple((model_of(question, one), model_of(question, other)) for one, other in pairs)
        for axis in axes:
            scale = scales.get(axis.metric, "share")
            one = compared(question, cells, arm, control, axis.metric, confidence, seed, scale, luck)
            found.append(((arm, control), axis, (models, axis.metric), one))
    measurement = [twin(question, *sides) and one.repeats == 1 for sides, _, _, one in found]
    family = {
        key: None if beside else one.difference.p for (_, _, key, one), beside in zip(found, measurement, strict=True)
    }
    adjusted = dict(zip(family, holm(list(family.values())), strict=True))
    tests = max(1, sum(p is not None for p in family.values()))
    return [
        Contrast(
            question=question.name,
            arm=arm,
            control=control,
            proxy=proxy,
            metric=axis.metric,
            role=axis.role,
            margin=axis.margin,
            difference=one.difference,
            adjusted=adjusted[key],
            verdict="undecided"
            if beside
            else verdict(one.difference, adjusted[key], axis.margin, confidence, higher_is_better[axis.metric]),
            seen=one.seen(1 - (1 - confidence) / tests),
            repeats=one.repeats,
            between=one.between,
            arm_score=one.arm,
            control_score=one.control,
        )
        for ((arm, control), axis, key, one), beside in zip(found, measurement, strict=True)
    ]


def verdict(
    difference: Difference, adjusted: float | None, margin: float, confidence: float, higher_is_better: bool
) -> Verdict:
    """Better or worse where the corrected p shows a difference; none where the interval lies within the margin, or both
    are one training; otherwise undecided."""
    if difference.method == SAME and difference.value is not None:
        return "no_difference"
    if difference.value and adjusted is not None and adjusted < 1 - confidence:
        return "better" if (difference.value > 0) == higher_is_better else "worse"
    if difference.low is None or difference.high is None:
        return "undecided"
    return "no_difference" if -margin <= difference.low and difference.high <= margin else "undecided"
