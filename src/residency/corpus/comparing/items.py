"""Evaluation items from files in any shape in which question banks come, and as evaluation harnesses leave them.

Beside the shapes of banks these are read: sample logs of lm-evaluation-harness (``samples_TASK_*.jsonl``, the item in
``doc``), folders and caches of the datasets library, and rows whose question has another name (:data:`STEMS`).
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from residency.core.comparing.decontaminate import Guard, Item, prepare
from residency.core.errors import InputError
from residency.core.reading.keys import option_columns, plain_text, read_options
from residency.core.reading.read import Raw, list_files, read_rows
from residency.core.text import normalise, words
from residency.corpus.reading.shapes import Draft, parse
from residency.corpus.reading.turns import turn_text
from residency.corpus.rows import TURN_WORDS
from residency.corpus.settings import CorpusSettings

STEMS = ("question", "sent1", "query", "stem", "qtext", "problem", "prompt", "input", "ctx")
"""Names under which an evaluation set may hold the question, most telling first."""
CHOICES = ("options", "choices", "endings")
_LOGGED = frozenset({"doc_id", "arguments", "target", "resps"})  # what a harness's log has beside ``doc``
_ENDING = re.compile(r"ending_?\d")
_NO_LETTERS = re.compile(r"[^a-z]+")


def load_guard(paths: Sequence[Path], settings: CorpusSettings) -> tuple[Guard | None, list[str]]:
    """The items of ``paths``, prepared, and warnings about what could not be read; None where no file is named.

    Of a folder's files those of a train split are left aside where there are others: a bank may well be made of them.
    An item that stands in several files, or in one file for each model that answered it, counts once.

    Raises:
        InputError: a path holds no item at all.
    """
    if not paths:
        return None, []
    items: dict[tuple[str, ...], Item] = {}
    files: Counter[str] = Counter()
    warnings: list[str] = []
    for path in paths:
        named, trained = _files(path)
        if trained:
            warnings.append(f"{path.name}: {trained} files of a train split left aside; name each to guard against it")
        rows = [_items(raw, settings) for raw in read_rows(named)]
        good = [item for row in rows for item in row]
        if not good:
            raise InputError("no evaluation item could be read", str(path), "Check corpus.evaluation_files")
        if empty := sum(not row for row in rows):
            warnings.append(f"{path.name}: {empty} of {len(rows)} evaluation items could not be read")
        files.update(item.origin.rpartition(":")[0] for item in good)
        for item in good:
            items.setdefault((normalise(item.stem), *sorted(map(normalise, item.options))), item)
    return replace(prepare(list(items.values())), files=dict(files), repeats=files.total() - len(items)), warnings


def _files(path: Path) -> tuple[list[tuple[str, Path]], int]:
    """The files to read, each with its name in origins, and how many of a train split are left aside."""
    files, _ = list_files([path])
    if not path.is_dir():
        return files, 0
    items = [(name, file) for name, file in files if not (file.name.startswith("results_") and file.suffix == ".json")]
    trains = [file for _, file in items if {"train", "training"} & _words(file.relative_to(path))]
    left = trains if len(trains) < len(items) else []
    return [(name, file) for name, file in items if file not in left], len(left)


def _words(path: Path) -> set[str]:
    return set(_NO_LETTERS.split(path.as_posix().lower()))


def _items(raw: Raw, settings: CorpusSettings) -> list[Item]:
    """The items of a row: one, or one for each turn of a conversation's user; none where no question is found in it."""
    row = _row(raw)
    if row is None:
        return []
    draft = parse(replace(raw, row=row, fault=None), settings)
    if isinstance(draft, Draft) and draft.question:
        return [Item(raw.origin, stem, tuple(draft.options.values())) for stem in _stems(draft)]
    fields = {name.strip().lower(): value for name, value in row.items()}
    stem = next((text for name in STEMS if (text := plain_text(fields.get(name)))), "")
    return [Item(raw.origin, stem, _options(fields))] if stem else []


def _row(raw: Raw) -> dict[str, Any] | None:
    """A row's fields, or those of the item within it that a harness logged."""
    row = raw.row
    if raw.fault is not None and raw.fault.reason == "broken_json":
        try:  # harnesses log figures that are no numbers, such as NaN, which become null
            row = orjson.loads(orjson.dumps(json.loads(raw.text)))
        except (ValueError, TypeError, RecursionError):
            return None
    if not isinstance(row, dict):
        return None
    doc = row.get("doc")
    return doc if isinstance(doc, dict) and _LOGGED & row.keys() else row


def _options(fields: Mapping[str, Any]) -> tuple[str, ...]:
    given = next((fields[name] for name in CHOICES if fields.get(name)), None)
    endings = [fields[name] for name in sorted(fields) if _ENDING.fullmatch(name)]
    found = read_options(given if given is not None else endings) or option_columns(fields)
    return tuple(text for _, text in found if text)


def _stems(row: Draft) -> list[str]:
    """What the row asks: its question, or each turn of the user; of those after the first the ones that tell."""
    asked = [turn_text(turn) or "" for turn in row.turns if turn["role"] == "user"] or [row.question or ""]
    return [asked[0], *(turn for turn in asked[1:] if len(words(turn)) >= TURN_WORDS)]
