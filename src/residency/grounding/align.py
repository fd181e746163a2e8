"""Which passages support which sentence of a gold answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

from residency.core.records import Passage, Question
from residency.core.text import content_stems, sentences
from residency.grounding.leaning import leans
from residency.judging.citations import claims_nothing, strip_citations
from residency.judging.support import support
from residency.retrieval.index import Index

CANDIDATES = 8
JOINED = 5  # the candidates of which two may support a sentence together
LEAST_HALF = 3  # content words that a half of a sentence must have to be a claim of its own
HALF = 0.75  # the share of them that its passage must hold: of few words, many stand anywhere

_BETWEEN = re.compile(
    r";\s+|,?\s+(?:and|but|while|whereas|because|so|or)\s+|,\s+(?:with|then|which)\s+|,\s+", re.IGNORECASE
)

Sentences = tuple[tuple[str, tuple[str, ...]], ...]
"""Sentences, each with the ids of the passages that support it."""


@dataclass(frozen=True)
class Aligned:
    """A gold answer's sentences as far as they can be said, each with the ids of the passages that support it.

    ``said`` holds also those that claim nothing and need no passage ("Yes."). ``dropped`` counts the sentences that no
    passage supports, ``dangling`` those left out because they lean on one of them, ``joined`` those that two passages
    support only together.
    """

    said: Sentences
    dropped: int
    dangling: int = 0
    joined: int = 0

    @property
    def sentences(self) -> Sentences:
        """The claims: every sentence that rests on a passage."""
        return tuple((sentence, names) for sentence, names in self.said if names)

    @property
    def supporting(self) -> list[str]:
        """The ids of all supporting passages, each once, in order of first use."""
        return list(dict.fromkeys(name for _, names in self.said for name in names))

    @property
    def text(self) -> str:
        """The supported sentences, without citations."""
        return " ".join(sentence for sentence, _ in self.sentences)


def gold_text(question: Question) -> str:
    """The text that passages must support: an open answer, or an MCQ's rationale, without marks of its own."""
    return strip_citations(question["answer"] if question["kind"] == "open" else question.get("rationale", ""))


def named_passages(question: Question, index: Index) -> list[Passage]:
    """The passages that the question names and the index holds."""
    return [index.by_id[name] for name in question["passages"] if name in index.by_id]


def align(question: Question, candidates: Sequence[Passage], threshold: float) -> Aligned:
    """Find for each gold sentence the passages among ``candidates`` that support it."""
    said: list[tuple[str, tuple[str, ...]]] = []
    waiting: list[str] = []  # what claims nothing is said only if the claim after it is
    dropped, dangling, joined = 0, 0, 0
    broken = False  # whether the sentence before was left out
    for sentence in sentences(gold_text(question)):
        if claims_nothing(sentence):
            waiting.append(sentence)
            continue
        names = supporters(sentence, candidates, threshold, question["question"])
        lost = bool(dropped or dangling)
        if names and not ((broken and leans(sentence)) or (lost and leans(sentence, gap=True) and not leans(sentence))):
            joined += _joined(sentence, names, candidates, threshold, question["question"])
            said += [(one, ()) for one in waiting] + [(sentence, names)]
            broken = False
        else:
            dropped, dangling = dropped + (not names), dangling + bool(names)
            broken = True
        waiting = []
    return Aligned(tuple(said), dropped, dangling, joined)


def supporters(sentence: str, candidates: Sequence[Passage], threshold: float, given: str) -> tuple[str, ...]:
    """The passage that supports a sentence best, and a second one where it supports it equally well; else the two that
    support it only together, each a half of it."""
    scored = [(support(p["text"], sentence, threshold, given), p) for p in candidates]
    holds = sorted(((s.overlap, p["id"]) for s, p in scored if s.supported), key=lambda pair: -pair[0])
    if holds:
        return tuple(name for overlap, name in holds[:2] if overlap >= holds[0][0] - 1e-9)
    nearest = [p for s, p in sorted(scored, key=lambda pair: -pair[0].overlap) if s.overlap > 0][:JOINED]
    stems = set(content_stems(sentence))
    held = {stem for p in nearest for stem in content_stems(p["text"])} & stems
    return _together(sentence, nearest, threshold, given) if len(held) >= threshold * len(stems) else ()


def _together(sentence: str, candidates: Sequence[Passage], threshold: float, given: str) -> tuple[str, ...]:
    """Two passages of which one supports the sentence's first half and the other the second, and which together
    support the whole, in the order of the halves; empty when there are none."""
    for match in _BETWEEN.finditer(sentence):
        halves = sentence[: match.start()], sentence[match.end() :]
        if any(len(set(content_stems(half))) < LEAST_HALF for half in halves):
            continue
        first, second = (
            [p for p in candidates if support(p["text"], half, max(threshold, HALF), given).supported]
            for half in halves
        )
        for one, two in permutations(candidates, 2):
            if one in first and two in second and one not in second and two not in first:
                joined = f"{one['text']}\n{two['text']}"
                if support(joined, sentence, threshold, given).supported:
                    return one["id"], two["id"]
    return ()


def _joined(sentence: str, names: tuple[str, ...], candidates: Sequence[Passage], threshold: float, given: str) -> bool:
    """Whether the passages named support the sentence only together."""
    texts = [p["text"] for p in candidates if p["id"] in names]
    return len(names) > 1 and not any(support(text, sentence, threshold, given).supported for text in texts)


def holds_answer(question: Question, passages: Sequence[Passage], threshold: float) -> bool:
    """Whether ``passages`` support a sentence of the gold answer, one of them or two together, or one of them is named
    by the question."""
    if {passage["id"] for passage in passages} & {*question["passages"]}:
        return True
    return supports_any(sentences(gold_text(question)), passages, threshold, question["question"])


def supports_any(claims: Sequence[str], passages: Sequence[Passage], threshold: float, given: str) -> bool:
    """Whether ``passages``, their titles included, support one of ``claims``, one of them alone or two together."""
    headed: list[Passage] = [{**passage, "text": f"{passage['title']}. {passage['text']}"} for passage in passages]
    return any(supporters(claim, headed, threshold, given) for claim in claims)
