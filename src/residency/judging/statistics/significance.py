"""Tests of no difference, and their correction where several are made at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.stats import binomtest

from residency.judging.statistics.resampling import flipped_sums
from residency.judging.statistics.sample import Sample, Score, clip


def mcnemar(more: int, less: int) -> float:
    """McNemar's exact two-sided p: the discordant pairs fall either way like a fair coin."""
    return float(binomtest(more, more + less).pvalue) if more + less else 1.0


def sign_flip(change: Sample, seed: int) -> float:
    """Two-sided p of the randomisation test that swaps the two models cluster by cluster."""
    sums = change.sums[change.sums != 0]
    if not len(sums):
        return 1.0
    return _share(np.abs(flipped_sums(sums, seed)) >= abs(sums.sum()) - 1e-9)


def clipped_sign_flip(first: Sample, second: Sample, seed: int) -> float:
    """The same test, of the difference of two clipped means."""
    observed = abs(clip(first.mean) - clip(second.mean))
    both, change = first.sums.sum() + second.sums.sum(), flipped_sums(first.sums - second.sums, seed)
    means = np.clip(np.asarray([both + change, both - change]) / (2 * first.n), 0, 1)
    return _share(np.abs(means[0] - means[1]) >= observed - 1e-9 / first.n)


def holm(pvalues: Sequence[Score]) -> list[Score]:
    """Holm's step-down adjustment (1979); None stays None and does not count as a test."""
    order = sorted((p, place) for place, p in enumerate(pvalues) if p is not None)
    adjusted: list[Score] = [None] * len(pvalues)
    largest = 0.0
    for rank, (p, place) in enumerate(order):
        largest = max(largest, min(1.0, p * (len(order) - rank)))
        adjusted[place] = largest
    return adjusted


def _share(as_large: np.ndarray) -> float:
    return (1 + int(as_large.sum())) / (1 + len(as_large))
