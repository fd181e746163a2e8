"""Rows that answer the same question in ways that cannot both be right.

Certain: one stem with the same options in any order, and keys with different texts. Likely: one stem where a key
of one row is an option of the other and not its key, or two answers of which one says yes and the other no, or two
sentences that are the same but for a "not" or but for a figure. Possible: answers that give one figure each in the
same unit, and not the same. Figures are compared as ranges after conversion ("1 g" is "1,000 mg", "up to 24 hours"
holds "12 hours"); where a wording is open, the range is wide and nothing is said. What follows the same turns of a
user, and what is asked in the course of a conversation, is a step less sure.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from residency.core.text import content_stems, normalise, sentences, words
from residency.corpus.bank.askings import Within
from residency.corpus.bank.quantities import Quantity, differ, quantities

Row = Mapping[str, Any]
"""A question and its answer as :class:`~residency.core.records.Question` has them: ``origin``, ``question``, ``answer``
and ``options``. Of a conversation, which has several, also the row's ``place`` and where it stands ``within``."""
Sure = Literal["certain", "likely", "possible"]

READ = 1_000  # rows of one question that are read
COMPARED = 12  # different answers of one question that are compared with each other; further ones are counted
LONG = 120  # words above which an answer says so much that its figures are compared by sentence alone
SENTENCES = 20  # sentences of an answer that are compared
SHORT, RUN_ON = 2, 30  # content words that a sentence must have to be compared, and may have
NEARLY = 0.8  # Jaccard similarity of two sentences' content words from which their figures are compared
TELLING = 3  # content words of a stem from which it asks one thing whatever its options are

