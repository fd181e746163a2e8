"""What rules can tell of an answer's matter: against a right answer, and against all that was given.

Values lie between 0 and 1; None where there is nothing to hold the answer against.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from residency.core.prompt import body
from residency.core.text import content_stems, sentences
from residency.judging.answers import chosen, named_letters
from residency.judging.checker import Checker
from residency.judging.citations import claims_nothing, only_abstains, strip_citations
from residency.judging.item import Item
from residency.judging.overlap import key_fact_recall, token_f1
from residency.judging.support import THRESHOLD, Support, support

AGAINST = ("figures", "denial", "opposites")
"""Layers of the support checker that refuse a sentence because the text says otherwise, and not for want of it."""
FEW = 2  # content words below which a sentence claims too little
_ADDRESS = re.compile(r"(?i)^\W*(?:url\W+)?https?://\S+\W*$")
_LISTS = re.compile(
    r"(?i)\b(?:differential\w*(?: diagnos[ei]s)?|(?:possible |common |other )?causes|diagnoses|must be excluded|"
    r"exclude|rule out|consider)\b[^.;:]{0,60}?(?::|\b(?:include|includes|are|is|of|between|with)\b|(?<=exclude)|"
    r"(?<=rule out)|(?<=consider))(?P<list>[^.;:]+)"
)
_ASKS = re.compile(r"(?i)\b(?:differential|diagnos[ei]s|diagnoses|causes?|what (?:could|may|might) (?:it|this) be)\b")
_ENTRY = re.compile(r"\s*(?:,\s*(?:and|or)\b|,|;|\band\b|\bor\b)\s*")


def claims(text: str) -> list[str]:
    """The sentences that say something which may be right or wrong, without citation marks and the mode's markers."""
    return [
        piece
        for piece in sentences(strip_citations(body(text)))
        if not (claims_nothing(piece) or only_abstains(piece) or _ADDRESS.match(piece))
        and len(set(content_stems(piece))) >= FEW
    ]


def agreement(item: Item, answer: str) -> float | None:
    """How far an answer says what one of the references says: the mean of the share of its facts that the answer states
    and of token F1, less the share of the answer's sentences that contradict it. That of the nearest reference."""
    said = claims(answer)
    values = [
        value for reference in item.references if (value := _agreement(item, answer, said, reference)) is not None
    ]
    return max(values, default=None)


def _agreement(item: Item, answer: str, said: Sequence[str], reference: str) -> float | None:
    recall = key_fact_recall(answer, item.key_facts or claims(reference))
    if recall is None and not content_stems(reference):
        return None
    f1 = token_f1(answer, reference)
    like = f1 if recall is None else (recall + f1) / 2
    return like * (1 - contradicted(said, reference, item.question))


def contradicted(said: Sequence[str], reference: str, question: str) -> float:
    """The share of sentences that say otherwise than the reference: another figure, dose or unit, side or direction, or
    a denial of what it affirms."""
    return sum(_contradicts(one, reference, question) for one in said) / len(said) if said else 0.0


def _contradicts(sentence: str, reference: str, question: str) -> bool:
    return says_otherwise(support(reference, sentence, given=question))


def says_otherwise(found: Support) -> bool:
    """Whether a text refuses a sentence because it says otherwise, and not for want of it."""
    return found.layer in AGAINST or (found.layer == "numbers" and found.overlap >= THRESHOLD)


def option(item: Item, answer: str) -> float | None:
    """1 where an MCQ's key is chosen and nothing else, 0 where another option is, or several; None where the choice
    cannot be read, or there is none to make."""
    if not item.letter:
        return None
    if len(named_letters(answer, item.options)) > 1:
        return 0.0
    letter = chosen(answer, item.options)
    return None if letter is None else float(letter == item.letter)


def invented(item: Item, answer: str, checker: Checker) -> float | None:
    """The share of an answer's claims that a reference or a passage supports; 1 where nothing is invented."""
    given = [*item.references, *item.key_facts, *item.passages]
    said = claims(answer)
    if not given or not said:
        return None
    text = "\n".join(given)
    found = checker.check_many([(text, one, item.question) for one in said])
    return sum(one.supported for one in found) / len(found)


def differentials(item: Item, answer: str) -> float | None:
    """The share of the diagnoses that a reference lists which the answer names; None where the question asks for none,
    or the references list fewer than two."""
    wanted = [set(content_stems(entry)) for entry in listed_diagnoses(item.question, item.references)]
    if not wanted:
        return None
    held = set(content_stems(body(answer)))
    return sum(entry <= held for entry in wanted) / len(wanted)


def listed_diagnoses(question: str, references: Sequence[str]) -> list[str]:
    """The diagnoses that the references list, each once; none where the question asks for none, or fewer than two are
    listed."""
    if not _ASKS.search(question):
        return []
    listed = {
        frozenset(content_stems(entry)): entry.strip()
        for reference in references
        for found in _LISTS.finditer(reference)
        for entry in _ENTRY.split(found["list"])
    }
    wanted = [entry for stems, entry in listed.items() if 0 < len(stems) <= 5]
    return wanted if len(wanted) > 1 else []
