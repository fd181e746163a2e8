"""What the answering asks of a model, whoever runs it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from residency.core.records import Message
from residency.evaluation.item import Turn


class Prompt(NamedTuple):
    """The messages of one prompt, the functions that may be called, and the seed of what is drawn."""

    messages: Sequence[Message]
    tools: Sequence[dict[str, Any]]
    seed: int


class Speaker(Protocol):
    """A model that can be asked. ``thinks`` says whether it thinks before it answers, ``calls`` whether its format
    knows tools, ``says`` how it is asked: what the report tells of it."""

    thinks: bool
    calls: bool
    says: dict[str, Any]

    def size(self, messages: Sequence[Message], tools: Sequence[dict[str, Any]]) -> int:
        """How long a prompt is: its tokens, or where they are not known its characters over four."""

    def write(self, prompts: Sequence[Prompt]) -> list[Turn]:
        """What the model writes after each prompt. What cannot be used has a fault."""

    def letters(self, prompts: Sequence[Sequence[Message]], letters: Sequence[str]) -> list[list[float] | None]:
        """Of each prompt the log-probability of each of its letters after ``ANSWER:``, in nats; None where it cannot be
        known."""
