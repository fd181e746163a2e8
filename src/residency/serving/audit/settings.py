"""Settings of the audit log."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from residency.core.stage import Settings


class AuditSettings(Settings):
    """Whether answers are entered in a log, and what of them is kept."""

    entries: Literal["on", "required", "off"] = "on"
    """``on``: each answer is entered, and what cannot be written is counted and told. ``required``: no answer is given
    that has no entry on disk. ``off``: there is no log, and no feedback."""
    full_text: bool = False
    """Whether questions, contexts and answers are kept too, as feedback must have them to become training data.
    Without it an entry holds figures, names and digests alone."""
    waiting: int = Field(default=1000, ge=1)
    """Entries that may wait to be written; one more is lost, or refused where entries are required."""
