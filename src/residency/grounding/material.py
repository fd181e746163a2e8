"""What a builder of context examples works with, and what it gives back."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, cast

from residency.core.prompt import MODES, Instruction, Mode, assistant_message, shape_open, user_message
from residency.core.records import HELD_OUT, Conversation, Message, Passage, Question, trace
from residency.core.text import sentences
from residency.domain.surgery.cases import known_lines
from residency.domain.surgery.danger import in_danger
from residency.domain.surgery.phrases import check_for
from residency.grounding.align import Aligned, Sentences, gold_text, holds_answer, supports_any
from residency.grounding.asked import Asked
from residency.grounding.settings import GroundingSettings
from residency.grounding.telling import clauses, nearly_tells
from residency.grounding.wording import WORDINGS
from residency.judging.citations import cite
from residency.retrieval.index import Index

POOL = 3


@dataclass(frozen=True)
class Material:
    """A question whose answer stands in passages, the index, the mode, and where chance comes from.

    ``variant`` 0 takes the hardest distractors; the others draw theirs.
    """

    asked: Asked
    index: Index
    settings: GroundingSettings
    mode: Mode
    rng: random.Random
    variant: int = 0

    @property
    def question(self) -> Question:
        return self.asked.question

    @property
    def aligned(self) -> Aligned:
        return self.asked.aligned

    @property
    def held_out(self) -> bool:
        """Whether the question's split is kept for evaluation."""
        return self.question["split"] in HELD_OUT

    @property
    def supporting(self) -> list[Passage]:
        """The passages that support the gold answer, in order of first use."""
        return [self.index.by_id[name] for name in self.aligned.supporting]

    def say(self, purpose: str, **fields: str) -> str:
        """A wording for ``purpose`` of the question's split, by chance."""
        return WORDINGS.say(self.question["split"], purpose, self.rng, **fields)

    def distractors(self, count: int, without: Sequence[str] = ()) -> list[Passage]:
        """Passages that look right for the question, and neither support it nor are named by it or by ``without``."""
        away = {*self.aligned.supporting, *without}
        return distractors(self.asked, self.index, away, count, self.rng if self.variant else None)

    def context(self, own: Sequence[Passage]) -> list[Passage]:
        """``own`` filled up with distractors to the size of a context, in an order of chance."""
        names = [passage["id"] for passage in own]
        passages = [*own, *self.distractors(self.settings.passages - len(own), names)]
        self.rng.shuffle(passages)
        return passages

    def cited(self, claims: Sentences, passages: Sequence[Passage]) -> str:
        """Sentences with the numbers that their passages have among those shown."""
        number = {passage["id"]: place for place, passage in enumerate(passages, 1)}
        return " ".join(cite(sentence, sorted(map(number.__getitem__, names))) for sentence, names in claims)

    def shaped(self, text: str, about: str = "", question: str = "") -> str:
        """An answer in the mode's form.

        Args:
            text: what is said.
            about: the text on which the line of what to check rests; ``text`` if left out.
            question: what is asked, where it is not the material's question.
        """
        known = known_lines(question or self.question["question"], self.rng)
        return shape_open(text, self.mode, check_for(about or text, self.rng), *known)

    def silent(self, passages: Sequence[Passage]) -> bool:
        """Whether no passage supports a sentence of the gold answer or tells a part of it, nor is one that the question
        names."""
        return not (
            holds_answer(self.question, passages, self.settings.support_threshold) or any(map(self.tells, passages))
        )

    def tells(self, passage: Passage) -> bool:
        """Whether a passage tells a part of the gold answer, though it may support no sentence of it."""
        claims = sentences(gold_text(self.question))
        asked, threshold = self.question["question"], self.settings.support_threshold
        parts = [part for claim in claims for part in clauses(claim)]
        return nearly_tells(asked, claims, passage, self.index.rarity) or supports_any(
            parts, [passage], threshold, asked
        )


