"""Scores with intervals, paired differences with p, and how many items a question needs.

Items of one cluster (near-duplicates, shared parents) are not independent, so clusters and not items are
what is resampled, flipped and counted. No interval is ever of zero width: few or equal values widen it.
Everything is deterministic in its arguments and ``seed``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.stats import binomtest, norm, t

from residency.core.errors import ProofError
from residency.core.stage import seeded

RESAMPLES = 10_000
FEW = 10  # below this many clusters a bootstrap interval is too narrow (its coverage fell to 0.86 at 4)
CELLS = 4_000_000  # random draws held in memory at once
NO_INTERVAL = "no interval: fewer than two independent items"

Item = Mapping[str, Any]
Score = float | None
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Estimate:
    """A mean with its interval; ``missing`` items had no value, ``low`` and ``high`` are None below n = 2."""

    value: Score
    n: int
    low: Score
    high: Score
    missing: int
    method: str


@dataclass(frozen=True)
class Difference:
    """The mean of a - b over the items that both have, its interval, and p for no difference.

    ``discordant`` items differ; ``missing`` items have no value for one or both; ``unmatched`` items
    occur for one model only.
    """

    value: Score
    n: int
    low: Score
    high: Score
    p: Score
    method: str
    discordant: int
    missing: int = 0
    unmatched: int = 0


@dataclass(frozen=True)
class _Sample:
    """Values as sums and sizes of their clusters, shape (clusters,), with the lowest value possible."""

    sums: Array
    sizes: Array
    floor: float

    @property
    def n(self) -> int:
        return int(self.sizes.sum())

    @property
    def mean(self) -> float:
        return float(self.sums.sum() / self.sizes.sum())

    @property
    def variance(self) -> float:
        """Variance of the mean, the clusters being independent (linearised ratio; Cochran 1977, 6.3)."""
        count, residuals = len(self.sums), self.sums - self.mean * self.sizes
        return float(count / (count - 1) * (residuals**2).sum() / self.n**2) if count > 1 else 0.0

    @property
    def alone(self) -> bool:
        """Whether each item is a cluster of its own."""
        return len(self.sums) == self.n

    @property
    def equal(self) -> bool:
        """Whether all clusters have the same mean."""
        return bool(np.ptp(self.sums / self.sizes) < 1e-12)

    def quantile(self, confidence: float) -> float:
        """Two-sided normal quantile; Student's t on the clusters when items share them."""
        tail = 0.5 + confidence / 2
        return float(norm.ppf(tail) if self.alone else t.ppf(tail, len(self.sums) - 1))


def estimate(values: Sequence[Score], clusters: Sequence[str], confidence: float = 0.95, seed: int = 0) -> Estimate:
    """The mean of values in [0, 1] with its interval.

    Binary values: Wilson's score interval, with n divided by the design effect where items share clusters
    (Wilson 1927; Korn and Graubard 1998). Other values: cluster bootstrap, or below 10 clusters Wilson's
    form on the number of binary items that would have the same variance. Equal values: see ``_bound``.

    Raises:
        ProofError: a value is outside [0, 1].
    """
    pairs = [(value, cluster) for value, cluster in zip(values, clusters, strict=True) if value is not None]
    scores, missing = _checked([value for value, _ in pairs]), len(values) - len(pairs)
    if not pairs:
        return Estimate(None, 0, None, None, missing, "no item with a value")
    sample = _sample(scores, [cluster for _, cluster in pairs], 0.0)
    if len(sample.sums) < 2:
        return Estimate(sample.mean, sample.n, None, None, missing, NO_INTERVAL)
    if is_binary(scores) and not sample.equal:
        low, high = wilson(sample.mean, _effective_n(sample, sample.mean), sample.quantile(confidence))
        method = "Wilson" if sample.alone else "Wilson with design effect"
    else:
        low, high, method = _general_interval(sample, confidence, seed)
    return Estimate(sample.mean, sample.n, low, high, missing, method)


