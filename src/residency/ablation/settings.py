"""Settings of the ablations."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from residency.core.stage import Settings


class AblateSettings(Settings):
    """Small trainings that answer questions before the expensive one. No stage reads this section."""

    questions: list[str] = []
    """The questions to answer: ``dialogues``, ``preference``, ``modes``, ``grounding``, ``bases``; empty for all."""
    own: list[Path] = []
    """Files of further questions, of the user's own."""
    proxies: list[str] = Field(default=["embedded"], min_length=1)
    """The small models that are trained: names or folders, as ``model.name`` takes them. With two, the report says
    whether they rank the arms alike."""
    seeds: int = Field(default=3, ge=1, le=20)
    """Trainings of each arm, which differ in what is drawn and in what order it is learnt."""
    rows: int | None = Field(default=6000, ge=50)
    """Rows of the bank that an ablation works with at most, drawn by seed; None takes all that are not held out."""
    test_share: float = Field(default=0.25, gt=0, lt=0.8)
    """Share of these rows that the arms are measured on. The recipe's own test rows are never asked: what is chosen
    here would otherwise have been chosen on them."""
    examples: int = Field(default=600, ge=20)
    """Training examples of an arm."""
    knowledge: int = Field(default=200, ge=0)
    """Train questions that the base model is asked before any training, so that it is known what it knew: the value of
    ``knowledge.questions`` where the recipe's own is 0. 0 leaves it at that, and a quick run does."""
    max_items: int | None = Field(default=100, ge=4)
    """Items of each axis that every arm is asked, at most."""
    max_new_tokens: int = Field(default=112, ge=16)
    """Tokens of an answer at most."""
    batch_size: int = Field(default=64, ge=1)
    """Answers written at once: small models write twice as many in little more time."""
    candidates: list[str] = ["openai/gpt-oss-20b", "Qwen/Qwen3-30B-A3B-Thinking-2507"]
    """The large models that the last question plans for."""
    pilot_steps: int = Field(default=40, ge=1)
    """Optimiser steps of a pilot on a candidate, where one is asked for."""
    confidence: float = Field(default=0.95, gt=0.5, lt=1)
    """Level of every interval, and of a question's comparisons together (Holm)."""

    def input_files(self) -> list[Path]:
        return self.own

    def quick(self) -> AblateSettings:
        """What a quick run has: one training of each arm, of few examples, asked few items."""
        least = {"seeds": 1, "examples": min(self.examples, 200), "max_items": min(self.max_items or 40, 40)}
        return self.model_copy(update=least | {"max_new_tokens": min(self.max_new_tokens, 96), "knowledge": 0})
