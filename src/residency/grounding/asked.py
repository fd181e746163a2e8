"""The questions whose gold answer stands in passages, and what search finds for each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from sys import intern

from residency.core.records import Passage, Question
from residency.core.stage import Progress
from residency.grounding.align import CANDIDATES, Aligned, align, gold_text, named_passages
from residency.grounding.settings import GroundingSettings
from residency.judging.answers import is_abstention
from residency.retrieval.index import Index

NEAREST = 60  # passages that are kept of what search finds for a question
AT_ONCE = 1_000  # questions whose passages are held together


@dataclass(frozen=True)
class Asked:
    """A question and where its answer stands; ``near`` are the ids of what search finds for the question, best first
    (None: not searched yet)."""

    question: Question
    aligned: Aligned
    near: tuple[str, ...] | None = None


def with_support(
    questions: Sequence[Question], index: Index, settings: GroundingSettings, progress: Progress
) -> tuple[list[Asked], Counter[str], Counter[str]]:
    """The questions whose gold answer stands in passages, the others counted by reason, and the sentences of the gold
    answers counted by what became of them. Questions are searched together, since that embeds them in batches."""
    refused: Counter[str] = Counter()
    counted: Counter[str] = Counter()
    found: list[Asked] = []
    progress.start(len(questions), "questions aligned")
    for start in range(0, len(questions), AT_ONCE):
        part = questions[start : start + AT_ONCE]
        kept: list[Asked] = []
        for question, aligned in zip(part, _aligned(part, index, settings), strict=True):
            if isinstance(aligned, str):
                refused[aligned] += 1
            else:
                kept.append(Asked(question, aligned))
                counted.update(_sentences_of(aligned))
        near = index.search_many([one.question["question"] for one in kept], NEAREST)
        found += [
            Asked(one.question, one.aligned, tuple(intern(passage["id"]) for passage, _ in passages))
            for one, passages in zip(kept, near, strict=True)
        ]
        progress.advance(len(part))
    return found, refused, counted


def _aligned(part: Sequence[Question], index: Index, settings: GroundingSettings) -> list[Aligned | str]:
    """For each question its gold answer with its passages, or the reason for which it cannot be used."""
    unnamed = [question for question in part if gold_text(question).strip() and not named_passages(question, index)]
    texts = [f"{question['question']} {gold_text(question)}" for question in unnamed]
    searched = dict(zip([question["id"] for question in unnamed], index.search_many(texts, CANDIDATES), strict=True))
    found: list[Aligned | str] = []
    for question in part:
        candidates = [passage for passage, _ in searched.get(question["id"], [])] or named_passages(question, index)
        found.append(_usable(question, index, candidates, settings))
    return found


def _usable(
    question: Question, index: Index, candidates: Sequence[Passage], settings: GroundingSettings
) -> Aligned | str:
    """The gold answer with its passages, or the reason for which it cannot be used."""
    if not index.passages:
        return "no passages in the index"
    if not gold_text(question).strip():
        return "no rationale to cite"
    aligned = align(question, candidates, settings.support_threshold)
    total = len(aligned.sentences) + aligned.dropped + aligned.dangling
    if not aligned.sentences or len(aligned.sentences) < settings.min_supported * total:
        return "gold answer not supported by any passage"
    if is_abstention(aligned.text):  # an answer and an abstention could not be told apart
        return "gold answer reads as though the passages were silent"
    if len(aligned.supporting) > settings.passages:
        return "needs more passages than the context holds"
    return aligned


def _sentences_of(aligned: Aligned) -> dict[str, int]:
    claims = len(aligned.sentences)
    return {
        "cited": claims,
        "cited to two together": aligned.joined,
        "claims nothing, uncited": len(aligned.said) - claims,
        "left out: no passage supports it": aligned.dropped,
        "left out: leans on one left out": aligned.dangling,
    }
