"""What a number of items can show, and how many a question needs."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy.optimize import brentq
from scipy.stats import binom, norm, t

from residency.judging.statistics.sample import Sample, Score, own_clusters, sample_of


def minimal_detectable(
    differences: Sequence[float], n: int, confidence: float = 0.95, power: float = 0.8, clusters: Sequence[str] = ()
) -> Score:
    """The smallest true mean difference that ``n`` items would show with this power; None where none could be shown.

    Differences of right-or-wrong answers, each a cluster of its own: by the exact power of McNemar's test, the
    discordant share being the one seen, or the difference where that is larger. Others: (t_confidence + t_power)
    sd / sqrt(n), the sd being that of the differences seen (inflated by their clusters) and the quantiles Student's on
    as many clusters as ``n`` items would have; where all are equal, the share that n equal items leave open.
    """
    sample = _sample(differences, clusters)
    if sample.count < 2:
        return None
    if sample.alone and all(value in (-1.0, 0.0, 1.0) for value in differences):
        return _smallest_share(float(np.mean(np.abs(differences))), n, confidence, power)
    z = float(norm.ppf(0.5 + confidence / 2))
    if sample.equal:
        return z * z / (n + z * z)
    freedom = max(1, round(n * sample.count / sample.n) - 1)
    quantiles = float(t.ppf(0.5 + confidence / 2, freedom) + t.ppf(power, freedom))
    return min(1.0, quantiles * math.sqrt(sample.variance * sample.n / n))


def mcnemar_power(n: int, discordant: float, effect: float, confidence: float = 0.95) -> float:
    """The exact power of McNemar's exact two-sided test on ``n`` pairs.

    ``discordant`` is the share of pairs that differ, ``effect`` the true difference, from 0 to ``discordant``: the
    number of discordant pairs is binomial, and so is, given it, the number of those that fall the one way.
    """
    if n < 1 or discordant <= 0:
        return 0.0
    centre, reach = n * discordant, 8 * math.sqrt(n * discordant * (1 - discordant)) + 8
    counts = np.arange(max(0, math.floor(centre - reach)), min(n, math.ceil(centre + reach)) + 1)
    tail = (1 - confidence) / 2
    critical = binom.ppf(tail, counts, 0.5)
    critical = np.where(binom.cdf(critical, counts, 0.5) > tail, critical - 1, critical)
    share = min(1.0, (discordant + effect) / (2 * discordant))
    rejected = binom.cdf(critical, counts, share) + binom.sf(counts - critical - 1, counts, share)
    return float((binom.pmf(counts, n, discordant) * np.where(critical >= 0, rejected, 0.0)).sum())


def needed_n(
    differences: Sequence[float],
    effect: float,
    confidence: float = 0.95,
    power: float = 0.8,
    clusters: Sequence[str] = (),
    variance_at_limit: float | None = None,
) -> int | None:
    """The items at which a mean that lies ``effect`` from a limit would be told from it with this power.

    With the limit at 0 this is the size for showing a difference; with the limit at -margin and ``effect`` the
    distance to it, the size for showing non-inferiority. Normal approximation, ((z_confidence sd_limit +
    z_power sd) / effect)^2, sd being that of the differences seen (inflated by their clusters), and sd_limit the
    same unless ``variance_at_limit`` is given, as for a share, or the values are all equal, where it is that of the
    least scattered values at the limit. None where nothing can be said: an effect of 0, or fewer than two clusters.
    """
    sample = _sample(differences, clusters)
    distance = min(1.0, abs(effect))
    if distance < 1e-12 or sample.count < 2:
        return None
    seen = sample.variance * sample.n
    at_limit = distance * (1 - distance) if sample.equal else seen
    at_limit = at_limit if variance_at_limit is None else variance_at_limit
    reach = float(norm.ppf(0.5 + confidence / 2)) * math.sqrt(at_limit) + float(norm.ppf(power)) * math.sqrt(seen)
    return max(2, math.ceil((reach / distance) ** 2))


def _smallest_share(discordant: float, n: int, confidence: float, power: float) -> Score:
    def lacking(effect: float) -> float:
        return mcnemar_power(n, max(discordant, effect), effect, confidence) - power

    return None if lacking(1.0) < 0 else float(brentq(lacking, 1e-9, 1.0, xtol=1e-5))


def _sample(differences: Sequence[float], clusters: Sequence[str]) -> Sample:
    values = np.asarray(differences, float)
    return sample_of(values, clusters or own_clusters(differences), -1.0)
