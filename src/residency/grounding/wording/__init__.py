"""What is said between the facts of an answer over a context (``core.wording``), a module for each skill."""

from __future__ import annotations

from residency.core.wording import Wordings
from residency.grounding.wording import abstention, tool_thoughts, tool_turns

WORDINGS = Wordings(
    {**abstention.TRAIN, **tool_thoughts.TRAIN, **tool_turns.TRAIN},
    {**abstention.HELD_OUT, **tool_thoughts.HELD_OUT, **tool_turns.HELD_OUT},
)
