"""Why trainings were not made, kept for whoever concludes: another command, or another process."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from residency.core.errors import InputError
from residency.core.files import read_json, write_json

FOLDER = "reasons"


def keep(folder: Path, cell: str, asked: str, why: str) -> None:
    """Write why a cell was not made.

    Args:
        folder: the ablation's.
        cell: its name.
        asked: the digest of what was asked for then: of anything else the reason says nothing.
        why: in one clause.
    """
    write_json(folder / FOLDER / f"{cell}.json", {"asked": asked, "why": why})


def kept(folder: Path, cells: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Of those of the cells that have one, the digest and the reason."""
    there = {path.stem for path in (folder / FOLDER).glob("*.json")}
    found = {}
    for cell in cells:
        if cell not in there:
            continue
        try:
            told = read_json(folder / FOLDER / f"{cell}.json")
            found[cell] = str(told["asked"]), str(told["why"])
        except (InputError, KeyError, TypeError):  # what it said is not needed for anything but the report
            continue
    return found
