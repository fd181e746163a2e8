"""Reading the user's files and folders into passages. What cannot be read has a line, and the rest goes on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from residency.core.errors import InputError, ResidencyError
from residency.core.records import Passage
from residency.core.stage import Progress
from residency.retrieval.index import store
from residency.retrieval.passages import html, markdown, pdf, plain
from residency.retrieval.passages.assemble import Assembly
from residency.retrieval.passages.blocks import Document, Skipped, UnreadableError
from residency.retrieval.passages.clean import decode
from residency.retrieval.passages.metadata import SOURCES, Sources
from residency.retrieval.passages.rows import ENDINGS, read_rows
from residency.retrieval.settings import IndexSettings

_TEXTS: dict[str, Callable[[str], Document]] = {
    **dict.fromkeys((".md", ".markdown"), markdown.read),
    **dict.fromkeys((".txt", ".text"), plain.read),
    **dict.fromkeys((".html", ".htm", ".xhtml"), html.read),
}
_KNOWN = "Known are .md, .txt, .html, .pdf, .jsonl, .ndjson, .csv, .tsv and .parquet"
_FIXES = {
    ".doc": "Save it as PDF or HTML",
    ".docx": "Save it as PDF or HTML",
    ".odt": "Save it as PDF or HTML",
    ".json": "Write its rows as JSON Lines (.jsonl)",
    ".xlsx": "Save it as CSV",
    ".gz": "Unpack it",
    ".zip": "Unpack it",
}
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([\w-]{1,40})", re.IGNORECASE)


@dataclass(frozen=True)
class Reading:
    """What was read. ``skipped`` has a line for each file or row that was left out, ``notes`` for what was taken
    though something about it is not as it should be; ``counts`` say how much of each."""

    passages: list[Passage]
    skipped: list[Skipped]
    notes: list[Skipped]
    counts: dict[str, int]


@dataclass
class _Found:
    """A file to read, and the folder that the user named, in or below which it is."""

    path: Path
    root: Path


@dataclass
class _Walk:
    files: list[_Found] = field(default_factory=list)
    seen: set[Path] = field(default_factory=set)
    skipped: list[Skipped] = field(default_factory=list)


def read_passages(files: Sequence[Path], settings: IndexSettings, progress: Progress) -> Reading:
    """The passages of ``files``, each a document, a file of rows, or a folder of them.

    Raises:
        InputError: a file or folder that is named does not exist.
    """
    walk = _Walk()
    for path in files:
        if not path.exists():
            raise InputError("no such file or folder", str(path), "Name one that exists under index.files")
        _walk(path, path if path.is_dir() else path.parent, walk)
    sources = Sources()
    assembly = Assembly(settings)
    assembly.skipped += walk.skipped
    progress.start(len(walk.files), "files")
    for found in walk.files:
        path = found.path
        try:
            said = sources.of(path, found.root)
            if path.suffix.lower() in ENDINGS:
                _take_rows(path, said, assembly)
            else:
                assembly.add_document(path, path.relative_to(found.root), _document(path), said)
        except UnreadableError as error:
            assembly.skipped.append(Skipped(str(path), error.reason, error.fix))
        except OSError as error:
            reason = f"cannot be read ({error.strerror or error})"
            assembly.skipped.append(Skipped(str(path), reason, "Check its permissions"))
        progress.advance()
    assembly.notes += sources.notes
    passages = assembly.finish()
    counts = Counter(assembly.counts)
    counts["files"] = len(walk.files)
    counts["skipped"] = len(assembly.skipped)
    counts["passages"] = len(passages)
    return Reading(passages, assembly.skipped, assembly.notes, dict(sorted(counts.items())))


def _walk(path: Path, root: Path, walk: _Walk) -> None:
    """Add the files at and below ``path`` in the order of their names. Links to folders are not followed, since they
    may lead in a circle; hidden files are left out."""
    try:
        if path.is_dir():
            if path != root and path.is_symlink():
                fix = "Name the folder itself under index.files"
                walk.skipped.append(Skipped(str(path), "a link to a folder is not followed", fix))
                return
            left_out = {SOURCES}
            if store.is_index(path):
                # What it holds was cut from an earlier state of the documents, and would outlive their correction.
                fix = "Name its passages.jsonl to take its passages"
                walk.skipped.append(Skipped(str(path), "an index, which is not read", fix))
                if path != root:
                    return
                left_out |= {store.HEAD, *store.PARTS}
            for below in sorted(path.iterdir()):
                if not below.name.startswith((".", "~$")) and below.name not in left_out:
                    _walk(below, root, walk)
            return
        real = path.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        reason = f"cannot be read ({getattr(error, 'strerror', None) or error})"
        walk.skipped.append(Skipped(str(path), reason, "Check the link, or its permissions"))
        return
    ending = path.suffix.lower()
    if ending not in _TEXTS and ending not in ENDINGS and ending != ".pdf":
        reason = f"files that end in {ending!r} are not read" if ending else "a file without an ending is not read"
        walk.skipped.append(Skipped(str(path), reason, _FIXES.get(ending, _KNOWN)))
    elif real not in walk.seen:
        walk.seen.add(real)
        walk.files.append(_Found(path, root))


def _document(path: Path) -> Document:
    if path.stat().st_size == 0:
        raise UnreadableError("an empty file")
    ending = path.suffix.lower()
    if ending == ".pdf":
        document = pdf.read(path)
    else:
        data = path.read_bytes()
        named = _CHARSET.search(data[:4096]) if _TEXTS[ending] is html.read else None
        try:
            text = decode(data, named[1].decode("ascii") if named else "")
        except ResidencyError as error:
            fix = "Save it as UTF-8" if "UTF-8" in error.what else "Is it what its ending says?"
            raise UnreadableError(error.what, fix) from None
        document = _TEXTS[ending](text)
    if not document.blocks:
        raise UnreadableError("no text in it")
    return document


def _take_rows(path: Path, said: dict[str, str], assembly: Assembly) -> None:
    if path.stat().st_size == 0:
        raise UnreadableError("an empty file")
    for row in read_rows(path):
        if isinstance(row, Skipped):
            assembly.skipped.append(row)
        else:
            assembly.add_row(path, row, said)
