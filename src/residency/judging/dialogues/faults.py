"""What a verifier finds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: ``reason`` is a short fixed name for counting (those of one skill stand in its module's
    docstring), ``says`` one line for people."""

    reason: str
    says: str
