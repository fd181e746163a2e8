"""Strings at which an answer ends, found while it is still written."""

from __future__ import annotations

from collections.abc import Sequence


class Stops:
    """Strings at which a text ends, without them."""

    def __init__(self, stops: Sequence[str]) -> None:
        self._stops = [stop for stop in stops if stop]

    def end(self, text: str) -> int | None:
        """Where the text ends; None where it holds none of the strings."""
        return min((place for stop in self._stops if (place := text.find(stop)) >= 0), default=None)

    def settled(self, text: str) -> str:
        """The text without what may be the beginning of one of the strings."""
        longest = max(
            (size for stop in self._stops for size in range(1, len(stop)) if text.endswith(stop[:size])), default=0
        )
        return text[: len(text) - longest]
