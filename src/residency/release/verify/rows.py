"""Rows that must not go out: without a licence, with a private detail that no person let pass, or rejected."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from residency.core.files import read_jsonl
from residency.core.records import licence_named, record_text
from residency.release.verify.texts import words

LEAST = 8
"""Words of a text below which it may stand anywhere by chance."""
FIELDS = ("question", "answer", "rationale", "text", "prompt", "response", "instruction", "output")


def forbidden(corpus: Path, index: Path) -> dict[str, list[list[str]]]:
    """The texts of rows that must not go out, as words, by the row's id; passages among them.

    Args:
        corpus: the corpus stage's folder.
        index: the index stage's.
    """
    private = _private(corpus / "review.csv")
    found: dict[str, list[list[str]]] = {}
    for row in read_jsonl(corpus / "kept.jsonl"):
        if row["id"] in private or not licence_named(row["licence"]):
            found[row["id"]] = _long(record_text(row).split("\n"))
    for number, entry in enumerate(read_jsonl(corpus / "rejected.jsonl"), 1):
        raw = entry.get("row")
        if isinstance(raw, Mapping):
            parts = [str(raw[name]) for name in FIELDS if isinstance(raw.get(name), str)]
            found[f"rejected row {number}"] = _long(parts)
    for row in read_jsonl(index / "passages.jsonl"):
        if not licence_named(row["licence"]):
            found[row["id"]] = _long([row["text"]])
    # A text that a row which may go out says too is no secret of the other.
    allowed = {tuple(one) for row in _open(corpus, index, found) for one in _long(record_text(row).split("\n"))}
    kept = {name: [one for one in of_one if tuple(one) not in allowed] for name, of_one in found.items()}
    return {name: of_one for name, of_one in kept.items() if of_one}


def _open(corpus: Path, index: Path, closed: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for path in (corpus / "kept.jsonl", index / "passages.jsonl"):
        yield from (row for row in read_jsonl(path) if row["id"] not in closed)


def _private(table: Path) -> set[str]:
    """Rows in which something private was found and that no person decided to keep."""
    if not table.exists():
        return set()
    with table.open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    return {
        row["id"]
        for row in rows
        if row["check"].startswith("privacy") and (row["decision"] or "").strip() not in ("keep", "replace")
    }


def _long(parts: Iterable[str]) -> list[list[str]]:
    return [found for found in map(words, parts) if len(found) >= LEAST]


class Finder:
    """Finds texts of rows in other texts.

    Args:
        rows: as :func:`forbidden` gives them.
    """

    def __init__(self, rows: Mapping[str, Iterable[list[str]]]) -> None:
        self._begin: dict[tuple[str, ...], list[tuple[str, list[str]]]] = {}
        for name, of_one in rows.items():
            for text in of_one:
                self._begin.setdefault(tuple(text[:LEAST]), []).append((name, text))

    def found(self, text: str) -> list[str]:
        """The ids of rows of which a text stands whole in this one, each once."""
        if not self._begin:
            return []
        said = words(text)
        hits: dict[str, None] = {}
        for place in range(len(said) - LEAST + 1):
            for name, wanted in self._begin.get(tuple(said[place : place + LEAST]), ()):
                if said[place : place + len(wanted)] == wanted:
                    hits[name] = None
        return list(hits)
