"""Several questions asked one after another over one context, some of which it answers and some not.

Neither the context nor the question alone tells whether to abstain, only the two together: that is what a
model has to learn, and it sees the passages once for several answers.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from residency.core.prompt import assistant_message, user_message
from residency.core.records import Conversation, Message, Passage, Question
from residency.grounding.build import (
    Aligned,
    abstaining_answer,
    cited_answer,
    context_of,
    distractors,
    example,
    expect_abstention,
    expect_cited,
    holds_answer,
    mode_for,
)
from residency.retrieval.index import Index

NEAR = 6  # the hardest distractors of a question, for which it is a hard question in turn
LEAST_TURNS = 2


@dataclass(frozen=True)
class Asked:
    """A question and where its answer stands."""

    question: Question
    aligned: Aligned


class Pool:
    """Questions of one split, found by the passages that answer them and by those that only look as if they did."""

    def __init__(self, asked: Sequence[Asked], index: Index) -> None:
        self._answered: dict[str, list[Asked]] = defaultdict(list)
        self._near: dict[str, list[Asked]] = defaultdict(list)
        for one in asked:
            for name in one.aligned.supporting:
                self._answered[name].append(one)
            for passage in distractors(one.question, index, one.aligned.supporting, NEAR):
                self._near[passage["id"]].append(one)

    def answered(self, passages: Sequence[Passage]) -> list[Asked]:
        """The questions whose whole answer stands in ``passages``."""
        names = {passage["id"] for passage in passages}
        return [one for one in _once(self._answered, passages) if names >= {*one.aligned.supporting}]

    def unanswered(self, passages: Sequence[Passage], threshold: float) -> list[Asked]:
        """The questions that share words with ``passages`` and find no part of their answer there."""
        names = {passage["id"] for passage in passages}
        return [
            one
            for one in _once(self._near, passages)
            if not names & {*one.aligned.supporting} and not holds_answer(one.question, passages, threshold)
        ]


def _once(held: dict[str, list[Asked]], passages: Sequence[Passage]) -> list[Asked]:
    found = [one for passage in passages for one in held.get(passage["id"], [])]
    return list({one.question["id"]: one for one in found}.values())


def several_questions(
    lead: Asked,
    pool: Pool,
    index: Index,
    size: int,
    turns: int,
    threshold: float,
    rng: random.Random,
    variant: int = 0,
) -> Conversation | None:
    """Up to ``turns`` questions over the context of ``lead``, of which about half find no answer there; None when
    no other question goes with it or none goes unanswered."""
    passages = context_of(lead.question, lead.aligned, index, size, rng, variant)
    answered = [one for one in pool.answered(passages) if one.question["id"] != lead.question["id"]]
    unanswered = pool.unanswered(passages, threshold)
    silent = rng.sample(unanswered, min(len(unanswered), turns // 2))
    told = [lead, *rng.sample(answered, min(len(answered), turns - len(silent) - 1))]
    if not silent or len(silent) + len(told) < LEAST_TURNS:
        return None
    order = [(one, True) for one in told] + [(one, False) for one in silent]
    rng.shuffle(order)
    messages: list[Message] = []
    mode = mode_for([one.question for one, _ in order], rng)
    for one, holds in order:
        messages.append(user_message(one.question["question"], None if messages else passages))
        answer = (
            cited_answer(one.question, one.aligned, passages, mode, rng)
            if holds
            else abstaining_answer(one.question, one.aligned, passages, index, mode, rng)
        )
        messages.append(assistant_message(answer))
    last, holds = order[-1]
    expect = expect_cited(last.aligned) if holds else expect_abstention(last.question)
    name, questions = lead.question["id"], [one.question for one, _ in order]
    return example(name, questions, "context_dialogue", "several_questions", variant, mode, passages, messages, expect)
