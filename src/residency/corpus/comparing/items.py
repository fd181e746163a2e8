"""Evaluation items from files in any shape in which question banks come."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from residency.core.errors import InputError
from residency.core.text import words
from residency.corpus.comparing.decontaminate import Guard, Item, prepare
from residency.corpus.reading.read import list_files, read_rows
from residency.corpus.reading.shapes import Draft, parse
from residency.corpus.reading.turns import turn_text
from residency.corpus.rows import TURN_WORDS
from residency.corpus.settings import CorpusSettings


def load_guard(paths: Sequence[Path], settings: CorpusSettings) -> tuple[Guard | None, list[str]]:
    """The items of ``paths``, prepared, and warnings about what could not be read; None where no file is named.

    Raises:
        InputError: a file holds no item at all.
    """
    if not paths:
        return None, []
    items: list[Item] = []
    warnings: list[str] = []
    for path in paths:
        files, _ = list_files([path])
        rows = [parse(raw, settings) for raw in read_rows(files)]
        good = [row for row in rows if isinstance(row, Draft) and row.question]
        if not good:
            raise InputError("no evaluation item could be read", str(path), "Check corpus.evaluation_files")
        if len(good) < len(rows):
            warnings.append(f"{path.name}: {len(rows) - len(good)} of {len(rows)} evaluation items could not be read")
        items += [Item(row.raw.origin, stem, tuple(row.options.values())) for row in good for stem in _stems(row)]
    return prepare(items), warnings


def _stems(row: Draft) -> list[str]:
    """What the row asks: its question, or each turn of the user; of those after the first the ones that tell."""
    asked = [turn_text(turn) or "" for turn in row.turns if turn["role"] == "user"] or [row.question or ""]
    return [asked[0], *(turn for turn in asked[1:] if len(words(turn)) >= TURN_WORDS)]
