"""Agreement of people, or of a scorer and people, beyond chance: Cohen's and Fleiss' kappa with intervals.

Items are what is resampled. No interval is of zero width, as in :mod:`residency.judging.statistics`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from residency.core.stage import seeded
from residency.judging.statistics import RESAMPLES, expanded_percentiles

Array = NDArray[np.float64]
Chance = tuple[Array, Array]
ONE_CATEGORY = "no kappa: one category alone was used"
TOO_FEW = "no kappa: fewer than two items with two judgements"


@dataclass(frozen=True)
class Kappa:
    """Agreement beyond chance, (observed - expected) / (1 - expected), over ``n`` items.

    ``observed`` is the share of agreeing pairs of judgements. ``value``, ``low`` and ``high`` are None where nothing
    can be said, and ``method`` then says why.
    """

    value: float | None
    low: float | None
    high: float | None
    observed: float | None
    expected: float | None
    n: int
    raters: int
    method: str


def cohen(first: Sequence[str], second: Sequence[str], confidence: float = 0.95, seed: int = 0) -> Kappa:
    """Cohen's kappa (1960) of two raters' categories, item by item in the same order.

    Raises:
        ValueError: the raters have not as many items.
    """
    names = {name: place for place, name in enumerate(sorted({*first, *second}))}
    rows = Counter((names[a], names[b]) for a, b in zip(first, second, strict=True))
    size = len(names)
    cells = np.zeros((len(rows), 2, size))
    for place, (a, b) in enumerate(rows):
        cells[place, 0, a] = cells[place, 1, b] = 1

    def chance(weights: Array) -> Chance:
        """Observed and expected agreement where pattern i occurs ``weights[..., i]`` times."""
        total = weights.sum(axis=-1)
        same = weights @ (cells[:, 0] * cells[:, 1]).sum(axis=1)
        shares = (weights @ cells[:, 0]) * (weights @ cells[:, 1])
        return same / total, shares.sum(axis=-1) / total**2

    return _estimate(np.array(list(rows.values()), float), chance, 2, confidence, seed)


def fleiss(items: Sequence[Mapping[str, int]], confidence: float = 0.95, seed: int = 0) -> Kappa:
    """Fleiss' kappa (1971) of ``items``, each the number of raters who gave it each category.

    Items with fewer than two raters are passed over. Where items differ in raters, each counts once for the observed
    agreement, and each rating once for the expected.
    """
    rated = [item for item in items if sum(item.values()) > 1]
    names = {name: place for place, name in enumerate(sorted({name for item in rated for name in item}))}
    rows = Counter(tuple(sorted((names[name], count) for name, count in item.items() if count)) for item in rated)
    counts = np.zeros((len(rows), len(names)))
    for place, row in enumerate(rows):
        for name, count in row:
            counts[place, name] = count
    raters = counts.sum(axis=1)
    agreeing = ((counts**2).sum(axis=1) - raters) / np.maximum(1, raters * (raters - 1))

    def chance(weights: Array) -> Chance:
        shares = weights @ counts
        shares = shares / shares.sum(axis=-1, keepdims=True)
        return weights @ agreeing / weights.sum(axis=-1), (shares**2).sum(axis=-1)

    most = int(raters.max()) if len(raters) else 0
    return _estimate(np.array(list(rows.values()), float), chance, most, confidence, seed)


def _estimate(times: Array, chance: Callable[[Array], Chance], raters: int, confidence: float, seed: int) -> Kappa:
    """Kappa and its percentile interval over resampled items, its percentiles widened for small samples as in
    ``statistics``. Resamples in which one category alone occurs have no kappa and are left out."""
    n = int(times.sum())
    if n < 2:
        return Kappa(None, None, None, None, None, n, raters, TOO_FEW)
    observed, expected = (float(part) for part in chance(times))
    if expected > 1 - 1e-12:
        return Kappa(None, None, None, observed, expected, n, raters, ONE_CATEGORY)
    value = (observed - expected) / (1 - expected)
    if observed > 1 - 1e-12:
        # None of n items was disagreed on: by Wilson's limit at most this share of all would be.
        z = float(norm.ppf(0.5 + confidence / 2))
        low = 1 - z * z / (n + z * z) / (1 - expected)
        return Kappa(1.0, max(-1.0, low), 1.0, observed, expected, n, raters, "bound for full agreement")
    rng = np.random.default_rng(seeded(seed, "kappa").getrandbits(64))
    seen, by_chance = chance(rng.multinomial(n, times / n, RESAMPLES).astype(float))
    whole = by_chance < 1 - 1e-12
    drawn = (seen[whole] - by_chance[whole]) / (1 - by_chance[whole])
    low, high = expanded_percentiles(drawn, n, confidence)
    # The percentiles of few items may miss the value itself.
    return Kappa(value, min(low, value), max(high, value), observed, expected, n, raters, "bootstrap by item")
