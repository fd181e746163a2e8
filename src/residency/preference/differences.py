"""Where the two sides of a pair differ, and by what: the parts of both texts without what they share around them."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable

from residency.core.text import words


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