def paired_difference(
    a: Sequence[Score], b: Sequence[Score], clusters: Sequence[str], confidence: float = 0.95, seed: int = 0
) -> Difference:
    """The mean of a - b over the items where both have a value, in [-1, 1].

    Binary values: Tango's score interval (Tango 1998, Statistics in Medicine 17:891-908), counts divided by
    the design effect where items share clusters, and McNemar's exact p where none do. Other values: cluster
    bootstrap. The other p: the share of random sign flips, cluster by cluster, with as large a difference.

    Raises:
        ProofError: a value is outside [0, 1].
    """
    rows = [(x, y, c) for x, y, c in zip(a, b, clusters, strict=True) if x is not None and y is not None]
    first, second = _checked([x for x, _, _ in rows]), _checked([y for _, y, _ in rows])
    missing = len(a) - len(rows)
    if not rows:
        return Difference(None, 0, None, None, None, "no item with a value for both", 0, missing)
    change = first - second
    more, less = int((change > 0).sum()), int((change < 0).sum())
    sample = _sample(change, [c for _, _, c in rows], -1.0)
    if len(sample.sums) < 2:
        return Difference(sample.mean, sample.n, None, None, None, NO_INTERVAL, more + less, missing)
    binary = is_binary(first) and is_binary(second)
    if binary and not sample.equal:
        effective = _effective_n(sample, (more + less) / sample.n)
        low, high = tango(more / sample.n, less / sample.n, effective, sample.quantile(confidence))
        method = "Tango" if sample.alone else "Tango with design effect"
    else:
        low, high, method = _general_interval(sample, confidence, seed)
    exact = binary and sample.alone
    p = mcnemar(more, less) if exact else _sign_flip(sample, seed)
    method = f"{method}, {'McNemar exact' if exact else 'sign flips'}"
    return Difference(sample.mean, sample.n, low, high, p, method, more + less, missing)


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


def mcnemar(more: int, less: int) -> float:
    """McNemar's exact two-sided p: the discordant pairs fall either way like a fair coin."""
    return float(binomtest(more, more + less).pvalue) if more + less else 1.0


def is_binary(values: Iterable[float]) -> bool:
    """Whether all values are 0 or 1."""
    return all(value in (0.0, 1.0) for value in values)


def holm(pvalues: Sequence[Score]) -> list[Score]:
    """Holm's step-down adjustment (1979); None stays None and does not count as a test."""
    order = sorted((p, place) for place, p in enumerate(pvalues) if p is not None)
    adjusted: list[Score] = [None] * len(pvalues)
    largest = 0.0
    for rank, (p, place) in enumerate(order):
        largest = max(largest, min(1.0, p * (len(order) - rank)))
        adjusted[place] = largest
    return adjusted


def minimal_detectable(
    differences: Sequence[float], n: int, confidence: float = 0.95, power: float = 0.8, clusters: Sequence[str] = ()
) -> Score:
    """The true mean difference that ``n`` items would show with this power; None below two clusters.

    Normal approximation, (z_confidence + z_power) sd / sqrt(n), the sd being that of the differences seen
    (inflated by their clusters). Where they are all equal: the share that n equal items leave open.
    """
    sample = _sample(np.asarray(differences, float), clusters or _own(differences), -1.0)
    if len(sample.sums) < 2:
        return None
    z = float(norm.ppf(0.5 + confidence / 2))
    if sample.equal:
        return z * z / (n + z * z)
    return min(1.0, (z + float(norm.ppf(power))) * math.sqrt(sample.variance * sample.n / n))


