"""The names of the ways in which a dialogue is asked."""

from __future__ import annotations

REAL = "real"
"""The user's turns one after another, with the model's own answers between."""


def turn_key(place: int) -> str:
    """The ask for the message at ``place`` after its ideal history, by the number of the assistant's turn."""
    return f"turn-{(place + 1) // 2}"
