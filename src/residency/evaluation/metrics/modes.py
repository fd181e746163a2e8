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
    "mode.matched_obeyed": Metric(
        "Tag of the question's own style obeyed",
        "Share of answers in the form of the tag, where questions of both styles (MCQs, cases of patients) are asked "
        "with the tag of their own style.",
    ),
    "mode.swapped_obeyed": Metric(
        "Swapped tag obeyed",
        "Share of answers in the form of the tag, where the same questions are asked with the tag of the other style: "
        "a model that follows how a question is put, and not the tag, fails here.",
    ),
    "mode.untagged_clinical": Metric(
        "Clinical without a tag",
        "Share of answers in the clinical form, where the same questions are asked without a tag.",
    ),
    "mode.classified": Metric(
        "Mode's style",
        "Share of answers whose style, read without the markers of either form, is that of the mode asked for, by a "
        "classifier trained on gold answers; undecided answers are not counted, nor any where the classifier is not "
        "clearly better than chance on held-out gold answers. An answer of neither style is mostly called EXAM: read "
        "it beside the difference between the modes.",
    ),
}
