"""What an ablation could show, reckoned before anything is trained."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from residency.ablation.analysis.luck import ASSUMED, FREEDOM, Luck
from residency.ablation.analysis.spread import Spread
from residency.ablation.question import Question
from residency.ablation.records import Contrast
from residency.judging.statistics import minimal_detectable

DISCORDANT, GRADED, BETWEEN, ANEW = 0.3, 0.3, math.sqrt(ASSUMED), 0.5


@dataclass(frozen=True)
class Assumed:
    """What a difference is taken to vary by.

    ``items`` is the standard deviation of the items' differences, whole clusters counted as one; ``between`` that of
    the difference between trainings, with ``freedom`` degrees of freedom where each arm is trained once (several tell
    it themselves). ``anew`` is the share of the items' variance that each training draws anew, and that is not in
    ``between``. ``discordant`` is set where answers are right or wrong and nothing was measured.
    """

    items: float = GRADED
    between: float = BETWEEN
    anew: float = ANEW
    discordant: float | None = None
    measured: bool = False
    freedom: int = FREEDOM

    @property
    def says(self) -> str:
        """The assumption in words."""
        how = "as measured before" if self.measured else "assumed"
        items = f"of items {100 * self.items:.0f} points, "
        if self.discordant is not None:
            how, items = f"assumed: {self.discordant:.0%} of items are answered otherwise", ""
        anew = f", {self.anew:.0%} of the items' variance new in each" if self.anew else ""
        trainings = f"between trainings {100 * self.between:.0f} points{anew}"
        return f"{how}; standard deviation of the difference {items}{trainings}"


SHARE = Assumed(math.sqrt(DISCORDANT), discordant=DISCORDANT)
"""Of answers that are right or wrong."""


@dataclass(frozen=True)
class Visible:
    """The smallest true difference of one axis that would be shown four times in five; None where none would be."""

    metric: str
    items: int
    clusters: int
    smallest: float | None
    assumed: Assumed


def visible(
    clusters: int,
    repeats: int,
    comparisons: int,
    assumed: Assumed = SHARE,
    arms: int = 1,
    confidence: float = 0.95,
    power: float = 0.8,
) -> float | None:
    """The smallest true difference that an arm would be shown to have; None where even the largest would not be.

    At the level of Holm's first step, (1 - confidence) / comparisons. Items of one cluster count as one item. As
    :class:`Spread` has it: with one repeat trainings vary as is assumed, and for right and wrong no less is seen than
    by McNemar's exact power; with several the trainings of ``arms``, the control left out, tell together how far
    trainings lie apart.
    """
    if clusters < 2 or repeats < 1:
        return None
    level = 1 - (1 - confidence) / max(1, comparisons)
    fixed: float | None = 0.0
    if repeats == 1 and assumed.discordant is not None:
        pairs = 1000  # the differences of so many items, of whom the share that is assumed goes one way or the other
        moved = round(assumed.discordant * pairs / 2)
        changes = [1.0] * moved + [-1.0] * moved + [0.0] * (pairs - 2 * moved)
        fixed = minimal_detectable(changes, clusters, level, power)
        if not assumed.between:
            return fixed
    items, anew = assumed.items**2 / clusters, assumed.anew if repeats > 1 else 0.0
    trainings = (assumed.between**2 + anew * items) / repeats
    freedom = max(1, arms * (repeats - 1)) if repeats > 1 else assumed.freedom
    spread = Spread((1 - anew) * items, clusters, trainings, freedom)
    found = spread.smallest(level, power) if spread.error else 0.0
    return None if fixed is None or found > 1 else max(fixed, found)


def visible_by_axis(
    question: Question,
    asked: Mapping[str, tuple[int, int]],
    repeats: int,
    arms: int,
    graded: Iterable[str] = (),
    earlier: Sequence[Contrast] = (),
    confidence: float = 0.95,
    luck: Luck | None = None,
) -> list[Visible]:
    """What could be seen on each axis of a question that has items.

    Args:
        question: its axes are looked at.
        asked: items and their clusters, by metric.
        repeats: trainings of each arm.
        arms: how many are compared, the control left out.
        graded: metrics whose values are not right or wrong.
        earlier: contrasts of an ablation before this one, whose variances are taken in place of the assumed ones.
        confidence: of the question's comparisons together.
        luck: what trainings differ by, where no earlier arm was trained several times; None for what is assumed.
    """
    graded, found, luck = set(graded), [], luck or Luck()
    axes = [axis for axis in question.axes if axis.metric in asked]
    for axis in axes:
        items, clusters = asked[axis.metric]
        assumed, between = SHARE if axis.metric not in graded else Assumed(), math.sqrt(luck.of(axis.metric))
        assumed = replace(assumed, between=between, freedom=luck.freedom)
        assumed = measured(axis.metric, earlier, assumed) or assumed
        smallest = visible(clusters, repeats, arms * len(axes), assumed, arms, confidence)
        found.append(Visible(axis.metric, items, clusters, smallest, assumed))
    return found


def measured(metric: str, earlier: Sequence[Contrast], assumed: Assumed | None = None) -> Assumed | None:
    """The variances of earlier contrasts on this metric, at their mean; None where none has one. What trainings differ
    by is as ``assumed`` has it where each arm was trained once."""
    own = [one for one in earlier if one.metric == metric and one.difference.se is not None]
    of_items = [
        (one.difference.se**2 - (one.between or 0.0) ** 2 / max(1, one.repeats)) * one.difference.clusters
        for one in own
        if one.difference.se is not None
    ]
    if not of_items:
        return None
    items = math.sqrt(max(0.0, sum(of_items) / len(of_items)))
    found = replace(assumed or Assumed(), items=items, discordant=None, measured=True)
    between = [one.between**2 for one in own if one.between is not None and one.repeats > 1]
    return replace(found, between=math.sqrt(sum(between) / len(between)), anew=0.0) if between else found
