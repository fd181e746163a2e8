"""Several questions asked one after another over one context, some of which it answers and some not.

Neither the context nor the question alone tells whether to abstain, only the two together: that is what a
model has to learn, and it sees the passages once for several answers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from residency.core.prompt import assistant_message, user_message
from residency.core.records import Conversation, Message, Passage
from residency.grounding.align import gold_text, holds_answer
from residency.grounding.asked import Asked
from residency.grounding.kinds.abstention import says_so
from residency.grounding.material import Draft, Material, distractors, mode_for, record
from residency.retrieval.index import Index

NEAR = 6  # the hardest distractors of a question, for which it is a hard question in turn
LEAST_TURNS = 2


class Pool:
    """Questions of one split, found by the passages that answer them and by those that only look as if they did."""

    def __init__(self, asked: Sequence[Asked], index: Index) -> None:
        self._answered: dict[str, list[Asked]] = defaultdict(list)
        self._near: dict[str, list[Asked]] = defaultdict(list)
        for one in asked:
            for name in one.aligned.supporting:
                self._answered[name].append(one)
            for passage in distractors(one, index, one.aligned.supporting, NEAR):
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


def several_questions(material: Material, pool: Pool) -> Conversation | str:
    """Up to ``GroundingSettings.turns`` questions over the context of the material's, of which about half find no
    answer there; refused when no other question goes with it or none goes unanswered."""
    lead, rng, turns = material.asked, material.rng, material.settings.turns
    passages = material.context(material.supporting)
    answered = [one for one in pool.answered(passages) if one.question["id"] != lead.question["id"]]
    unanswered = pool.unanswered(passages, material.settings.support_threshold)
    shuffled = rng.sample(unanswered, len(unanswered))
    silent = list(islice((one for one in shuffled if replace(material, asked=one).silent(passages)), turns // 2))
    told = [lead, *rng.sample(answered, min(len(answered), turns - len(silent) - 1))]
    if not silent or len(silent) + len(told) < LEAST_TURNS:
        return "no second question for the context"
    order = [(one, True) for one in told] + [(one, False) for one in silent]
    rng.shuffle(order)
    mode = mode_for([one.question for one, _ in order], rng)
    messages: list[Message] = []
    for one, holds in order:
        turn = replace(material, asked=one, mode=mode)
        messages.append(user_message(one.question["question"], None if messages else passages))
        said = turn.cited(one.aligned.said, passages) if holds else says_so(turn, passages)
        messages.append(assistant_message(turn.shaped(said, one.aligned.text if holds else "")))
    last, holds = order[-1]
    draft = Draft(
        "several_questions",
        "context_dialogue",
        passages,
        messages[-1]["content"],
        last.aligned.text if holds else gold_text(last.question),
        [sentence for sentence, _ in last.aligned.sentences] if holds else [],
        abstain=not holds,
    )
    questions = [one.question for one, _ in order]
    asked = last.question["question"]
    return record(lead.question["id"], questions, draft, material.variant, mode, messages, asked)