@dataclass(frozen=True)
class Draft:
    """A question over passages and its answer, as a builder made it.

    Args:
        skill: the finer name within ``kind``.
        kind: the share that the mix declares.
        passages: those shown, in printed order.
        answer: in the mode's form.
        reference: what the last answer must state, in sentences: ``key_facts``.
        abstain: whether the passages do not hold the answer.
        check: what the skill's verifier needs (``judging.contexts``).
        instruction: what the answer may rest on.
        changed: whether a passage shown is not in the index as it stands, so that the row keeps those shown.
        question: what is asked, where it is not the material's question as it stands.
        originals: of the passages shown that have an id of their own, the id of the one that each was made from.
        rules: the entries of the domain pack that the row rests on.
        name: what tells the row from the question's others, where it is not the skill.
        twin: the row over the same passages under the other instruction, where there is one.
    """

    skill: str
    kind: str
    passages: Sequence[Passage]
    answer: str
    reference: str
    key_facts: Sequence[str]
    abstain: bool = False
    check: dict[str, Any] = field(default_factory=dict)
    instruction: Instruction = "only"
    changed: bool = False
    question: str = ""
    originals: Mapping[str, str] = field(default_factory=dict)
    rules: tuple[str, ...] = ()
    name: str = ""
    twin: Draft | None = None


Builder = Callable[[Material], Draft | str]
"""From one question, a draft, or the reason in words why it does not allow one."""


def distractors(
    asked: Asked, index: Index, away: Collection[str], count: int, rng: random.Random | None = None
) -> list[Passage]:
    """Passages that look right for a question and are not among ``away``, nor named by it: the hardest, or, with
    ``rng``, a draw from the hardest ``POOL`` times as many."""
    if count < 1:
        return []
    away, pool = {*away, *asked.question["passages"]}, count * (POOL if rng else 1)
    if asked.near is None:
        found = [passage for passage, _ in index.search(asked.question["question"], pool, away)]
    else:
        found = [index.by_id[name] for name in islice((name for name in asked.near if name not in away), pool)]
    return rng.sample(found, min(count, len(found))) if rng else found


def mode_for(questions: Sequence[Question], rng: random.Random) -> Mode:
    """A mode by chance; but EXAM where a patient is in danger, since at the bedside the escalation comes before any
    answer."""
    drawn = rng.choice(MODES)
    return "EXAM" if any(in_danger(question["question"]) for question in questions) else drawn


def as_example(draft: Draft, material: Material) -> Conversation:
    """The record of a draft."""
    asked = draft.question or material.question["question"]
    turns = [user_message(asked, draft.passages, draft.instruction), assistant_message(draft.answer)]
    return record(
        material.question["id"],
        [material.question],
        draft,
        material.variant,
        material.mode,
        turns,
        asked,
    )


def record(
    name: str,
    questions: Sequence[Question],
    draft: Draft,
    variant: int,
    mode: Mode,
    messages: list[Message],
    asked: str,
) -> Conversation:
    """The record of a conversation over the passages of ``draft``, named after the question ``name``; what it expects
    is of the last turn, which asks ``asked`` and whose question comes last in ``questions``."""
    number = f"/{variant + 1}" if variant else ""
    shown = {"shown": list(draft.passages)} if draft.changed else {}
    return cast(
        Conversation,
        {
            "id": f"{name}/{draft.name or draft.skill}{number}",
            "kind": draft.kind,
            "skill": draft.skill,
            "mode": mode,
            "split": questions[0]["split"],
            **trace(*questions),
            "passages": [draft.originals.get(passage["id"], passage["id"]) for passage in draft.passages],
            "messages": messages,
            "expect": {
                "abstain": draft.abstain,
                "reference": draft.reference,
                "key_facts": list(draft.key_facts),
                "question": asked,
                "check": {"skill": draft.skill, "instruction": draft.instruction, **draft.check},
                **({"rules": list(draft.rules)} if draft.rules else {}),
            },
            **shown,
        },
    )
