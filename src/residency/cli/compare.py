"""``residency compare``: one model against another on the items that both answered."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from residency.cli import show
from residency.cli.options import Debug, Json

SIDE = "A run, an evaluation's folder, or a scores-MODEL.jsonl in one."


def compare(
    first: Annotated[Path, typer.Argument(metavar="A", help=SIDE, show_default=False)],
    second: Annotated[Path, typer.Argument(metavar="B", help="What it is compared with.", show_default=False)],
    confidence: Annotated[float, typer.Option(min=0.5, max=0.999, help="Level of every interval.")] = 0.95,
    seed: Annotated[int, typer.Option(help="Of the resampling.")] = 0,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Compare two models on the items that both answered: differences with intervals, and what could be seen."""
    from residency.evaluation.compare import compare_files

    found = compare_files(first, second, confidence, seed)
    if as_json:
        show.emit(found)
    else:
        show_compared(found)


def show_compared(found: Mapping[str, Any]) -> None:
    """The differences, the headline metrics first."""
    out = show.console()
    out.print(f"{found['a']} minus {found['b']}. {found['says']}", markup=False, soft_wrap=True)
    out.print()
    table = show.new_table("axis", "metric", found["a"], found["b"], "difference", "p", "verdict", "can be seen", "n")
    for row in sorted(found["metrics"], key=lambda row: not row["headline"]):
        difference = row["difference"]
        p = row["adjusted"] if row["adjusted"] is not None else difference["p"]
        table.add_row(
            row["axis"],
            escape(row["title"]),
            show.interval(row["a"]),
            show.interval(row["b"]),
            show.interval(difference),
            "–" if p is None else f"{p:.3f}",
            row["verdict"],
            "–" if row["visible"] is None else f"{row['visible']:.2f}",
            f"{difference['n']:,}",
        )
    out.print(table)
    out.print(
        "p of the headline metrics is Holm's; 'can be seen' is the least difference that this n shows 4 times in 5."
    )
