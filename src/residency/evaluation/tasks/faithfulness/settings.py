"""Settings of the questions over a context."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from residency.core.stage import Settings

Level = Literal[0, 20, 40, 60, 80]
LEVELS: tuple[Level, ...] = (0, 20, 40, 60, 80)


class FaithfulnessSettings(Settings):
    """In which further ways the questions are asked that a context answers."""

    closed_book: bool = True
    """Whether each is asked without its context too."""
    noise: list[Level] = list(LEVELS)
    """Shares of the context's words that are beside the point, in per cent; an empty list asks none of them."""
    noise_items: int | None = Field(default=100, ge=0)
    """Questions asked at each level, and once over distractors alone, drawn by seed; None takes all."""
    erring_items: int | None = Field(default=100, ge=0)
    """Questions asked over a passage that states something false; None takes all that allow it."""
    joined_items: int | None = Field(default=100, ge=0)
    """Pairs of questions asked as one; None takes all that allow it."""
