"""Reads a user's files, which may hold anything: every row comes out, readable or with its fault.

Nothing raises for what a file holds. A file that breaks off gives the rows before the break and one more,
``broken_file``, for the rest. Lines of white space alone are not rows. Files are read in blocks, which other processes
may turn into rows, and none is held whole but a JSON list.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import math
import os
import random
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import IO, Any, NamedTuple

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from residency.core.errors import InputError

BOM = b"\xef\xbb\xbf"
DELIMITERS = ",;\t"
KEPT_OF_BROKEN_FILE = 2000
BLOCK_BYTES = 4 << 20
BLOCK_ROWS = 4_000
PIECE = 64 << 10
# What the datasets library writes beside its rows.
DATASETS_OWN = frozenset({"dataset_info.json", "state.json", "dataset_dict.json"})
BROKEN = (OSError, EOFError, zlib.error, pa.ArrowException)


class Fault(NamedTuple):
    """Why a row is not kept: a stable id, and the matter in words."""

    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Raw:
    """One row as it stands in a file: ``row`` when it could be read, else ``fault`` and ``text``.

    ``number`` counts from 1: the line in JSONL and CSV, the element in JSON, the row in Parquet.
    """

    file: str
    number: int
    row: dict[str, Any] | None = None
    text: str = ""
    fault: Fault | None = None

    @property
    def origin(self) -> str:
        """file:number."""
        return f"{self.file}:{self.number}"


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a file: ``data`` holds whole lines of JSON, of which the first is line ``first``, or ``rows`` holds
    rows that were read already. ``base`` is the number by which the file's keys call the first option."""

    file: str
    first: int = 1
    data: bytes = b""
    rows: tuple[Raw, ...] = ()
    base: int = 0


def list_files(paths: Iterable[Path]) -> tuple[list[tuple[str, Path]], list[str]]:
    """The readable files that ``paths`` name, once each, with the names they go by in origins (the file's
    own, or with folders where several files share one), and the files in folders that are left aside
    because their ending is not known.

    Raises:
        InputError: a path does not exist, a file's ending is not known, or a folder holds none to read.
    """
    found: dict[Path, None] = {}
    aside: list[str] = []
    for path in paths:
        if path.is_dir():
            inside = [file for file in sorted(path.rglob("*")) if file.is_file() and file.name[0] != "."]
            inside = [file for file in inside if not _is_of_datasets(file)]
            if not any(_ending(file) for file in inside):
                raise InputError("the folder holds no file to read", str(path), _known())
            found |= {file: None for file in inside if _ending(file)}
            aside += [file.relative_to(path).as_posix() for file in inside if not _ending(file)]
        elif not path.exists():
            raise InputError("no such file or folder", str(path), "Check the path in the recipe")
        elif not _ending(path):
            raise InputError("this kind of file cannot be read", str(path), _known())
        else:
            found[path] = None
    files = list(found)
    if len({file.name for file in files}) == len(files):
        return [(file.name, file) for file in files], aside
    common = os.path.commonpath([file.absolute().parent for file in files])
    return [(file.absolute().relative_to(common).as_posix(), file) for file in files], aside


def _is_of_datasets(file: Path) -> bool:
    """Whether the datasets library wrote this file beside its rows, or keeps what it computed once in it."""
    return file.name in DATASETS_OWN or (file.suffix == ".arrow" and file.name.startswith("cache-"))


def read_blocks(files: Iterable[tuple[str, Path]]) -> Iterator[Block]:
    """Every row of ``files`` (as :func:`list_files` gives them), in order, in blocks of one file each."""
    for name, path in files:
        reader = _READERS[_ending(path)]
        yield from reader(name, path)


def rows_of(block: Block) -> Iterator[Raw]:
    """The rows of a block."""
    yield from block.rows
    if block.data:
        yield from _lines(block.file, block.first, block.data.split(b"\n"))


def read_rows(files: Iterable[tuple[str, Path]]) -> Iterator[Raw]:
    """Every row of ``files``, in order."""
    for block in read_blocks(files):
        yield from rows_of(block)


def in_blocks(rows: Iterable[Raw]) -> Iterator[Block]:
    """Rows that were read already, in blocks of one file each."""
    batch: list[Raw] = []
    for raw in rows:
        if batch and (raw.file != batch[0].file or len(batch) == BLOCK_ROWS):
            yield Block(batch[0].file, rows=tuple(batch))
            batch = []
        batch.append(raw)
    if batch:
        yield Block(batch[0].file, rows=tuple(batch))


