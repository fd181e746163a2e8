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

from residency.core.stage import seeded
from residency.judging.statistics import FEW, Estimate, expanded_percentiles

Weights = Literal["none", "linear", "quadratic"]
Places = NDArray[np.int64]
Table = NDArray[np.float64]
RESAMPLES = 1000


def confusion(first: Sequence[int] | Places, second: Sequence[int] | Places, grades: int) -> Table:
    """How often the first rater gave grade i where the second gave j, shape (grades, grades)."""
    counts = np.zeros((grades, grades))
    np.add.at(counts, (np.asarray(first, int), np.asarray(second, int)), 1.0)
    return counts


def kappa(counts: Table, weights: Weights = "none") -> float | None:
    """Cohen's kappa of a table of two raters' grades: 1 for perfect agreement, 0 for that of chance, below it for less.
    None where chance alone agrees throughout, as where both give one grade only."""
    (value,) = _kappas(counts[None], weights).tolist()
    return None if math.isnan(value) else float(value)


def _kappas(tables: Table, weights: Weights) -> Table:
    """Kappa of each table, shape (n, grades, grades) to (n,); not a number where there is none."""
    size = tables.shape[-1]
    apart = np.abs(np.subtract.outer(np.arange(size), np.arange(size))).astype(float)
    cost = {"none": (apart > 0).astype(float), "linear": apart, "quadratic": apart**2}[weights]
    first, second, total = tables.sum(axis=2), tables.sum(axis=1), tables.sum(axis=(1, 2))
    expected = np.einsum("ni,ij,nj->n", first, cost, second)
    seen = (tables * cost).sum(axis=(1, 2)) * total
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(expected > 0, 1 - seen / expected, np.nan))


def kappa_over_clusters(
    first: Sequence[int] | Places,
    second: Sequence[int] | Places,
    grades: int,
    clusters: Sequence[str],
    weights: Weights = "none",
    seed: int = 0,
) -> Estimate:
    """Kappa of two raters' grades (places 0 to ``grades`` - 1) with its interval over resampled clusters, as that of
    :func:`over_clusters`."""
    names, place = np.unique(np.asarray(clusters, str), return_inverse=True)
    tables = np.zeros((len(names), grades, grades))
    np.add.at(tables, (place, np.asarray(first, int), np.asarray(second, int)), 1.0)

    def resampled(rng: np.random.Generator) -> list[float]:
        times = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), RESAMPLES).astype(float)
        return [float(one) for one in _kappas(np.tensordot(times, tables, 1), weights) if not math.isnan(one)]

    return _estimate(kappa(tables.sum(axis=0), weights), len(place), len(names), resampled, 0.95, seed)


def spearman(first: NDArray[np.float64], second: NDArray[np.float64]) -> float | None:
    """Spearman's rank correlation, ties sharing their mean rank; None where one side does not vary."""
    one, two = (_ranks(values) for values in (first, second))
    one, two = one - one.mean(), two - two.mean()
    size = math.sqrt(float(one @ one) * float(two @ two)) if len(one) else 0.0
    return float(one @ two) / size if size else None


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean ranks; scipy's are the same and take several times as long, which resampling multiplies."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(counts) - (counts - 1) / 2)[place])


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
    names, place = np.unique(np.asarray(clusters, str), return_inverse=True)
    members = [np.flatnonzero(place == number) for number in range(len(names))]

    def resampled(rng: np.random.Generator) -> list[float]:
        drawn = (rng.integers(0, len(names), len(names)) for _ in range(RESAMPLES))
        values = (statistic(np.concatenate([members[one] for one in own])) for own in drawn)
        return [one for one in values if one is not None]

    value = statistic(np.arange(len(clusters)))
    return _estimate(value, len(clusters), len(names), resampled, confidence, seed)


def _estimate(
    value: float | None,
    n: int,
    count: int,
    resampled: Callable[[np.random.Generator], list[float]],
    confidence: float,
    seed: int,
) -> Estimate:
    """A value of ``n`` items in ``count`` clusters with the interval of its resamples."""
    if value is None or count < FEW:
        why = "no value" if value is None else f"no interval: fewer than {FEW} independent questions"
        return Estimate(value, n, None, None, 0, why)
    found = resampled(np.random.default_rng(seeded(seed, "raters").getrandbits(64)))
    low, high = expanded_percentiles(found, count, confidence)
    return Estimate(value, n, low, high, RESAMPLES - len(found), "cluster bootstrap")
