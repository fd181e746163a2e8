"""Settings of the data gate."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from residency.core.stage import Settings


class CorpusSettings(Settings):
    """Which files hold the question bank, and how it is divided."""

    files: list[Path] = Field(min_length=1)
    """The question bank: JSONL, JSON, CSV or Parquet files, relative to the recipe; MCQs, open questions and
    conversations."""
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
    near_duplicate_record: float = Field(default=0.35, ge=0.3, le=1)
    """The same for whole records (question, options or answer, rationale); at 0.35 about one word in six differs."""
    semantic_duplicate: float | None = Field(default=None, ge=0.5, le=1)
    """Similarity of meaning (cosine) from which two questions are reported as the same in other words; 0.8 is a start.
    None: meanings are not compared. Needs the extra ``semantic``, and a minute or two for 10,000 rows."""
    evaluation_files: list[Path] = []
    """Files with the items of public or own test sets: rows that hold one are rejected as contaminated."""
    decisions: Path | None = None
    """A review table (from ``residency check --fix``) in which a person has decided about rows."""
    privacy_engine: Literal["patterns", "presidio"] = "patterns"
    """What looks for personal data: our patterns alone, or Presidio beside them (slow; ``pip install
    "residency[privacy]"`` and a spaCy language model). What is found is flagged for review and never changed."""
    privacy_model: str | None = None
    """Presidio's spaCy model: a package's name or a folder; None takes the largest ``en_core_web`` that is installed,
    "none" looks for numbers without names."""
    map: dict[str, str] = {}
    """Names of the files' own fields for ours, as { question = "stem", answer = "gold" }."""
    max_rejected: float = Field(default=0.2, ge=0, le=1)
    """Share of rejected rows above which ``residency check`` calls the bank not fit to train on."""
    min_answer_chars: int = Field(default=2, ge=1)
    """Shorter answers of open questions are rejected."""
    max_chars: int = Field(default=20_000, ge=100)
    """Longer rows are rejected; a conversation's length is that of all its turns."""

    def input_files(self) -> list[Path]:
        return [*self.files, *self.evaluation_files, *([self.decisions] if self.decisions else [])]
