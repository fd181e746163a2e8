"""Settings of the open questions, ``[evaluate.open]``."""

from __future__ import annotations

from pathlib import Path

from residency.core.stage import Settings


class OpenSettings(Settings):
    """What open answers are held against beside the bank's own reference answers."""

    rubrics: list[Path] = []
    """Files of questions with rubrics, in HealthBench's shape (``prompt``, ``rubrics``, ``example_tags``) or ours,
    whose criteria may say how rules decide them (``check``); docs/evaluation.md describes both."""
    judge_all: bool = False
    """Whether the judge model of ``evaluate.judge`` decides every criterion; otherwise only what rules cannot."""
    closeness: bool = False
    """Whether the closeness of each answer to its reference in meaning is measured too, by MiniLM (the extra
    ``semantic``). Of the graders without a judge it agrees best with people (docs/evaluation.md)."""

    def input_files(self) -> list[Path]:
        return list(self.rubrics)
