"""Reads a run's files as documents in which a figure has a place: JSON, the tables of a report, its methods."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any

from residency.core.errors import InputError
from residency.core.files import read_json

_PARAGRAPH = re.compile(r"^\*\*([^*]+)\.\*\* (.+)$", re.MULTILINE)


def read_record(path: Path) -> Any:
    """A JSON file as it is; a table (``.csv``) as a list of rows by column, its figures as numbers and its empty cells
    as None; a text (``.md``) as its paragraphs by their bold headings.

    Raises:
        InputError: there is no such file, or it cannot be read.
    """
    if path.suffix not in (".csv", ".md"):
        return read_json(path)
    try:
        text = path.read_bytes().decode("utf-8")
    except OSError:
        raise InputError("there is no such file", str(path), "Run the stage that writes it anew") from None
    if path.suffix == ".md":
        return dict(_PARAGRAPH.findall(text))
    return [{name: _figure(cell) for name, cell in row.items()} for row in csv.DictReader(io.StringIO(text, newline=""))]


def _figure(cell: str | None) -> Any:
    if not cell:
        return None
    for kind in (int, float):
        try:
            return kind(cell)
        except ValueError:
            continue
    return cell
