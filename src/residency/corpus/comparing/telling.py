"""What tells two questions apart that seem to mean the same.

A model of meaning puts "the left kidney" beside "the right kidney" and "type 1" beside "type 2", nearer than most
paraphrases. So questions are taken to differ where their figures do, where one denies, where they name different
members of an opposed set (:mod:`residency.domain.surgery.questions`), or ask for different things. And who rewords a
question hardly leaves all its small words as they stood: two questions that share these, and differ in what they
frame ("Which artery supplies the ..."), ask about different things.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from residency.core.files import value_digest
from residency.core.text import content_stems, words
from residency.domain.surgery.questions import ASKED, DENIES, GENERAL, OPPOSED

# "Type II", "type 2", "type two" and "the second type" have one figure; "one", "first", "I" and "V" have other uses.
_NUMBERS = {
    name: str(number)
    for number, names in enumerate(
        "two second ii,three third iii,four fourth iv,five fifth,six sixth vi,seven vii,eight viii,nine ix,ten".split(
            ","
        ),
        2,
    )
    for name in names.split()
}
_SMALL = frozenset("a an the and or of in for from with to due as also on by at".split())
_PLACES = frozenset("before after above below under over within without".split())
_SPELLING = re.compile("ae|oe")  # "oesophageal" and "esophageal" are one word
_WHAT_IS = re.compile(r"\W*what(?:'s|’s| is| are)(?: \(are\))? (?!the\b)", re.I)  # "what is the" asks for a part
_WHAT_TO_DO = re.compile(r"\bwhat (?:to do|(?:should|must|can) be done)\b", re.I)
_LAST_LETTER = re.compile(r"(?:type|class|grade|group|hepatitis|vitamin|factor|stage)[\s-]+([a-z])\b", re.I)


@dataclass(frozen=True)
class Telling:
    """Of each question: a number for its ``figures``, whether it ``denies``, which members of each opposed set it names
    (bits; shape (questions, sets)), and what it asks for (bits)."""

    figures: NDArray[np.uint64]
    denies: NDArray[np.bool_]
    opposed: NDArray[np.uint16]
    asked: NDArray[np.uint32]

    def may_agree(self, one: NDArray[np.int64], others: Telling, other: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether nothing tells the questions at ``one`` from those of ``others`` at ``other``, shape (pairs,)."""
        found: NDArray[np.bool_] = self.figures[one] == others.figures[other]
        found &= self.denies[one] == others.denies[other]
        first, second = self.asked[one], others.asked[other]
        found &= (first == 0) | (second == 0) | (first & second != 0)
        for column, marked in enumerate(_MARKED):
            a, b = self.opposed[one, column], others.opposed[other, column]
            found &= ((a == b) | (a == 0) | (b == 0)) & ((a ^ b) & np.uint16(marked) == 0)
        return found


def telling(questions: Iterable[str]) -> Telling:
    """What tells each question apart; a word is looked up once however often it occurs."""
    figures: list[int] = []
    denies: list[bool] = []
    opposed: list[list[int]] = []
    asked: list[int] = []
    known: dict[str, _Word] = {}
    for question in questions:
        found = words(question)
        sets, wanted, denied = [0] * len(OPPOSED), 0, False
        for word in found:
            told = known.get(word) or known.setdefault(word, _look_up(word))
            for column, bit in told.opposed:
                sets[column] |= bit
            wanted |= told.asked
            denied |= told.denies
        if _WHAT_TO_DO.search(question):
            wanted |= _look_up("treatment").asked
        if not wanted and _WHAT_IS.match(question):
            wanted = 1 << len(ASKED)
        figures.append(_figures(question, found))
        denies.append(denied)
        opposed.append(sets)
        asked.append(wanted)
    return Telling(
        np.array(figures, np.uint64),
        np.array(denies, np.bool_),
        np.array(opposed, np.uint16).reshape(-1, len(OPPOSED)),
        np.array(asked, np.uint32),
    )


def same_frame(one: str, other: str) -> bool:
    """Whether two questions are word for word the same but for what they are about."""
    first, second = _taken_apart(one), _taken_apart(other)
    only = {text for text, about in first if about} ^ {text for text, about in second if about}
    frames = ([text for text, _ in side if text not in only] for side in (first, second))
    return bool(only) and next(frames) == next(frames)


def _taken_apart(question: str) -> list[tuple[str, bool]]:
    """The stems of a question in order, each with whether it says what the question is about; words such as "what" and
    "is" say nothing of it, and the smallest and what is asked for are left out."""
    found: list[tuple[str, bool]] = []
    for word in words(question):
        if word in GENERAL or word in _SMALL or any(one.match(word) for one in _ASKED):
            continue
        stems = content_stems(_SPELLING.sub("e", word))
        found += [(stem, True) for stem in stems] or [(word, word in _PLACES)]
    return found


def _figures(question: str, found: Sequence[str]) -> int:
    held = {_NUMBERS.get(word, word) for word in found if word in _NUMBERS or any(c.isdigit() for c in word)}
    held |= {letter.lower() for letter in _LAST_LETTER.findall(question)}
    return int(value_digest(sorted(held))[:16], 16) if held else 0


@dataclass(frozen=True, slots=True)
class _Word:
    opposed: tuple[tuple[int, int], ...]
    asked: int
    denies: bool


def _pattern(members: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{members})")


_MEMBERS = [[_pattern(member.lstrip("*")) for member in entry.split()] for entry in OPPOSED]
_MARKED = [sum(1 << bit for bit, name in enumerate(entry.split()) if name.startswith("*")) for entry in OPPOSED]
_ASKED = [_pattern("|".join(entry.split())) for entry in ASKED]
_DENIES = _pattern("|".join(f"{word}$" if len(word) < 4 else word for word in DENIES.split()))


def _look_up(word: str) -> _Word:
    return _Word(
        tuple((c, 1 << bit) for c, entry in enumerate(_MEMBERS) for bit, one in enumerate(entry) if one.match(word)),
        sum(1 << place for place, one in enumerate(_ASKED) if one.match(word)),
        bool(_DENIES.match(word)),
    )
