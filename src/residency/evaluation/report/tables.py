"""The tables of the report, as they go to the page, to CSV and to LaTeX."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from residency.evaluation.gates import Verdict
from residency.evaluation.report.names import Results, axis_in_text, axis_title, headlines, model_title
from residency.evaluation.report.summary import Change, Row
from residency.evaluation.slices import FEW, Part, parts_of
from residency.evaluation.table import Cell, P, Table

SLICES = {
    "topic": "By topic",
    "source": "By source",
    "split": "By split",
    "passage_seen": "By passage seen in training",
    "difficulty": "By difficulty",
}
_NOTES = {
    "passage_seen": "A passage is seen when one that supports the item also supported a training item. A gap between "
    "scores can be memory or difficulty, since the items are not the same; a gap between gains (the last column) is "
    "free of the items' difficulty for the first model.",
    "split": "Topics held out as a whole were never trained on.",
    "source": "A gap between sources can be one of difficulty: the items are not the same.",
}


def axes_table(rows: Sequence[Row], changes: Sequence[Change], comparison: str) -> Table:
    """The headline of each axis: every model, and the last one's difference from the first."""
    by_metric = {one.metric: one for one in changes}
    models = list(rows[0].models) if rows else []
    columns = ["Axis", "Score", *map(model_title, models)]
    if changes:
        columns += [comparison_title(comparison), "Holm p", "Smallest visible difference"]
    lines = []
    for row in rows:
        cells: list[Cell] = [axis_title(row.axis), row.title, *(row.models[model].found for model in models)]
        if changes:
            one = by_metric.get(row.metric)
            cells += [one.difference, P(one.adjusted), one.visible] if one else [None, None, None]
        lines.append(cells)
    return Table("axes", "", "The axes side by side", columns, lines, "Means with intervals.")


def score_table(axis: str, rows: Sequence[Row]) -> Table:
    """Every score of an axis with what could not be scored, all models together."""
    models = list(rows[0].models)
    columns = ["Score"]
    for model in models:
        columns += [
            model_title(model),
            *(f"{model_title(model)}: {part}" for part in ("missing", "unparsed", "errored")),
        ]
    lines: list[list[Cell]] = []
    for row in rows:
        cells: list[Cell] = [row.title]
        for score in row.models.values():
            cells += [score.found, score.found.missing, score.unparsed, score.errored]
        lines.append(cells)
    return Table(f"scores_{axis}", axis, f"Scores, {axis_in_text(axis)}", columns, lines)


def change_table(comparison: str, changes: Sequence[Change]) -> Table:
    """One comparison, metric by metric."""
    columns = ["Score", "Difference", "p", "Holm p", "Items", "Clusters", "Changed", "Left out", "Smallest visible"]
    lines: list[list[Cell]] = [
        [
            one.title,
            one.difference,
            P(one.difference.p),
            P(one.adjusted),
            one.difference.n,
            one.difference.clusters,
            one.difference.discordant,
            one.difference.missing + one.difference.unmatched,
            one.visible,
        ]
        for one in changes
    ]
    return Table(
        f"differences_{comparison.replace(' ', '_')}",
        "",
        f"Differences, {comparison_title(comparison)}",
        columns,
        lines,
    )


def gate_table(verdicts: Sequence[Verdict]) -> Table:
    """What each gate demanded, and what came of it."""
    lines: list[list[Cell]] = [
        [v.gate.metric, v.gate.rule, v.verdict, v.needed_n if v.needed_n else "", v.says] for v in verdicts
    ]
    return Table("gates", "", "Gates", ["Metric", "Rule", "Verdict", "Items needed", "Why"], lines)


def slice_tables(results: Results, confidence: float, seed: int) -> dict[str, Table]:
    """The headline scores of parts of the items, by the field that parts them; fields with nothing to part are left
    out, as are those that part no axis."""
    found = {}
    for field, title in SLICES.items():
        parts = parts_of(results, field, headlines(results), confidence, seed, pool=field == "topic")
        if max(Counter(part.axis for part in parts).values(), default=0) < 2:
            continue
        models = list(results)
        columns = ["Axis", "Items", *map(model_title, models)]
        columns += [comparison_title(f"{models[-1]} vs {models[0]}")] if len(models) > 1 else []
        few = any(part.few for part in parts)
        note = f"{_NOTES.get(field, '')} {f'* fewer than {FEW} items: too few to say much.' if few else ''}".strip()
        found[field] = Table(f"by_{field}", "", title, columns, [_part_cells(part) for part in parts], note)
    return found


def comparison_title(comparison: str) -> str:
    """``final vs base`` as a difference."""
    return " minus ".join(model_title(model) for model in comparison.split(" vs "))


def _part_cells(part: Part) -> list[Cell]:
    name = f"{part.name} *" if part.few else part.name
    cells: list[Cell] = [axis_title(part.axis), name, *part.scores.values()]
    return cells + ([part.difference] if len(part.scores) > 1 else [])


def by_axis(rows: Sequence[Row]) -> Mapping[str, list[Row]]:
    """The rows of each axis, in the order of the page."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.axis, []).append(row)
    return groups
