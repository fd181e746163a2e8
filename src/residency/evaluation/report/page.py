"""The page: what was found first, what it rests on after, and every table in files beside it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from residency.core.files import write_text
from residency.evaluation.gates import Verdict
from residency.evaluation.metrics import ABSTAINING
from residency.evaluation.numbers import limits, number, probability
from residency.evaluation.report import draw, figure, tables
from residency.evaluation.report.conclusions import answer, conclusions
from residency.evaluation.report.examples import examples, rule_text
from residency.evaluation.report.files import slug, write_tables
from residency.evaluation.report.methods import as_markdown, methods
from residency.evaluation.report.names import SLOTS, Results, axis_title, model_title
from residency.evaluation.report.setup import Setup
from residency.evaluation.report.summary import Change, Row, changes_of, compare_models, rows_of
from residency.evaluation.table import P, Table, shown
from residency.judging.statistics import Difference, Estimate

MOST_ROWS = 100  # of a table on the page; its files hold all
TABLES = "report"  # the folder beside the page
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def write_report(
    folder: Path,
    run_name: str,
    results: Results,
    verdicts: Sequence[Verdict] = (),
    *,
    about: Mapping[str, str] | None = None,
    notes: Sequence[str] = (),
    more: Sequence[Table] = (),
    setup: Setup | None = None,
    confidence: float = 0.95,
    seed: int = 0,
) -> None:
    """Write ``report.html``, self-contained, and beside it ``report/`` with each table as CSV and LaTeX and the
    methods as text.

    Args:
        folder: where to write; the examples are read from its ``items.jsonl`` and ``answers-MODEL.jsonl``.
        run_name: stands in the title.
        results: each model's items. The page's columns follow this order; the first model is what the others are
            compared with, the last the one that is judged.
        verdicts: the gates' outcomes.
        about: what was run, as label to text.
        notes: sentences that a reader must know.
        more: tables of single tasks, each shown with its axis.
        setup: models, sampling and versions, for the methods.
        confidence: the level of every interval.
        seed: of the resampling, and of the example drawn at random.
    """
    setup = setup or Setup()
    rows = rows_of(results, confidence, seed)
    comparisons = compare_models(results, confidence, seed)
    changes = {name: changes_of(results, name, found, confidence) for name, found in comparisons.items()}
    first = next((name for name in _last_first(results) if name in changes), "")
    heads = [row for row in rows if row.headline]
    paragraphs = methods(results, rows, comparisons, verdicts, setup, confidence, seed)
    groups = tables.by_axis(rows)
    order = sorted(changes, key=lambda name: name != first)
    slices = tables.slice_tables(results, confidence, seed)
    page = (
        _environment()
        .get_template("report.html.j2")
        .render(
            run_name=run_name,
            models={model: model_title(model) for model in results},
            slots={model: place % SLOTS for place, model in enumerate(results)},
            level=f"{confidence:.0%}",
            answer=answer(results, verdicts, comparisons, confidence),
            conclusions=conclusions(results, verdicts, comparisons, confidence),
            heads=heads,
            main=first,
            change_of={one.metric: one for one in changes.get(first, [])},
            verdict_of=lambda one: one.verdict(confidence),
            cards=[_card(row) for row in heads],
            verdicts=verdicts,
            forests=[_forest(name, changes[name], confidence) for name in order],
            abstaining=[row for name in ABSTAINING for row in rows if row.metric == name],
            groups=tables.by_axis([row for row in rows if row.metric not in ABSTAINING]),
            more=_by_axis(more),
            figure_of=lambda table: Markup(figure.drawn(table.plot, slug(table.name))),  # noqa: S704 - matplotlib escapes its texts
            slices=slices,
            chosen=examples(results, folder, seed),
            rule=rule_text(results) if results else "",
            paragraphs=paragraphs,
            about=about or {},
            notes=notes,
            folder=TABLES,
            most=MOST_ROWS,
        )
    )
    write_text(folder / "report.html", _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", page))
    found = [tables.axes_table(heads, changes.get(first, []), first)] if heads else []
    found += [tables.score_table(axis, group) for axis, group in groups.items()]
    found += [tables.change_table(name, one) for name, one in changes.items() if one]
    found += [tables.gate_table(verdicts)] if verdicts else []
    found += [*slices.values(), *more]
    write_tables(folder / TABLES, found)
    write_text(folder / TABLES / "methods.md", _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", as_markdown(paragraphs)))


def _by_axis(tables_: Sequence[Table]) -> dict[str, list[Table]]:
    found: dict[str, list[Table]] = {}
    for table in tables_:
        found.setdefault(table.axis, []).append(table)
    return found


def _last_first(results: Results) -> list[str]:
    models = list(results)
    return [f"{models[-1]} vs {models[0]}"] if len(models) > 1 else []


def _card(row: Row) -> dict[str, Any]:
    """One axis drawn: a bar for each model on one scale."""
    found = {model: score.found for model, score in row.models.items()}
    low = draw.lowest(found)
    bars = [(model, one, draw.bar(one, place % SLOTS, low)) for place, (model, one) in enumerate(found.items())]
    ticks = (-1, -0.5, 0, 0.5, 1) if low else (0, 0.25, 0.5, 0.75, 1)
    return {"row": row, "bars": bars, "scale": draw.scale(ticks, low, 1.0)}


def _forest(name: str, changes: Sequence[Change], confidence: float) -> dict[str, Any]:
    """One comparison drawn: the headlines on a scale of their own, and the other scores on another."""
    parts = []
    for heading, chosen in (
        ("", [one for one in changes if one.headline]),
        ("The other scores", [one for one in changes if not one.headline]),
    ):
        reach = draw.reach_of(chosen)
        lines = [
            (one, verdict, draw.strip(one, verdict, reach)) for one in chosen if (verdict := one.verdict(confidence))
        ]
        ticks = (-reach, -reach / 2, 0, reach / 2, reach)
        parts.append({"heading": heading, "lines": lines, "scale": draw.scale(ticks, -reach, reach, signed=True)})
    a, _, b = name.partition(" vs ")
    return {
        "name": name,
        "title": tables.comparison_title(name),
        "a": model_title(a),
        "b": model_title(b),
        "parts": parts,
    }


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("residency.evaluation.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "number": number,
        "p": probability,
        "limits": limits,
        "axis": axis_title,
        "shown": shown,
        "slug": slug,
        "drawn": Markup,
    }
    environment.tests |= {
        "estimate": lambda cell: isinstance(cell, Estimate | Difference),
        "difference": lambda cell: isinstance(cell, Difference),
        "figure": lambda cell: isinstance(cell, int | float | P),
    }
    return environment
