"""Metrics of what a model must not have forgotten."""

from __future__ import annotations

from residency.evaluation.metrics.metric import Metric

METRICS: dict[str, Metric] = {
    "retention.prompt_strict": Metric(
        "General instructions followed",
        "Share of general prompts all of whose instructions are followed, as code verifies (IFEval's strict accuracy "
        "of prompts, on prompts of our own).",
    ),
    "retention.prompt_loose": Metric(
        "General instructions followed, loosely",
        "The same where a preamble, a closing line and marks of markdown are forgiven (IFEval's loose accuracy).",
    ),
    "retention.instruction_strict": Metric(
        "Share of instructions followed",
        "Mean share of a general prompt's instructions that are followed; the table of retention holds IFEval's own "
        "figure, over all instructions at once.",
    ),
    "retention.instruction_loose": Metric(
        "Share of instructions followed, loosely",
        "The same where a preamble, a closing line and marks of markdown are forgiven.",
    ),
    "retention.mcq_accuracy": Metric(
        "General MCQs right",
        "Share of general MCQs, from the user's files, whose written answer names the right option.",
    ),
    "retention.mcq_parsed": Metric(
        "General MCQs parsed", "Share of written answers to general MCQs in which one option could be found."
    ),
}
