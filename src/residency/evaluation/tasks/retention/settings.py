"""Settings of what a model must not have forgotten."""

from __future__ import annotations

from pathlib import Path

from residency.core.stage import Settings


class RetentionSettings(Settings):
    """What general ability is measured on."""

    instructions: bool = True
    """Whether the general prompts are asked whose instructions code verifies."""
    mcqs: list[Path] = []
    """Files of general MCQs, in any shape that the exam axis reads."""

    def input_files(self) -> list[Path]:
        return [*self.mcqs]
