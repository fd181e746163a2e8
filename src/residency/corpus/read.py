"""Reads a user's files, which may hold anything: every row comes out, readable or with its fault.

Nothing raises for what a file holds. A file that breaks off gives the rows before the break and one more,
``broken_file``, for the rest. Lines of white space alone are not rows.
"""

from __future__ import annotations

import csv
import gzip
import json
import math
import os
import random
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, NamedTuple, NoReturn

from residency.core.errors import InputError

BOM = "\ufeff"
DELIMITERS = ",;\t"
KEPT_OF_BROKEN_FILE = 2000


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
            if not any(_ending(file) for file in inside):
                raise InputError("the folder holds no file to read", str(path), _known())
            found |= {file: None for file in inside if _ending(file)}
            aside += [file.relative_to(path).as_posix() for file in inside if not _ending(file)]
        elif not path.exists():
            raise InputError("no such file or folder", str(path), "Check corpus.files in the recipe")
        elif not _ending(path):
            raise InputError("this kind of file cannot be read", str(path), _known())
        else:
            found[path] = None
    files = list(found)
    if len({file.name for file in files}) == len(files):
        return [(file.name, file) for file in files], aside
    common = os.path.commonpath([file.absolute().parent for file in files])
    return [(file.absolute().relative_to(common).as_posix(), file) for file in files], aside


def read_rows(files: Iterable[tuple[str, Path]]) -> Iterator[Raw]:
    """Every row of ``files`` (as :func:`list_files` gives them), in order."""
    for name, path in files:
        yield from _READERS[_ending(path)](name, path)


def sample(rows: Iterable[Raw], limit: int | None, rng: random.Random) -> tuple[list[Raw], int]:
    """``limit`` of the rows, each as likely as any other (reservoir sampling), in their order, and how
    many were left out. None takes all."""
    taken: list[tuple[int, Raw]] = []
    left_out = 0
    for index, raw in enumerate(rows):
        if limit is None or index < limit:
            taken.append((index, raw))
            continue
        left_out += 1
        place = rng.randrange(index + 1)
        if place < limit:
            taken[place] = (index, raw)
    return [raw for _, raw in sorted(taken, key=lambda pair: pair[0])], left_out


def parse_json(text: str) -> Any:
    """JSON by the letter: ``NaN`` and ``Infinity`` are faults too. Raises ValueError with the reason."""
    try:
        return json.loads(text, parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _jsonl(name: str, path: Path) -> Iterator[Raw]:
    with path.open("rb") as handle:
        yield from _lines(name, handle)


def _jsonl_gz(name: str, path: Path) -> Iterator[Raw]:
    number = 0
    try:
        with gzip.open(path, "rb") as handle:
            for raw in _lines(name, handle):
                number = raw.number
                yield raw
    except (OSError, EOFError, zlib.error) as error:
        yield Raw(name, number + 1, fault=Fault("broken_file", f"the compressed file breaks off: {error}"))


def _lines(name: str, lines: Iterable[bytes] | IO[bytes]) -> Iterator[Raw]:
    for number, line in enumerate(lines, 1):
        try:
            text = line.decode("utf-8").lstrip(BOM).strip()
        except UnicodeDecodeError as error:
            detail = f"byte {error.start + 1} of the line is not UTF-8; save the file as UTF-8"
            yield Raw(name, number, text=line.decode("utf-8", "backslashreplace"), fault=Fault("bad_encoding", detail))
            continue
        if not text:
            continue
        try:
            value = parse_json(text)
        except ValueError as error:
            yield Raw(name, number, text=text, fault=Fault("broken_json", str(error)))
            continue
        yield _row(name, number, value)


def _row(name: str, number: int, value: Any) -> Raw:
    """A value that was read, unless it is no object or holds what UTF-8 cannot write."""
    if not isinstance(value, dict):
        detail = f"an object was expected, not {type(value).__name__}"
        return Raw(name, number, text=json.dumps(value), fault=Fault("not_an_object", detail))
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        detail = "half of a surrogate pair, or a byte that is not UTF-8; save the file as UTF-8"
        return Raw(name, number, text=json.dumps(value), fault=Fault("bad_encoding", detail))
    return Raw(name, number, row=value)


def _json(name: str, path: Path) -> Iterator[Raw]:
    """A list of rows, one row, or JSON Lines under the wrong ending."""
    data = path.read_bytes()
    try:
        value = parse_json(data.decode("utf-8-sig"))
    except ValueError as error:
        if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"["):
            text = data[:KEPT_OF_BROKEN_FILE].decode("utf-8", "backslashreplace")
            yield Raw(name, 1, text=text, fault=Fault("broken_file", f"not a JSON list: {error}"))
        else:
            yield from _lines(name, data.splitlines())
        return
    for number, item in enumerate(value if isinstance(value, list) else [value], 1):
        yield _row(name, number, item)


def _csv(name: str, path: Path) -> Iterator[Raw]:
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as handle:
        first = handle.readline()
        handle.seek(0)
        reader = csv.reader(handle, delimiter=max(DELIMITERS, key=first.count))
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


def _csv_row(name: str, number: int, header: Sequence[str], cells: Sequence[str]) -> Raw:
    if len(cells) > len(header):
        detail = f"{len(cells)} cells under {len(header)} headings; a text with the delimiter needs quotation marks"
        return Raw(name, number, text=json.dumps(cells), fault=Fault("broken_csv", detail))
    return _row(name, number, dict(zip(header, cells, strict=False)))


def _parquet(name: str, path: Path) -> Iterator[Raw]:
    import polars  # takes a while to import, and few runs need it

    try:
        frame = polars.read_parquet(path)
    except (polars.exceptions.PolarsError, OSError) as error:
        yield Raw(name, 1, fault=Fault("broken_file", f"not Parquet: {error}"))
        return
    for number, row in enumerate(frame.iter_rows(named=True), 1):
        yield _row(name, number, _plain(row))


def _plain(value: Any) -> Any:
    """A Parquet value as a JSON value; a float that is no number becomes None."""
    if isinstance(value, dict):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if value is None or isinstance(value, str | int | float) else str(value)


_READERS: dict[str, Callable[[str, Path], Iterator[Raw]]] = {
    ".jsonl": _jsonl,
    ".jsonl.gz": _jsonl_gz,
    ".json": _json,
    ".csv": _csv,
    ".parquet": _parquet,
}


def _ending(path: Path) -> str:
    """The ending by which a file is read; empty when it is not a known one."""
    return next((ending for ending in _READERS if path.name.lower().endswith(ending)), "")


def _known() -> str:
    return f"Known endings: {', '.join(_READERS)}"
