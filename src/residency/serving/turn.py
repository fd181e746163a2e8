"""One answer on its way, as far as it has come."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from residency.core.records import Passage
from residency.serving.audit.entry import Account
from residency.serving.contract import Ask, Ended, Finish


@dataclass
class Turn:
    """One answer on its way. ``shown`` are the passages of its context by their numbers, None where it has none."""

    ask: Ask
    question: str
    account: Account
    begun: float
    deadline: float
    shown: list[Passage] | None = None
    text: list[str] = field(default_factory=list)
    thinking: list[str] = field(default_factory=list)
    is_entered: bool = False
    calls: tuple[dict[str, Any], ...] = ()
    finish: Finish = ""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    first_token: float | None = None
    parts: dict[str, float] = field(default_factory=dict)

    @property
    def answer(self) -> str:
        """What was said so far."""
        return "".join(self.text)

    def took(self, part: str, seconds: float) -> None:
        """Count the seconds of a part."""
        self.parts[part] = self.parts.get(part, 0.0) + seconds

    def ended(self, finish: Finish, error: str = "") -> Ended:
        """The end, by now."""
        return Ended(
            finish,
            self.account.answer_id,
            self.prompt_tokens,
            self.completion_tokens,
            None if self.first_token is None else self.first_token - self.begun,
            time.perf_counter() - self.begun,
            error,
            dict(self.parts),
        )