NEGATIONS = frozenset(
    "not no never without neither nor cannot don't doesn't didn't isn't aren't wasn't weren't won't shouldn't "
    "mustn't can't couldn't wouldn't needn't hasn't haven't".split()
)
OPPOSITES = (
    "indicated/contraindicated safe/unsafe increases/decreases increased/decreased raises/lowers raised/lowered "
    "benign/malignant reversible/irreversible"
)
_OPPOSITE_STEMS = frozenset(frozenset(content_stems(pair.replace("/", " "))) for pair in OPPOSITES.split())
_OPPOSITE_WORDS = frozenset(stem for pair in _OPPOSITE_STEMS for stem in pair)
_BEST = re.compile(
    r"\b(?:most|least|best|first|main|major|next|preferred|choice|(?:common|earli|great|high|low|larg|safe|like?li)e?st)\b",
    re.I,
)
_YES_NO = re.compile(r"\W*(yes|no)\s*[,.;:—–-]", re.I)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two rows or exchanges, by position, their origins and answers as texts, why they clash, and how sure that is."""

    one: int
    other: int
    origins: tuple[str, str]
    answers: tuple[str, str]
    why: str
    sure: Sure


class Contradictions(NamedTuple):
    """What was found, surest first; how many ``groups`` had two answers or more, and how many further answers of
    crowded groups were not ``compared`` (of groups of more than :data:`READ` rows also how many rows were not read)."""

    found: list[Contradiction]
    groups: int
    not_compared: int


class _Sentence(NamedTuple):
    """A sentence; its content stems without figures and negations, and how many they are with repeats; how many
    negations it has, whether it has one of :data:`OPPOSITES`, and its figures."""

    text: str
    stems: frozenset[str]
    length: int
    denials: int
    opposites: bool
    figures: dict[str, Quantity]


@dataclass(frozen=True)
class _Said:
    """What a row says, taken apart once."""

    place: int
    row: int
    within: Within
    origin: str
    question: tuple[str, ...]
    options: tuple[str, ...]
    answer: str

    @cached_property
    def sentences(self) -> list[_Sentence]:
        found = (_sentence(text) for text in sentences(self.answer)[:SENTENCES])
        return [sentence for sentence in found if SHORT <= len(sentence.stems) <= RUN_ON]


def contradictions(
    keys: NDArray[np.uint64], fetch: Callable[[int], Row], meant: Iterable[tuple[int, int]] = ()
) -> Contradictions:
    """Rows that ask the same and answer otherwise.

    Args:
        keys: a number for each row, shape (rows,); rows with equal numbers are compared. The hash of the normalised
            question finds the same stems. A near-duplicate's cluster may be given as well: rows whose questions
            differ by words that do not change what is asked are then compared too, and are a step less sure.
        fetch: gives the row at a position.
        meant: pairs of rows whose questions say the same in other words; they are compared too, a step less sure.
    """
    found: list[Contradiction] = []
    groups = not_compared = 0
    for places in _groups(keys):
        rows, further = _distinct(places[:READ], fetch)
        groups += len(rows) > 1
        not_compared += further + len(places[READ:])
        for one, other in combinations(rows, 2):
            if clash := _clash(one, other):
                found.append(_contradiction(one, other, *clash))
    for pair in meant:
        mine, theirs = (_said(place, fetch(place)) for place in pair)
        if mine and theirs and (clash := _meant_clash(mine, theirs)):
            groups += 1
            found.append(_contradiction(mine, theirs, *clash))
    order: list[Sure] = ["certain", "likely", "possible"]
    found.sort(key=lambda entry: (order.index(entry.sure), entry.one, entry.other))
    return Contradictions(found, groups, not_compared)


def _contradiction(one: _Said, other: _Said, why: str, sure: Sure) -> Contradiction:
    return Contradiction(one.place, other.place, (one.origin, other.origin), (one.answer, other.answer), why, sure)


def _groups(keys: NDArray[np.uint64]) -> Iterator[list[int]]:
    """The positions of rows that share a key, in order, for each key of two rows or more."""
    order = np.argsort(keys, kind="stable")
    ranked = keys[order]
    begins = np.flatnonzero(np.concatenate([np.ones(min(len(keys), 1), np.bool_), ranked[1:] != ranked[:-1]]))
    ends = np.append(begins[1:], len(keys))
    for begin in np.flatnonzero(ends - begins > 1).tolist():
        yield order[begins[begin] : ends[begin]].tolist()


def _distinct(places: Sequence[int], fetch: Callable[[int], Row]) -> tuple[list[_Said], int]:
    """The first rows of a group whose answer, with its options, no earlier one gives, and how many further ones there
    are."""
    found: list[_Said] = []
    seen: set[int] = set()
    for place in places:
        if (said := _said(place, fetch(place))) is not None:
            answer = hash((said.options, normalise(said.answer)))  # a text that is not compared is not held
            if answer not in seen and len(found) < COMPARED:
                found.append(said)
            seen.add(answer)
    return found, len(seen) - len(found)


def _said(place: int, row: Row) -> _Said | None:
    """None when the row has no answer, or a key that names no option."""
    options = row.get("options") or {}
    answer = options.get(row.get("answer")) if options else row.get("answer")
    question = row.get("question")
    if not isinstance(answer, str) or not answer.strip() or not isinstance(question, str):
        return None
    texts = tuple(sorted(normalise(str(text)) for text in options.values()))
    within: Within = row.get("within", "")
    return _Said(
        place, row.get("place", place), within, str(row.get("origin", "")), tuple(words(question)), texts, answer
    )


def _clash(one: _Said, other: _Said) -> tuple[str, Sure] | None:
    """Why two rows clash and how sure it is. A conversation does not clash with itself, where the user may ask again
    because an answer was wrong; nor do two questions in the course of conversations, of which neither is known to stand
    by itself."""
    if one.row == other.row or one.within == other.within == "later":
        return None
    found = _keys_clash(one, other) if one.options and other.options else _answers_clash(one, other)
    if found is None:
        return None
    if one.within or other.within:
        return _within_clash(*found, "later" in (one.within, other.within))
    if one.question == other.question:
        return found
    if found[1] == "possible" or not _ask_the_same(one.question, other.question):
        return None
    return f"{found[0]} (the questions differ by a few words)", "likely" if found[1] == "certain" else "possible"


def _within_clash(why: str, sure: Sure, later: bool) -> tuple[str, Sure] | None:
    """The same, a step less sure, where at least one question stands within a conversation: assistants may have said
    different things before it. Of what is asked ``later`` a figure alone tells too little: it may be another drug's."""
    if later and sure == "possible":
        return None
    where = "asked in the course of a conversation" if later else "after the same turns of the user"
    return f"{why} ({where})", "likely" if sure == "certain" else "possible"


