"""A user's own passages: the rows of JSON Lines, CSV and Parquet files."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet

from residency.core.errors import ResidencyError
from residency.retrieval.passages.blocks import Skipped, UnreadableError
from residency.retrieval.passages.clean import clean, decode, half_surrogates, one_line
from residency.retrieval.passages.metadata import known_fields
from residency.retrieval.passages.plain import MARK

ENDINGS = (".jsonl", ".ndjson", ".csv", ".tsv", ".parquet")
_ID = ("id", "_id", "passage_id", "doc_id", "docid")
_TEXT = ("text", "passage", "content", "contents")
_MOST = 1 << 30  # bytes of a row of CSV


@dataclass
class Row:
    """A row with a text. ``id`` and ``document`` are empty where it names none; ``where`` is its file and line."""

    where: str
    id: str
    raw: str
    document: str
    parents: list[str]
    fields: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The text without empty lines: what is no list or table is one line."""
        lines: list[str] = []
        for line in clean(self.raw).split("\n"):
            plain = one_line(line)
            apart = not lines or MARK.match(f"{line} ") or "|" in line or "\t" in line.strip()
            if plain and apart:
                lines.append(plain)
            elif plain:
                lines[-1] += f" {plain}"
        return "\n".join(lines) if len(lines) > 2 else " ".join(lines)


def read_rows(path: Path) -> Iterator[Row | Skipped]:
    """The rows of a file in order, and a line for each that cannot be used.

    Raises:
        UnreadableError: the file cannot be read at all.
    """
    for where, values in _values(path):
        yield values if isinstance(values, Skipped) else _row(where, values)


def _row(where: str, values: dict[str, Any]) -> Row | Skipped:
    text = next((values[name] for name in _TEXT if isinstance(values.get(name), str) and values[name].strip()), "")
    if not text:
        return Skipped(where, "holds no text", f"Put the passage under {_TEXT[0]!r}")
    name = next((str(values[key]).strip() for key in _ID if values.get(key) not in (None, "")), "")
    parents = values.get("parents")
    named = [str(parent) for parent in parents] if isinstance(parents, list) else []
    document = one_line(str(values.get("document") or ""))
    row = Row(where, name, text, document, named, known_fields(values))
    if half_surrogates("".join([name, text, document, *named, *row.fields.values()])):
        return Skipped(where, "a passage holds half of a surrogate pair", "Save the file as UTF-8")
    if not row.text:
        return Skipped(where, "holds no text", f"Put the passage under {_TEXT[0]!r}")
    return row


def _values(path: Path) -> Iterator[tuple[str, dict[str, Any] | Skipped]]:
    if path.suffix.lower() == ".parquet":
        yield from _parquet(path)
    elif path.suffix.lower() in (".csv", ".tsv"):
        yield from _csv(path)
    else:
        yield from _jsonl(path)


def _jsonl(path: Path) -> Iterator[tuple[str, dict[str, Any] | Skipped]]:
    with path.open("rb") as handle:
        for number, line in enumerate(handle, 1):
            where = f"{path}:{number}"
            try:
                text = line.decode("utf-8-sig" if number == 1 else "utf-8")
                values = json.loads(text) if text.strip() else None
            except UnicodeDecodeError:
                yield where, Skipped(where, "not UTF-8", "Save the file as UTF-8")
                continue
            except (ValueError, RecursionError) as error:
                yield where, Skipped(where, f"not valid JSON ({error})", "Write one JSON object on each line")
                continue
            if isinstance(values, dict):
                yield where, values
            elif text.strip():
                yield where, Skipped(where, "not a JSON object", "Write one JSON object on each line")


def _csv(path: Path) -> Iterator[tuple[str, dict[str, Any] | Skipped]]:
    try:
        text = decode(path.read_bytes())
    except ResidencyError as error:
        raise UnreadableError(error.what, "Save it as CSV in UTF-8") from None
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    csv.field_size_limit(_MOST)
    lines = list(io.StringIO(text, newline=""))
    reader = csv.reader(lines, delimiter=delimiter)
    names = [name.strip().lower() for name in next(reader, [])]
    if not {*names} & {*_TEXT}:
        raise UnreadableError(
            "its first line names no column 'text'", "Name the columns in the first line: id, text, ..."
        )
    start = reader.line_num + 1
    try:
        for cells in reader:
            where = f"{path}:{start}"
            to_the_end = start < reader.line_num == len(lines)
            unclosed = to_the_end and "".join(lines[start - 1 :]).count('"') % 2
            start = reader.line_num + 1
            if unclosed:
                reason = "a quotation mark is not closed, and the lines after it would become one passage"
                yield where, Skipped(where, f"{reason}; they were left out", "Close it")
            elif any(cell.strip() for cell in cells):
                yield where, dict(zip(names, cells, strict=False))
    except csv.Error as error:
        yield path.name, Skipped(f"{path}:{reader.line_num}", f"broken CSV ({error}); the rest was left out", "Mend it")


def _parquet(path: Path) -> Iterator[tuple[str, dict[str, Any] | Skipped]]:
    try:
        file = pyarrow.parquet.ParquetFile(path)
        if not {*file.schema_arrow.names} & {*_TEXT}:
            raise UnreadableError("it has no column 'text'", "Rename the column that holds the passages")
        number = 0
        for batch in file.iter_batches(batch_size=1024):
            for values in batch.to_pylist():
                number += 1
                yield f"{path}:row {number}", values
    except (pyarrow.ArrowException, OSError) as error:
        raise UnreadableError(f"not a whole Parquet file ({str(error).splitlines()[0]})", "Write it again") from None
