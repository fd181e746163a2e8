"""The support checker: does this passage support this sentence?

Two layers. Every number in the sentence must stand in the passage; and the passage must hold a share of
the sentence's content words (their stems) of at least ``threshold``. It reads words, not meanings: a
negation it does not see. The figures that it reaches stand in ``docs/support-checker.md``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from residency.core.text import MARK, content_stems, numbers

THRESHOLD = 0.55
LEAST_STEMS = 2


@dataclass(frozen=True)
class Support:
    """A verdict: whether the text supports the sentence, the share of its content words found there,
    and the reason where it does not."""

    supported: bool
    overlap: float
    reason: str


def support(text: str, sentence: str, threshold: float = THRESHOLD, given: str = "") -> Support:
    """Hold ``sentence`` against ``text``.

    Args:
        text: a passage, or several joined.
        sentence: one claim; ``[n]`` marks in it are ignored.
        threshold: least share of the sentence's distinct content stems that ``text`` must hold.
        given: the question; its numbers may be repeated although the passage does not hold them.
    """
    claim = MARK.sub(" ", sentence)
    stems = set(content_stems(claim))
    if len(stems) < LEAST_STEMS:
        return Support(False, 0.0, "the sentence claims too little to check")
    held, figures = _held(text)
    overlap = len(stems & held) / len(stems)
    missing = set(numbers(claim)) - figures - set(numbers(given))
    if missing:
        return Support(False, overlap, f"the text has no {', '.join(sorted(missing))}")
    if overlap < threshold:
        return Support(False, overlap, f"the text holds {overlap:.0%} of its words")
    return Support(True, overlap, "")


@lru_cache(maxsize=2048)  # one passage is held against many sentences
def _held(text: str) -> tuple[frozenset[str], frozenset[str]]:
    return frozenset(content_stems(text)), frozenset(numbers(text))
