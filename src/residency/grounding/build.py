"""Builds context examples from one question: passages in, a cited answer or an abstention out."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from residency.core.prompt import MODES, Mode, assistant_message, shape_open, user_message
from residency.core.records import Conversation, Message, Passage, Question, trace
from residency.core.text import sentences
from residency.domain.surgery.cases import known_lines
from residency.domain.surgery.danger import in_danger
from residency.domain.surgery.phrases import check_for
from residency.grounding.wording import abstention
from residency.judging.citations import cite, strip_citations
from residency.judging.support import support
from residency.retrieval.index import Index

CANDIDATES = 8
POOL = 3


@dataclass(frozen=True)
class Aligned:
    """A gold answer's sentences, each with the ids of the passages that support it."""

    sentences: tuple[tuple[str, tuple[str, ...]], ...]
    dropped: int

    @property
    def supporting(self) -> list[str]:
        """The ids of all supporting passages, each once, in order of first use."""
        return list(dict.fromkeys(name for _, names in self.sentences for name in names))

    @property
    def text(self) -> str:
        """The supported sentences, without citations."""
        return " ".join(sentence for sentence, _ in self.sentences)


def gold_text(question: Question) -> str:
    """The text that passages must support: an open answer, or an MCQ's rationale, without marks of its own."""
    return strip_citations(question["answer"] if question["kind"] == "open" else question.get("rationale", ""))


def align(question: Question, index: Index, threshold: float) -> Aligned:
    """Find for each gold sentence the passages that support it, among those the question names or, where
    it names none, among those that search finds for question and answer."""
    known = [index.by_id[name] for name in question["passages"] if name in index.by_id]
    candidates = known or [p for p, _ in index.search(f"{question['question']} {gold_text(question)}", CANDIDATES)]
    kept: list[tuple[str, tuple[str, ...]]] = []
    dropped = 0
    for sentence in sentences(gold_text(question)):
        names = _supporters(sentence, candidates, threshold, question["question"])
        if names:
            kept.append((sentence, names))
        else:
            dropped += 1
    return Aligned(tuple(kept), dropped)


def _supporters(sentence: str, candidates: Sequence[Passage], threshold: float, given: str) -> tuple[str, ...]:
    """The passage that supports a sentence best; a second one only where it supports it equally well."""
    scored = [(support(p["text"], sentence, threshold, given), p["id"]) for p in candidates]
    holds = sorted(((s.overlap, name) for s, name in scored if s.supported), key=lambda pair: -pair[0])
    return tuple(name for overlap, name in holds[:2] if overlap >= holds[0][0] - 1e-9)


def distractors(
    question: Question, index: Index, supporting: Sequence[str], count: int, rng: random.Random | None = None
) -> list[Passage]:
    """Passages that look right for the question and are not among ``supporting``: the hardest, or, with
    ``rng``, a draw from the hardest ``POOL`` times as many."""
    away = {*supporting, *question["passages"]}
    found = [p for p, _ in index.search(question["question"], count * (POOL if rng else 1), without=away)]
    return rng.sample(found, min(count, len(found))) if rng else found


def context_of(
    question: Question, aligned: Aligned, index: Index, size: int, rng: random.Random, variant: int = 0
) -> list[Passage]:
    """The passages that support the answer, filled up to ``size`` with distractors, in an order of chance.

    ``variant`` 0 takes the hardest distractors; the others draw theirs.
    """
    own = [index.by_id[name] for name in aligned.supporting]
    passages = own + distractors(question, index, aligned.supporting, size - len(own), rng if variant else None)
    rng.shuffle(passages)
    return passages


def cited_answer(
    question: Question, aligned: Aligned, passages: Sequence[Passage], mode: Mode, rng: random.Random
) -> str:
    """The supported sentences in the mode's form, each with the numbers of its passages among ``passages``."""
    number = {passage["id"]: place for place, passage in enumerate(passages, 1)}
    cited = [cite(sentence, sorted(map(number.__getitem__, names))) for sentence, names in aligned.sentences]
    return shape_open(" ".join(cited), mode, check_for(aligned.text, rng), *known_lines(question["question"], rng))


