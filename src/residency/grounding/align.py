"""Which passages support which sentence of a gold answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from residency.core.records import Passage, Question
from residency.core.text import sentences
from residency.judging.citations import strip_citations
from residency.judging.support import support
from residency.retrieval.index import Index

CANDIDATES = 8

Sentences = tuple[tuple[str, tuple[str, ...]], ...]
"""Sentences, each with the ids of the passages that support it."""


@dataclass(frozen=True)
class Aligned:
    """A gold answer's sentences, each with the ids of the passages that support it."""

    sentences: Sentences
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
