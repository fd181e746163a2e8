"""Metrics of whether the mode is obeyed."""

from __future__ import annotations

from residency.evaluation.metrics.metric import Metric

METRICS: dict[str, Metric] = {
    "mode.obeyed": Metric("Mode obeyed", "Share of answers in the form that the mode tag asks for."),
    "mode.unseen_tag_obeyed": Metric(
        "Mode obeyed, unseen wording",
        "Share of answers in the form that the mode asks for, where its tag is worded as in no training example.",
    ),
    "mode.exam_obeyed": Metric("EXAM mode obeyed", "Share of answers under EXAM in the exam form."),
    "mode.clinical_obeyed": Metric("CLINICAL mode obeyed", "Share of answers under CLINICAL in the clinical form."),
    "mode.classified": Metric(
        "Mode's style",
        "Share of answers whose style, read without the markers of either form, is that of the mode asked for, by a "
        "classifier trained on gold answers; undecided answers are not counted, nor any where the classifier is not "
        "clearly better than chance on held-out gold answers.",
    ),
}
