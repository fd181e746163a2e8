"""Builds one context example from one question: passages in, a cited answer or an abstention out."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from residency.core.prompt import Mode, assistant_message, shape_open, user_message
from residency.core.records import Conversation, Passage, Question, trace
from residency.core.text import sentences
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


def supported_example(
    question: Question, aligned: Aligned, index: Index, mode: Mode, size: int, rng: random.Random, variant: int = 0
) -> Conversation:
    """The question over its supporting passages and distractors, answered with citations.

    ``variant`` 0 takes the hardest distractors; the others draw theirs.
    """
    own = [index.by_id[name] for name in aligned.supporting]
    passages = own + distractors(question, index, aligned.supporting, size - len(own), rng if variant else None)
    rng.shuffle(passages)
    number = {passage["id"]: place for place, passage in enumerate(passages, 1)}
    cited = [cite(sentence, sorted(map(number.__getitem__, names))) for sentence, names in aligned.sentences]
    reference = " ".join(sentence for sentence, _ in aligned.sentences)
    answer = shape_open(" ".join(cited), mode, check_for(reference, rng))
    expect = {"abstain": False, "reference": reference, "key_facts": [s for s, _ in aligned.sentences]}
    return _conversation(question, "context", "cited_answer", variant, mode, passages, answer, expect)


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
    if not passages:
        return None
    gold = sentences(gold_text(question))
    for passage in passages:
        held = f"{passage['title']}. {passage['text']}"
        if any(support(held, sentence, threshold, question["question"]).supported for sentence in gold):
            return None
    rng.shuffle(passages)
    withheld = [index.by_id[name] for name in aligned.supporting]
    text = abstention(question["question"], withheld, passages, index, rng)
    answer = shape_open(text, mode, check_for(text, rng))
    expect = {"abstain": True, "reference": gold_text(question), "key_facts": []}
    return _conversation(question, "insufficient", "abstention", variant, mode, passages, answer, expect)


def _conversation(
    question: Question,
    kind: str,
    skill: str,
    variant: int,
    mode: Mode,
    passages: list[Passage],
    answer: str,
    expect: dict[str, Any],
) -> Conversation:
    ids = [passage["id"] for passage in passages]
    number = f"/{variant + 1}" if variant else ""
    return cast(
        Conversation,
        {
            "id": f"{question['id']}/{skill}{number}",
            "kind": kind,
            "skill": skill,
            "mode": mode,
            "split": question["split"],
            **trace(question),
            "passages": ids,
            "messages": [user_message(question["question"], passages), assistant_message(answer)],
            "expect": expect | {"question": question["question"]},
        },
    )
