"""What judging may cost: tokens and, where prices are named, money. What was spent is counted, never guessed twice."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from residency.core.records import Message
from residency.generation.said import Said
from residency.judging.settings import JudgeSettings

LETTERS = 3  # letters a token, where nobody counts: fewer than in English, so that it rather costs more than less


class Budget:
    """Keeps to the caps of the settings. Several threads may ask at once.

    Before a prompt is sent, what it may cost at most is set aside; a prompt for which too little is left is not sent.
    So the caps hold as far as the prompt's tokens are estimated rightly.
    """

    def __init__(self, settings: JudgeSettings) -> None:
        self._settings, self._lock = settings, threading.Lock()
        self._aside: tuple[int, int] = (0, 0)
        self.read = self.written = 0
        """Tokens of prompts and of answers."""

    @property
    def cost(self) -> float:
        """What was spent, in the currency of the prices."""
        return self._price(self.read, self.written)

    def take(self, messages: Sequence[Message]) -> tuple[int, int] | None:
        """Sets aside what the prompt may cost, as tokens of prompt and answer; None where too little is left."""
        wanted = _tokens("".join(message["content"] for message in messages)), self._settings.max_tokens
        with self._lock:
            read, written = (
                spent + aside + more
                for spent, aside, more in zip((self.read, self.written), self._aside, wanted, strict=True)
            )
            caps = self._settings
            if caps.budget_tokens is not None and read + written > caps.budget_tokens:
                return None
            if caps.budget_cost is not None and self._price(read, written) > caps.budget_cost:
                return None
            self._aside = self._aside[0] + wanted[0], self._aside[1] + wanted[1]
        return wanted

    def settle(self, taken: tuple[int, int], said: Said | None) -> None:
        """Counts what an answer took, as the server tells it or else estimated; None where no answer came."""
        read = written = 0
        if said is not None:
            read = taken[0] if said.prompt_tokens is None else said.prompt_tokens
            written = _tokens(said.text) if said.completion_tokens is None else said.completion_tokens
        with self._lock:
            self._aside = self._aside[0] - taken[0], self._aside[1] - taken[1]
            self.read += read
            self.written += written

    def report(self) -> dict[str, Any]:
        """What was spent, for a report."""
        with self._lock:
            spent: dict[str, Any] = {"prompt_tokens": self.read, "answer_tokens": self.written}
            return spent | ({"cost": round(self.cost, 4)} if self._settings.priced else {})

    def _price(self, read: int, written: int) -> float:
        return (read * self._settings.price_in + written * self._settings.price_out) / 1e6


def _tokens(text: str) -> int:
    return -(-len(text) // LETTERS)
