"""Which word of an opposed set a word is."""

from __future__ import annotations

import re
from functools import lru_cache

from residency.domain.surgery.opposites import OPPOSITES, PREFIXES, SEEMING


def _pattern(member: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{member})")


_SETS = [[_pattern(member) for member in entry.split()] for entry in OPPOSITES]


@lru_cache(maxsize=100_000)
def memberships(word: str) -> tuple[tuple[int, int], ...]:
    """The sets that a word stands in, each with its place there."""
    return tuple(
        (number, place) for number, members in enumerate(_SETS) for place, one in enumerate(members) if one.match(word)
    )


@lru_cache(maxsize=100_000)
def bare(word: str) -> str:
    """The word that ``word`` turns round by its beginning ("stable" for "unstable"); "" where it may be none."""
    if word in SEEMING:
        return ""
    for prefix in PREFIXES:
        if word.startswith(prefix) and len(word) - len(prefix) >= 4:
            return word[len(prefix) :]
    return ""
