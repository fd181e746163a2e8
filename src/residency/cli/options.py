"""Options and arguments that commands share. ``main`` reads --json and --debug itself: they hold for errors in the
other arguments too."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout, and progress on stderr.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of a fault.")]
RecipeFile = Annotated[Path, typer.Argument(metavar="RECIPE", help="The recipe: a TOML file.", show_default=False)]
RunFolder = Annotated[
    Path, typer.Argument(metavar="RUN_FOLDER", help="A run's folder, as runs/demo.", show_default=False)
]
Profile = Annotated[str | None, typer.Option(help="Use the values of the recipe's \\[profiles.NAME] tables.")]
Overrides = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="SECTION.KEY=VALUE", help="Replace one value, as sft.epochs=1. May be repeated."),
]
