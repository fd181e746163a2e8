"""Settings of the follow-ups."""

from __future__ import annotations

from pathlib import Path

from residency.core.stage import Settings


class FollowupSettings(Settings):
    """How dialogues are asked, and what is asked beside them."""

    real: bool = True
    """Whether each dialogue is also asked with the model's own answers as its history, and not its ideal one alone. It
    takes as many answers again."""
    mt_bench: list[Path] = []
    """Files of two-turn questions in MT-Bench's shape (``question_id``, ``category``, ``turns``, ``reference``). The
    model of ``evaluate.judge`` rates their answers; without one they are asked, kept, and left without a score."""

    def input_files(self) -> list[Path]:
        return [*self.mt_bench]
