"""``residency evaluate``: scores any models on the same items, and compares them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from residency.cli import show
from residency.cli.options import Debug, Json
from residency.flow.progress import ConsoleProgress


def evaluate(
    models: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[MODEL...]",
            help="A run (its base, SFT and final model), RUN:sft, a model's folder, a .gguf file, a hub id, or "
            "http://HOST/v1#NAME; LABEL=MODEL gives it another name in the tables.",
            show_default=False,
        ),
    ] = None,
    run: Annotated[
        Path | None,
        typer.Option("--run", metavar="RUN", help="Ask this run's held-out items; else those of the first run named."),
    ] = None,
    tasks: Annotated[str, typer.Option(metavar="NAME,...", help="Ask these tasks alone, as exam,faithfulness.")] = "",
    overrides: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="KEY=VALUE", help="Replace a value of the recipe's evaluate section, as max_items=50."
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Write to this folder, and go on in it.")] = None,
    seed: Annotated[
        int | None, typer.Option(help="Of draws and intervals; the run's if left out.", show_default=False)
    ] = None,
    rescore: Annotated[
        bool,
        typer.Option(
            "--rescore", help="Grade what is on disk again; no model is asked. With --out none need be named."
        ),
    ] = False,
    gate: Annotated[bool, typer.Option("--gate", help="Exit 1 unless every gate of the recipe passed.")] = False,
    harness: Annotated[
        str, typer.Option(metavar="TASK,...", help="Also have lm-evaluation-harness ask these public tasks.")
    ] = "",
    harness_python: Annotated[
        str, typer.Option(metavar="PYTHON", help="The Python that has lm_eval, where it is another.")
    ] = sys.executable,
    as_json: Json = False,
    debug: Debug = False,
) -> int:
    """Score models on exam, open, follow-up and context questions, and compare them on the same items."""
    from residency.flow.evaluating import evaluate_models, gates_passed

    progress = ConsoleProgress("evaluate")
    try:
        found = evaluate_models(
            models or (),
            progress,
            run=run,
            tasks=_names(tasks),
            overrides=overrides or (),
            out=out,
            seed=seed,
            rescore=rescore,
            harness=_names(harness),
            harness_python=harness_python,
        )
    finally:
        progress.finish()
    if as_json:
        show.emit(found)
    else:
        show_models(found)
    return 1 if gate and not gates_passed(found) else 0


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def show_models(found: Mapping[str, Any]) -> None:
    """The table of all models, the gates, and where the report lies."""
    out = show.console()
    names = list(found["models"])
    for heading, headline in (("The axes", True), ("Behind them", False)):
        table = show.new_table("axis", "metric", *names, "n")
        table.title, table.title_justify = heading, "left"
        for row in found["table"]:
            if row["headline"] is headline:
                cells = [show.interval(row["models"].get(name)) for name in names]
                table.add_row(row["axis"], escape(row["title"]), *cells, show.items(row["models"]))
        if table.row_count:
            out.print(table)
            out.print()
    for one in found["gates"]:
        colour = show.VERDICTS.get(one["verdict"], "yellow")
        out.print(f"  [{colour}]{one['verdict']:<9}[/{colour}] {escape(one['says'])}", soft_wrap=True)
    for name, own in found.get("harness", {}).items():
        for task, one in own.items():
            error = "" if one["stderr"] is None else f" (standard error {one['stderr']:.3f})"
            out.print(f"  {name}, {task}: {one['metric']} {one['value']:.3f}{error}", markup=False)
    out.print(f"report: {Path(found['folder']) / found['report']}", markup=False, soft_wrap=True)
