"""Which values each metric may have."""

from __future__ import annotations

from residency.evaluation.metrics import METRICS
from residency.judging.statistics import Scale

SCALES: dict[str, Scale] = {
    name: "clipped" if metric.clipped else "signed"
    for name, metric in METRICS.items()
    if metric.clipped or metric.signed
}
"""Of the metrics whose values are not all from 0 to 1."""
