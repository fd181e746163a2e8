"""Rows of JSON Lines, JSON, CSV, TSV or Parquet, and their columns found by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from residency.core.errors import InputError
from residency.core.files import read_json, read_jsonl

Row = TypeVar("Row")
_TEXTS = ("message", "text", "question", "content", "summary")


@dataclass(frozen=True)
class Reading(Generic[Row]):
    """What was read of a file, the columns that it was read from, and how many rows were left out, by reason."""

    rows: list[Row]
    columns: dict[str, str]
    left_out: dict[str, int]


def rows_of(path: Path) -> Iterable[Mapping[str, Any]]:
    """The file's rows.

    Raises:
        InputError: it is not there, or cannot be read.
    """
    ending = path.suffix.lower()
    if not path.is_file():
        raise InputError("no such file", str(path))
    if ending in (".csv", ".tsv", ".parquet"):
        import polars as pl

        try:
            if ending == ".parquet":
                return pl.read_parquet(path).to_dicts()
            return pl.read_csv(path, separator="\t" if ending == ".tsv" else ",", infer_schema=False).to_dicts()
        except (pl.exceptions.PolarsError, OSError, ValueError) as error:
            raise InputError(f"the table cannot be read ({str(error).partition(chr(10))[0]})", str(path)) from None
    if ending == ".json":
        rows = read_json(path)
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise InputError("a list of objects was expected", str(path))
        return rows
    return read_jsonl(path)


def column(names: Sequence[str], named: str, held: Sequence[str], path: Path) -> str:
    """The column that is ``named``, or else the first of ``names`` that the file has in any case; empty for none.

    Raises:
        InputError: there is no column of the name that was given.
    """
    if named and named not in held:
        raise InputError(f"there is no column {named!r}", str(path), f"It has: {', '.join(held)}")
    low = {name.lower(): name for name in held}
    return named or next((low[name.lower()] for name in names if name.lower() in low), "")


def text_of(value: Any) -> str:
    """A cell as text: of an object the part that is the message, of messages the last one's content."""
    if isinstance(value, Mapping):
        parts = [value[name] for name in _TEXTS if isinstance(value.get(name), str) and value[name].strip()]
        return str(parts[0]).strip() if parts else ""
    if isinstance(value, list):
        return text_of(value[-1]) if value else ""
    return "" if value is None else str(value).strip()
