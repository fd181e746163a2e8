"""What chance does between two trainings of one recipe, seen where a recipe was trained twice."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from residency.ablation.analysis.cells import Pair, cells_of, pairs_of, same_model, twin
from residency.ablation.analysis.words import joined, size
from residency.ablation.question import Question
from residency.ablation.records import Trained
from residency.judging.statistics import changes
from residency.judging.statistics.sample import sample_of

ONE = 0.03
"""The standard deviation that one training's luck is taken to give a score, where nothing was measured."""
ASSUMED, LEAST = 2 * ONE**2, ONE**2
"""The variance of a difference between two trainings that is taken where no recipe was trained twice, and the least
that is taken where one was: of a few axes two trainings often lie close by chance."""
FREEDOM = 4
"""Degrees of freedom of what is assumed: it is known about as well as if it had been seen on so many axes."""
SHOWN = 2.0
"""Standard errors of the items beyond which two trainings are taken to differ on one metric."""


@dataclass(frozen=True)
class Luck:
    """The variance that trainings give a difference between two models, each trained once.

    ``variance`` is that of the difference between two trainings of one recipe, what comes of the items taken off, with
    ``freedom`` degrees of freedom; ``own`` are those of metrics on which the twins were shown to lie further apart.
    ``measured`` is the mean over ``axes`` axes that was seen on ``metrics``, before it was held to be at least
    something; None where no recipe was trained twice. A variance of 0 compares two fixed models.
    """

    variance: float = ASSUMED
    freedom: int = FREEDOM
    measured: float | None = None
    axes: int = 0
    metrics: Sequence[str] = ()
    own: Mapping[str, float] = field(default_factory=dict)

    def of(self, metric: str, trained: int = 2) -> float:
        """The variance of a difference on this metric, of which so many of the two sides were trained. Each training
        brings half of it, and an untrained model has no luck."""
        return max(self.variance, self.own.get(metric, 0.0)) * trained / 2

    def told(self, titles: Mapping[str, str]) -> str:
        """What the intervals hold of luck, in words; ``titles`` names metrics for readers."""
        held = size(math.sqrt(self.variance))
        if self.measured is None:
            return (
                "Each arm was trained once, and no recipe twice: that two trainings of the same recipe differ by "
                f"{held} (standard deviation) is assumed, and is in the intervals."
            )
        seen, axes = math.sqrt(max(0.0, self.measured)), "one axis" if self.axes == 1 else f"{self.axes} axes"
        found = (
            "Each arm was trained once, and one recipe twice. Beyond what comes of the items, its two trainings lie "
            f"apart by {size(seen)} on {axes} (standard deviation)"
        )
        less = self.variance > max(0.0, self.measured) + 1e-12
        found += f"; the intervals hold {held}, which is assumed" if less else ", and the intervals hold this"
        further = {metric: own for metric, own in self.own.items() if own > self.variance}
        more = [f"{titles.get(metric, metric)} {size(math.sqrt(own))}" for metric, own in further.items()]
        return f"{found}, and more where the two lay further apart ({joined(more)})." if more else f"{found}."


NONE = Luck(0.0)
"""Of models that are compared as they are, whatever another training would have given."""


def luck(questions: Sequence[Question], trained: Sequence[Trained], proxy: str) -> Luck:
    """The luck of trainings on this proxy, for all questions: from arms that train a recipe once more (``again``).

    With d a metric's difference between the two trainings, and se its standard error over the items, d^2 - se^2 has
    the mean of the variance that trainings give a difference. Its mean is taken over the metrics of each evaluation
    axis on which any question decides, as these share their items and are not independent, and then over axes, of
    which each counts as one degree of freedom. One pair of trainings shows little, and so:

    - ``LEAST`` is the least variance. Below ``FREEDOM`` degrees of freedom ``ASSUMED`` is, with these many.
    - Trainings move some metrics more than others. Where the twins differ on a metric by more than ``SHOWN`` standard
      errors, its own d^2 - se^2 stands if it is larger: the larger of two, as with several repeats.

    Simulated with 5 axes of 40 clusters (standard errors of 3 to 8 points) and 20 comparisons of arms that are all
    alike, one of these is called different in at most 2% of questions where one training's luck is 3 points, and in 2
    to 5% where it is 6. Where luck is 8 points on one axis and 1.5 on the others, it is in 5 to 8%, and with 6 axes and
    25 comparisons in up to 12%: one pair cannot tell for sure which metrics are unsteady.

    Raises:
        ProofError: an arm has a repeat twice.
    """
    metrics = list(dict.fromkeys(axis.metric for question in questions for axis in question.axes))
    pairs = _twins(questions, trained, proxy)
    found: dict[str, list[float]] = {}
    own: dict[str, list[float]] = {}
    for one, other in pairs:
        for metric in metrics:
            values, clusters = changes(one.results, other.results, metric)
            if len(set(clusters)) < 2 or not any(values):
                continue  # what both answer alike throughout, as where neither can do it, shows no luck and hides none
            sample = sample_of(np.asarray(values), clusters, -1.0)
            beyond = sample.mean**2 - sample.variance
            found.setdefault(metric.split(".")[0], []).append(beyond)
            own.setdefault(metric, []).append(beyond if sample.mean**2 > SHOWN**2 * sample.variance else 0.0)
    if not found:
        return Luck()
    measured = float(np.mean([np.mean(values) for values in found.values()]))
    freedom = len(found) * len(pairs)
    variance = max(measured, ASSUMED if freedom < FREEDOM else LEAST)
    apart = {metric: float(np.mean(values)) for metric, values in own.items() if any(values)}
    return Luck(variance, max(freedom, FREEDOM), measured, len(found), list(own), apart)


def _twins(questions: Sequence[Question], trained: Sequence[Trained], proxy: str) -> list[Pair]:
    """Each training of a recipe with the one that repeats it, once."""
    found: dict[tuple[str, str], Pair] = {}
    for question in questions:
        cells = cells_of(question, trained, proxy)
        for arm in question.arms:
            other = arm.against or question.control
            if twin(question, arm.name, other):
                for pair in pairs_of(question, cells, arm.name, other):
                    if not same_model(question, [pair]):
                        found.setdefault((pair[0].cell, pair[1].cell), pair)
    return list(found.values())
