"""Tables of retention: IFEval's four figures, and the share of instructions followed by kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from residency.evaluation.item import Result
from residency.evaluation.table import Cell, Table
from residency.judging.statistics import Estimate, estimate

Results = Mapping[str, Sequence[Result]]
_INTERVAL = ("Score", "Low", "High", "n", "Missing")


def tables(results: Results) -> list[Table]:
    """The tables for which there are items."""
    asked = {
        name: [row for row in rows if row["task"] == "retention" and "retention.prompt_strict" in row["metrics"]]
        for name, rows in results.items()
    }
    made = [four_figures(asked), by_kind(asked)]
    return [table for table in made if table.rows]


def four_figures(results: Results) -> Table:
    """Accuracy of prompts and of instructions, strict and loose, as IFEval defines them: of instructions, over all of
    them at once, so that a prompt with two counts twice."""
    rows: list[list[Cell]] = []
    cut = sum(row["details"]["cut"] for found in results.values() for row in found)
    for name, found in results.items():
        for reading in ("strict", "loose"):
            values = [row["metrics"][f"retention.prompt_{reading}"] for row in found]
            if values:
                told = estimate(values, [row["cluster"] for row in found])
                rows.append([name, "prompts", reading, *_cells(told)])
                rows.append([name, "instructions", reading, *_cells(_of_instructions(found, reading))])
    return Table(
        "retention-instructions",
        "followup",
        "General instructions followed",
        ("Model", "Of", "Reading", *_INTERVAL),
        rows,
        "IFEval's definitions on prompts of our own: the figures cannot be held against IFEval's. 95% intervals, the "
        "instructions of one prompt being a cluster. Missing: those without an answer that could be used. "
        f"Answers cut at the limit of tokens (evaluate.max_new_tokens): {cut}.",
    )


def by_kind(results: Results) -> Table:
    """The share of instructions followed, strictly, kind by kind."""
    rows: list[list[Cell]] = []
    for name, found in results.items():
        kinds = sorted({kind for row in found for kind in row["details"]["kinds"]})
        rows += [[name, kind, *_cells(_of_instructions(found, "strict", kind))] for kind in kinds]
    return Table(
        "retention-by-kind",
        "followup",
        "General instructions followed, by kind",
        ("Model", "Kind", *_INTERVAL),
        rows,
        "Strict reading. Few instructions of a kind: the intervals are wide.",
    )


def _of_instructions(found: Sequence[Result], reading: str, kind: str = "") -> Estimate:
    values: list[float | None] = []
    clusters: list[str] = []
    for row in found:
        details = row["details"]
        for own, value in zip(details["kinds"], details[reading], strict=True):
            if kind in ("", own):
                values.append(value)
                clusters.append(row["cluster"])
    return estimate(values, clusters)


def _cells(told: Estimate) -> list[Cell]:
    return [told.value, told.low, told.high, told.n, told.missing]
