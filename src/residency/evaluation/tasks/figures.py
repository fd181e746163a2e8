"""What the tasks' tables are made of: the results of a task, the mean of a metric, its cells and how it is drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from residency.evaluation.item import Result
from residency.evaluation.scales import SCALES
from residency.evaluation.table import Cell
from residency.judging.statistics import Estimate, estimate

Results = Mapping[str, Sequence[Result]]


def results_of(
    results: Results, task: str, which: Callable[[Result], bool] = lambda row: True
) -> dict[str, list[Result]]:
    """By model the results of one task, of those only ``which`` is true of."""
    return {model: [row for row in rows if row["task"] == task and which(row)] for model, rows in results.items()}


def mean_of(rows: Sequence[Result], metric: str) -> Estimate:
    """The mean of a metric over the rows that bear it, with its interval."""
    bearing = [row for row in rows if metric in row["metrics"]]
    values, clusters = [row["metrics"][metric] for row in bearing], [row["cluster"] for row in bearing]
    return estimate(values, clusters, scale=SCALES.get(metric, "share"))


def cells(found: Estimate, scale: float = 1.0) -> list[Cell]:
    """Value, low, high, n and how many are missing; the first three times ``scale``."""
    figures = [None if value is None else value * scale for value in (found.value, found.low, found.high)]
    return [*figures, found.n, found.missing]


def draw_limits(axes: Any, places: Sequence[Any], values: Sequence[Sequence[Any]], label: str, line: str = "-") -> None:
    """Draws (value, low, high) at each of ``places`` of matplotlib's axes, joined by a line; an end may be None."""
    middle = np.array([value for value, _, _ in values], float)
    low = np.array([value if low is None else low for value, low, _ in values], float)
    high = np.array([value if high is None else high for value, _, high in values], float)
    reach = np.clip([middle - low, high - middle], 0, None)
    axes.errorbar(places, middle, reach, linestyle=line, marker="o", capsize=2, label=label)
