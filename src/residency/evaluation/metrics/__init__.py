"""The metrics by name: what each measures, and which stands for its axis."""

from __future__ import annotations

from residency.evaluation.metrics import exam, faithfulness, followup, knowledge, modes, retention, safety, tools
from residency.evaluation.metrics import open as open_ended
from residency.evaluation.metrics.metric import Metric

METRICS: dict[str, Metric] = {
    **exam.METRICS,
    **open_ended.METRICS,
    **followup.METRICS,
    **retention.METRICS,
    **faithfulness.METRICS,
    **tools.METRICS,
    **safety.METRICS,
    **modes.METRICS,
    **knowledge.METRICS,
}

ABSTAINING = ("faithfulness.abstention_recall", "faithfulness.false_abstention", "faithfulness.near_miss_abstention")
"""The two errors of abstaining, which mean little apart, and the hard cases of the first."""

HEADLINES: dict[str, str] = {
    "exam": "exam.accuracy_likelihood",
    "open": "open.token_f1",
    "followup": "followup.turn_mean",
    "faithfulness": "faithfulness.score",
}

__all__ = ["ABSTAINING", "HEADLINES", "METRICS", "Metric"]
