"""What of a passage is searched."""

from __future__ import annotations

from residency.core.records import Passage


def searched_text(passage: Passage) -> str:
    """Title, section and text, each once: a passage from the middle of a document often does not name what it is
    about, and its heading does."""
    parts: list[str] = []
    for part in (passage["title"].strip(), passage["section"].strip(), passage["text"]):
        if part and part not in parts:
            parts.append(part)
    return ". ".join(parts)
