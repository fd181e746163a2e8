"""Files: atomic writes, JSON Lines, digests. Nothing here leaves a half-written file behind."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from residency.core.errors import InputError

CHUNK = 1 << 20


@contextmanager
def atomic(path: Path) -> Iterator[IO[str]]:
    """Open a temporary neighbour of ``path`` for writing and move it into place at the end.

    A kill or an exception in between leaves the old ``path``, or none, and never half of the new.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with partial.open("w", encoding="utf-8", newline="\n") as handle:
            yield handle
            handle.flush()
            os.fsync(handle.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write ``text`` to ``path`` atomically."""
    with atomic(path) as handle:
        handle.write(text)


def write_json(path: Path, value: Any) -> None:
    """Write ``value`` as indented JSON, keys in the order given, atomically."""
    write_text(path, json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def read_json(path: Path) -> Any:
    """Read one JSON file; a fault is an :class:`InputError` that names the line."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError("no such file", str(path)) from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"not valid JSON ({error})", str(path)) from None


def dump_line(row: Mapping[str, Any]) -> str:
    """One record as one line of JSON, without the line end; half a surrogate pair is written as its escape."""
    line = json.dumps(row, ensure_ascii=False)
    try:
        line.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(row)
    return line


def write_jsonl(path: Path, rows: Iterable[Mapping[str, Any]]) -> int:
    """Write records as JSON Lines, atomically; returns how many."""
    count = 0
    with atomic(path) as handle:
        for row in rows:
            handle.write(dump_line(row) + "\n")
            count += 1
    return count


def read_jsonl(path: Path) -> Iterator[dict[str, Any]]:
    """Read JSON Lines; a broken line is an error that names it.

    For the user's question bank, which may hold anything, use ``residency.core.reading.read``.
    """
    try:
        handle = path.open("rb")
    except FileNotFoundError:
        raise InputError("no such file", str(path)) from None
    except IsADirectoryError:
        raise InputError("a file was expected, and this is a folder", str(path)) from None
    with handle:
        for number, line in enumerate(handle, 1):
            try:
                text = line.decode("utf-8-sig" if number == 1 else "utf-8")
                if not text.strip():
                    continue
                row = json.loads(text)
            except UnicodeDecodeError:
                raise InputError("not UTF-8", f"{path}:{number}", "Save the file as UTF-8") from None
            except (json.JSONDecodeError, RecursionError) as error:
                raise InputError(f"not valid JSON ({error})", f"{path}:{number}") from None
            if not isinstance(row, dict):
                raise InputError("a JSON object was expected", f"{path}:{number}")
            yield row


def append_jsonl(handle: IO[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Append records to an open file and force them to disk, so that a kill loses none of them."""
    for row in rows:
        handle.write(dump_line(row) + "\n")
    handle.flush()
    os.fsync(handle.fileno())


def recover_jsonl(path: Path) -> list[dict[str, Any]]:
    """Read back a file that was being appended to, dropping an incomplete last line from it.

    Raises:
        InputError: another line is broken, or is no object.
    """
    if not path.exists():
        return []
    data = path.read_bytes()
    whole = data[: data.rfind(b"\n") + 1]
    if len(whole) != len(data):
        os.truncate(path, len(whole))  # written anew, a kill here would lose all of it
    return [_read_back(line, f"{path}:{number}") for number, line in enumerate(whole.split(b"\n"), 1) if line.strip()]


def _read_back(line: bytes, place: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError(f"not valid JSON ({error})", place, "Take this line out: what it held is made again") from None
    if not isinstance(row, dict):
        raise InputError("a JSON object was expected", place, "Take this line out: what it held is made again")
    return row


def file_digest(path: Path) -> str:
    """The sha256 of a file's bytes, as hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as handle:
        while chunk := handle.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def text_digest(text: str) -> str:
    """The sha256 of a text, as hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def value_digest(value: Any) -> str:
    """The sha256 of a JSON value, independent of the order of keys."""
    return text_digest(json.dumps(value, sort_keys=True, ensure_ascii=False, default=str))


def folder_digests(folder: Path, skip: frozenset[str] = frozenset()) -> dict[str, str]:
    """Relative path to sha256 for every file below ``folder`` whose name is not in ``skip``."""
    return {
        str(path.relative_to(folder)): file_digest(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in skip
    }
