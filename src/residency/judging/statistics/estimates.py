"""The mean of a metric and the paired difference of two models, each with standard error, interval and method."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from residency.judging.statistics.intervals import (
    NO_INTERVAL,
    clipped_difference_interval,
    clipped_interval,
    effective_n,
    general_interval,
    tango,
    wilson,
)
from residency.judging.statistics.sample import FLOORS, Sample, Scale, Score, checked, clip, is_binary, sample_of
from residency.judging.statistics.significance import clipped_sign_flip, mcnemar, sign_flip


@dataclass(frozen=True)
class Estimate:
    """A mean with its interval; ``missing`` items had no value, ``low`` and ``high`` are None below n = 2.

    ``se`` is the standard error of the mean over ``clusters`` independent clusters; None where all values agree.
    """

    value: Score
    n: int
    low: Score
    high: Score
    missing: int
    method: str
    se: Score = None
    clusters: int = 0


@dataclass(frozen=True)
class Difference:
    """The mean of a - b over the items that both have, its interval, and p for no difference.

    ``discordant`` items differ; ``missing`` items have no value for one or both; ``unmatched`` items
    occur for one model only. ``se`` and ``clusters`` are as in ``Estimate``.
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
    se: Score = None
    clusters: int = 0


def estimate(
    values: Sequence[Score],
    clusters: Sequence[str],
    confidence: float = 0.95,
    seed: int = 0,
    scale: Scale = "share",
) -> Estimate:
    """The mean of the values with its interval.

    Binary values: Wilson's score interval, with n divided by the design effect where items share clusters
    (Wilson 1927; Korn and Graubard 1998). Other values: cluster bootstrap, or below 10 clusters Wilson's
    form on the number of binary items that would have the same variance. Equal values: a bound by their number.
    On the ``clipped`` scale the mean, its limits and its standard error are those of the mean clipped to [0, 1].

    Raises:
        ProofError: a value is outside the scale.
    """
    pairs = [(value, cluster) for value, cluster in zip(values, clusters, strict=True) if value is not None]
    scores, missing = checked([value for value, _ in pairs], scale), len(values) - len(pairs)
    if not pairs:
        return Estimate(None, 0, None, None, missing, "no item with a value")
    sample = sample_of(scores, [cluster for _, cluster in pairs], FLOORS[scale])
    value, n, count, error = sample.mean, sample.n, sample.count, sample.standard_error
    value = clip(value) if scale == "clipped" else value
    if count < 2:
        return Estimate(value, n, None, None, missing, NO_INTERVAL, None, count)
    if scale == "clipped":
        low, high, error, method = clipped_interval(sample, confidence, seed)
    elif scale == "share" and is_binary(scores) and not sample.equal:
        low, high = wilson(value, effective_n(sample, value), sample.quantile(confidence))
        method = "Wilson" if sample.alone else "Wilson with design effect"
    else:
        low, high, method = general_interval(sample, confidence, seed)
    return Estimate(value, n, low, high, missing, method, error, count)


def paired_difference(
    a: Sequence[Score],
    b: Sequence[Score],
    clusters: Sequence[str],
    confidence: float = 0.95,
    seed: int = 0,
    scale: Scale = "share",
) -> Difference:
    """The mean of a - b over the items where both have a value.

    Binary values: Tango's score interval (Tango 1998, Statistics in Medicine 17:891-908), counts divided by
    the design effect where items share clusters, and McNemar's exact p where none do. Other values: cluster
    bootstrap. The other p: the share of random sign flips, cluster by cluster, with as large a difference.
    On the ``clipped`` scale all of this is of the difference of the two clipped means.

    Raises:
        ProofError: a value is outside the scale.
    """
    rows = [(x, y, c) for x, y, c in zip(a, b, clusters, strict=True) if x is not None and y is not None]
    first, second = checked([x for x, _, _ in rows], scale), checked([y for _, y, _ in rows], scale)
    missing = len(a) - len(rows)
    if not rows:
        return Difference(None, 0, None, None, None, "no item with a value for both", 0, missing)
    names = [c for _, _, c in rows]
    change = first - second
    more, less = int((change > 0).sum()), int((change < 0).sum())
    reach = 2.0 if scale == "signed" else 1.0 if scale == "share" else max(1.0, float(abs(change).max()))
    sample = sample_of(change, names, -reach, reach)
    n, count, error = sample.n, sample.count, sample.standard_error
    left, right = sample_of(first, names, FLOORS[scale]), sample_of(second, names, FLOORS[scale])
    value = clip(left.mean) - clip(right.mean) if scale == "clipped" else sample.mean
    if count < 2:
        return Difference(value, n, None, None, None, NO_INTERVAL, more + less, missing, clusters=count)
    if scale == "clipped":
        low, high, error, method = clipped_difference_interval(left, right, sample, confidence, seed)
        p, test = clipped_sign_flip(left, right, seed), "sign flips"
    else:
        binary = scale == "share" and is_binary(first) and is_binary(second)
        low, high, method = _interval(sample, more, less, binary, confidence, seed)
        exact = binary and sample.alone
        p, test = (mcnemar(more, less), "McNemar exact") if exact else (sign_flip(sample, seed), "sign flips")
    return Difference(value, n, low, high, p, f"{method}, {test}", more + less, missing, 0, error, count)


def _interval(
    change: Sample, more: int, less: int, binary: bool, confidence: float, seed: int
) -> tuple[float, float, str]:
    if not binary or change.equal:
        return general_interval(change, confidence, seed)
    effective = effective_n(change, (more + less) / change.n)
    low, high = tango(more / change.n, less / change.n, effective, change.quantile(confidence))
    return low, high, "Tango" if change.alone else "Tango with design effect"
