"""Builds one context example from one question: passages in, a cited answer or an abstention out."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from residency.core.prompt import Mode, assistant_message, shape_open, user_message
from residency.core.records import Conversation, Passage, Question, trace
from residency.core.text import content_stems, key_phrases, sentences
from residency.domain.surgery.phrases import CHECKS
from residency.grounding.phrases import ABSTENTIONS, REQUESTS
from residency.judging.citations import cite
from residency.judging.support import support
from residency.retrieval.index import Index

CANDIDATES = 8
LONGEST_PHRASE = 5
LEAST_RARITY = 1.6  # a word in more than a fifth of the passages tells little


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
    """The text that passages must support: an open answer, or an MCQ's rationale."""
    return question["answer"] if question["kind"] == "open" else question.get("rationale", "")


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


def distractors(question: Question, index: Index, supporting: Sequence[str], count: int) -> list[Passage]:
    """Passages that look right for the question and are not among ``supporting``, hardest first."""
    away = {*supporting, *question["passages"]}
    return [passage for passage, _ in index.search(question["question"], count, without=away)]


def supported_example(
    question: Question, aligned: Aligned, index: Index, mode: Mode, size: int, rng: random.Random
) -> Conversation:
    """The question over its supporting passages and distractors, answered with citations."""
    own = [index.by_id[name] for name in aligned.supporting[:size]]
    passages = own + distractors(question, index, aligned.supporting, size - len(own))
    rng.shuffle(passages)
    number = {passage["id"]: place for place, passage in enumerate(passages, 1)}
    cited = [
        cite(sentence, sorted(number[name] for name in names if name in number)) for sentence, names in aligned.sentences
    ]
    answer = shape_open(" ".join(cited), mode, rng.choice(CHECKS))
    reference = " ".join(sentence for sentence, _ in aligned.sentences)
    expect = {"abstain": False, "reference": reference, "key_facts": [s for s, _ in aligned.sentences]}
    return _conversation(question, "context", "cited_answer", mode, passages, answer, expect)


def insufficient_example(
    question: Question, aligned: Aligned, index: Index, mode: Mode, size: int, threshold: float, rng: random.Random
) -> Conversation | None:
    """The question over distractors alone, answered by an abstention; None when there is no distractor or
    one of them supports the gold answer after all."""
    passages = distractors(question, index, aligned.supporting, size)
    if not passages:
        return None
    for passage in passages:
        if any(support(passage["text"], sentence, threshold).supported for sentence, _ in aligned.sentences):
            return None
    rng.shuffle(passages)
    withheld = [index.by_id[name] for name in aligned.supporting]
    what = asked_about(question["question"], withheld, passages, index)
    text = f"{rng.choice(ABSTENTIONS)} {rng.choice(REQUESTS)}".format(what=what, want=wanted_source(withheld, what))
    answer = shape_open(text, mode, rng.choice(CHECKS))
    expect = {"abstain": True, "reference": gold_text(question), "key_facts": []}
    return _conversation(question, "insufficient", "abstention", mode, passages, answer, expect)


def asked_about(question: str, withheld: Sequence[Passage], shown: Sequence[Passage], index: Index) -> str:
    """What a question is about, in its own words: its most telling phrase.

    The phrase holds a word that no passage shown holds, so that to say "these passages do not mention it"
    is true. Words at its ends that the withheld passages do not hold, or that many passages hold, are cut
    off: they are the question's verbs and its manner ("how quickly", "the right approach"). A word alone
    counts only if a withheld title holds it.
    """
    held, seen = _stems(withheld), _stems(shown)
    titles = {stem for passage in withheld for stem in content_stems(passage["title"])}

    def tells(word: str) -> bool:
        return index.rarity(word) >= LEAST_RARITY and set(content_stems(word)) <= held

    phrases: list[list[str]] = []
    for phrase in key_phrases(question):
        words = phrase.split()
        while words and not tells(words[0]):
            words.pop(0)
        while words and not tells(words[-1]):
            words.pop()
        incidental = len(words) == 1 and not set(content_stems(words[0])) <= titles
        if words and len(words) <= LONGEST_PHRASE and not incidental and not set(content_stems(phrase)) <= seen:
            phrases.append(words)
    telling = max(phrases, key=lambda words: sum(map(index.rarity, words)), default=["what", "was", "asked"])
    return " ".join(telling)


def _stems(passages: Sequence[Passage]) -> set[str]:
    return {stem for passage in passages for stem in content_stems(f"{passage['title']} {passage['text']}")}


def wanted_source(withheld: Sequence[Passage], what: str) -> str:
    """What to retrieve: the title of the first withheld passage up to its colon, else ``what``."""
    title = withheld[0]["title"].partition(":")[0].strip() if withheld else ""
    return title or what


def _conversation(
    question: Question, kind: str, skill: str, mode: Mode, passages: list[Passage], answer: str, expect: dict[str, Any]
) -> Conversation:
    ids = [passage["id"] for passage in passages]
    return cast(
        Conversation,
        {
            "id": f"{question['id']}/{skill}",
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
