"""``residency card check``: what an edited card says and no record supports."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from residency.cli import show
from residency.cli.options import Debug, Json
from residency.core.errors import InputError

card_app = typer.Typer(help="The cards of a release.", no_args_is_help=True)
BUNDLE = Path("release/bundle")


@card_app.callback()
def cards() -> None:
    """The cards of a release."""


@card_app.command("check")
def card_check(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="FOLDER", help="A run's folder, a release's bundle or a copy of it.", show_default=False
        ),
    ],
    run: Annotated[
        Path | None,
        typer.Option(metavar="RUN", help="Read the figures again from this run, where the bundle lies elsewhere."),
    ] = None,
    as_json: Json = False,
    debug: Debug = False,
) -> int:
    """Find what edited cards claim and no record of the run supports; exits 1 when there is any."""
    from residency.release.checking import check_folder

    bundle = folder / BUNDLE if (folder / BUNDLE).is_dir() else folder
    own = bundle.resolve().parents[1]
    if run is None and (own / "evaluate/summary.json").is_file():
        run = own
    elif run is not None and not (run / "evaluate/summary.json").is_file():
        raise InputError("this is no finished run", str(run), "Name a folder as runs/demo")
    checked = check_folder(bundle, run)
    lines = list(checked.lines(bundle))
    if as_json:
        show.emit(
            {
                "folder": str(bundle),
                "run": None if run is None else str(run),
                "statements": checked.statements,
                "findings": {name: [found.told() for found in entry] for name, entry in checked.findings.items()},
                "by_hand": checked.by_hand,
            }
        )
    else:
        print("".join(f"{line}\n" for line in lines), end="")
        hand = sum(len(places) for places in checked.by_hand.values())
        print(
            f"{len(lines)} claims that no record supports, among {checked.statements} statements of "
            f"{len(checked.findings)} texts; {hand} lines are by hand and were not held against anything"
            + ("" if run else "; no run was named, so the figures were not read again")
        )
    return 1 if lines else 0
