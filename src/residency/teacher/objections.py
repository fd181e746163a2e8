"""What may be wrong with a rewording, and who says so."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from residency.core.records import Conversation


class Objection(Protocol):
    """Something wrong: a short fixed ``reason`` for counting, and what it ``says`` to people and to the teacher."""

    @property
    def reason(self) -> str: ...

    @property
    def says(self) -> str: ...


@dataclass(frozen=True)
class Against:
    """An objection of this room's own."""

    reason: str
    says: str


Verify = Callable[[Conversation, Mapping[str, str]], Sequence[Objection]]
"""From a dialogue and the texts of its sources by id to all that is wrong with it."""
