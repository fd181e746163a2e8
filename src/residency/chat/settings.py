"""Settings of the chat format, and of the compilation to tokens."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from residency.core.stage import Settings

FamilyName = Literal["auto", "harmony", "qwen3-thinking", "qwen3", "qwen3-instruct", "chatml", "template"]


class ChatSettings(Settings):
    """How messages become what the model reads, in training, evaluation and serving alike."""

    family: FamilyName = "auto"
    """The chat format; ``auto`` finds it by the tokenizer and proves it against the model's own template. ``template``
    renders by that template itself, proved on every row."""
    effort: Literal["low", "medium", "high"] = "medium"
    """The reasoning effort that stands in the system message of gpt-oss; other families have none."""
    date: str = ""
    """The date, as 2026-01-31, in the system message of gpt-oss; empty for none. Servers write the day's date unless
    told otherwise: serve with what was trained."""
    thinking: bool = True
    """Whether the model is asked to think, where its family leaves the choice (Qwen3 of April 2025). All that is
    trained on is then as it is asked: with a thought in each turn, or in none."""
    thought_tokens: int = Field(default=2048, ge=0)
    """Tokens that a thought may take when the model is asked, in evaluation, sampling and serving, beside those of its
    answer."""

    def problems(self) -> list[str]:
        try:
            right = not self.date or date.fromisoformat(self.date).isoformat() == self.date
        except ValueError:
            right = False
        return [] if right else [f"chat.date = {self.date!r} is no date: write it as 2026-01-31"]


class CompileSettings(Settings):
    """How conversations become rows of tokens and labels."""

    max_length: int = Field(default=4096, ge=64)
    """Tokens in a row at most, the thought included. A longer row loses passages that nothing cites, then its oldest
    exchanges; what is then still longer is refused and counted. Nothing that is to be learnt is cut. Evaluation leaves
    out items whose prompt alone is longer."""
