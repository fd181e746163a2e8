"""What can still be said from passages that do not hold the answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from residency.core.records import Passage
from residency.core.text import sentences
from residency.domain.surgery.aspects import asked, told
from residency.grounding.leaning import stands_alone
from residency.grounding.subject import Subject, defines, on_its_point
from residency.judging.support import support

FEWEST, MOST = 6, 32  # words
LIKE_GOLD = 0.4  # the share of a gold sentence's words from which a sentence would give part of it away


class Still(NamedTuple):
    """A sentence that stands in a passage."""

    sentence: str
    passage: Passage


def sayable(question: str, gold: Sequence[str], passages: Sequence[Passage], subject: Subject) -> list[Still]:
    """The sentences of the passages that name the question's subject, stand on their own and are no answer: they say
    nothing that the gold sentences do, and touch nothing of the question but its subject."""
    if defines(question):
        return []
    wanted = {aspect.name for aspect in asked(question)}
    return [
        Still(sentence, passage)
        for passage in passages
        for sentence in dict.fromkeys(sentences(passage["text"]))
        if FEWEST <= len(sentence.split()) <= MOST
        and subject.spoken_of(sentence)
        and ";" not in sentence
        and stands_alone(sentence)
        and not on_its_point(question, sentence, subject)
        and not wanted & {aspect.name for aspect in told(sentence)}
        and all(support(sentence, claim).overlap < LIKE_GOLD for claim in gold)
    ]
