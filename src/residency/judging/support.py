"""The support checker: does this passage support this sentence?

Every number of the sentence must stand in the passage, and the passage must hold a share of the sentence's content
words (their stems) of at least ``threshold``. Where it does, what the sentence says must agree with the place of the
passage that is most like it: the figures with their units, what is denied and affirmed, sides and other opposites
(:mod:`residency.judging.agreement`). It reads words, not meaning: what it reaches and misses stands in
``docs/support-checker.md``. :mod:`residency.judging.checker` has further layers that models decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from residency.core.text import MARK, content_stems, normalise, numbers, sentences
from residency.judging.agreement.compare import disagreement
from residency.judging.agreement.reading import read_sentence, read_text

THRESHOLD = 0.55
LEAST_STEMS = 2

Layer = Literal["", "length", "numbers", "words", "figures", "denial", "opposites", "embeddings", "entailment", "judge"]


@dataclass(frozen=True)
class Support:
    """A verdict: whether the text supports the sentence, the share of its content words found there, and the reason and
    the layer that refused it where it does not."""

    supported: bool
    overlap: float
    reason: str
    layer: Layer = ""


def support(text: str, sentence: str, threshold: float = THRESHOLD, given: str = "") -> Support:
    """Hold ``sentence`` against ``text``.

    Args:
        text: a passage, or several joined.
        sentence: one claim; ``[n]`` marks in it are ignored.
        threshold: least share of the sentence's distinct content stems that ``text`` must hold.
        given: the question; its numbers and sides may be repeated although the passage does not hold them.
    """
    stems, claimed = _claim(sentence)
    if len(stems) < LEAST_STEMS:
        return Support(False, 0.0, "the sentence claims too little to check", "length")
    held, figures = _held(text)
    overlap = len(stems & held) / len(stems)
    missing = claimed - figures
    if missing and (missing := missing - set(numbers(given))):
        return Support(False, overlap, f"the text has no {', '.join(sorted(missing))}", "numbers")
    if overlap < threshold:
        return Support(False, overlap, f"the text holds {overlap:.0%} of its words", "words")
    if overlap == 1 and _plain(sentence) in _sentences(text):
        return Support(True, overlap, "")
    found = disagreement(read_sentence(sentence), read_text(text), given)
    if found is not None:
        layer, reason = found
        return Support(False, overlap, reason, layer)
    return Support(True, overlap, "")


@lru_cache(maxsize=4096)  # one sentence is held against many passages
def _claim(sentence: str) -> tuple[frozenset[str], frozenset[str]]:
    claim = MARK.sub(" ", sentence)
    return frozenset(content_stems(claim)), frozenset(numbers(claim))


@lru_cache(maxsize=2048)  # one passage is held against many sentences
def _held(text: str) -> tuple[frozenset[str], frozenset[str]]:
    return frozenset(content_stems(text)), frozenset(numbers(text))


@lru_cache(maxsize=4096)
def _plain(sentence: str) -> str:
    return normalise(MARK.sub(" ", sentence)).rstrip(". ")


@lru_cache(maxsize=2048)
def _sentences(text: str) -> frozenset[str]:
    """The text's sentences as they stand: one of them is supported without a look at what it says."""
    return frozenset(map(_plain, sentences(text)))
