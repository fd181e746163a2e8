"""One mistake in a text: what stood there, what stands there now, and how much harm it could do."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

Severity = Literal["minor", "major", "dangerous"]
"""Minor: imprecise. Major: wrong, and would change what is done. Dangerous: could harm a patient if followed."""


@dataclass(frozen=True, slots=True)
class Edit:
    """``text[start:end]`` is ``before`` and becomes ``after``. ``direction`` is named where a type has two, and ``why``
    says in a sentence what is wrong with the result."""

    type: str
    direction: str
    start: int
    end: int
    before: str
    after: str
    severity: Severity
    why: str

    def record(self) -> dict[str, Any]:
        """What a pair keeps of it."""
        return {
            "type": self.type,
            "direction": self.direction,
            "span": [self.start, self.end],
            "before": self.before,
            "after": self.after,
            "severity": self.severity,
            "why": self.why,
            "scorer": "rules",
        }


@dataclass(frozen=True, slots=True)
class Refusal:
    """A place that an operator recognised and left alone, with the reason."""

    type: str
    reason: str


Operator = Callable[[str, str, random.Random], Iterator[Edit | Refusal]]
"""From a gold text, its question and a generator to every mistake of one type that could be made in it."""


def applied(text: str, edit: Edit) -> str:
    """The text with the mistake in it.

    Raises:
        ValueError: the edit belongs to another text.
    """
    if text[edit.start : edit.end] != edit.before:
        raise ValueError(f"{edit.before!r} does not stand at {edit.start}:{edit.end}")
    return text[: edit.start] + edit.after + text[edit.end :]