def sample(rows: Iterable[Raw], limit: int, rng: random.Random) -> tuple[list[Raw], int]:
    """``limit`` of the rows, each as likely as any other (reservoir sampling), in their order, and how
    many were left out."""
    taken: list[tuple[int, Raw]] = []
    left_out = 0
    for index, raw in enumerate(rows):
        if index < limit:
            taken.append((index, raw))
            continue
        left_out += 1
        place = rng.randrange(index + 1)
        if place < limit:
            taken[place] = (index, raw)
    return [raw for _, raw in sorted(taken, key=lambda pair: pair[0])], left_out


def parse_json(text: str | bytes) -> Any:
    """JSON by the letter: ``NaN`` and ``Infinity`` are faults too. Raises ValueError with the reason."""
    return orjson.loads(text)


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    """A file's bytes, decompressed by its ending."""
    opening: Mapping[str, Callable[[], Any]] = {
        ".gz": lambda: gzip.GzipFile(path),
        ".zst": lambda: io.BufferedReader(pa.input_stream(str(path), compression="zstd"), PIECE),
    }
    with opening.get(path.suffix.lower(), lambda: path.open("rb"))() as handle:
        yield handle


def _pieces(handle: IO[bytes]) -> Iterator[bytes]:
    """What a file holds, in pieces of about a block; what stands before a break is given before the break is told."""
    pieces: list[bytes] = []
    try:
        while piece := handle.read1(PIECE):  # type: ignore[attr-defined]
            pieces.append(piece)
            if len(pieces) * PIECE >= BLOCK_BYTES:
                yield b"".join(pieces)
                pieces = []
    except BROKEN:
        yield b"".join(pieces)
        raise
    yield b"".join(pieces)


def _jsonl(name: str, path: Path) -> Iterator[Block]:
    first, rest = 1, b""
    try:
        with _opened(path) as handle:
            for data in _pieces(handle):
                lines, end, after = (rest + data).rpartition(b"\n")
                rest = after
                if end:
                    yield Block(name, first, lines)
                    first += lines.count(b"\n") + 1
    except BROKEN as error:
        text = rest[:KEPT_OF_BROKEN_FILE].decode("utf-8", "backslashreplace")
        fault = Fault("broken_file", f"the file breaks off: {error}")
        yield Block(name, rows=(Raw(name, first, text=text, fault=fault),))
        return
    if rest:
        yield Block(name, first, rest)


def _lines(name: str, first: int, lines: Iterable[bytes]) -> Iterator[Raw]:
    for number, line in enumerate(lines, first):
        bare = line.strip()
        while bare.startswith(BOM):
            bare = bare[len(BOM) :].strip()
        if not bare:
            continue
        try:
            value = parse_json(bare)
        except ValueError as error:
            if bare.decode("utf-8", "replace").strip():
                yield _broken(name, number, line, error)
        else:
            yield _row(name, number, value)


def _broken(name: str, number: int, line: bytes, error: ValueError) -> Raw:
    try:
        text = line.decode("utf-8").strip()
    except UnicodeDecodeError as undecodable:
        detail = f"byte {undecodable.start + 1} of the line is not UTF-8; save the file as UTF-8"
        return Raw(name, number, text=line.decode("utf-8", "backslashreplace"), fault=Fault("bad_encoding", detail))
    if "surrogate" in str(error):
        detail = f"half of a surrogate pair; save the file as UTF-8 ({error})"
        return Raw(name, number, text=text, fault=Fault("bad_encoding", detail))
    return Raw(name, number, text=text, fault=Fault("broken_json", f"not JSON: {error}"))


def _row(name: str, number: int, value: Any) -> Raw:
    """A value that was read, unless it is no object."""
    if isinstance(value, dict):
        return Raw(name, number, row=value)
    detail = f"an object was expected, not {type(value).__name__}"
    return Raw(name, number, text=json.dumps(value), fault=Fault("not_an_object", detail))


def _json(name: str, path: Path) -> Iterator[Block]:
    """A list of rows, one row, an object of rows by their ids (PubMedQA), or JSON Lines under the wrong ending."""
    try:
        with _opened(path) as handle:
            data = handle.read().removeprefix(BOM)
    except BROKEN as error:
        yield Block(name, rows=(Raw(name, 1, fault=Fault("broken_file", f"the file breaks off: {error}")),))
        return
    try:
        value = parse_json(data)
    except ValueError as error:
        if data.lstrip(b" \t\r\n").startswith(b"["):
            text = data[:KEPT_OF_BROKEN_FILE].decode("utf-8", "backslashreplace")
            fault = Fault("broken_file", f"not a JSON list: {error}")
            yield Block(name, rows=(Raw(name, 1, text=text, fault=fault),))
        else:
            yield Block(name, 1, data)
        return
    items = value if isinstance(value, list) else _by_id(value)
    yield from in_blocks(_row(name, number, item) for number, item in enumerate(items, 1))


