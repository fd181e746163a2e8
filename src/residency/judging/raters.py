"""How far two raters agree on the same items: Cohen's kappa and rank correlation, with intervals over clusters.

Cohen 1960; weighted by Cohen 1968. Items of one cluster (the answers to one question) are not independent, so that
clusters are what is resampled.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm, rankdata, t

from residency.core.stage import seeded
from residency.judging.statistics import FEW, Estimate

Weights = Literal["none", "linear", "quadratic"]
Places = NDArray[np.int64]
RESAMPLES = 2000


def confusion(first: Sequence[int] | Places, second: Sequence[int] | Places, grades: int) -> NDArray[np.float64]:
    """How often the first rater gave grade i where the second gave j, shape (grades, grades)."""
    counts = np.zeros((grades, grades))
    np.add.at(counts, (np.asarray(first, int), np.asarray(second, int)), 1.0)
    return counts


def kappa(counts: NDArray[np.float64], weights: Weights = "none") -> float | None:
    """Cohen's kappa of a table of two raters' grades: 1 for perfect agreement, 0 for that of chance, below it for less.
    None where chance alone agrees throughout, as where both give one grade only."""
    size, total = len(counts), counts.sum()
    if not total:
        return None
    apart = np.abs(np.subtract.outer(np.arange(size), np.arange(size))).astype(float)
    cost = {"none": (apart > 0).astype(float), "linear": apart, "quadratic": apart**2}[weights]
    expected = (cost * np.outer(counts.sum(axis=1), counts.sum(axis=0)) / total).sum()
    return None if expected == 0 else float(1 - (cost * counts).sum() / expected)


def spearman(first: NDArray[np.float64], second: NDArray[np.float64]) -> float | None:
    """Spearman's rank correlation, ties sharing their mean rank; None where one side does not vary."""
    one, two = (rankdata(values) for values in (first, second))
    one, two = one - one.mean(), two - two.mean()
    size = math.sqrt(float(one @ one) * float(two @ two)) if len(one) else 0.0
    return float(one @ two) / size if size else None


def over_clusters(
    statistic: Callable[[Places], float | None], clusters: Sequence[str], confidence: float = 0.95, seed: int = 0
) -> Estimate:
    """A statistic of items with a percentile interval over resampled clusters, widened for few of them as Student's t
    widens a normal one. ``missing`` counts resamples in which it had no value.

    Args:
        statistic: takes the places of items, repeats included.
        clusters: of each item.
        confidence: of the interval.
        seed: of the resampling.
    """
    value = statistic(np.arange(len(clusters)))
    _, place = np.unique(np.asarray(clusters, str), return_inverse=True)
    members = [np.flatnonzero(place == number) for number in range(int(place.max()) + 1 if len(clusters) else 0)]
    count = len(members)
    if value is None or count < FEW:
        why = "no value" if value is None else f"no interval: fewer than {FEW} independent questions"
        return Estimate(value, len(clusters), None, None, 0, why)
    rng = np.random.default_rng(seeded(seed, "raters").getrandbits(64))
    drawn = [
        statistic(np.concatenate([members[one] for one in rng.integers(0, count, count)])) for _ in range(RESAMPLES)
    ]
    found = [one for one in drawn if one is not None]
    tail = float(norm.cdf(-math.sqrt(count / (count - 1)) * t.ppf(0.5 + confidence / 2, count - 1)))
    low, high = np.quantile(found, [tail, 1 - tail])
    return Estimate(value, len(clusters), float(low), float(high), RESAMPLES - len(found), "cluster bootstrap")
