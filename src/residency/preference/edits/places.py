"""What every operator on a text asks of a place: its sentence, whether that sentence stands for what is so, and an
edit that leaves the words around it grammatical."""

from __future__ import annotations

import random
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from residency.core.text import MARK, sentences
from residency.preference.edits.edit import Edit, Severity

MOST = 6
"""The most changes that are proposed for one place."""
_DENIES = re.compile(
    r"\b(?:not|no|nothing|never|nor|neither|none|cannot|without|except|avoid\w*|contra-?indicat\w*|instead|"
    r"rather than|than|"
    r"wrong\w*|useless|unnecessar\w*|needless\w*|too|enough|would|could|exceed\w*|wast\w+|ignor\w+|unsafe|inadequate|"
    r"los(?:e|es|ing)|leav(?:es?|ing)|lets?|letting|miss(?:es)?|waiting|delay(?:s|ed|ing)?|postpon\w+|belongs?|"
    r"danger\w*|hazard\w*|merely|substitute|obsolete|outdated|however|although|unlike|whereas|mistake\w*|misread\w*|"
    r"invents?|doubl\w+|times the|well beyond|stops? short|seldom|rarely|unlikely|alone|fail\w*|n't)\b|n['’]t\b"
)
_CLAUSES = re.compile(
    r"[;:]|, (?:and|but|because|since|so|which|while|when|where|whereas|as|with|although|though)\b|\bbecause\b|"
    r"\bsince\b"
)
_PARDONED = re.compile(
    r"\b(?:unless|if|when|where|not) (?:\w+ ){0,2}contra-?indicated\b|\bwithout waiting\b|"
    r"\bno (?:longer )?more than\b|\b(?:more|less|fewer|"
    r"greater|higher|lower|later|earlier|longer) than\b(?! (?:a|an|the|with|one|"
    r"in|after|before|from)\b)|\bsoon enough\b|\bwithout delay\b|\b(?:is|are) enough\b|\bshould not exceed\b|"
    r"\bmust not "
    r"exceed\b|\bnot normally exceed\b|\bexceeds? (?=\d)"
)
_TOLD = re.compile(
    r"\b(?:stud(?:y|ies|ied)|trials?|research\w*|surveys?|formerly|in the past|history|histor\w+|discover\w*|invented|"
    r"experiment\w*|animals?|mice|rats|hypothes\w+|theor\w+|previously|once thought|used to|approximate number of|"
    r"phenotype ontology)\b"
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, its place in the text, and its lower case, of the same length."""

    start: int
    end: int
    text: str
    low: str

    def doubt(self, place: int) -> str:
        """Why nothing may be changed at a place of the text: the clause denies or compares, or the sentence tells of
        studies or of the past; else nothing."""
        return _doubt(self.low, place - self.start)


@lru_cache(maxsize=4096)
def _doubt(low: str, place: int) -> str:
    edges = [0, *(found.start() for found in _CLAUSES.finditer(low)), len(low)]
    start = max(edge for edge in edges if edge <= max(place, 0))
    end = min(edge for edge in edges if edge > place or edge == len(low))
    if _DENIES.search(_PARDONED.sub(" ", low[start:end])):
        return "the clause denies, compares or speaks of a mistake"
    return "the sentence tells of studies or of the past" if _TOLD.search(low) else ""


@lru_cache(maxsize=64)
def lowered(text: str) -> str:
    """Lower case, letter for letter, so that places hold in both."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(one if len(one.lower()) != 1 else one.lower() for one in text)


@lru_cache(maxsize=64)
def spans(text: str) -> tuple[Sentence, ...]:
    """The sentences of a text, in order."""
    low = lowered(text)
    found, at = [], 0
    for sentence in sentences(text):
        start = text.index(sentence, at)
        at = start + len(sentence)
        found.append(Sentence(start, at, sentence, low[start:at]))
    return tuple(found)


def sentence_at(text: str, place: int) -> Sentence:
    """The sentence around a place (the whole text where none is)."""
    found = spans(text)
    at = bisect_right(found, place, key=lambda one: one.start) - 1
    if at >= 0 and place < found[at].end:
        return found[at]
    return Sentence(0, len(text), text, lowered(text))


def in_mark(text: str, start: int, end: int) -> bool:
    """Whether a place touches a citation mark."""
    near = max(0, start - 30)
    return any(
        found.start() + near < end and start < found.end() + near for found in MARK.finditer(text[near : end + 30])
    )


def few(afters: Sequence[str], rng: random.Random, most: int = MOST) -> list[str]:
    """All of ``afters``, or ``most`` of them drawn."""
    kept = list(dict.fromkeys(afters))
    return kept if len(kept) <= most else rng.sample(kept, most)


_SMALL = frozenset(" abcdefghijklmnopqrstuvwxyz-")
_ARTICLE = re.compile(r"\b(an?) $", re.IGNORECASE)
_AN = re.compile(
    r"(?:[aeiou](?!ni[a-z]|u|ne\b|nce\b|se)|un(?!i)|8|11\b|18\b|(?:LMWH|NSAID|SSRI|MRI|HMG|FFP)\b)", re.IGNORECASE
)


def takes_an(words: str) -> bool:
    """Whether the indefinite article before ``words`` is "an"."""
    return _AN.match(words) is not None


def put(
    text: str,
    start: int,
    end: int,
    after: str,
    *,
    kind: str,
    severity: Severity,
    why: str,
    direction: str = "",
    proper: bool = False,
) -> Edit:
    """The edit that puts ``after`` at a place, with the capital that stood there (unless what stood there is a
    proper name, which has one anywhere) and the article that goes with it."""
    before = text[start:end]
    if not proper and before[:1].isupper() and before[1:2] in _SMALL and after[:1].islower():
        after = after[0].upper() + after[1:]
    article = _ARTICLE.search(text[max(0, start - 3) : start])
    if article and takes_an(before) != takes_an(after):
        said = "an" if takes_an(after) else "a"
        said = said.capitalize() if article[1][0] == "A" else said
        start -= len(article[0])
        before, after = text[start:end], f"{said} {after}"
    return Edit(kind, direction, start, end, before, after, severity, why)


def named(term: str) -> str:
    """A term as a sentence begins with it."""
    return term[:1].upper() + term[1:]
