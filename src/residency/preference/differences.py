"""Where the two sides of a pair differ, and by what: as texts without what they share around it, and in numbers."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Sequence

from residency.core.records import Pair
from residency.core.text import words

MOST = 3
"""The most that a token counts for in one pair: no others could make up for a table that says "present" forty times."""
Vector = list[tuple[int, float]]
"""What differs, each by its number, and by how much: above 0 where chosen has more of it."""


def differing(chosen: str, rejected: str, margin: int = 0) -> tuple[str, str]:
    """The two texts without their common beginning and end, cut at white space and widened by ``margin`` characters.

    What is counted of words (``margin`` 0) or of runs of n characters (``margin`` n - 1) differs between these parts by
    as much as between the texts.
    """
    shorter = min(len(chosen), len(rejected))
    start = _common(shorter, lambda size: chosen[:size] == rejected[:size])
    end = _common(shorter - start, lambda size: chosen[len(chosen) - size :] == rejected[len(rejected) - size :])
    while start and not chosen[start - 1].isspace():
        start -= 1
    while end and not chosen[-end].isspace():
        end -= 1
    start, end = max(0, start - margin), max(0, end - margin)
    return chosen[start : len(chosen) - end], rejected[start : len(rejected) - end]


def _common(most: int, equal: Callable[[int], bool]) -> int:
    """The largest size up to ``most`` at which ``equal`` holds; it holds at 0 and at all sizes below that one."""
    return bisect_left(range(1, most + 1), True, key=lambda size: not equal(size))


def signed_counts(chosen: str, rejected: str) -> dict[str, int]:
    """How much oftener each word, number and mark stands in ``chosen`` than in ``rejected``; what stands as often is
    left out. Marks are all characters but letters, digits and blanks; capitals and line ends are counted too."""
    sides = differing(chosen, rejected)
    found = _tokens(sides[0])
    found.subtract(_tokens(sides[1]))
    return {token: count for token, count in found.items() if count}


def _tokens(text: str) -> Counter[str]:
    found = Counter(words(text))
    found.update(char for char in text if not char.isalnum() and (not char.isspace() or char == "\n"))
    found["(a capital)"] = sum(map(str.isupper, text))
    return found


def vectors_of(rows: Sequence[Pair]) -> list[Vector]:
    """For each pair of one type its signed values: words, numbers and marks, lengths and, where the type has two
    directions, its direction."""
    numbers: dict[str, int] = {}
    directions = sorted({found for pair in rows if (found := str(pair["edit"].get("direction") or ""))})
    sides = [differing(pair["chosen"], pair["rejected"]) for pair in rows]
    lengths = {
        "characters": [len(chosen) - len(rejected) for chosen, rejected in sides],
        "words": [len(words(chosen)) - len(words(rejected)) for chosen, rejected in sides],
    }
    usual = {name: sum(map(abs, more)) / max(1, sum(map(bool, more))) for name, more in lengths.items()}
    made: list[Vector] = []
    for place, pair in enumerate(rows):
        values: dict[str, float] = {
            f"token {token}": max(-MOST, min(MOST, count))
            for token, count in signed_counts(pair["chosen"], pair["rejected"]).items()
        }
        for name, more in lengths.items():
            values |= _sizes(name, more[place], usual[name])
        if len(directions) == 2 and (direction := str(pair["edit"].get("direction") or "")):
            values["direction"] = 1 if direction == directions[0] else -1
        made.append([(numbers.setdefault(name, len(numbers)), value) for name, value in values.items()])
    return made


def _sizes(name: str, more: int, usual: float) -> dict[str, float]:
    """A difference in length: its sign, overall and among those of about its size, and the difference itself, the
    ``usual`` one being 1."""
    if not more:
        return {}
    sign = math.copysign(1, more)
    return {f"{name} sign": sign, f"{name} {abs(more).bit_length()}": sign, f"{name} sum": more / usual}
