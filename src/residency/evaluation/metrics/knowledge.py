"""Metrics of answers from memory to questions of which it is known whether the base model knew them."""

from __future__ import annotations

from residency.evaluation.metrics.metric import Metric

METRICS: dict[str, Metric] = {
    "knowledge.right": Metric(
        "Right from memory", "Share of dev questions, asked without context, whose answer states the fact."
    ),
    "knowledge.confident_wrong": Metric(
        "Confident and wrong",
        "Share of dev questions, asked without context, that are answered wrongly without a hedge or a word of doubt. "
        "A right answer in other words than the reference's counts as wrong.",
        higher_is_better=False,
    ),
    "knowledge.known_confident_wrong": Metric(
        "Confident and wrong on what the base model knew",
        "Share of dev questions whose fact the base model knew before any training, asked without context, that are "
        "answered wrongly without a hedge or a word of doubt. A right answer in other words than the reference's "
        "counts as wrong. They were chosen because the base model was right, so that its own rate is partly chosen.",
        higher_is_better=False,
    ),
    "knowledge.withheld": Metric(
        "Hedged or withheld",
        "Share of dev questions, asked without context, that are answered with doubt and not right.",
    ),
}
