"""An answer to spoil, and what every fault works with."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from residency.core.prompt import ANSWER, BEFORE_ACTING, KEY_POINT
from residency.core.records import Conversation, Passage
from residency.core.text import content_stems


@dataclass(frozen=True)
class Given:
    """An answer to a row, with the passages of its context."""

    row: Conversation
    answer: str
    passages: tuple[Passage, ...]

    @property
    def check(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.row["expect"]["check"]
        return found

    @property
    def reference(self) -> str:
        return str(self.row["expect"]["reference"])


Plant = Callable[[Given, random.Random], Given | None]

CLAIMS = (
    "Hyperbaric oxygen and leech therapy cure most sufferers within weeks.",
    "Mannitol infusions double survival according to Scandinavian registries.",
    "Acupuncture abolishes vomiting in nine of ten Bavarian farmers.",
)
SILENT = "The passages given do not answer this."


def with_answer(given: Given, answer: str) -> Given | None:
    return replace(given, answer=answer) if answer.strip() and answer != given.answer else None


def behind(text: str, after: str) -> str:
    """``after`` as the last sentence of an answer, before its closing line."""
    lines = text.split("\n")
    place = len(lines) - 1 if len(lines) > 1 and lines[-1].startswith((BEFORE_ACTING, ANSWER)) else len(lines)
    return "\n".join([*lines[:place], after, *lines[place:]])


def formed(given: Given, text: str) -> str:
    return f"{KEY_POINT} {text}" if given.answer.startswith(KEY_POINT) else text


def mark_of(given: Given, name: str) -> str:
    """The mark of a passage; of the first where it is not shown."""
    return f"[{next((n for n, one in enumerate(given.passages, 1) if one['id'] == name), 1)}]"


def cited(sentence: str, mark: str) -> str:
    return f"{sentence.rstrip('. ')} {mark}."


def new_here(given: Given, fact: str) -> bool:
    """Whether a fact says at least two things that neither passages nor question say."""
    known = " ".join(
        (str(given.row["expect"]["question"]), *(f"{one['title']} {one['text']}" for one in given.passages))
    )
    return len(set(content_stems(fact)) - set(content_stems(known))) > 1
