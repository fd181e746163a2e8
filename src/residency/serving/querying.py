"""What a question is searched for: its own words, and those of the turns that it leans on."""

from __future__ import annotations

from collections.abc import Sequence

from residency.core.records import Message
from residency.judging.dialogues.followup import leans

LONGEST = 2_000
"""Characters of a query: a case of more is searched for by its end, where the question stands."""
TURNS = 3
"""User's turns before it with which a follow-up is searched for."""


def search_query(messages: Sequence[Message]) -> str:
    """The query for the last user's turn. One that cannot be understood by itself is searched for with the user's turns
    before it, back to the first that can."""
    asked = [message["content"].strip() for message in messages if message["role"] == "user"]
    words = [asked[-1]]
    for earlier in reversed(asked[-1 - TURNS : -1]):
        if not leans(words[0]):
            break
        words.insert(0, earlier)
    return " ".join(words)[-LONGEST:]
