"""The variance of a difference that was measured on some items in some trainings, and what follows from it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtri, stdtrit

from residency.judging.statistics.sample import Array, Sample, Score, sample_of

LEAST_P = 1e-12


@dataclass(frozen=True)
class Spread:
    """Two parts of a difference's variance: of the items (``items``, over ``clusters``), and of the trainings
    (``trainings``, with ``freedom`` degrees of freedom).

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
        """The true difference that would be shown at this confidence with this power.

        The normal approximation to the noncentral t (Johnson and Welch 1940, Biometrika 31:362-389), in which the
        estimated error varies too, with Satterthwaite's degrees of freedom.
        """
        limit = self.quantile((1 - confidence) / 2)
        parts = ((self.items, self.clusters - 1), (self.trainings, self.freedom))
        freedom = self.error**4 / sum(part**2 / own for part, own in parts)
        return self.error * (limit + float(ndtri(power)) * math.sqrt(1 + limit**2 / (2 * freedom)))


def of_items(change: Array, clusters: Sequence[str], means: Sample) -> float:
    """The variance of the mean that comes from which items were asked, without that of the interaction; at least 0.

    Args:
        change: differences, shape (repeats, items), not a number where there is none.
        clusters: of the items.
        means: the items' mean differences.

    With items and trainings crossed, the difference of item i in training r is the true one + item + training +
    interaction. The variance of items' means over trainings holds the interaction, and so does the variance between
    the trainings' means over items: their sum would count it twice, and three trainings would show less than one.
    Two-way clustering takes it off the sum (Cameron, Gelbach and Miller 2011, J. Business & Economic Statistics
    29:238-249), which with few trainings may leave too little, or less than nothing. Here it is taken off the items'
    part alone, of which there are many: what is left is never less than the variance between trainings.
    """
    repeats = len(change)
    residuals = change - mean_of(change, 0) - mean_of(change, 1)[:, None] + mean_of(change)
    residuals = np.where(np.isnan(residuals), 0.0, residuals)  # what is missing makes for less to take off
    count, size = means.count, change.shape[1]
    sums = np.asarray([sample_of(row, clusters, -1.0).sums for row in residuals])
    interaction = count / (count - 1) * float((sums**2).sum()) / size**2 / (repeats - 1) / repeats
    return float(max(0.0, means.variance - interaction))


def between_trainings(differences: Array, scores: Array | None) -> tuple[float, int]:
    """The variance between trainings of one difference, and its degrees of freedom.

    Args:
        differences: of each repeat, shape (repeats,).
        scores: of all arms whose trainings vary alike, shape (arms, repeats); None where there are no such.

    The variance is the larger of two: that of the repeats' differences, and that of all arms together, twice the
    residual mean square of arms by repeats (a two-way layout without replication; Fisher's common error). The second
    has more degrees of freedom, (arms - 1)(repeats - 1), and takes it that arms vary alike; the first speaks up where
    this arm's trainings lie further apart than the others', with too many degrees of freedom: an arm whose trainings
    vary three times as much as the others' was called different a little too often in simulation (in 6 to 8% of
    questions). With two arms both are the same.
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
