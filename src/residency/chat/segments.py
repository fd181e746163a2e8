"""What a family renders to: text that anyone may have written, and control tokens that only a family writes.

The two never mix: a control token is a :class:`Control`, and text that looks like one stays text.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Control:
    """A control token, by its text in the vocabulary."""

    token: str

    def __str__(self) -> str:
        return self.token


Segment = str | Control


def joined(segments: Iterable[Segment]) -> list[Segment]:
    """The same with neighbouring texts as one, since a tokenizer's tokens may span them, and without empty ones."""
    found: list[Segment] = []
    for segment in segments:
        if isinstance(segment, Control) or not found or isinstance(found[-1], Control):
            if segment != "":
                found.append(segment)
        else:
            found[-1] += segment
    return found


def shown(segments: Iterable[Segment]) -> str:
    """Segments as a reader sees them, control tokens by their text."""
    return "".join(map(str, segments))
