"""Options that every command has. ``main`` reads them itself: they hold for errors in the other arguments too."""

from __future__ import annotations

from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout, and progress on stderr.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of a fault.")]