def _by_id(value: Any) -> list[Any]:
    """The rows of an object whose values are rows with some fields in common; any other value is one row."""
    rows = list(value.values()) if isinstance(value, dict) else []
    if len(rows) < 2 or not all(isinstance(row, dict) for row in rows) or len(set.intersection(*map(set, rows))) < 2:
        return [value]
    return [{"id": name} | row for name, row in value.items()]


def _csv(name: str, path: Path) -> Iterator[Block]:
    yield from in_blocks(_csv_rows(name, path))


def _csv_rows(name: str, path: Path) -> Iterator[Raw]:
    number = 0
    try:
        with _opened(path) as handle:
            # What is not UTF-8 stays recognisable, so that its row can be named.
            lines = io.TextIOWrapper(handle, "utf-8-sig", "surrogateescape", newline="")
            first = lines.readline()
            reader = csv.reader(chain([first], lines), delimiter=max(DELIMITERS, key=first.count))
            header: list[str] | None = None
            while True:
                number = reader.line_num + 1
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    yield Raw(name, number, fault=Fault("broken_csv", f"{error}; is a quotation mark left open?"))
                    continue
                if not any(cell.strip() for cell in cells):
                    continue
                if header is None:
                    header = cells
                else:
                    yield _csv_row(name, number, header, cells)
    except BROKEN as error:
        yield Raw(name, number + 1, fault=Fault("broken_file", f"the file breaks off: {error}"))


def _csv_row(name: str, number: int, header: Sequence[str], cells: Sequence[str]) -> Raw:
    if len(cells) > len(header):
        detail = f"{len(cells)} cells under {len(header)} headings; a text with the delimiter needs quotation marks"
        return Raw(name, number, text=json.dumps(cells), fault=Fault("broken_csv", detail))
    row = dict(zip(header, cells, strict=False))
    try:
        "".join([*header, *cells]).encode("utf-8")
    except UnicodeEncodeError:
        detail = "a byte that is not UTF-8; save the file as UTF-8"
        return Raw(name, number, text=json.dumps(row), fault=Fault("bad_encoding", detail))
    return Raw(name, number, row=row)


def _parquet(name: str, path: Path) -> Iterator[Block]:
    yield from in_blocks(_table_rows(name, lambda: pq.ParquetFile(path).iter_batches(BLOCK_ROWS), "Parquet"))


def _arrow(name: str, path: Path) -> Iterator[Block]:
    """What the datasets library saves: a stream of record batches (older files: a file of them)."""

    def batches() -> Iterable[pa.RecordBatch]:
        source = pa.memory_map(str(path))
        try:
            yield from pa.ipc.open_stream(source)
        except pa.ArrowInvalid:
            source.seek(0)
            reader = pa.ipc.open_file(source)
            yield from (reader.get_batch(place) for place in range(reader.num_record_batches))

    yield from in_blocks(_table_rows(name, batches, "Arrow"))


def _table_rows(name: str, batches: Callable[[], Iterable[pa.RecordBatch]], kind: str) -> Iterator[Raw]:
    number = 0
    try:
        for batch in batches():
            for row in batch.to_pylist():
                number += 1
                yield _row(name, number, _plain(row))
    except (*BROKEN, UnicodeDecodeError) as error:
        yield Raw(name, number + 1, fault=Fault("broken_file", f"not {kind}, or it breaks off: {error}"))


def _plain(value: Any) -> Any:
    """A table's value as a JSON value; a float that is no number becomes None."""
    if isinstance(value, dict):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if value is None or isinstance(value, str | int | float) else str(value)


_READERS: Mapping[str, Callable[[str, Path], Iterator[Block]]] = {
    f"{ending}{packed}": reader
    for ending, reader in ((".jsonl", _jsonl), (".ndjson", _jsonl), (".json", _json), (".csv", _csv), (".tsv", _csv))
    for packed in ("", ".gz", ".zst")
} | {".parquet": _parquet, ".arrow": _arrow}


def _ending(path: Path) -> str:
    """The ending by which a file is read; empty when it is not a known one."""
    return next((ending for ending in _READERS if path.name.lower().endswith(ending)), "")


def _known() -> str:
    return f"Known endings: {', '.join(_READERS)}"
