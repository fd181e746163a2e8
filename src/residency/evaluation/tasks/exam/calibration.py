"""How well confidence tells right from wrong: calibration error over bins of equal size, and accuracy at each coverage.

Everything here is of one model's picks: ``confidence`` in [0, 1] and ``right`` (0 or 1), both of shape (items,).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from residency.core.stage import seeded

Array = NDArray[np.float64]
MOST_BINS, LEAST_IN_BIN = 10, 10
RESAMPLES = 1_000


class Bin(NamedTuple):
    """Items of neighbouring confidence: their places, their mean confidence, and the share of them that is right."""

    places: NDArray[np.int64]
    confidence: float
    accuracy: float


def bin_count(items: int) -> int:
    """The bins for so many items: at most :data:`MOST_BINS`, of at least :data:`LEAST_IN_BIN` each where there are as
    many."""
    return max(1, min(MOST_BINS, items // LEAST_IN_BIN))


def bins(confidence: Array, right: Array, count: int) -> list[Bin]:
    """At most ``count`` bins with as equal numbers of items as can be: items of one confidence share a bin."""
    order = np.argsort(confidence, kind="stable")
    ranked = confidence[order]
    cuts = {0, len(ranked)}
    for place in range(1, count):
        cut = round(place * len(ranked) / count)
        if 0 < cut < len(ranked):
            cuts.add(int(np.searchsorted(ranked, ranked[cut - 1], "right")))
    edges = sorted(cuts)
    parts = [order[start:end] for start, end in pairwise(edges)]
    return [Bin(part, float(confidence[part].mean()), float(right[part].mean())) for part in parts]


def calibration_error(confidence: Array, right: Array, count: int) -> float:
    """The expected calibration error (ECE): the mean over items of the distance, in their bin, between the mean
    confidence and the share that is right."""
    found = bins(confidence, right, count)
    return sum(len(one.places) * abs(one.confidence - one.accuracy) for one in found) / len(confidence)


def error_if_calibrated(confidence: Array, count: int, seed: int = 0) -> float:
    """The calibration error that a model with these confidences would be given on average at this number of items, were
    each pick right exactly as often as it says: with few items the error is never 0."""
    rng = _rng(seed, "calibrated")
    draws = (rng.random(len(confidence)) < confidence for _ in range(RESAMPLES // 5))
    return float(np.mean([calibration_error(confidence, draw.astype(float), count) for draw in draws]))


def selective(confidence: Array, right: Array, coverages: Sequence[float]) -> list[float]:
    """The accuracy of each share of the items of which the model is surest, and last the area under the risk-coverage
    curve (AURC): the error rate of the surest k items, averaged over k. Where it would have to choose among equally
    sure items, the mean over all choices."""
    running = _running(confidence, right)
    kept = [max(1, round(coverage * len(running))) for coverage in coverages]
    return [*(float(running[count - 1]) for count in kept), float(1 - running.mean())]


def _running(confidence: Array, right: Array) -> Array:
    """The accuracy of the surest 1, 2, ... items; each item counts as the mean of those that are as sure."""
    _, group = np.unique(-confidence, return_inverse=True)
    expected = (np.bincount(group, right) / np.bincount(group))[group]
    ordered = expected[np.argsort(group, kind="stable")]
    running: Array = np.cumsum(ordered) / np.arange(1, len(ordered) + 1)
    return running


def intervals(
    figures: Callable[[Array, Array], Sequence[float]],
    confidence: Array,
    right: Array,
    clusters: Sequence[str],
    level: float = 0.95,
    seed: int = 0,
) -> list[tuple[float, float]]:
    """The percentile interval of each of several figures over resampled clusters; none below two clusters."""
    names, place, sizes = np.unique(np.asarray(clusters, str), return_inverse=True, return_counts=True)
    if len(names) < 2:
        return []
    members, begins = np.argsort(place, kind="stable"), np.cumsum(sizes) - sizes
    rng = _rng(seed, "clusters")
    found = []
    for _ in range(RESAMPLES):
        drawn = rng.integers(0, len(names), len(names))
        counts = sizes[drawn]
        within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        items = members[np.repeat(begins[drawn], counts) + within]
        found.append(figures(confidence[items], right[items]))
    low, high = np.quantile(np.asarray(found), [(1 - level) / 2, (1 + level) / 2], axis=0)
    return [(float(one), float(other)) for one, other in zip(low, high, strict=True)]


def _rng(seed: int, name: str) -> np.random.Generator:
    return np.random.default_rng(seeded(seed, "calibration", name).getrandbits(64))
