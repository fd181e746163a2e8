"""What is known of a document: its own fields under their usual names, and what a ``sources.csv`` beside it says."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from residency.core.errors import ResidencyError
from residency.retrieval.passages.blocks import Skipped
from residency.retrieval.passages.clean import decode, one_line

FIELDS = ("title", "section", "source", "date", "version", "licence", "topic", "superseded_by")
SOURCES = "sources.csv"
_COLUMNS = frozenset(("file", *FIELDS)) - {"section"}
_NAMES = {name: name for name in FIELDS} | {
    "name": "title",
    "publisher": "source",
    "organisation": "source",
    "organization": "source",
    "updated": "date",
    "last_updated": "date",
    "reviewed": "date",
    "last_reviewed": "date",
    "published": "date",
    "publication_date": "date",
    "year": "date",
    "edition": "version",
    "license": "licence",
    "rights": "licence",
    "specialty": "topic",
    "supersededby": "superseded_by",
    "replaced_by": "superseded_by",
}
CURRENT = frozenset({"no", "false", "none", "0", "-", "n/a", "null", "nan"})
"""What ``superseded_by`` says of guidance that is current."""
_YES = frozenset({"yes", "true", "1"})


def known_fields(values: Mapping[str, Any]) -> dict[str, str]:
    """The fields among ``values`` under their usual names, as texts; a field's own name counts before its others, and
    the others in the order in which they stand in ``_NAMES``."""
    plain = {key.strip().lower().replace("-", "_").replace(" ", "_"): value for key, value in values.items()}
    found: dict[str, str] = {}
    for name, field in _NAMES.items():
        value = plain.get(name)
        if value is not None and field not in found and (text := one_line(str(value))):
            found[field] = text
    return found


def superseded(value: str) -> tuple[str, bool]:
    """What ``superseded_by`` says: the newer document or "yes", or nothing; and whether it says anything at all."""
    plain = value.strip().lower()
    if plain in CURRENT:
        return "", True
    return ("yes" if plain in _YES else value.strip()), bool(plain)


class Sources:
    """The ``sources.csv`` files beside the documents, each read once."""

    def __init__(self) -> None:
        self.notes: list[Skipped] = []

    def of(self, file: Path, root: Path) -> dict[str, str]:
        """The fields that the nearest ``sources.csv`` holds for ``file``, from its folder up to ``root``."""
        folder = file.parent
        while True:
            named = self._rows(folder).get(file.relative_to(folder).as_posix())
            if named is not None:
                return named
            if folder == root or root not in folder.parents:
                return {}
            folder = folder.parent

    @cache  # noqa: B019 - one object lives as long as one reading
    def _rows(self, folder: Path) -> dict[str, dict[str, str]]:
        path = folder / SOURCES
        if not path.is_file():
            return {}
        try:
            reader = csv.DictReader(io.StringIO(decode(path.read_bytes())))
            columns = [(name or "").strip().lower() for name in reader.fieldnames or []]
            reader.fieldnames = columns
            lines = list(reader)
        except (OSError, csv.Error, ResidencyError) as error:
            self.notes.append(Skipped(str(path), f"cannot be read ({error})", "Save it as CSV in UTF-8"))
            return {}
        if "file" not in columns:
            self.notes.append(Skipped(str(path), "has no column 'file'", f"Its columns are {', '.join(_ordered())}"))
            return {}
        if unknown := [name for name in columns if name and name not in _COLUMNS]:
            said = f"unknown column{'s' if len(unknown) > 1 else ''} {', '.join(map(repr, unknown))}"
            self.notes.append(Skipped(str(path), said, f"Known are {', '.join(_ordered())}"))
        found: dict[str, dict[str, str]] = {}
        for number, line in enumerate(lines, 2):
            name = (line.get("file") or "").strip().replace("\\", "/").removeprefix("./")
            if not name or not (folder / name).is_file():
                reason = f"names {name!r}, which is not there" if name else "names no file"
                self.notes.append(Skipped(f"{path}:{number}", reason, "Give the file's name as seen from this folder"))
            elif name in found:
                self.notes.append(Skipped(f"{path}:{number}", f"names {name!r} a second time", "The first line counts"))
            else:
                known = {key: one_line(line.get(key) or "") for key in FIELDS if key in columns}
                found[name] = {key: value for key, value in known.items() if value}
        return found


def _ordered() -> list[str]:
    return ["file", *(name for name in FIELDS if name in _COLUMNS)]
