"""Metrics of the open answers."""

from __future__ import annotations

from residency.evaluation.metrics.metric import Metric

METRICS: dict[str, Metric] = {
    "open.token_f1": Metric(
        "Open answers, word overlap", "Overlap (F1) of the answer's content words with the reference's."
    ),
    "open.key_fact_recall": Metric(
        "Open answers, key facts", "Share of the reference's key facts that the answer holds."
    ),
}
