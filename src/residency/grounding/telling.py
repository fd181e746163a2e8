"""Passages that do not support a gold answer and yet tell a part of it, so that "the passages do not say" would be
untrue over them.

Support is asked of whole statements: a list that names the drug and its time in passing supports none, and a rule for
one of two groups supports no sentence about both. Here one shared detail too many is enough.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from residency.core.records import Passage
from residency.core.text import content_stems, sentences, words

LIKE_CLAIM = 0.4  # the share, by rarity, of what a claim says beyond the question from which a sentence tells of it
LIKE_QUESTION = 0.4  # the share of a question that is answered by yes or no from which a sentence bears on it
LEAST_SHARED = 2  # stems
LEAST_CLAUSE = 3  # stems

_JOINS = re.compile(r";\s+|,\s+(?:but|while|whereas|because|since)\s+|,?\s+and\s+")

_YES_OR_NO = re.compile(
    r"(?:is|are|was|were|should|does|do|did|can|may|must|would|will|has|have|need)\b", re.IGNORECASE
)
_FIGURE = re.compile(r"(\d+(?:\.\d+)?)[ -]?(mm|cm|mg|g|mL|ml|mmol/L|g/L|mg/L|kg|%)(?![\w/])")

Rarity = Callable[[str], float]


def nearly_tells(question: str, claims: Sequence[str], passage: Passage, rarity: Rarity) -> bool:
    """Whether a passage tells a part of what ``claims`` say, or says something of the very case that is asked about."""
    return tells_of(question, claims, passage, rarity) or _bears_on_case(question, passage, rarity)


def clauses(claim: str) -> list[str]:
    """The parts of a claim that joins several: each may be told without the others."""
    parts = [part.strip(" ,.") for part in _JOINS.split(claim)]
    return [part for part in parts if len(set(content_stems(part))) >= LEAST_CLAUSE] if len(parts) > 1 else []


def tells_of(question: str, claims: Sequence[str], passage: Passage, rarity: Rarity) -> bool:
    """Whether a sentence holds several details of a claim that the question does not give away, and has to do with the
    question at all."""
    asked = set(content_stems(question))
    heading = set(content_stems(passage["title"]))
    held = [stems for _, stems in _pieces(passage["text"])]
    for claim in claims:
        beyond = {stem: weight for stem, weight in _weights(claim, rarity).items() if stem not in asked}
        least = LIKE_CLAIM * sum(beyond.values())
        for stems in held:
            shared = stems & set(beyond)
            if len(shared) < LEAST_SHARED or not asked & (stems | heading):
                continue
            if sum(beyond[stem] for stem in shared) >= least:
                return True
    return False


def _bears_on_case(question: str, passage: Passage, rarity: Rarity) -> bool:
    """Whether a sentence speaks of the question's own figure, or of so much of a question for yes or no that it may be
    read as the reply."""
    asked = sentences(question)[-1] if question.strip() else ""
    weights = _weights(asked, rarity) if _YES_OR_NO.match(asked) else {}
    total, whole, figures = sum(weights.values()), set(content_stems(question)), set(_FIGURE.findall(question))
    heading = set(content_stems(passage["title"]))
    for piece, stems in _pieces(passage["text"]):
        if figures & set(_FIGURE.findall(piece)) and len(whole & stems) > LEAST_SHARED:
            return True
        if len(set(weights) & stems) >= LEAST_SHARED:
            shared = sum(weight for stem, weight in weights.items() if stem in stems | heading)
            if shared >= LIKE_QUESTION * total:
                return True
    return False


@lru_cache(maxsize=2_048)
def _pieces(text: str) -> tuple[tuple[str, frozenset[str]], ...]:
    """The sentences of a text, each with its stems."""
    return tuple((piece, frozenset(content_stems(piece))) for piece in sentences(text))


def _weights(text: str, rarity: Rarity) -> dict[str, float]:
    return {stem: rarity(word) for word in words(text) for stem in content_stems(word)}
