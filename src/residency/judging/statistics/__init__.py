"""Scores with standard errors and intervals, paired differences with p, and how many items a question needs.

Items of one cluster (near-duplicates, shared parents) are not independent, so clusters and not items are what is
resampled, flipped and counted. No interval is of zero width, few or equal values widen it; the one exception is a
clipped mean that lies beyond its end. Everything is deterministic in its arguments and ``seed``.
"""

from __future__ import annotations

from residency.judging.statistics.estimates import Difference, Estimate, estimate, paired_difference
from residency.judging.statistics.gap import gap
from residency.judging.statistics.intervals import NO_INTERVAL, expanded_percentiles, tango, wilson
from residency.judging.statistics.power import mcnemar_power, minimal_detectable, needed_n
from residency.judging.statistics.resampling import FEW, RESAMPLES
from residency.judging.statistics.results import (
    Item,
    Scales,
    changes,
    compare,
    matched,
    summarise,
    summarise_by,
    values_of,
)
from residency.judging.statistics.sample import Scale, Score, is_binary
from residency.judging.statistics.significance import holm, mcnemar

__all__ = [
    "FEW",
    "NO_INTERVAL",
    "RESAMPLES",
    "Difference",
    "Estimate",
    "Item",
    "Scale",
    "Scales",
    "Score",
    "changes",
    "compare",
    "estimate",
    "expanded_percentiles",
    "gap",
    "holm",
    "is_binary",
    "matched",
    "mcnemar",
    "mcnemar_power",
    "minimal_detectable",
    "needed_n",
    "paired_difference",
    "summarise",
    "summarise_by",
    "tango",
    "values_of",
    "wilson",
]
