"""The figures of the report: every metric of every model, and every paired difference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from residency.evaluation.metrics import METRICS
from residency.evaluation.report.names import Results, grouped, headlines, higher_is_better, metric_title, pairs
from residency.evaluation.scales import SCALES
from residency.judging.statistics import (
    Difference,
    Estimate,
    changes,
    compare,
    holm,
    minimal_detectable,
    summarise,
)

Comparisons = Mapping[str, Mapping[str, Difference]]
NOT_MEASURED = Estimate(None, 0, None, None, 0, "not measured")


@dataclass(frozen=True)
class Score:
    """One model's estimate, and what among the items that carry the metric could not be read or run."""

    found: Estimate
    unparsed: int
    errored: int


@dataclass(frozen=True)
class Row:
    """One metric of all models."""

    metric: str
    axis: str
    title: str
    description: str
    headline: bool
    higher_is_better: bool
    models: Mapping[str, Score]


@dataclass(frozen=True)
class Change:
    """One metric of two models: their difference, p after Holm over the headline metrics (None for others, whose p
    stays as it is), and the smallest difference that these items would show four times in five."""

    metric: str
    title: str
    headline: bool
    higher_is_better: bool
    difference: Difference
    adjusted: float | None
    visible: float | None

    def verdict(self, confidence: float) -> str:
        """``better``, ``worse``, or ``open`` where no difference was shown: the interval holds 0, or p, adjusted
        where several axes were asked, is not below its level."""
        found, p = self.difference, self.difference.p if self.adjusted is None else self.adjusted
        if found.low is None or found.high is None or p is None or p >= 1 - confidence or found.low <= 0 <= found.high:
            return "open"
        return "better" if (found.low > 0) == self.higher_is_better else "worse"


def rows_of(results: Results, confidence: float = 0.95, seed: int = 0) -> list[Row]:
    """One row for each metric that any item carries, axis by axis, each axis' headline first."""
    estimates = {model: summarise(items, confidence, seed, SCALES) for model, items in results.items()}
    heads = set(headlines(results).values())
    rows = []
    for axis, metrics in grouped(results).items():
        for name in metrics:
            scores = {}
            for model, items in results.items():
                status = Counter(item["status"] for item in items if name in item["metrics"])
                found = estimates[model].get(name, NOT_MEASURED)
                scores[model] = Score(found, status["unparsed"], status["errored"])
            description = METRICS[name].description if name in METRICS else ""
            better = higher_is_better(name)
            rows.append(Row(name, axis, metric_title(name), description, name in heads, better, scores))
    return rows


def summary_table(results: Results, confidence: float = 0.95, seed: int = 0) -> list[dict[str, Any]]:
    """``rows_of`` as plain JSON values, headline metrics first, for the terminal and for ``summary.json``.

    By model: ``value``, ``n``, ``low``, ``high``, ``se``, ``missing``, ``method``, ``clusters`` (None and 0 where
    there is nothing) and the ``unparsed`` and ``errored`` among the items that carry the metric.
    """
    table = []
    for row in sorted(rows_of(results, confidence, seed), key=lambda row: not row.headline):
        models = {
            model: {**asdict(score.found), "unparsed": score.unparsed, "errored": score.errored}
            for model, score in row.models.items()
        }
        table.append({**{key: value for key, value in vars(row).items() if key != "models"}, "models": models})
    return table


def compare_models(results: Results, confidence: float = 0.95, seed: int = 0) -> dict[str, dict[str, Difference]]:
    """``compare`` for each pair of models that is held against each other, under names such as ``final vs base``."""
    return {f"{a} vs {b}": compare(results[a], results[b], confidence, seed, SCALES) for a, b in pairs(list(results))}


def changes_of(
    results: Results, comparison: str, differences: Mapping[str, Difference], confidence: float = 0.95
) -> list[Change]:
    """One comparison's differences, headline metrics first, Holm's correction taken over these."""
    a, _, b = comparison.partition(" vs ")
    family = [metric for metric in headlines(results).values() if metric in differences]
    adjusted = dict(zip(family, holm([differences[name].p for name in family]), strict=True))
    order = [name for metrics in grouped(results).values() for name in metrics if name in differences]
    found = []
    for name in family + [name for name in order if name not in family]:
        values, clusters = changes(results[a], results[b], name)
        visible = minimal_detectable(values, len(values), confidence, clusters=clusters) if values else None
        found.append(
            Change(
                name,
                metric_title(name),
                name in family,
                higher_is_better(name),
                differences[name],
                adjusted.get(name),
                visible,
            )
        )
    return found
