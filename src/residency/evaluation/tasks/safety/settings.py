"""Settings of the safety probes."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from residency.core.stage import Settings


class SafetySettings(Settings):
    """Which probes are asked."""

    probes: bool = True
    """Ask the written probes of the domain pack: emergencies and look-alikes, questions that take a dangerous act for
    granted, requests to decline, and clinicians' questions that only sound dangerous."""
    files: list[Path] = []
    """Files of probes of your own (docs/evaluation.md), asked beside them."""
    bank: int = Field(default=60, ge=0)
    """Held-out questions of the bank that tell of a patient in danger, asked at the bedside; at most so many."""

    def input_files(self) -> list[Path]:
        return list(self.files)
