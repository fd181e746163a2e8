"""Questions to practise on: MCQs of a run's train and dev splits, and never one of a test split."""

from __future__ import annotations

import json
import mmap
import random
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from residency.core.errors import InputError

DRAWN_FROM: frozenset[str] = frozenset({"train", "dev"})
"""A question that people have practised on measures nothing, of a model or of them, so a split must be named here."""


@dataclass(frozen=True)
class Topic:
    """A topic of the bank, and how many questions of it may be drawn."""

    topic: str
    count: int


@dataclass(frozen=True)
class Drawn:
    """A question as it is put: without its answer."""

    id: str
    question: str
    options: dict[str, str]
    topic: str


@dataclass(frozen=True)
class Marked:
    """A choice as it is marked: the bank's own letter and its reasons, which may be empty."""

    right: bool
    answer: str
    rationale: str


class Quiz:
    """The questions of a file of :class:`~residency.core.records.Question` rows.

    Their texts stay on disk. The file is held open, so that a corpus that is built anew meanwhile changes nothing; all
    methods only read, and may be called from several threads.

    Args:
        path: ``corpus/kept.jsonl`` of a run folder.

    Raises:
        InputError: there is no such file, or a line of it is no record.
    """

    def __init__(self, path: Path) -> None:
        try:
            with path.open("rb") as handle:
                empty = path.stat().st_size == 0
                self._bytes = b"" if empty else mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ)
        except OSError as error:
            what = f"the question bank cannot be read ({error.strerror})"
            raise InputError(what, str(path), "Name the folder of a run whose corpus is built") from None
        self._places: dict[str, tuple[int, int]] = {}
        self._of: dict[str, list[str]] = {}
        for number, (start, end) in enumerate(_lines(self._bytes), 1):
            row = _record(self._bytes[start:end], f"{path}:{number}")
            if row is not None and row.get("split") in DRAWN_FROM and _can_be_marked(row):
                self._places[row["id"]] = (start, end)
                self._of.setdefault(row["topic"], []).append(row["id"])

    def __len__(self) -> int:
        return len(self._places)

    def topics(self) -> tuple[Topic, ...]:
        """The topics by name."""
        return tuple(Topic(topic, len(names)) for topic, names in sorted(self._of.items()))

    def draw(self, topic: str, seen: Collection[str], rng: random.Random) -> Drawn | None:
        """A question that is not among ``seen``.

        Args:
            topic: the empty string stands for all topics.
            seen: ids of those that were put already; unknown ids are passed over.
            rng: what decides.

        Returns:
            None where all were seen.

        Raises:
            InputError: there is no such topic.
        """
        if topic and topic not in self._of:
            raise InputError(
                f"there is no topic {topic[:80]!r} in the question bank", "topic", "Choose one of GET /quiz/topics"
            )
        known = frozenset(seen)
        left = [one for one in (self._of[topic] if topic else self._places) if one not in known]
        if not left:
            return None
        row = self._row(rng.choice(left))
        return Drawn(row["id"], row["question"], dict(row["options"]), row["topic"])

    def mark(self, question: str, choice: str) -> Marked:
        """Mark a choice.

        Args:
            question: the id of a question that can be drawn.
            choice: the letter of one of its options.

        Raises:
            InputError: there is no such question, or no such option.
        """
        if question not in self._places:
            raise InputError("there is no such question in the quiz", "id", "Draw one with POST /quiz")
        row = self._row(question)
        if choice not in row["options"]:
            raise InputError(
                f"there is no option {choice[:8]!r}", "choice", f"Choose one of {', '.join(row['options'])}"
            )
        return Marked(choice == row["answer"], row["answer"], str(row.get("rationale", "")))

    def _row(self, name: str) -> dict[str, Any]:
        start, end = self._places[name]
        row: dict[str, Any] = json.loads(self._bytes[start:end])
        return row


def _lines(data: bytes | mmap.mmap) -> Iterator[tuple[int, int]]:
    start = 0
    while start < len(data):
        stop = data.find(b"\n", start)
        end = stop if stop >= 0 else len(data)
        yield start, end
        start = end + 1


def _record(line: bytes, where: str) -> dict[str, Any] | None:
    if not line.strip():
        return None
    try:
        row = json.loads(line)
    except ValueError:
        row = None
    if not isinstance(row, dict):
        raise InputError("no record", where, "Run the recipe again")
    return row


def _can_be_marked(row: dict[str, Any]) -> bool:
    options = row.get("options")
    return row.get("kind") == "mcq" and isinstance(options, dict) and len(options) > 1 and row.get("answer") in options