def needed_n(
    differences: Sequence[float],
    effect: float,
    confidence: float = 0.95,
    power: float = 0.8,
    clusters: Sequence[str] = (),
    variance_at_limit: float | None = None,
) -> int | None:
    """The items at which a mean that lies ``effect`` from a limit would be told from it with this power.

    Normal approximation, ((z_confidence sd_limit + z_power sd) / effect)^2, sd being that of the differences
    seen (inflated by their clusters), and sd_limit the same unless ``variance_at_limit`` is given, as for a
    share, or the values are all equal, where it is that of the least scattered values at the limit.
    None where nothing can be said: an effect of 0, or fewer than two clusters.
    """
    sample = _sample(np.asarray(differences, float), clusters or _own(differences), -1.0)
    distance = min(1.0, abs(effect))
    if distance < 1e-12 or len(sample.sums) < 2:
        return None
    seen = sample.variance * sample.n
    at_limit = distance * (1 - distance) if sample.equal else seen
    at_limit = at_limit if variance_at_limit is None else variance_at_limit
    reach = float(norm.ppf(0.5 + confidence / 2)) * math.sqrt(at_limit) + float(norm.ppf(power)) * math.sqrt(seen)
    return max(2, math.ceil((reach / distance) ** 2))


def summarise(items: Iterable[Item], confidence: float = 0.95, seed: int = 0) -> dict[str, Estimate]:
    """Every metric of one model's items, over the items that carry it."""
    rows: dict[str, list[tuple[Score, str]]] = {}
    for item in items:
        for metric, value in item["metrics"].items():
            rows.setdefault(metric, []).append((value, item["cluster"]))
    return {
        metric: estimate([value for value, _ in row], [cluster for _, cluster in row], confidence, seed)
        for metric, row in rows.items()
    }


def summarise_by(
    items: Iterable[Item], field: str, confidence: float = 0.95, seed: int = 0
) -> dict[Any, dict[str, Estimate]]:
    """``summarise`` for each value of ``field`` (``topic``, ``passage_seen``), None being a value too."""
    groups: dict[Any, list[Item]] = {}
    for item in items:
        groups.setdefault(item[field], []).append(item)
    return {name: summarise(groups[name], confidence, seed) for name in sorted(groups, key=str)}


def matched(
    items_a: Iterable[Item], items_b: Iterable[Item], metric: str
) -> tuple[list[Score], list[Score], list[str], int]:
    """A metric's values for both models on the same items, the items' clusters, and how many had no match.

    Raises:
        ProofError: an id occurs twice in one axis, so that pairs are not defined.
    """
    left, right = _by_id(items_a, metric), _by_id(items_b, metric)
    both = sorted(left.keys() & right.keys())
    return (
        [left[key]["metrics"][metric] for key in both],
        [right[key]["metrics"][metric] for key in both],
        [left[key]["cluster"] for key in both],
        len(left.keys() ^ right.keys()),
    )


def changes(items_a: Iterable[Item], items_b: Iterable[Item], metric: str) -> tuple[list[float], list[str]]:
    """The differences a - b of the items that both models have a value for, and the items' clusters."""
    a, b, clusters, _ = matched(items_a, items_b, metric)
    pairs = [(x - y, c) for x, y, c in zip(a, b, clusters, strict=True) if x is not None and y is not None]
    return [value for value, _ in pairs], [cluster for _, cluster in pairs]


def compare(
    items_a: Sequence[Item], items_b: Sequence[Item], confidence: float = 0.95, seed: int = 0
) -> dict[str, Difference]:
    """Every metric's paired difference a - b, items matched by axis and id."""
    names = dict.fromkeys(metric for item in (*items_a, *items_b) for metric in item["metrics"])
    found = {}
    for metric in names:
        a, b, clusters, unmatched = matched(items_a, items_b, metric)
        found[metric] = replace(paired_difference(a, b, clusters, confidence, seed), unmatched=unmatched)
    return found


def _by_id(items: Iterable[Item], metric: str) -> dict[tuple[str, str], Item]:
    found: dict[tuple[str, str], Item] = {}
    for item in items:
        key = (item["axis"], item["id"])
        if metric in item["metrics"] and found.setdefault(key, item) is not item:
            raise ProofError(f"the id occurs twice on the axis {item['axis']!r}", item["id"])
    return found


def _checked(values: list[float]) -> Array:
    scores = np.asarray(values, float)
    if not ((scores >= 0) & (scores <= 1)).all():
        raise ProofError("a score is not a number from 0 to 1", fix="Mend the metric that gave it")
    return scores


