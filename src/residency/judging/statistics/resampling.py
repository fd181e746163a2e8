"""What the bootstrap and the randomisation test draw: clusters, RESAMPLES times."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from residency.core.stage import seeded
from residency.judging.statistics.sample import Array, Sample

RESAMPLES = 10_000
FEW = 10  # below this many clusters a bootstrap interval is too narrow (its coverage fell to 0.86 at 4)
CELLS = 4_000_000  # random draws held in memory at once


def resampled_means(samples: list[Sample], seed: int) -> Array:
    """Means over clusters drawn with replacement, shape (len(samples), RESAMPLES); all samples have the same clusters
    in the same order, and each draw is shared by them."""
    count, sizes = samples[0].count, samples[0].sizes

    def means(rng: np.random.Generator, size: int) -> Array:
        drawn = rng.integers(0, count, (size, count), dtype=np.int32)
        items = count if samples[0].alone else sizes[drawn].sum(axis=1)
        return np.asarray([sample.sums[drawn].sum(axis=1) / items for sample in samples])

    return _draw(means, count, seed, "bootstrap")


def flipped_sums(sums: Array, seed: int) -> Array:
    """Totals of ``sums``, shape (clusters,), each under a random sign; shape (RESAMPLES,)."""

    def totals(rng: np.random.Generator, size: int) -> Array:
        return np.asarray(
            2.0 * (rng.integers(0, 2, (size, len(sums)), dtype=np.int8).astype(float) @ sums) - sums.sum()
        )

    return _draw(totals, len(sums), seed, "flip")


def _draw(statistic: Callable[[np.random.Generator, int], Array], width: int, seed: int, name: str) -> Array:
    """RESAMPLES values of a statistic that takes ``width`` random draws, computed in blocks."""
    rng = np.random.default_rng(seeded(seed, name).getrandbits(64))
    block = max(1, CELLS // width)
    sizes = [min(block, RESAMPLES - start) for start in range(0, RESAMPLES, block)]
    return np.concatenate([statistic(rng, size) for size in sizes], axis=-1)