def _meant_clash(one: _Said, other: _Said) -> tuple[str, Sure] | None:
    """The same for two rows whose questions say the same in other words."""
    found = _keys_clash(one, other) if one.options and other.options else _answers_clash(one, other)
    if found is None:
        return None
    return f"{found[0]} (the questions say the same in other words)", "likely" if found[1] == "certain" else "possible"


def _ask_the_same(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two similar questions differ by no figure, no negation and no exchange of a content word ("the dose of
    heparin", "the dose of enoxaparin")."""
    only = [word for word in one if word not in other], [word for word in other if word not in one]
    if any(word in NEGATIONS or _has_digit(word) for words_ in only for word in words_):
        return False
    return not all(content_stems(" ".join(words_)) for words_ in only)


def _keys_clash(one: _Said, other: _Said) -> tuple[str, Sure] | None:
    first, second = normalise(one.answer), normalise(other.answer)
    if first == second:
        return None
    if one.options == other.options:
        return "the same stem and options, and another key", "certain"
    if len(set(content_stems(" ".join(one.question)))) < TELLING:
        return None
    if first in other.options and second in one.options:
        return "the same stem, both keys among both rows' options, and another one chosen", "likely"
    if (first in other.options or second in one.options) and not _BEST.search(" ".join(one.question)):
        return "the same stem, and one row's key is a wrong option of the other", "possible"
    return None


def _answers_clash(one: _Said, other: _Said) -> tuple[str, Sure] | None:
    first, second = _YES_NO.match(one.answer), _YES_NO.match(other.answer)
    if first and second and first[1].lower() != second[1].lower():
        return "one answer begins with yes and the other with no", "likely"
    for mine in one.sentences:
        for theirs in other.sentences:
            if why := _sentences_clash(mine, theirs):
                return f"{why}: {mine.text!r} and {theirs.text!r}", "likely"
    if max(len(words(one.answer)), len(words(other.answer))) <= LONG:
        return (why, "possible") if (why := _figures_clash(_lone(one.answer), _lone(other.answer))) else None
    return None


def _sentences_clash(one: _Sentence, other: _Sentence) -> str | None:
    """Why two sentences that are otherwise the same cannot both hold."""
    if one.denials != other.denials and (one.stems, one.length) == (other.stems, other.length):
        return "one denies what the other says"
    if one.opposites and other.opposites and one.stems ^ other.stems in _OPPOSITE_STEMS:
        return "opposite words in the same sentence"
    if not one.figures or not other.figures:
        return None
    if len(one.stems & other.stems) < NEARLY * len(one.stems | other.stems):
        return None
    return _figures_clash(one.figures, other.figures, limits=True)


def _figures_clash(mine: Mapping[str, Quantity], theirs: Mapping[str, Quantity], limits: bool = False) -> str | None:
    """Figures of one dimension that cannot both hold, or that set different ``limits``."""
    for dimension, figure in mine.items():
        if dimension in theirs and differ(figure, theirs[dimension], limits):
            return f"another figure ({figure.text} and {theirs[dimension].text})"
    return None


def _sentence(text: str) -> _Sentence:
    stems = [stem for stem in content_stems(text) if not _has_digit(stem) and stem not in NEGATIONS]
    denials = sum(word in NEGATIONS for word in words(text))
    held = frozenset(stems)
    return _Sentence(text, held, len(stems), denials, not held.isdisjoint(_OPPOSITE_WORDS), _lone(text))


def _lone(text: str) -> dict[str, Quantity]:
    """The quantities whose dimension no other in the text has."""
    by_dimension: dict[str, list[Quantity]] = defaultdict(list)
    for quantity in quantities(text):
        by_dimension[quantity.dimension].append(quantity)
    return {name: found[0] for name, found in sorted(by_dimension.items()) if len(found) == 1}


def _has_digit(word: str) -> bool:
    return any(letter.isdigit() for letter in word)
