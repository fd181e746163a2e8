"""What is said between the facts of an answer over a context (``core.wording``), a module for each skill."""

from __future__ import annotations

from residency.core.wording import Wordings
from residency.grounding.wording import abstention, conflict, injected, irrelevant, partial, tool_thoughts, tool_turns

_SKILLS = (abstention, conflict, injected, irrelevant, partial, tool_thoughts, tool_turns)
WORDINGS = Wordings(
    {name: said for skill in _SKILLS for name, said in skill.TRAIN.items()},
    {name: said for skill in _SKILLS for name, said in skill.HELD_OUT.items()},
)
