"""Metrics of the open answers."""

from __future__ import annotations

from residency.evaluation.metrics.metric import Metric

METRICS: dict[str, Metric] = {
    "open.rubric": Metric(
        "Open answers, by rubric",
        "Points of the rubric's criteria that the answer meets, over those that can be earned; faults cost points, so "
        "that an answer may score below 0. The mean is clipped to [0, 1] (HealthBench).",
        clipped=True,
    ),
    "open.token_f1": Metric(
        "Open answers, word overlap", "Overlap (F1) of the answer's content words with the reference's."
    ),
    "open.key_fact_recall": Metric(
        "Open answers, key facts", "Share of the reference's key facts that the answer holds."
    ),
    "open.key_fact_precision": Metric(
        "Open answers, claims supported", "Share of the answer's claims that the reference supports."
    ),
    "open.contradicted": Metric(
        "Open answers, claims contradicted",
        "Share of the answer's claims that say otherwise than the reference: another figure, side, drug, route, test "
        "or operation, or a denial; lower is better.",
        higher_is_better=False,
    ),
    "open.overconfidence": Metric(
        "Open answers, overconfident",
        "Of the sentences that say what the reference says, or claim certainty without exception, the share that is "
        "more certain than the reference; lower is better.",
        higher_is_better=False,
    ),
    "open.differentials": Metric(
        "Open answers, differentials named",
        "Share of the diagnoses that the reference lists which the answer names, where the question asks for them.",
    ),
    "open.closeness": Metric(
        "Open answers, closeness in meaning",
        "Closeness to the reference by embeddings and words, less what is contradicted; measured where "
        "evaluate.open.closeness is set.",
    ),
}
