"""What is said between the facts of an answer over a context (``core.wording``), a module for each skill."""

from __future__ import annotations

from residency.core.wording import Wordings
from residency.grounding.wording import abstention, partial

WORDINGS = Wordings(
    {**abstention.TRAIN, **partial.TRAIN},
    {**abstention.HELD_OUT, **partial.HELD_OUT},
)
