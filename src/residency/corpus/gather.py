"""All parts together: the table of rows in memory, their lines and shingles in files beside it.

A million rows are some hundred megabytes here; what is long (texts, shingles) stays on disk and is read where it is
needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any, Self

import numpy as np
import orjson
import polars as pl
from numpy.typing import NDArray

from residency.core.comparing.decontaminate import Hit
from residency.core.comparing.tokens import Ragged
from residency.corpus.comparing.sketch import Signatures
from residency.corpus.intake import FOUND, Part, Rejected
from residency.corpus.rows import COMPARED, TABLE, Lines

REJECTED: dict[str, Any] = {
    "file": pl.String,
    "number": pl.Int64,
    "reason": pl.String,
    "detail": pl.String,
    "shape": pl.String,
    "kind": pl.String,
    "id": pl.String,
    "source": pl.String,
    "topic": pl.String,
}
"""The columns of rejected rows; from ``shape`` on None where a row had none."""


class Texts:
    """Lines in a file, found by their place."""

    def __init__(self, path: Path, ends: NDArray[np.int64]) -> None:
        self._handle = path.open("rb")
        self._ends = ends

    def __len__(self) -> int:
        return len(self._ends)

    def line(self, place: int) -> bytes:
        """One line, without its end."""
        start = int(self._ends[place - 1]) if place else 0
        self._handle.seek(start)
        return self._handle.read(int(self._ends[place]) - start - 1)

    def some(self, places: Iterable[int]) -> Iterator[bytes]:
        """The lines at ``places``, which ascend, without their ends; the file is read through once."""
        with Path(self._handle.name).open("rb") as handle:
            at = 0
            for place in places:
                line = next(islice(handle, place - at, None))
                at = place + 1
                yield line[:-1]

    def row(self, place: int) -> dict[str, Any]:
        """One line's object."""
        return dict(orjson.loads(self.line(place)))


@dataclass(frozen=True)
class Stored:
    """Signatures in a file."""

    path: Path
    width: int

    def read(self) -> Signatures:
        """All of them, shape (rows, width)."""
        return np.fromfile(self.path, np.uint16).reshape(-1, self.width)


@dataclass(frozen=True)
class Gathered:
    """Every whole row of the bank, in the order of the files: row ``i`` stands at place ``i`` of everything but
    ``found``, ``hits`` and ``rejected``. ``decided`` has the keys of rows that were decided on, with the fields to be
    replaced that they do not have. ``refused`` are the lines of the rejected rows, in their order; ``owners``
    the place of the row that carries each of ``passages``."""

    table: pl.DataFrame
    found: pl.DataFrame
    hits: list[Hit]
    rejected: pl.DataFrame
    refused: Texts
    lines: Texts
    read: dict[str, int]
    decided: dict[str, list[str]]
    numeric: dict[str, list[tuple[int, int]]]
    questions: Ragged
    records: Ragged
    question_signatures: Stored
    record_signatures: Stored
    passages: Texts
    owners: list[int]


def gather(parts: Iterable[Part], folder: Path) -> Gathered:
    """Take parts as they come; what is long goes to files in ``folder``, which exists and is empty."""
    tables, found, rejected = (
        [pl.DataFrame(schema=TABLE | COMPARED)],
        [pl.DataFrame(schema=FOUND)],
        [pl.DataFrame(schema=REJECTED)],
    )
    hits: list[Hit] = []
    owners: list[int] = []
    read: dict[str, int] = {}
    decided: dict[str, list[str]] = {}
    numeric: dict[str, list[tuple[int, int]]] = {}
    with (
        _LineFile(folder / "rows.jsonl") as lines,
        _LineFile(folder / "refused.jsonl") as refused,
        _LineFile(folder / "passages.jsonl") as passages,
        _Shingles(folder / "questions.u32") as questions,
        _Shingles(folder / "records.u32") as records,
        _Matrix(folder / "questions.u16") as question_signatures,
        _Matrix(folder / "records.u16") as record_signatures,
    ):
        for part in parts:
            first = lines.count
            read[part.file] = read.get(part.file, 0) + part.read
            decided |= dict(part.decided)
            numeric.setdefault(part.file, []).extend(part.numeric)
            tables.append(part.table)
            found.append(part.found.with_columns(pl.col("row") + first))
            hits += [Hit(hit.row + first, hit.item, hit.tier, hit.share) for hit in part.hits]
            rejected.append(pl.DataFrame([_refusal(one) for one in part.rejected], schema=REJECTED, orient="row"))
            lines.add(part.lines)
            refused.add(Lines.of([orjson.dumps(one.row) for one in part.rejected]))
            passages.add(Lines.of([orjson.dumps(passage) for _, passage in part.own_passages]))
            owners += [place + first for place, _ in part.own_passages]
            questions.add(part.questions)
            records.add(part.records)
            question_signatures.add(part.question_signatures)
            record_signatures.add(part.record_signatures)
    return Gathered(
        table=pl.concat(tables),
        found=pl.concat(found),
        hits=hits,
        rejected=pl.concat(rejected),
        refused=refused.texts(),
        lines=lines.texts(),
        read=read,
        decided=decided,
        numeric=numeric,
        questions=questions.rows(),
        records=records.rows(),
        question_signatures=question_signatures.matrix(),
        record_signatures=record_signatures.matrix(),
        passages=passages.texts(),
        owners=owners,
    )


def _refusal(one: Rejected) -> tuple[Any, ...]:
    draft = one.draft
    told = (draft.shape, draft.kind, draft.id, draft.source, draft.topic) if draft else (None,) * 5
    return (one.file, one.number, one.fault.reason, one.fault.detail, *told)


class _File:
    """A file that is written part by part."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lengths: list[NDArray[np.int64]] = [np.zeros(1, np.int64)]

    def __enter__(self) -> Self:
        self._handle: IO[bytes] = self.path.open("wb")
        return self

    def __exit__(self, *_: object) -> None:
        self._handle.close()

    def _ends(self) -> NDArray[np.int64]:
        return np.cumsum(np.concatenate(self._lengths))


class _LineFile(_File):
    """Lines of text, and where each ends; ``count`` is their number."""

    count = 0

    def add(self, lines: Lines) -> None:
        self._handle.write(lines.data)
        self._lengths.append(lines.lengths)
        self.count += len(lines)

    def texts(self) -> Texts:
        return Texts(self.path, self._ends()[1:])


class _Matrix(_File):
    """Signatures, a row of one width for each row of the bank."""

    width = 1

    def add(self, rows: Signatures) -> None:
        self.width = rows.shape[1]
        rows.tofile(self._handle)

    def matrix(self) -> Stored:
        return Stored(self.path, self.width)


class _Shingles(_File):
    """The shingles of all rows, and how many each row has."""

    def add(self, rows: Ragged) -> None:
        rows.values.tofile(self._handle)
        self._lengths.append(rows.lengths)

    def rows(self) -> Ragged:
        offsets = self._ends()
        empty = not offsets[-1]  # an empty file cannot be mapped
        values = np.empty(0, np.uint32) if empty else np.memmap(self.path, np.uint32, "r")
        return Ragged(values, offsets)
