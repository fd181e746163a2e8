"""What the audit reads of a preference pair, whoever made it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Compared:
    """One prompt with its two answers. ``type``, ``direction``, ``topic`` and ``mode`` are empty where the file names
    none; ``parents`` are the records that it was made from, ``origin`` is file:line."""

    prompt: str
    chosen: str
    rejected: str
    type: str = ""
    direction: str = ""
    topic: str = ""
    mode: str = ""
    parents: tuple[str, ...] = ()
    origin: str = ""
