"""Settings of the dialogue builders."""

from __future__ import annotations

from pydantic import Field

from residency.core.stage import Settings


class DialogueSettings(Settings):
    """How many multi-turn conversations are built from the questions of each split."""

    per_question: float = Field(default=0.5, ge=0, le=4)
    """Dialogues built for each question of a split, as far as the text allows."""
    skills: list[str] = ["explain", "why_not", "recap", "missing_options", "related"]
    """The builders to use, in turn."""
