"""Values of a metric as sums over clusters, and the ranges that they may have."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm, t

from residency.core.errors import ProofError

Score = float | None
Array = NDArray[np.float64]
Scale = Literal["share", "signed", "clipped"]
"""What a metric's values are: ``share`` from 0 to 1; ``signed`` from -1 to 1, as a drop is; ``clipped`` at most 1 and
without a lowest value, with only the mean clipped to 0 to 1 (HealthBench's score)."""

FLOORS: dict[Scale, float] = {"share": 0.0, "signed": -1.0, "clipped": -math.inf}
_RANGES: dict[Scale, str] = {"share": "from 0 to 1", "signed": "from \N{MINUS SIGN}1 to 1", "clipped": "of at most 1"}


@dataclass(frozen=True)
class Sample:
    """Values as sums and sizes of their clusters, shape (clusters,), with the ends of their range."""

    sums: Array
    sizes: Array
    floor: float
    ceiling: float

    @property
    def count(self) -> int:
        return len(self.sums)

    @property
    def n(self) -> int:
        return int(self.sizes.sum())

    @property
    def mean(self) -> float:
        return float(self.sums.sum() / self.sizes.sum())

    @property
    def variance(self) -> float:
        """Variance of the mean, the clusters being independent (linearised ratio; Cochran 1977, 6.3)."""
        residuals = self.sums - self.mean * self.sizes
        return float(self.count / (self.count - 1) * (residuals**2).sum() / self.n**2) if self.count > 1 else 0.0

    @property
    def alone(self) -> bool:
        """Whether each item is a cluster of its own."""
        return self.count == self.n

    @property
    def equal(self) -> bool:
        """Whether all clusters have the same mean."""
        return bool(np.ptp(self.sums / self.sizes) < 1e-12)

    @property
    def standard_error(self) -> Score:
        """Of the mean; None where nothing varies, so that nothing can be said of it."""
        return None if self.count < 2 or self.equal else math.sqrt(self.variance)

    def quantile(self, confidence: float) -> float:
        """Two-sided normal quantile; Student's t on the clusters when items share them."""
        tail = 0.5 + confidence / 2
        return float(norm.ppf(tail) if self.alone else t.ppf(tail, self.count - 1))


def sample_of(values: Array, clusters: Sequence[str], floor: float, ceiling: float = 1.0) -> Sample:
    """The values by cluster. An open range ends at its lowest value, or at -1 where that lies lower."""
    if math.isinf(floor):
        floor = min(-1.0, float(values.min()))
    _, place = np.unique(np.asarray(clusters, str), return_inverse=True)
    return Sample(np.bincount(place, values).astype(float), np.bincount(place).astype(float), floor, ceiling)


def checked(values: list[float], scale: Scale) -> Array:
    """The values as an array.

    Raises:
        ProofError: a value is not a number of the scale.
    """
    scores = np.asarray(values, float)
    if not (np.isfinite(scores) & (scores >= FLOORS[scale]) & (scores <= 1)).all():
        raise ProofError(f"a score is not a number {_RANGES[scale]}", fix="Mend the metric that gave it")
    return scores


def is_binary(values: Iterable[float]) -> bool:
    """Whether all values are 0 or 1."""
    return all(value in (0.0, 1.0) for value in values)


def clip(value: float) -> float:
    """The nearest number from 0 to 1."""
    return min(1.0, max(0.0, value))


def own_clusters(values: Sequence[float]) -> list[str]:
    """A cluster of its own for each value."""
    return [str(number) for number in range(len(values))]
