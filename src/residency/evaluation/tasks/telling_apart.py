"""How well two kinds of case are told apart: the share of what is right where it is, less its share where it is not."""

from __future__ import annotations

import math

from residency.judging.statistics import Estimate


def difference(one: Estimate, other: Estimate) -> tuple[float | None, float | None, float | None]:
    """The difference of two independent shares (Youden's J) with Newcombe's interval (1998, method 10), made of the
    interval of each; None where a share or its interval is missing.

    Shares of the same questions tend to rise and fall together, which makes the interval wider than need be, and never
    narrower than it says.
    """
    if one.value is None or other.value is None:
        return None, None, None
    apart = one.value - other.value
    if one.low is None or one.high is None or other.low is None or other.high is None:
        return apart, None, None
    low = apart - math.hypot(one.value - one.low, other.high - other.value)
    high = apart + math.hypot(one.high - one.value, other.value - other.low)
    return apart, max(-1.0, low), min(1.0, high)
