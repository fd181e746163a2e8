"""What axes and models are called, which metrics belong together, and which models are held against which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from residency.evaluation.metrics import HEADLINES, METRICS
from residency.judging.statistics import Item

Results = Mapping[str, Sequence[Item]]

AXES = {
    "exam": "Exam questions",
    "open": "Open answers",
    "followup": "Follow-up questions",
    "faithfulness": "Faithfulness",
    "tools": "Tools",
    "safety": "Safety",
    "retention": "What was not forgotten",
    "knowledge": "What the models know",
    "mode": "Modes",
}
"""The four axes, and what is measured beside them, in the order of the page."""
MODELS = {"base": "Base", "sft": "SFT", "final": "Final"}
INSTEAD = {"exam.accuracy_likelihood": "exam.accuracy_generated"}
"""What stands for an axis where a model cannot have its headline."""
SLOTS = 6
"""Colours that the page has for models."""


def axis_title(axis: str) -> str:
    """What an axis or another group of metrics is called."""
    return AXES.get(axis, axis.replace("_", " ").capitalize())


def axis_in_text(axis: str) -> str:
    """The same inside a sentence."""
    title = axis_title(axis)
    return title[:1].lower() + title[1:]


def model_title(model: str) -> str:
    """What a model is called at the head of a column."""
    return MODELS.get(model, model)


def metric_title(metric: str) -> str:
    """A metric's title; its name where nothing is known of it."""
    return METRICS[metric].title if metric in METRICS else metric


def higher_is_better(metric: str) -> bool:
    """Which way a metric is read; upwards where nothing is known of it."""
    return metric not in METRICS or METRICS[metric].higher_is_better


def measured(results: Results) -> list[str]:
    """Every metric that any item carries, in the order of the metrics, unknown ones last."""
    found = {metric for items in results.values() for item in items for metric in item["metrics"]}
    return [name for name in METRICS if name in found] + sorted(found - METRICS.keys())


def grouped(results: Results) -> dict[str, list[str]]:
    """The measured metrics by axis, headline first.

    A metric named for an axis belongs to it; another belongs to the axis of all of its items, and to a group of its
    own, named as it is, where they are of several.
    """
    axes: dict[str, set[str]] = {}
    for items in results.values():
        for item in items:
            for metric in item["metrics"]:
                axes.setdefault(metric, set()).add(item["axis"])
    groups: dict[str, list[str]] = {axis: [] for axis in AXES}
    for metric in measured(results):
        prefix = metric.partition(".")[0]
        own = prefix in AXES or len(axes[metric]) > 1
        groups.setdefault(prefix if own else next(iter(axes[metric])), []).append(metric)
    heads = headlines(results)
    for axis, metrics in groups.items():
        metrics.sort(key=lambda name, axis=axis: name != heads.get(axis))  # type: ignore[misc]
    return {axis: metrics for axis, metrics in groups.items() if metrics}


def headlines(results: Results) -> dict[str, str]:
    """The headline metric of each axis on which one was measured. Where a model has no value of it at all, as one that
    thinks has no likelihoods, another takes its place for all models, so that they stay comparable."""
    found = set(measured(results))
    chosen = {}
    for axis, metric in HEADLINES.items():
        other = INSTEAD.get(metric, "")
        if other in found and not _of_all(results, metric) and _of_all(results, other):
            metric = other
        if metric in found:
            chosen[axis] = metric
    return chosen


def _of_all(results: Results, metric: str) -> bool:
    return all(any(item["metrics"].get(metric) is not None for item in items) for items in results.values())


def pairs(models: Sequence[str]) -> list[tuple[str, str]]:
    """Which models are compared: each with the first, and the final one with the one that it was made of."""
    found = [(model, models[0]) for model in models[1:]]
    step = ("final", "sft")
    return found + ([step] if step not in found and set(step) <= set(models) else [])
