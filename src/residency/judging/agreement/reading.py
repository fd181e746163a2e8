"""A text as the checks of agreement read it: sentences with the places of their words, figures and opposed words, and
with what they affirm and what they deny."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from residency.core.text import MARK, sentences
from residency.judging.agreement import denial
from residency.judging.agreement.clauses import TOKEN, Clause, clauses_of, known
from residency.judging.agreement.quantities import Quantity, quantities

LONGEST = 1500
"""Letters of a sentence that are read at once: what is longer is no sentence, and a model that repeats itself is not to
cost more than it says."""
MOST_PLACES = 4
"""Places of one word in a sentence that are kept."""
MOST_OPPOSED = 40
"""Words of opposed sets in a sentence that are kept."""

_REPLY = re.compile(r"^\W*(?:no|yes)[,.;:]\s+")
"""A reply to a question, which denies or affirms the question and not what follows."""


Opposed = tuple[int, int, str, int, str]
"""A word of an opposed set: the set, the member, the stem, the offset and the word itself."""


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence.

    ``words`` holds each content stem with its offset, in order, ``stems`` them all and ``places`` the offsets of each;
    ``forms`` the stem of each word; ``turned`` the words that may be another turned round, with that one;
    ``by_polarity`` the stems of its clauses by (denied, reserved); ``heads`` those of all clauses that deny;
    ``pointed`` the stems that a word such as "not" or "without" is aimed at, and that nothing else in the sentence
    affirms; ``under`` those of clauses that hang on one that denies ("does not show which organ is injured").
    """

    text: str
    words: tuple[tuple[str, int], ...]
    places: Mapping[str, Sequence[int]]
    stems: frozenset[str]
    forms: Mapping[str, str]
    quantities: tuple[Quantity, ...]
    opposed: tuple[Opposed, ...]
    turned: tuple[tuple[str, str], ...]
    clauses: tuple[Clause, ...]
    by_polarity: Mapping[tuple[bool, bool], frozenset[str]]
    heads: frozenset[str]
    pointed: frozenset[str]
    under: frozenset[str]


@lru_cache(maxsize=512)  # some 10 kB a sentence
def read_text(text: str) -> tuple[Said, ...]:
    """A text by sentences; what is longer than ``LONGEST`` by pieces of that length."""
    # What is said twice is read once.
    said = dict.fromkeys(sentences(text))
    return tuple(read_sentence(piece) for sentence in said for piece in _pieces(sentence))


def _pieces(sentence: str) -> list[str]:
    return [sentence[start : start + LONGEST] for start in range(0, len(sentence), LONGEST)]


@lru_cache(maxsize=4096)  # passages share sentences with what is joined of them
def read_sentence(sentence: str) -> Said:
    """One sentence, or the first ``LONGEST`` letters of it, without its citation marks."""
    text = _REPLY.sub("", MARK.sub(" ", sentence[:LONGEST]).lower().replace("’", "'"))
    figures = quantities(text)
    spans = [range(one.start, one.end) for one in figures]
    text = denial.PHRASES.sub(lambda match: denial.JOINED[match[0]].ljust(len(match[0])), text)
    words: list[tuple[str, int]] = []
    places: dict[str, list[int]] = {}
    forms: dict[str, str] = {}
    opposed: list[Opposed] = []
    turned: list[tuple[str, str]] = []
    for match in TOKEN.finditer(text):
        word, start = match[0], match.start()
        one = known(word)
        if one.stem:
            words.append((one.stem, start))
            at = places.setdefault(one.stem, [])
            if len(at) < MOST_PLACES:
                at.append(start)
            forms[word] = one.stem
            if one.bare:
                turned.append((word, one.bare))
        if one.opposed and len(opposed) < MOST_OPPOSED and not any(start in span for span in spans):
            opposed += [(number, member, one.stem or word, start, word) for number, member in one.opposed]
    clauses = () if denial.asks(text) else tuple(clauses_of(text))
    by_polarity = {
        state: _union(one.stems for one in clauses if (one.denied, one.reserved) == state) for state in _STATES
    }
    affirmed = by_polarity[False, False] | by_polarity[False, True]
    aims = _union(one.stems if one.aside else one.aims for one in clauses if not one.reserved)
    hanging = (
        one.stems for before, one in pairwise(clauses) if before.denied and not one.denied and one.first in denial.BEGIN
    )
    return Said(
        text,
        tuple(words),
        places,
        frozenset(places),
        forms,
        _without_repeats(figures),
        tuple(opposed),
        tuple(turned),
        clauses,
        by_polarity,
        _union(one.heads for one in clauses),
        aims - affirmed,
        _union(hanging),
    )


_STATES = [(denied, reserved) for denied in (False, True) for reserved in (False, True)]


def _union(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset[str]().union(*sets)


def _without_repeats(figures: Sequence[Quantity]) -> tuple[Quantity, ...]:
    """The figures, each at most ``MOST_PLACES`` times."""
    seen: Counter[object] = Counter()
    kept = []
    for one in figures:
        key = (one.text, one.kind, one.size, one.bound)
        seen[key] += 1
        if seen[key] <= MOST_PLACES:
            kept.append(one)
    return tuple(kept)
