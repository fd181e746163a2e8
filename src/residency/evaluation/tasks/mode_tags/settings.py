"""Settings of the questions with a swapped or missing mode tag."""

from __future__ import annotations

from pydantic import Field

from residency.core.stage import Settings


class ModesSettings(Settings):
    """Whether it is measured what becomes of a mode whose tag is swapped or missing."""

    swapped: bool = False
    """Ask some questions with the tag of their own style's mode (exam for an MCQ, clinical for a patient's case), with
    the other's, and with none."""
    swapped_items: int = Field(default=24, ge=2)
    """Such questions at most, as many of each style as there can be; each is asked three times."""
