"""The index's folder: written so that a kill leaves the old index or none, and verified when it is opened."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from residency.core.errors import InputError
from residency.core.files import file_digest, read_json, value_digest, write_json
from residency.retrieval.index.vectors import COARSE, DIRECTIONS, VECTORS

FORMAT = 2
HEAD = "index.json"
PASSAGES = "passages.jsonl"
BM25 = "bm25"
COLUMNS = "columns.npz"
PARTS = (PASSAGES, BM25, VECTORS, COARSE, DIRECTIONS, COLUMNS)
"""All but the head. A folder with the first of them has the last of them, whenever a build is killed."""
WORK = ".building-"
AGAIN = "Build it again: residency index build FOLDER FILES..., or residency run for the index of a run"


@contextmanager
def replacing(folder: Path) -> Iterator[Path]:
    """A working folder, whose files become the index in ``folder`` at the end; builds at once take turns there.

    Raises:
        InputError: the folder cannot be written, or holds files that no index left there.
    """
    _check(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _locked(folder, fcntl.LOCK_EX):
            _drop_leftovers(folder)
            work = Path(tempfile.mkdtemp(dir=folder, prefix=WORK))
            mine = _lock(work, fcntl.LOCK_EX)
    except OSError as error:
        raise InputError(f"the folder cannot be written ({error.strerror})", str(folder), "Name another") from None
    try:
        yield work
        with _locked(folder, fcntl.LOCK_EX):
            _move(work, folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)
        os.close(mine)


def is_index(folder: Path) -> bool:
    """Whether an index lies in ``folder``, be it one whose build was broken off or of format 1."""
    return (folder / PASSAGES).exists() and ((folder / COLUMNS).exists() or (folder / BM25).is_dir())


def write_head(folder: Path, head: dict[str, Any]) -> None:
    """Write ``index.json``: format, ``head``, and size and digest of every file."""
    files = {
        str(path.relative_to(folder)): {"bytes": path.stat().st_size, "sha256": file_digest(path)}
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    write_json(folder / HEAD, {"format": FORMAT, **head, "files": files})


@contextmanager
def reading(folder: Path, verify: bool) -> Iterator[dict[str, Any]]:
    """The head of the index in ``folder``, which no build replaces meanwhile; its files are as the head says.

    Raises:
        InputError: there is no index, one of another format, or a file is missing, cut short or was changed.
    """
    nothing = InputError("no such file: there is no index, or its build was broken off", str(folder / HEAD), AGAIN)
    if not folder.is_dir():
        raise nothing
    with _locked(folder, fcntl.LOCK_SH):
        if not (folder / HEAD).is_file():
            raise nothing
        try:
            head = read_json(folder / HEAD)
        except InputError as error:
            raise InputError(error.what, error.where, AGAIN) from None
        if not isinstance(head, dict) or head.get("format") != FORMAT:
            found = head.get("format", 1) if isinstance(head, dict) else "none"
            raise InputError(f"the index has format {found}, and {FORMAT} is read", str(folder / HEAD), AGAIN)
        if not _is_whole(head):
            raise InputError(_CHANGED, str(folder / HEAD), AGAIN)
        _verify(folder, head["files"], verify)
        yield head


def content_digest(passages: str, settings: dict[str, Any], model: dict[str, Any] | None) -> str:
    """What tells indexes apart: the digest of ``passages.jsonl``, the settings and the model."""
    return value_digest([FORMAT, passages, settings, model])


def _is_whole(head: dict[str, Any]) -> bool:
    """Whether the head is as :func:`write_head` wrote it, as far as that can be told."""
    try:
        files, counts = head["files"], head["counts"]
        whole = all(isinstance(entry["bytes"], int) and isinstance(entry["sha256"], str) for entry in files.values())
        counted = all(isinstance(count, int) for count in (head["passages"], counts["dated"], counts["superseded"]))
        content = content_digest(files[PASSAGES]["sha256"], head["settings"], head["model"])
        return whole and counted and COLUMNS in files and content == head["content"]
    except (KeyError, TypeError, AttributeError):
        return False


def _verify(folder: Path, files: dict[str, dict[str, Any]], whole: bool) -> None:
    for name, entry in files.items():
        path = folder / name
        if not path.is_file():
            raise InputError("a file of the index is missing", str(path), AGAIN)
        if path.stat().st_size != entry["bytes"]:
            what = "a file of the index is cut short" if path.stat().st_size < entry["bytes"] else _CHANGED
            raise InputError(what, str(path), AGAIN)
    if not whole:
        return
    with ThreadPoolExecutor() as pool:
        for name, digest in zip(files, pool.map(file_digest, (folder / name for name in files)), strict=True):
            if digest != files[name]["sha256"]:
                raise InputError(_CHANGED, str(folder / name), AGAIN)


_CHANGED = "a file was changed after the index was built"


def _check(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise InputError("a folder was expected, and this is a file", str(folder), "Name another")
    if any((folder / name).exists() for name in (HEAD, PASSAGES)) and not (folder / COLUMNS).exists():
        if (folder / BM25).is_dir():  # as format 1 left it
            return
        raise InputError(
            f"the folder holds {HEAD} or {PASSAGES}, and no index left it there", str(folder), "Name another folder"
        )


def _move(work: Path, folder: Path) -> None:
    (folder / HEAD).unlink(missing_ok=True)
    for name in PARTS:
        _remove(folder / name)
    for name in (*reversed(PARTS), HEAD):
        if (work / name).exists():
            (work / name).replace(folder / name)


def _drop_leftovers(folder: Path) -> None:
    """Remove what killed builds left; a build that goes on holds its working folder."""
    for left in folder.glob(WORK + "*"):
        with suppress(OSError):
            held = _lock(left, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(left, ignore_errors=True)
            os.close(held)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _lock(folder: Path, how: int) -> int:
    """A lock on the folder itself, which ends with the process; returns what to close."""
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, how)
    except OSError:
        os.close(held)
        raise
    return held


@contextmanager
def _locked(folder: Path, how: int) -> Iterator[None]:
    held = _lock(folder, how)
    try:
        yield
    finally:
        os.close(held)
