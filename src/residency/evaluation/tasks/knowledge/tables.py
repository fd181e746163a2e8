"""Confident and wrong before and after the training, for facts that the base model knew and did not know apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from residency.evaluation.item import Result
from residency.evaluation.table import Cell, P, Table
from residency.evaluation.tasks.figures import Results, mean_of, results_of
from residency.evaluation.tasks.knowledge.grade import KNOWN
from residency.judging.statistics import Difference, Estimate, compare

WRONG, RIGHT, WITHHELD = "knowledge.confident_wrong", "knowledge.right", "knowledge.withheld"
FACTS: dict[str, tuple[str, ...]] = {
    "known": KNOWN,
    "unknown": ("unknown",),
    "undecided": ("undecided",),
}
NOTE = (
    "Dev questions, asked without context. Known and unknown is what the base model was before any training (SliCK, "
    "Gekhman et al. 2024); undecided, where it knew no more than luck gives. Change: against the first model, paired; "
    "95% intervals, clustered by near-duplicates. A right answer in other words than the reference's counts as wrong, "
    "so that rates of open questions are upper bounds and their change says more. Facts count as unknown because the "
    "base model was seldom right, so that its own rate among them is partly chosen: look at the change."
)
COLUMNS = ("Model", "Facts", "Confident and wrong", "Change", "p", "Right", "Hedged or withheld", "n", "Missing")


def tables(results: Results) -> list[Table]:
    """One table; none where no such question was asked."""
    own = results_of(results, "knowledge")
    rows: list[list[Cell]] = []
    for facts, categories in FACTS.items():
        first: list[Result] = []
        for name, found in own.items():
            some = [row for row in found if row["details"]["category"] in categories]
            if not some:
                continue
            change = compare(some, first)[WRONG] if first else None
            rows.append([name, facts, *_cells(some, change)])
            first = first or some
    if not rows:
        return []
    title = "Confident and wrong from memory, by what the base model knew"
    return [Table("knowledge-confident-wrong", "knowledge", title, COLUMNS, rows, NOTE, _plot(rows))]


def _cells(rows: Sequence[Result], change: Difference | None) -> list[Cell]:
    wrong, right, withheld = (mean_of(rows, metric) for metric in (WRONG, RIGHT, WITHHELD))
    return [wrong, change, P(change.p) if change else None, right, withheld, wrong.n, wrong.missing]


def _plot(rows: Sequence[Sequence[Cell]]) -> Any:
    """Draws each model's rate with its interval, the facts side by side."""

    def draw(axes: Any) -> None:
        models = list(dict.fromkeys(str(row[0]) for row in rows))
        for place, facts in enumerate(dict.fromkeys(str(row[1]) for row in rows)):
            shown = [(str(row[0]), row[2]) for row in rows if row[1] == facts]
            known = [(name, one) for name, one in shown if isinstance(one, Estimate)]
            points = [(models.index(name) + 0.12 * (place - 0.5), one) for name, one in known if one.value is not None]
            for where, one in points:
                if one.low is not None and one.high is not None:
                    axes.plot([where, where], [one.low, one.high], color=f"C{place}")
            at, values = [where for where, _ in points], [one.value for _, one in points]
            axes.scatter(at, values, color=f"C{place}", label=f"{facts} to the base model")
        axes.set_xticks(range(len(models)), models)
        axes.set_ylim(0, 1)
        axes.set_ylabel("confident and wrong")
        axes.legend()

    return draw
