"""What an answer from memory is: right, wrong, withheld or unreadable, where nothing was given to read.

An MCQ's answer is right where it chooses the key, by letter or in the option's words, and does not give one option's
letter with another's words. An open answer is right where it states the *decisive fact*: the first sentence of the
reference that is no question, of whose content words only those count that the question does not hold, so that
repeating the question earns nothing. The support checker refuses the statement where figures, denials or opposites
disagree. This reads words and not meaning: a right answer in other words counts as wrong, so that rates of wrong open
answers are upper bounds, and differences between models on the same questions say more than the rates.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from residency.core.prompt import body, key_sentence
from residency.core.records import Question
from residency.core.text import content_stems, normalise
from residency.judging.answers import chosen, is_abstention, parse_letter
from residency.judging.certainty import hedged
from residency.judging.citations import strip_citations
from residency.judging.support import LEAST_STEMS, support

Verdict = Literal["right", "wrong", "withheld", "unread"]
LEAST_SHARE = 0.6
"""Of the decisive fact's own content words, how many an answer must hold."""
YES_NO = frozenset({"yes", "no", "maybe", "true", "fals"})
_DOUBT = re.compile(
    r"\bI(?:\s+am|['’]m)?\s+(?:think|believe|guess|suspect|unsure|uncertain|not\s+(?:entirely\s+|quite\s+)?(?:sure|certain))\b"
    r"|\bI\s+(?:do\s+not|don['’]t|cannot|can['’]t)\s+(?:know|recall|remember|say)\b"
    r"|\b(?:it\s+is\s+|it['’]s\s+)?(?:not|un)\s*(?:known|clear|certain)\s+to\s+me\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Known:
    """A question and what a right answer to it states: an option's letter, or the decisive fact."""

    question: str
    fact: str
    options: Mapping[str, str] = field(default_factory=dict)
    letter: str = ""


def known_by(row: Question) -> Known | None:
    """What a right answer to a question of the bank states; None where words cannot tell it: a conversation, or an
    answer that adds no word to its question ("Is it severe?" - "It is not severe.")."""
    if row["kind"] == "mcq":
        return Known(row["question"], row["options"][row["answer"]], row["options"], row["answer"])
    fact = decisive_fact(row["answer"])
    if row["kind"] != "open" or not own_stems(row["question"], fact):
        return None
    return Known(row["question"], fact)


def decisive_fact(reference: str) -> str:
    """The sentence of a reference that answers."""
    return key_sentence(body(strip_citations(reference))).strip()


def own_stems(question: str, fact: str) -> frozenset[str]:
    """The stems of a fact that its question does not hold; "yes" and "no" are none, since half of all answers by chance
    hold them."""
    return frozenset(content_stems(fact)) - frozenset(content_stems(question)) - YES_NO


def verdict(known: Known, answer: str) -> Verdict:
    """What an answer is. ``wrong`` is said with confidence: with no hedge in the sentence that answers and no word of
    the speaker's own doubt; with either it is ``withheld``, as an abstention is, unless it is right all the same."""
    said = strip_citations(answer).strip()
    if not said:
        return "unread"
    right = _chooses(known, said) if known.options else _states(known, said)
    if right:
        return "right"
    if is_abstention(said) or _DOUBT.search(said) or hedged(key_sentence(body(said))):
        return "withheld"
    return "unread" if right is None else "wrong"


def _chooses(known: Known, answer: str) -> bool | None:
    """Whether the key is chosen; None where no option is, or two are."""
    letter = chosen(answer, known.options)
    if letter is None:
        return None
    if "\n" not in answer and parse_letter(answer, known.options):
        # "B. Femoral hernia": letter and words are one choice.
        said = normalise(answer)
        named = {other for other, option in known.options.items() if normalise(option.rstrip(".")) in said}
        if named and letter not in named:
            return None
    return letter == known.letter


def _states(known: Known, answer: str) -> bool:
    said = body(answer)
    own = own_stems(known.question, known.fact)
    if len(own & frozenset(content_stems(said))) < LEAST_SHARE * len(own):
        return False
    if len(set(content_stems(known.fact))) < LEAST_STEMS:
        return True
    return support(said, known.fact, 0.0, known.question).supported
