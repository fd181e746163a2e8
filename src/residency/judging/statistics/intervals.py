"""Intervals of a mean and of a paired difference, by what the values are and how many clusters there are."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy.optimize import brentq
from scipy.stats import norm, t

from residency.judging.statistics.resampling import FEW, resampled_means
from residency.judging.statistics.sample import Array, Sample, Score, clip

NO_INTERVAL = "no interval: fewer than two independent items"


def wilson(share: float, n: float, z: float) -> tuple[float, float]:
    """Wilson's score interval (1927) of a share among ``n`` items, ``z`` being the normal quantile."""
    centre = share + z * z / (2 * n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, (centre - half) / (1 + z * z / n)), min(1.0, (centre + half) / (1 + z * z / n))


def tango(more: float, less: float, n: float, z: float) -> tuple[float, float]:
    """Tango's score interval (1998) of the difference ``more - less`` of two discordant shares of ``n`` pairs.

    The limits are the differences at which the score statistic equals ``z`` and ``-z``.
    """

    def statistic(delta: float) -> float:
        middle = (2 - more + less) * delta - more - less
        discordant = (math.sqrt(max(0.0, middle**2 + 8 * less * delta * (1 - delta))) - middle) / 4
        variance = max(1e-15, 2 * discordant + delta * (1 - delta))
        return (more - less - delta) * math.sqrt(n / variance)

    value, edge = more - less, 1 - 1e-9
    low = brentq(lambda d: statistic(d) - z, -edge, value) if value > -edge else -1.0
    high = brentq(lambda d: statistic(d) + z, value, edge) if value < edge else 1.0
    return float(low), float(high)


def effective_n(sample: Sample, mean_square: float) -> float:
    """The items over their design effect, taken as at least 1; ``mean_square`` is that of the items' values."""
    independent = (mean_square - sample.mean**2) / (sample.n - 1)
    return sample.n / max(1.0, sample.variance / independent)


def general_interval(sample: Sample, confidence: float, seed: int) -> tuple[float, float, str]:
    """Low, high and how they were found, for values that are not all 0 or 1."""
    if sample.equal:
        return *_bound(sample, confidence), "bound for equal values"
    if sample.count >= FEW:
        low, high = expanded_percentiles(resampled_means([sample], seed)[0], sample.count, confidence)
        return low, high, "cluster bootstrap"
    # Wilson's form on the range mapped to [0, 1], with the n that would give a binary mean this variance.
    span = sample.ceiling - sample.floor
    share = (sample.mean - sample.floor) / span
    z = float(t.ppf(0.5 + confidence / 2, sample.count - 1))
    low, high = wilson(share, share * (1 - share) * span**2 / sample.variance, z)
    return sample.floor + span * low, sample.floor + span * high, "score interval for few clusters"


def clipped_interval(sample: Sample, confidence: float, seed: int) -> tuple[float, float, Score, str]:
    """Low and high of the mean clipped to [0, 1], its standard error, and how they were found.

    Clipping keeps the order of the resampled means, so the clipped limits are those of the clipped mean.
    """
    if sample.equal or sample.count < FEW:
        low, high, method = general_interval(sample, confidence, seed)
        return clip(low), clip(high), sample.standard_error, f"{method}, clipped"
    drawn = resampled_means([sample], seed)[0]
    low, high = expanded_percentiles(drawn, sample.count, confidence)
    return clip(low), clip(high), float(np.clip(drawn, 0, 1).std(ddof=1)), "cluster bootstrap, clipped"


def clipped_difference_interval(
    first: Sample, second: Sample, change: Sample, confidence: float, seed: int
) -> tuple[float, float, Score, str]:
    """The same for the difference of two clipped means of the same clusters; ``change`` holds first - second.

    Where the bootstrap can't be used, the unclipped difference's spread is put around the clipped one: clipping
    can only bring means nearer to each other.
    """
    value = clip(first.mean) - clip(second.mean)
    if change.equal or change.count < FEW:
        low, high, method = general_interval(change, confidence, seed)
        shift = value - change.mean
        low, high = max(-1.0, low + shift), min(1.0, high + shift)
        return low, high, change.standard_error, f"{method}, around the clipped difference"
    means = np.clip(resampled_means([first, second], seed), 0, 1)
    drawn = means[0] - means[1]
    low, high = expanded_percentiles(drawn, change.count, confidence)
    return min(low, value), max(high, value), float(drawn.std(ddof=1)), "cluster bootstrap of clipped means"


def _bound(sample: Sample, confidence: float) -> tuple[float, float]:
    """An interval for a mean whose clusters all agree.

    None of ``count`` clusters differed, so by Wilson's limit for 0 of ``count`` at most a share
    z^2 / (count + z^2) of all would, and at worst those lie at an end of the range. For binary values this
    is Wilson's interval; for pairs without a discordant one it is Tango's.
    """
    z = float(norm.ppf(0.5 + confidence / 2))
    share = z * z / (sample.count + z * z)
    return sample.mean + share * (sample.floor - sample.mean), sample.mean + share * (sample.ceiling - sample.mean)


def expanded_percentiles(drawn: Array | Sequence[float], count: int, confidence: float) -> tuple[float, float]:
    """Percentiles of what was computed of resamples of ``count`` clusters, widened for few of them as Student's t
    widens a normal interval (the expanded percentile interval; Hesterberg 2015, American Statistician 69)."""
    tail = float(norm.cdf(-math.sqrt(count / (count - 1)) * t.ppf(0.5 + confidence / 2, count - 1)))
    low, high = np.quantile(drawn, [tail, 1 - tail])
    return float(low), float(high)
