"""The difference between two sets of items that share no cluster: seen against unseen, human against synthetic."""

from __future__ import annotations

import math

from scipy.stats import t

from residency.judging.statistics.estimates import Difference, Estimate

NOTHING_VARIES = "no interval: nothing varies in one part"


def gap(first: Estimate | Difference, second: Estimate | Difference, confidence: float = 0.95) -> Difference:
    """The first minus the second, by Welch's interval and test (1947) on their standard errors over clusters.

    Of two paired differences this is the difference in differences: how much more the one part gained than the other.
    Without an interval where either has fewer than two clusters or nothing varies in it; ``n`` counts both parts, and
    ``discordant`` has no meaning here.
    """
    if first.value is None or second.value is None:
        return Difference(None, first.n + second.n, None, None, None, "no item with a value in one part", 0)
    value, n, clusters = first.value - second.value, first.n + second.n, first.clusters + second.clusters
    if first.se is None or second.se is None:
        return Difference(value, n, None, None, None, NOTHING_VARIES, 0, clusters=clusters)
    a, b = first.se**2, second.se**2
    freedom = (a + b) ** 2 / (a**2 / (first.clusters - 1) + b**2 / (second.clusters - 1))
    error = math.sqrt(a + b)
    reach = float(t.ppf(0.5 + confidence / 2, freedom)) * error
    p = float(2 * t.sf(abs(value) / error, freedom))
    return Difference(value, n, value - reach, value + reach, p, "Welch", 0, se=error, clusters=clusters)
