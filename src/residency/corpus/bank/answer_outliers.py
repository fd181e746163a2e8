"""Answers that belong to another question of the bank, told by words alone (see :mod:`residency.corpus.bank.evidence`).

An answer is misplaced when nothing speaks for its own question, and much for another one that asks about
something else. One that needs no echo ("Diclofenac") fits no other question either and is left alone. An answer
that slipped between two questions on one subject goes unseen. One that came from outside the bank is only seen where
meanings are compared: of the answers that say nothing for their own question by their words (``lost``),
:mod:`residency.corpus.meaning` then finds those that have nothing to do with it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from residency.core.text import normalise, words
from residency.corpus.bank.evidence import SUBJECT_WORDS, Bank, Terms

NEEDED = 8.0  # nats by which the other question must win, beyond the logarithm of the number of questions
NEEDED_LOST = 2.0  # the same where the other question's own answer is lost too, as after a slip
FLOOR = -3.0  # evidence against its own question counts down to this: synonyms and abbreviations give more
SHARED_WORDS = 2  # words of the other question that the answer must hold, unless that one's answer is lost
SAME_ANSWER = 0.5  # above this Jaccard similarity two rows have one answer, under two names of the thing
LOOKED_AT = 5_000  # suspicious rows that are compared with other questions at most
CANDIDATES = 8
NEIGHBOURS = 12  # rows about the same thing, whose words a right answer may use
KNOWN_NEARBY = 0.5  # share of the other question's evidence that, found among them, makes the answer a right one

_SHORT = re.compile(r"\b[A-Z]{3,6}(?=s?\b)")
_PART = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Misplaced:
    """A row whose answer fits the question of the row ``fits`` better than its own.

    ``own`` and ``other`` are the evidence for the two questions in nats; ``missing`` are the words of its own
    question that the answer lacks, ``shared`` those of the other that it holds. ``sure`` is ``likely`` where
    the other row's answer does not fit its question either, as after a slip of a row, else ``possible``.
    """

    row: int
    fits: int
    own: float
    other: float
    missing: tuple[str, ...]
    shared: tuple[str, ...]
    sure: Literal["likely", "possible"]


class AnswerOutliers(NamedTuple):
    """What was found, in the order of rows, among how many rows whose answers seemed to have nothing to do with
    their questions; ``looked_at`` of these were compared with other questions, and ``lost`` are those of them whose
    answers speak against their own question."""

    found: list[Misplaced]
    suspicious: int
    looked_at: int
    lost: list[int]


class _Best(NamedTuple):
    margin: float
    other: int
    evidence: float
    lost: bool


def answer_outliers(questions: Sequence[str], answers: Sequence[str], seed: int) -> AnswerOutliers:
    """The rows whose answers fit another question of the bank much better than their own.

    Both sequences are read once from end to end (so they may be lazy); then a sample of rows to learn from and
    the suspicious rows are read again, at most :data:`LOOKED_AT` of them, drawn by ``seed``.
    """
    if len(questions) < 3:
        return AnswerOutliers([], 0, 0, [])
    rng = np.random.default_rng(seed)
    bank = Bank(questions, answers, rng)
    suspicious = _suspicious(bank, answers)
    looked_at = suspicious
    if len(suspicious) > LOOKED_AT:
        drawn = rng.choice(len(suspicious), LOOKED_AT, replace=False)
        looked_at = [suspicious[place] for place in sorted(drawn.tolist())]
    early = {row: bank.read(words(answers[row])[:SUBJECT_WORDS]) for row in looked_at if _lost(bank, answers, row)}
    fits = {}
    for row, others in bank.candidates(early, CANDIDATES):
        if best := _best(bank, answers, row, early[row], others):
            fits[row] = best
    found = [
        _misplaced(bank, questions, answers, row, fits[row])
        for row, near in bank.neighbours(fits, NEIGHBOURS)
        if not _at_home(bank, questions, answers, row, fits[row].other, early[row], near)
    ]
    return AnswerOutliers(found, len(suspicious), len(looked_at), list(early))


def _misplaced(bank: Bank, questions: Sequence[str], answers: Sequence[str], row: int, best: _Best) -> Misplaced:
    held = bank.read(words(answers[row]))
    return Misplaced(
        row=row,
        fits=best.other,
        own=round(bank.evidence(row, held), 2),
        other=round(best.evidence, 2),
        missing=bank.named(questions[row], held, want=False),
        shared=bank.named(questions[best.other], held, want=True),
        sure="likely" if best.lost else "possible",
    )


def _suspicious(bank: Bank, answers: Iterable[str]) -> list[int]:
    """The rows with no evidence for their own question when stems are looked for in the answer as plain text.

    This takes a few microseconds a row and errs on the side of finding a word: "age" is found in "dosage".
    """
    gains = (bank.hit - bank.miss).tolist()
    stems = [stem.removesuffix("i") for stem in bank.stems]  # the stemmer writes y as i
    found = []
    for row, answer in enumerate(answers):
        own = bank.row(row)
        evidence = bank.miss * len(own)
        text = answer.lower()
        for term in own:
            if stems[term] in text:
                evidence += gains[term]
                if evidence > 0:
                    break
        else:
            if own and text:
                found.append(row)
    return found


def _lost(bank: Bank, answers: Sequence[str], row: int) -> bool:
    return bank.evidence(row, bank.read(words(answers[row]))) <= 0


def _best(bank: Bank, answers: Sequence[str], row: int, held: Terms, others: Iterable[int]) -> _Best | None:
    """The one of ``others`` that wins by most beyond what is needed; those on the subject of ``row`` do not count."""
    best: _Best | None = None
    base = max(bank.evidence(row, held), FLOOR) + math.log(len(bank))
    ranked = sorted((-bank.evidence(other, held), other) for other in others if other != row)
    for against, other in ranked:
        most = -against - base - NEEDED_LOST
        if most < (best.margin if best else 0.0):
            break  # nor can those that follow, which have less evidence
        if bank.same_subject(row, other):
            continue
        lost = _lost(bank, answers, other)
        margin = most if lost else -against - base - NEEDED
        if margin < 0 or (best and (margin, -other) <= (best.margin, -best.other)):
            continue
        if lost or len(held.intersection(bank.row(other))) >= SHARED_WORDS:
            best = _Best(margin, other, -against, lost)
    return best


def _at_home(
    bank: Bank,
    questions: Sequence[str],
    answers: Sequence[str],
    row: int,
    other: int,
    held: Terms,
    neighbours: Iterable[int],
) -> bool:
    """Whether the answer may be right after all: it abbreviates what its question names, it is the other row's
    answer as well, or ``neighbours`` (rows about the same thing) speak of what it shares with the other question."""
    initials = "".join(part[0] for part in _PART.findall(questions[row])).lower()
    if any(short.lower() in initials for short in _SHORT.findall(answers[row])):
        return True
    said, elsewhere = set(words(answers[row])), set(words(answers[other]))
    if len(said & elsewhere) > SAME_ANSWER * len(said | elsewhere):
        return True
    shared = held.intersection(bank.row(other))
    return _known(bank, answers, shared, neighbours, KNOWN_NEARBY * bank.weight(shared))


def _known(bank: Bank, answers: Sequence[str], terms: Terms, rows: Iterable[int], least: float) -> bool:
    """Whether the questions and answers of ``rows`` hold those of ``terms`` that say more than ``least`` together."""
    missing = set(terms)
    rows = list(rows)
    for row in rows:
        missing.difference_update(bank.row(row))
    for row in rows:
        if bank.weight(terms - missing) > least:
            return True
        answer = answers[row]
        text = normalise(answer).replace("’", "'")
        # Words are only told apart where one of them may be there at all.
        if any(word in text for term in missing for word in bank.words_of[term]):
            missing -= bank.read(words(answer))
    return bank.weight(terms - missing) > least
