"""Tables of retention: IFEval's four figures, and the share of instructions followed by kind."""

from __future__ import annotations

from collections.abc import Sequence

from residency.evaluation.item import Result
from residency.evaluation.table import Cell, Table
from residency.evaluation.tasks.figures import Results, cells, mean_of, results_of
from residency.judging.statistics import Estimate, estimate

_MCQ = {
    "retention.mcq_accuracy": "right, written",
    "retention.mcq_accuracy_likelihood": "right, by likelihood",
    "retention.mcq_parsed": "could be read",
}
_INTERVAL = ("Score", "Low", "High", "n", "Missing")


def tables(results: Results) -> list[Table]:
    """The tables for which there are items."""
    asked = results_of(results, "retention", lambda row: "retention.prompt_strict" in row["metrics"])
    mcqs = results_of(results, "retention", lambda row: "retention.mcq_parsed" in row["metrics"])
    made = [four_figures(asked), by_kind(asked), by_file(mcqs)]
    return [table for table in made if table.rows]


def four_figures(results: Results) -> Table:
    """Accuracy of prompts and of instructions, strict and loose, as IFEval defines them: of instructions, over all of
    them at once, so that a prompt with two counts twice."""
    rows: list[list[Cell]] = []
    cut = sum(row["details"]["cut"] for found in results.values() for row in found)
    for name, found in results.items():
        for reading in ("strict", "loose"):
            if found:
                rows.append([name, "prompts", reading, *cells(mean_of(found, f"retention.prompt_{reading}"))])
                rows.append([name, "instructions", reading, *cells(_of_instructions(found, reading))])
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
        rows += [[name, kind, *cells(_of_instructions(found, "strict", kind))] for kind in kinds]
    return Table(
        "retention-by-kind",
        "followup",
        "General instructions followed, by kind",
        ("Model", "Kind", *_INTERVAL),
        rows,
        "Strict reading. Few instructions of a kind: the intervals are wide.",
    )


def by_file(results: Results) -> Table:
    """General MCQs, file by file: the share right, written and by likelihood, and the share that could be read."""
    rows: list[list[Cell]] = []
    told: dict[str, str] = {}
    for name, found in results.items():
        for row in found:
            if intake := row["details"].get("intake"):
                told[row["source"]] = (
                    f"{row['source'].removeprefix('public:')}: {intake['rows']} rows, {intake['asked']} asked, "
                    f"{len(intake['refused'])} refused, {intake['trained_on']} left out since training holds them."
                )
        for source in sorted({row["source"] for row in found}):
            held = [row for row in found if row["source"] == source]
            for metric, title in _MCQ.items():
                share = mean_of(held, metric)
                if share.n or metric == "retention.mcq_parsed":
                    rows.append([name, source.removeprefix("public:"), title, *cells(share)])
    return Table(
        "retention-mcqs",
        "followup",
        "General MCQs",
        ("Model", "File", "Figure", *_INTERVAL),
        rows,
        "An answer in which no letter could be read is missing from the written accuracy, and never wrong. "
        + " ".join(told.values()),
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