def _own(values: Sequence[float]) -> list[str]:
    return [str(number) for number in range(len(values))]


def _sample(values: Array, clusters: Sequence[str], floor: float) -> _Sample:
    _, place = np.unique(np.asarray(clusters, str), return_inverse=True)
    return _Sample(np.bincount(place, values).astype(float), np.bincount(place).astype(float), floor)


def _effective_n(sample: _Sample, mean_square: float) -> float:
    """The items over their design effect, taken as at least 1; ``mean_square`` is that of the items' values."""
    independent = (mean_square - sample.mean**2) / (sample.n - 1)
    return sample.n / max(1.0, sample.variance / independent)


def _general_interval(sample: _Sample, confidence: float, seed: int) -> tuple[float, float, str]:
    if sample.equal:
        return *_bound(sample, confidence), "bound for equal values"
    if len(sample.sums) >= FEW:
        return *_bootstrap(sample, confidence, seed), "cluster bootstrap"
    # Wilson's form on the range mapped to [0, 1], with the n that would give a binary mean this variance.
    span = 1 - sample.floor
    share = (sample.mean - sample.floor) / span
    z = float(t.ppf(0.5 + confidence / 2, len(sample.sums) - 1))
    low, high = wilson(share, share * (1 - share) * span**2 / sample.variance, z)
    return sample.floor + span * low, sample.floor + span * high, "score interval for few clusters"


def _bound(sample: _Sample, confidence: float) -> tuple[float, float]:
    """An interval for a mean whose clusters all agree.

    None of ``count`` clusters differed, so by Wilson's limit for 0 of ``count`` at most a share
    z^2 / (count + z^2) of all would, and at worst those lie at an end of the range. For binary values this
    is Wilson's interval; for pairs without a discordant one it is Tango's.
    """
    z = float(norm.ppf(0.5 + confidence / 2))
    share = z * z / (len(sample.sums) + z * z)
    return sample.mean + share * (sample.floor - sample.mean), sample.mean + share * (1 - sample.mean)


def _bootstrap(sample: _Sample, confidence: float, seed: int) -> tuple[float, float]:
    """Percentile interval over resampled clusters, its percentiles widened for small samples as Student's t
    widens a normal interval (the expanded percentile interval; Hesterberg 2015, American Statistician 69)."""
    count = len(sample.sums)

    def means(rng: np.random.Generator, size: int) -> Array:
        drawn = rng.integers(0, count, (size, count), dtype=np.int32)
        sizes = count if sample.alone else sample.sizes[drawn].sum(axis=1)
        return np.asarray(sample.sums[drawn].sum(axis=1) / sizes)

    tail = float(norm.cdf(-math.sqrt(count / (count - 1)) * t.ppf(0.5 + confidence / 2, count - 1)))
    low, high = np.quantile(_draw(means, count, seed, "bootstrap"), [tail, 1 - tail])
    return float(low), float(high)


def _sign_flip(sample: _Sample, seed: int) -> float:
    """Two-sided p of the randomisation test that swaps the two models cluster by cluster."""
    sums = sample.sums[sample.sums != 0]
    if not len(sums):
        return 1.0

    def totals(rng: np.random.Generator, size: int) -> Array:
        return np.asarray(rng.choice((-1.0, 1.0), (size, len(sums))) @ sums)

    drawn = _draw(totals, len(sums), seed, "flip")
    as_large = int((np.abs(drawn) >= abs(sums.sum()) - 1e-9).sum())
    return (1 + as_large) / (1 + RESAMPLES)


def _draw(statistic: Callable[[np.random.Generator, int], Array], width: int, seed: int, name: str) -> Array:
    """RESAMPLES values of a statistic that takes ``width`` random draws, computed in blocks."""
    rng = np.random.default_rng(seeded(seed, name).getrandbits(64))
    block = max(1, CELLS // width)
    sizes = [min(block, RESAMPLES - start) for start in range(0, RESAMPLES, block)]
    return np.concatenate([statistic(rng, size) for size in sizes])