def abstaining_answer(
    question: Question, aligned: Aligned, passages: Sequence[Passage], index: Index, mode: Mode, rng: random.Random
) -> str:
    """An abstention in the mode's form, which names what to look for."""
    withheld = [index.by_id[name] for name in aligned.supporting]
    text = abstention(question["question"], question["split"], withheld, passages, index, rng)
    return shape_open(text, mode, check_for(text, rng), *known_lines(question["question"], rng))


def mode_for(questions: Sequence[Question], rng: random.Random) -> Mode:
    """A mode by chance; but EXAM where a patient is in danger, since at the bedside the escalation comes before any
    answer."""
    drawn = rng.choice(MODES)
    return "EXAM" if any(in_danger(question["question"]) for question in questions) else drawn


def holds_answer(question: Question, passages: Sequence[Passage], threshold: float) -> bool:
    """Whether one of ``passages`` supports a sentence of the gold answer, or is one that the question names."""
    if {passage["id"] for passage in passages} & {*question["passages"]}:
        return True
    gold = sentences(gold_text(question))
    return any(
        support(f"{passage['title']}. {passage['text']}", sentence, threshold, question["question"]).supported
        for passage in passages
        for sentence in gold
    )


def supported_example(
    question: Question, aligned: Aligned, index: Index, mode: Mode, size: int, rng: random.Random, variant: int = 0
) -> Conversation:
    """The question over its supporting passages and distractors, answered with citations."""
    passages = context_of(question, aligned, index, size, rng, variant)
    turns = [user_message(question["question"], passages)]
    turns.append(assistant_message(cited_answer(question, aligned, passages, mode, rng)))
    return example(
        question["id"], [question], "context", "cited_answer", variant, mode, passages, turns, expect_cited(aligned)
    )


def insufficient_example(
    question: Question,
    aligned: Aligned,
    index: Index,
    mode: Mode,
    size: int,
    threshold: float,
    rng: random.Random,
    variant: int = 0,
) -> Conversation | None:
    """The question over distractors alone, answered by an abstention; None when there is no distractor or
    one of them supports the gold answer after all."""
    passages = distractors(question, index, aligned.supporting, size, rng if variant else None)
    if not passages or holds_answer(question, passages, threshold):
        return None
    rng.shuffle(passages)
    turns = [user_message(question["question"], passages)]
    turns.append(assistant_message(abstaining_answer(question, aligned, passages, index, mode, rng)))
    expect = expect_abstention(question)
    return example(question["id"], [question], "insufficient", "abstention", variant, mode, passages, turns, expect)


def expect_cited(aligned: Aligned) -> dict[str, Any]:
    """What a right answer over sufficient context satisfies."""
    return {"abstain": False, "reference": aligned.text, "key_facts": [s for s, _ in aligned.sentences]}


def expect_abstention(question: Question) -> dict[str, Any]:
    """What a right answer over insufficient context satisfies."""
    return {"abstain": True, "reference": gold_text(question), "key_facts": []}


def example(
    name: str,
    questions: Sequence[Question],
    kind: str,
    skill: str,
    variant: int,
    mode: Mode,
    passages: Sequence[Passage],
    messages: list[Message],
    expect: dict[str, Any],
) -> Conversation:
    """The record of a conversation over ``passages``, named after the question ``name``; ``expect`` is of the last
    turn, whose question comes last in ``parents``."""
    first = questions[0]
    number = f"/{variant + 1}" if variant else ""
    return cast(
        Conversation,
        {
            "id": f"{name}/{skill}{number}",
            "kind": kind,
            "skill": skill,
            "mode": mode,
            "split": first["split"],
            **trace(*questions),
            "passages": [passage["id"] for passage in passages],
            "messages": messages,
            "expect": expect | {"question": questions[-1]["question"]},
        },
    )
