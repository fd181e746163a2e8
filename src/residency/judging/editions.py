"""Another edition of a passage, in which one statement that the gold answer rests on is otherwise.

Contexts that disagree are built of it for training, and contexts with an error for evaluation.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from residency.core.records import Passage
from residency.core.text import content_stems, sentences
from residency.domain.surgery.altering import Alteration, alterations
from residency.judging.support import support

LEAST_WORDS, MOST_WORDS = 8, 45
"""A statement that is quoted twice in one answer must stand alone and not be too long."""
ADVICE_SHARE = 0.5  # how often a change of words is tried before a change of figures
_LEANS = re.compile(  # on what was said before
    r"(?:it|its|this|that|these|those|they|their|he|she|his|her|such|both|however|but|and|or|so|then|thus|therefore|"
    r"otherwise|instead|also|yes|no|here|there|if so|in this case|once)\b",
    re.IGNORECASE,
)
_STUDY = re.compile(
    r"\b(?:our|we|this study|studies|in the study|study|trial|cohort|survey|results?|findings?|significan\w+|P\s*[<=>]|"
    r"respondents|participants|series|authors|data|follow-up|observational|per cent of|percent of)\b",
    re.IGNORECASE,
)
_DEFINES = re.compile(  # or tells how nature is, which no edition changes
    r"\b(?:(?:is|are) (?:called|known as|defined|considered|termed|named)|means|refers? to|definition|"
    r"(?:condition|test|procedure|process|disease|cancer|tumou?r) (?:that|which)|"
    r"inherit\w*|genes?|chromosom\w+|mutations?|disorder is|syndrome is|years? (?:old|of life))\b",
    re.IGNORECASE,
)
_BODY = re.compile(  # what a body that exists has laid down is not to be told otherwise
    r"\b(?:[Gg]uid(?:ance|elines?)|criteria|consensus|campaign|surviving sepsis|law|licen[cs]e\w*)\b|"
    r"\b(?:NICE|WHO|ATLS|CDC|FDA|NIH|ASA|AJCC|Society|College|Association|Act|Organi[sz]ation|Institute)\b",
)


@dataclass(frozen=True)
class Edition:
    """A statement of the gold answer, the passage that supports it, and both as another edition has them.

    ``place`` is the statement's among the answer's sentences.
    """

    place: int
    passage: Passage
    said: str
    said_otherwise: str
    text: str


def other_edition(
    supported: Sequence[tuple[str, tuple[str, ...]]],
    passages: Mapping[str, Passage],
    question: str,
    threshold: float,
    rng: random.Random,
) -> Edition | None:
    """An edition that contradicts one statement of a gold answer and nothing else; None where no statement allows it.

    ``supported`` are the answer's sentences, each with the ids of the passages that support it. The statement stands
    once in one passage; what the edition has in its place is supported by the edition alone, and the statement by the
    passage alone (by the support checker at ``threshold``).
    """
    if _BODY.search(question):
        return None
    candidates = [(place, said, names[0]) for place, (said, names) in enumerate(supported) if len(names) == 1]
    rng.shuffle(candidates)
    for place, said, name in candidates:
        if not stands_alone(said):
            continue
        for change in _in_order(alterations(said), rng):
            passage = passages[name]
            text = _altered(passage["text"], said, change)
            if text is None:
                continue
            otherwise = change.made_in(said)
            if (
                support(text, otherwise, threshold, question).supported
                and not support(text, said, threshold, question).supported
                and not support(passage["text"], otherwise, threshold, question).supported
                and support(passage["text"], said, threshold, question).supported
                and all(
                    support(text, other, threshold, question).supported
                    for rest, (other, others) in enumerate(supported)
                    if rest != place and name in others
                )
            ):
                return Edition(place, passage, said, otherwise, text)
    return None


def stands_alone(said: str) -> bool:
    """Whether a sentence may be quoted by itself as what a text teaches, and contradicted by a text that is made up.

    What one study found, what a named body laid down, definitions and how nature is may not.
    """
    return (
        LEAST_WORDS <= len(said.split()) <= MOST_WORDS
        and said.endswith(".")
        and said[0].isupper()
        and not _LEANS.match(said)
        and "\n" not in said
        and " - " not in said
        and not set('"“”:[]') & set(said)
        and not any(pattern.search(said) for pattern in (_BODY, _STUDY, _DEFINES))
    )


def _in_order(changes: list[Alteration], rng: random.Random) -> Iterator[Alteration]:
    """All alterations by chance, those of words first in some cases and those of figures in the others."""
    rng.shuffle(changes)
    words_first = rng.random() < ADVICE_SHARE
    yield from sorted(changes, key=lambda change: change.figure == words_first)


def _altered(text: str, said: str, change: Alteration) -> str | None:
    """``text`` with the change made in the sentence that is most like ``said``; None where it does not hold what is
    changed, or holds it more than once."""
    if len(re.findall(rf"(?<![\w.]){re.escape(change.before)}(?!\w)", text)) != 1:
        return None
    stems = set(content_stems(said))
    best = max(sentences(text), key=lambda sentence: len(stems & set(content_stems(sentence))), default="")
    at = best.find(change.before)
    if at < 0 or not _bounded(best, at, change.before) or _BODY.search(best):
        return None
    return text.replace(best, Alteration(at, change.before, change.after).made_in(best), 1)


def _bounded(text: str, at: int, part: str) -> bool:
    """Whether ``part`` stands at ``at`` as words of its own."""
    before, after = text[at - 1 : at], text[at + len(part) : at + len(part) + 1]
    return not before.isalnum() and before not in ("-", ".") and not after.isalnum()
