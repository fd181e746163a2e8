"""Settings of the data gate."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from residency.core.stage import Settings


class CorpusSettings(Settings):
    """Which files hold the question bank, and how it is divided."""

    files: list[Path] = Field(min_length=1)
    """The question bank: JSONL, JSON, CSV or Parquet files, relative to the recipe."""
    limit: int | None = Field(default=None, ge=1)
    """Take only this many rows, drawn by seed from all of them; None takes every row."""
    source: str = "unknown"
    """The source of rows that name none (human, synthetic, ...)."""
    licence: str = "unknown"
    """The licence of rows that name none."""
    topic: str = "general"
    """The topic of rows that name none."""
    dev_share: float = Field(default=0.1, ge=0, lt=1)
    """Share of the kept rows for the dev set."""
    test_share: float = Field(default=0.2, ge=0, lt=1)
    """Share of the kept rows for the stratified test set."""
    held_out_topics: list[str] = []
    """Topics never trained on; they make a test set of their own."""
    near_duplicate: float = Field(default=0.8, gt=0, le=1)
    """Jaccard similarity of word 3-grams from which two questions share a cluster, hence a split."""
    min_answer_chars: int = Field(default=2, ge=1)
    """Shorter answers are rejected."""
    max_chars: int = Field(default=20_000, ge=100)
    """Longer rows are rejected."""

    def input_files(self) -> list[Path]:
        return self.files
