"""Changes of surgical practice: what stood in texts once, what stands there now, and why.

Reviewed 2026-11; not for clinical use. The table, and how to read and extend it, stand in
:mod:`residency.domain.surgery.change_tables`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from residency.domain.surgery.change_tables import abdomen, other
from residency.domain.surgery.entries import read_entries

SOURCE, LICENCE = "domain pack", "Apache-2.0"
"""Where the passages made of changes come from, and the licence of the project that they are part of."""

_KEYS = ("match", "ask", "held", "then", "thenmore", "now", "nowmore", "why")
_DATED = re.compile(r"(?P<year>\d{4}); (?P<title>[^|]+) \| (?P<says>.+)")


@dataclass(frozen=True, slots=True)
class Edition:
    """What a text of ``year`` says: a statement of one sentence, and ``more`` in sentences beside it."""

    year: str
    title: str
    says: str
    more: str

    @property
    def text(self) -> str:
        return f"{self.says} {self.more}".strip()


@dataclass(frozen=True, slots=True)
class Change:
    """One change of practice. ``match`` ties it to questions; ``held_out`` are questions for evaluation only, and
    ``why`` is a sentence of the newer text."""

    name: str
    match: re.Pattern[str]
    questions: tuple[str, ...]
    held_out: tuple[str, ...]
    then: Edition
    now: Edition
    why: str


def _edition(name: str, line: str, more: str) -> Edition:
    match = _DATED.fullmatch(line)
    if match is None:
        raise ValueError(f"{name}: {line!r} holds no year, title and statement")
    return Edition(match["year"], match["title"], match["says"], more)


def _read(table: str) -> Iterator[Change]:
    for name, texts in read_entries(re.sub(r"\n{2,}", "\n", table), _KEYS):
        why = texts["why"][0]
        yield Change(
            name,
            re.compile(rf"\b(?:{texts['match'][0].replace('| ', '|')})\b"),
            tuple(texts["ask"]),
            tuple(texts["held"]),
            _edition(name, texts["then"][0], " ".join(texts["thenmore"])),
            _edition(name, texts["now"][0], " ".join([why, *texts["nowmore"]])),
            why,
        )


CHANGES: tuple[Change, ...] = tuple(_read(abdomen.TABLE + other.TABLE))


def changes_of(text: str) -> list[Change]:
    """The changes that a question and its answer have to do with, in the table's order."""
    lower = text.lower()
    return [change for change in CHANGES if change.match.search(lower)]


def kept_back(change: Change) -> bool:
    """Whether a change is kept for held-out splits: every fourth of the table, so that evaluation asks of some that
    training never shows."""
    return CHANGES.index(change) % 4 == 3


def rule_text(change: Change) -> str:
    """Everything that ``change`` states, a line for each edition."""
    return f"{change.then.text}\n{change.now.text}"
