"""Metrics of the exam questions."""

from __future__ import annotations

from residency.evaluation.metrics.metric import Metric

METRICS: dict[str, Metric] = {
    "exam.accuracy_likelihood": Metric(
        "Exam accuracy, by likelihood", "Share of MCQs whose right option the model finds likeliest."
    ),
    "exam.accuracy_generated": Metric(
        "Exam accuracy, by written answer",
        "Share of MCQs whose written answer names the right option; answers in which none could be read are missing.",
    ),
    "exam.accuracy_strict": Metric(
        "Exam accuracy, unread counted wrong",
        "Share of MCQs whose written answer names the right option; one in which none could be read counts as wrong.",
    ),
    "exam.accuracy_majority": Metric(
        "Exam accuracy, majority of samples",
        "Share of MCQs whose right option is chosen by most of several written answers; a tie counts by its share.",
    ),
    "exam.parsed": Metric("Exam answers parsed", "Share of written MCQ answers in which one option could be found."),
    "exam.abstained": Metric(
        "Exam answers abstained",
        "Share of written MCQ answers that choose no option and say that the model does not know or will not answer.",
        higher_is_better=False,
    ),
    "exam.accuracy_permuted": Metric(
        "Exam accuracy over option orders",
        "Share of right written answers, of the order given and of further orders of the options.",
    ),
    "exam.consistency": Metric(
        "Same option in every order",
        "Share of pairs of option orders in which the written answers choose the same option.",
    ),
    "exam.accuracy_permuted_likelihood": Metric(
        "Exam accuracy over option orders, by likelihood",
        "Share of option orders, the one given among them, in which the right option is the likeliest.",
    ),
    "exam.consistency_likelihood": Metric(
        "Same option in every order, by likelihood",
        "Share of pairs of option orders in which the same option is the likeliest.",
    ),
    "exam.accuracy_choices_only": Metric(
        "Accuracy from the options alone",
        "Share of MCQs whose right option is picked without the question: what the options give away.",
        higher_is_better=False,
    ),
    "exam.confident_wrong": Metric(
        "Confident and wrong",
        "Share of MCQs whose wrong option is picked with a confidence of 0.8 or more: the likeliest letter's share of "
        "the probability of all letters, or of several written answers the share that agree.",
        higher_is_better=False,
    ),
    "exam.brier": Metric(
        "Brier score of the option picked",
        "Squared distance between the confidence and whether the pick is right; lower is better.",
        higher_is_better=False,
    ),
}
