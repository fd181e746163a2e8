"""Settings of the exam questions."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from residency.core.stage import Settings


class ExamSettings(Settings):
    """Which MCQs are asked beside the bank's held-out ones, and in how many ways each."""

    files: list[Path] = []
    """Files or folders of MCQs from elsewhere (JSONL, JSON, CSV, Parquet) in the shapes of MedMCQA, MedQA, PubMedQA,
    MMLU or SurgiQ, told by their fields. ``max_items`` holds for each file by itself."""
    decontaminate: Literal["drop", "mark"] = "drop"
    """What happens to a file's item that a row of training holds: it is left out, or asked and marked as seen. Either
    way it is counted, and listed with the evidence."""
    permutations: int = Field(default=0, ge=0, le=8)
    """Further orders of the options in which each item is asked, its letters given anew; each costs as much as the
    order given. 2 or 3 are enough to tell a bias of position."""
    choices_only: Literal["no", "letters", "written"] = "letters"
    """Whether the options are asked without the question too: by the letters' likelihood (in writing of a model that
    thinks), or in writing of every model, as a server needs it."""
    samples: int = Field(default=1, ge=1, le=64)
    """Written answers to each item by a model that does not think; more than one differ only at an
    ``evaluate.temperature`` above 0."""
    thinking_samples: int = Field(default=4, ge=1, le=64)
    """Written answers to each item by a model that thinks, each with its thought: a single one says little."""

    def input_files(self) -> list[Path]:
        return self.files
