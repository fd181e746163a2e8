"""Metrics of the exam questions."""

from __future__ import annotations

from residency.evaluation.metrics.metric import Metric

METRICS: dict[str, Metric] = {
    "exam.accuracy_likelihood": Metric(
        "Exam accuracy, by likelihood", "Share of MCQs whose right option the model finds likeliest."
    ),
    "exam.accuracy_generated": Metric(
        "Exam accuracy, by written answer", "Share of MCQs whose written answer names the right option."
    ),
    "exam.parsed": Metric("Exam answers parsed", "Share of written MCQ answers in which one option could be found."),
}
