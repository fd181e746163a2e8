"""What a model said to messages, whoever was asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Said:
    """A model's answer: its ``text``, why it ended (``stop``, ``length``, ``content_filter``, ``refusal``, ...), the
    ``model`` that gave it, and the tokens of the prompt and of the answer, None where nobody counts them. With a
    ``fault`` it cannot be used, for this reason. ``thinking`` and ``tool_calls`` are as in a message."""

    text: str = ""
    finish: str = ""
    model: str = ""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    fault: str = ""
    thinking: str = ""
    tool_calls: Sequence[dict[str, Any]] = ()
