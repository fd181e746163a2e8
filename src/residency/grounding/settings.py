"""Settings of the context examples."""

from __future__ import annotations

from typing import Self

from pydantic import Field, field_validator, model_validator

from residency.core.stage import Settings

SHARES = {
    "cited_answer": 1.0,
    "abstention": 0.5,
    "partial": 1.0,  # few questions allow it
    "conflict": 0.25,
    "irrelevant": 0.15,
    "injected": 0.15,
    "several_questions": 1.0,
}


class GroundingSettings(Settings):
    """How the examples with context, and with insufficient context, are built."""

    passages: int = Field(default=3, ge=1, le=10)
    """Passages in each context: the supporting ones and hard distractors."""
    support_threshold: float = Field(default=0.55, gt=0, le=1)
    """The share of a sentence's content words that a passage must hold to support it."""
    min_supported: float = Field(default=0.6, ge=0, le=1)
    """Share of the gold answer's sentences that must be supported; below it the example is refused."""
    shares: dict[str, float] = SHARES
    """Of the questions that have support, the share that gets an example of each skill; a skill that is not named keeps
    its default. Held-out questions are always asked with the passage that answers them and without it."""
    if_it_helps: float = Field(default=0.25, ge=0, le=1)
    """Share of the training contexts that hold the answer whose instruction is to use the context where it helps; the
    others' is to answer from it alone."""
    variants: int = Field(default=1, ge=1, le=8)
    """Contexts made from each training question: each draws distractors of its own, in an order of its own.
    More of them teach a small model to look at the passages, not at the question, before it abstains."""
    near_misses: float = Field(default=0.4, ge=0, le=1)
    """Of the abstentions, the share that is aimed at near misses: passages about the question's own condition or drug
    that do not answer it, or the question asked of patients of whom its passages do not speak."""
    turns: int = Field(default=4, ge=2, le=8)
    """Questions asked one after another over one context of a training conversation, about half of which it does
    not answer."""
    tools: int = Field(default=2000, ge=0)
    """Exemplars of deciding whether to search, calling and answering, for training at most; as many of each variant.
    Other splits get one a question at most. They need a base model whose format knows tools; 0 makes none."""
    tool_gain: float | None = None
    """In nats a token: a call whose result makes the gold answer no likelier than this under the base model, against
    neither call nor result, is left out with its exemplar. It needs the training extra. None keeps all."""
    max_per_split: int | None = Field(default=None, ge=1)
    """At most this many questions of a split are used; None uses all."""

    @field_validator("shares")
    @classmethod
    def _complete(cls, shares: dict[str, float]) -> dict[str, float]:
        for skill, share in shares.items():
            if skill not in SHARES:
                raise ValueError(f"shares names {skill!r}; the skills are {', '.join(SHARES)}")
            if not 0 <= share <= 1:
                raise ValueError(f"shares.{skill} is {share}; a share lies between 0 and 1")
        return SHARES | shares

    @model_validator(mode="after")
    def _room_for_distractors(self) -> Self:
        if self.shares["abstention"] > 0 and self.passages < 2:
            raise ValueError("passages must be at least 2 when shares.abstention is above 0")
        return self
