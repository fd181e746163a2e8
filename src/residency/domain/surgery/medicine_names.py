"""Finds the medicines that a text names, by every name that the tables of this specialty know.

Reviewed 2026-11; not for clinical use.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a text: its place and the name as the table holds it."""

    start: int
    end: int
    name: str


class Names:
    """Names to look for, in lower case; a space in a name may be a hyphen in the text, and the longest name wins."""

    def __init__(self, names: Iterable[str]) -> None:
        self._by_first: dict[str, list[tuple[re.Pattern[str], str]]] = {}
        for name in sorted(set(names), key=lambda one: (-len(one), one)):
            pattern = re.compile(re.escape(name).replace(r"\ ", "[ -]") + r"(?![\w-]*\w)")
            self._by_first.setdefault(re.split(r"[^a-z0-9]", name)[0], []).append((pattern, name))
        self._token = re.compile(r"(?<![\w-])[a-z0-9]+")

    def find(self, low: str) -> list[Mention]:
        """Every mention in a lower-case text, in order, none inside another."""
        found: list[Mention] = []
        end = 0
        for token in self._token.finditer(low):
            if token.start() < end:
                continue
            for pattern, name in self._by_first.get(token[0], ()):
                if match := pattern.match(low, token.start()):
                    end = match.end()
                    found.append(Mention(token.start(), end, name))
                    break
        return found
