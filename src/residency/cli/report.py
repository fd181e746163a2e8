"""``residency report``: where a report lies, and opening it."""

from __future__ import annotations

import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from residency.cli import show
from residency.cli.options import Debug, Json
from residency.core.errors import InputError

REPORT = "report.html"


def report(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run's folder, or that of an evaluation.")],
    open_it: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Say where the report of an evaluation lies."""
    path = next((path for path in (run / "evaluate" / REPORT, run / REPORT) if path.is_file()), None)
    if path is None:
        raise InputError("there is no report", str(run), "Type: residency run RECIPE, or residency evaluate MODEL")
    opened = open_it and webbrowser.open(path.resolve().as_uri())
    if as_json:
        show.emit({"report": str(path), "opened": opened})
    else:
        print(f"report: {path}" + ("; no browser could be opened" if open_it and not opened else ""))
