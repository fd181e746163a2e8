"""The variance of a difference that was measured on some items in some trainings, and what follows from it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import stdtrit

from residency.judging.statistics.sample import Array, Score

LEAST_P = 1e-12


@dataclass(frozen=True)
class Spread:
    """Two parts of a difference's variance: of the items (``items``, over ``clusters``), and of the trainings
    (``trainings``, with ``freedom`` degrees of freedom).

    With items and trainings crossed, the difference of item i in training r is the true one + item + training +
    interaction. The variance of items' means over trainings holds the interaction, and so does the variance between
    the trainings' means over items. Their sum counts it twice. Two-way clustering takes it off once (Cameron, Gelbach
    and Miller 2011, J. Business & Economic Statistics 29:238-249), which with two or three trainings may leave less
    than nothing; here it stays, so that the interval is too wide rather than too narrow.

    Quantiles are Cochran and Cox's (Experimental Designs, 1957, 4.14): the mean of both parts' Student's t, weighted
    by their variance. Satterthwaite's degrees of freedom for the sum (1946, Biometrics Bulletin 2:110-114) are the
    usual way, and do not hold here: with two or three trainings the variance between them is often far too small by
    chance, the degrees of freedom then come out large, and at the small levels of Holm's first steps equal arms were
    called different up to six times too often in simulation.
    """

    items: float
    clusters: int
    trainings: float
    freedom: int

    @property
    def error(self) -> float:
        """The standard error."""
        return math.sqrt(self.items + self.trainings)

    def quantile(self, tail: float) -> float:
        """The standardised difference that is exceeded with a probability of ``tail``, on one side."""
        parts = ((self.items, self.clusters - 1), (self.trainings, self.freedom))
        return -sum(part * float(stdtrit(freedom, tail)) for part, freedom in parts if part) / self.error**2

    def reach(self, confidence: float) -> float:
        """Half the width of the interval."""
        return self.error * self.quantile((1 - confidence) / 2)

    def p(self, value: float) -> float:
        """Two-sided, for no difference: one minus the confidence at which the interval ends at 0."""
        standardised = abs(value) / self.error
        if standardised >= self.quantile(LEAST_P / 2):
            return LEAST_P
        found = brentq(lambda log: self.quantile(math.exp(log) / 2) - standardised, math.log(LEAST_P), 0.0)
        return min(1.0, math.exp(found))

    def smallest(self, confidence: float, power: float = 0.8) -> float:
        """The true difference that would be shown at this confidence with this power."""
        return self.error * (self.quantile((1 - confidence) / 2) + self.quantile(1 - power))


def between_trainings(differences: Array, scores: Array | None) -> tuple[float, int]:
    """The variance between trainings of one difference, and its degrees of freedom.

    Args:
        differences: of each repeat, shape (repeats,).
        scores: of all arms whose trainings vary alike, shape (arms, repeats); None where there are no such.

    The variance is the larger of two: that of the repeats' differences, and that of all arms together, twice the
    residual mean square of arms by repeats (a two-way layout without replication; Fisher's common error). The second
    has more degrees of freedom, (arms - 1)(repeats - 1), and takes it that arms vary alike; the first speaks up where
    this arm's trainings lie further apart than the others'. With two arms both are the same.
    """
    repeats = len(differences)
    own = float(differences.var(ddof=1))
    if scores is None or len(scores) < 2:
        return own, repeats - 1
    residuals = scores - scores.mean(0) - scores.mean(1, keepdims=True) + scores.mean()
    freedom = (len(scores) - 1) * (repeats - 1)
    return max(own, 2 * float((residuals**2).sum()) / freedom), freedom


def mean_of(values: Array, axis: int | None = None) -> Array:
    """The mean of those that are numbers; not a number where there is none."""
    there = ~np.isnan(values)
    count = there.sum(axis=axis)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(there, values, 0.0).sum(axis=axis) / np.where(count, count, np.nan))


def scores_of(values: Array) -> list[Score]:
    """Values as the statistics take them, None for what is not a number."""
    return [None if math.isnan(value) else float(value) for value in values]
