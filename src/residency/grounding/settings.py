"""Settings of the context examples."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from residency.core.stage import Settings


class GroundingSettings(Settings):
    """How the examples with context, and with insufficient context, are built."""

    passages: int = Field(default=3, ge=1, le=10)
    """Passages in each context: the supporting ones and hard distractors."""
    support_threshold: float = Field(default=0.55, gt=0, le=1)
    """The share of a sentence's content words that a passage must hold to support it."""
    min_supported: float = Field(default=0.6, ge=0, le=1)
    """Share of the gold answer's sentences that must be supported; below it the example is refused."""
    insufficient_share: float = Field(default=0.5, ge=0, le=1)
    """Of the questions that have support, the share that also gets a context without it."""
    variants: int = Field(default=1, ge=1, le=8)
    """Contexts made from each training question: each draws distractors of its own, in an order of its own.
    More of them teach a small model to look at the passages, not at the question, before it abstains."""
    turns: int = Field(default=4, ge=1, le=8)
    """Questions asked one after another over one context of a training conversation, about half of which it does
    not answer; 1 builds no such conversations."""
    max_per_split: int | None = Field(default=None, ge=1)
    """At most this many questions of a split are used; None uses all."""

    @model_validator(mode="after")
    def _room_for_distractors(self) -> Self:
        if self.insufficient_share > 0 and self.passages < 2:
            raise ValueError("passages must be at least 2 when insufficient_share is above 0")
        return self
