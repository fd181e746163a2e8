"""Exam sets from disk: their rows as MCQs, and every row that is none counted with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from residency.core.errors import InputError
from residency.core.reading.keys import index_base, key_index
from residency.core.reading.read import Raw, list_files, read_rows
from residency.core.text import normalise
from residency.evaluation.tasks.exam.shapes import NO_SHAPE, Asked, Found, detect, named, read

SAME_ID = "an earlier row of the file has the same id"
SAME_ITEM = "an earlier row asks the same question with the same options"
IN_BANK = "the bank's held-out questions hold the same question with the same options"
Key = tuple[str, ...]
_KNOWN = "Known are the shapes of MedMCQA, MedQA, PubMedQA, MMLU and SurgiQ (question, options, answer)"


@dataclass(frozen=True)
class ExamFile:
    """What was read of one file: its items, the shapes of its rows, and the refused ones as (file:number, reason).
    ``base`` is the number by which its keys call the first option, and ``told`` whether anything tells so."""

    name: str
    rows: int
    items: list[Asked]
    shapes: Counter[str]
    refused: list[tuple[str, str]]
    base: int = 0
    told: bool = True


def item_key(question: str, options: Iterable[str], contexts: Iterable[str] = ()) -> Key:
    """What makes two items the same: the question and its options in any order, letter for letter after normalising,
    and the texts shown with it."""
    return normalise(question), *sorted(map(normalise, options)), *map(normalise, contexts)


def read_exams(paths: Sequence[Path], known: dict[Key, str]) -> list[ExamFile]:
    """The exam sets of ``paths``.

    Args:
        paths: files and folders.
        known: the items that stand elsewhere already, by :func:`item_key`, with why they are not taken again. The
            items that are read join them.

    Raises:
        InputError: a path is missing or of no kind that can be read, or a file holds no item.
    """
    files, _ = list_files(paths)
    return [_read(name, path, known) for name, path in files]


def _read(name: str, path: Path, known: dict[Key, str]) -> ExamFile:
    rows = list(_rows(name, path))
    found = [(raw, detect(named(raw.row)) if raw.row is not None else None) for raw in rows]
    keys = [_key(one) for _, one in found if one]
    base = index_base((index, count) for index, count in keys if index is not None)
    source = f"public:{_stem(path)}"
    items: list[Asked] = []
    refused: list[tuple[str, str]] = []
    ids: set[str] = set()
    for raw, one in found:
        item = _item(raw, one, base or 0, source)
        if isinstance(item, Asked):
            key = item_key(item.question, item.options.values(), (text for _, text in item.contexts))
            reason = SAME_ID if item.id in ids else known.get(key, "")
            known.setdefault(key, SAME_ITEM)
            item = reason or item
        if isinstance(item, str):
            refused.append((raw.origin, item))
            continue
        ids.add(item.id)
        items.append(replace(item, id=f"{_stem(path)}/{item.id}"))
    if not items:
        most = Counter(reason for _, reason in refused).most_common(1)
        why = f": {most[0][0]} ({most[0][1]} of {len(rows)} rows)" if most else ", which is empty"
        raise InputError(
            f"no exam question could be read from the file{why}", str(path), f"{_KNOWN}; docs/evaluation.md"
        )
    told = base is not None or all(index is None for index, _ in keys)
    shapes = Counter(one.shape for _, one in found if one)
    return ExamFile(name, len(rows), items, shapes, refused, base or 0, told)


def _item(raw: Raw, found: Found | None, base: int, source: str) -> Asked | str:
    if raw.fault is not None:
        return f"the row cannot be read ({raw.fault.reason})"
    return read(found, raw.origin, base, source) if found else NO_SHAPE


def _key(found: Found) -> tuple[int | None, int]:
    return key_index(found.key, found.options), len(found.options)


def _stem(path: Path) -> str:
    return path.name.split(".")[0]


def _rows(name: str, path: Path) -> Iterator[Raw]:
    """The rows of a file. MMLU's own tables have no line of names: their first row is taken for one, and stands here
    among the others again."""
    first = True
    for raw in read_rows([(name, path)]):
        names = list(raw.row or {})
        if len(names) == len(_MMLU) and names[-1] in ("A", "B", "C", "D") and "question" not in named(raw.row or {}):
            if first:
                yield replace(raw, number=1, row=dict(zip(_MMLU, names, strict=True)))
            raw = replace(raw, row=dict(zip(_MMLU, _values(raw), strict=True)))
        first = False
        yield raw


def _values(raw: Raw) -> list[Any]:
    return list((raw.row or {}).values())


_MMLU = ("question", "A", "B", "C", "D", "answer")
