"""The log as it is read: each answer with its end, its texts where they were kept, and what users said of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from residency.serving.audit.store import ANSWER, BEGUN, FEEDBACK, reading


@dataclass(frozen=True)
class Feedback:
    """A user's word on an answer; ``reason`` and ``better`` are empty where texts are not kept."""

    verdict: str
    reason: str
    better: str
    at: str


@dataclass(frozen=True)
class Logged:
    """An answer in the log. ``body`` holds the fields of :class:`~residency.serving.audit.entry.Entry` as JSON, of one
    that was begun and never ended only the first of them; ``texts`` those of ``Texts``, None where they were not kept.
    ``feedback`` is in the order in which it was given."""

    number: int
    at: str
    body: dict[str, Any]
    texts: dict[str, Any] | None
    feedback: tuple[Feedback, ...]

    @property
    def ended(self) -> bool:
        """Whether its end was entered."""
        return "outcome" in self.body

    def as_row(self, texts: bool = False) -> dict[str, Any]:
        """The answer as a row of an export; with its texts, and those of the feedback, only where asked for."""
        said = [
            {"verdict": one.verdict, "at": one.at} | ({"reason": one.reason, "better": one.better} if texts else {})
            for one in self.feedback
        ]
        row = {"number": self.number, "at": self.at, **self.body, "ended": self.ended, "feedback": said}
        return row | {"texts": self.texts} if texts else row


def answers(path: Path) -> Iterator[Logged]:
    """The answers in the log that were not deleted, in the order in which they were begun.

    Raises:
        InputError: there is no log.
    """
    found: dict[str, Logged] = {}
    said: dict[str, list[Feedback]] = {}
    with reading(path) as db:
        for row in db.execute(
            "SELECT number, kind, at, body, texts FROM entries WHERE body IS NOT NULL AND kind IN (?, ?, ?) "
            "ORDER BY number",
            (BEGUN, ANSWER, FEEDBACK),
        ):
            body = json.loads(row["body"])
            texts = json.loads(row["texts"]) if row["texts"] is not None else None
            if row["kind"] == FEEDBACK:
                words = texts or {"reason": "", "better": ""}
                said.setdefault(body["answer"], []).append(Feedback(body["verdict"], **words, at=row["at"]))
            else:
                found[body["answer"]] = Logged(row["number"], row["at"], body, texts, ())
    for name, one in found.items():
        yield Logged(one.number, one.at, one.body, one.texts, tuple(said.get(name, ())))
