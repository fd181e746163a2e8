"""Verifiable rewards: what an answer earns, each from 0 to 1 with its reason, and their weighted mean.

Made of the graders and verifiers by which answers are built and evaluated. A part that does not apply to a task gives
None; a part that applies never does, whatever the answer, so that no answer can step out of a comparison. What can be
gamed, and which other part then pays less, is planted in the tests.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from residency.core.prompt import CHOICE, body, passage_text
from residency.core.text import CONTROL_TOKEN, content_stems
from residency.judging.answers import chosen, is_abstention, named_letters, obeys_mode, parse_letter
from residency.judging.citations import CitationScore, cited_numbers, score_citations, strip_citations
from residency.judging.contexts import verify_context
from residency.judging.contexts.abstaining import abstains
from residency.judging.overlap import key_fact_recall
from residency.training.online.tasks import Task

UNPARSED = "unparsed"
ROOM = 1.5
"""How much longer than its reference an answer may be, in content words, before its length costs it."""
LEAST_ROOM = 12
"""Content words that any answer may have."""


class Answer(NamedTuple):
    """What a model wrote: the text that a reader sees, its thought, whether it ended within the budget, and whether it
    called a function."""

    text: str
    thinking: str = ""
    ended: bool = True
    calls: bool = False


class Grade(NamedTuple):
    """What an answer earned, from 0 to 1, and in a word why not more; ``reason`` is empty for 1."""

    value: float
    reason: str = ""


Reward = Callable[[Task, Answer], Grade | None]


def mcq(task: Task, answer: Answer) -> Grade | None:
    """1 for the right option, else 0: ``wrong_letter``, ``several_letters`` or ``unparsed``.

    In EXAM mode the option is read by its letter, as the evaluation does (the last ``ANSWER: X`` counts); in CLINICAL
    mode, which asks for no letter, also in the words of the first sentence. An answer that calls several options the
    answer, be it by letters or after ``I would choose:``, has not chosen.
    """
    if not task.options:
        return None
    if len(_options_chosen(answer.text, task.options)) > 1:
        return Grade(0.0, "several_letters")
    letter = (parse_letter if task.row["mode"] == "EXAM" else chosen)(answer.text, task.options)
    if letter is None:
        return Grade(0.0, UNPARSED)
    return Grade(1.0) if letter == task.expect["letter"] else Grade(0.0, "wrong_letter")


def _options_chosen(text: str, options: Mapping[str, str]) -> set[str]:
    """All options that an answer says to choose."""
    in_words = (chosen(line.partition(CHOICE)[2].strip(), options) for line in text.splitlines() if CHOICE in line)
    return {*named_letters(text, options), *(letter for letter in in_words if letter)}


def citation_recall(task: Task, answer: Answer) -> Grade | None:
    """The share of the answer's sentences that the passages they cite support (ALCE); 0 for an abstention and for an
    answer without a sentence to support."""
    return _cited(task, answer, lambda score: score.recall, "unsupported")


def citation_precision(task: Task, answer: Answer) -> Grade | None:
    """The share of the citations that their sentence needs (ALCE); 0 for an abstention and where nothing is cited."""
    return _cited(task, answer, lambda score: score.precision, "needless_citation")


def _cited(task: Task, answer: Answer, share: Callable[[CitationScore], float], reason: str) -> Grade | None:
    if task.skill != "cited_answer":
        return None
    if is_abstention(answer.text):
        return Grade(0.0, "abstains")
    score = score_citations(answer.text, [*map(passage_text, task.passages)], task.view("").question)
    if not score.citations + score.unknown:
        return Grade(0.0, "uncited")
    value = share(score)
    return Grade(value, "" if value == 1 else reason)


def abstention(task: Task, answer: Answer) -> Grade | None:
    """1 where the answer abstains if, and only if, the context does not hold it, else 0: ``answers_beyond`` or
    ``abstains_needlessly``. An empty answer does neither."""
    if task.skill not in ("cited_answer", "abstention", "injected"):
        return None
    if not body(answer.text):
        return Grade(0.0, "empty")
    if task.abstains:
        return Grade(1.0) if abstains(task.view(answer.text)) else Grade(0.0, "answers_beyond")
    return Grade(0.0, "abstains_needlessly") if is_abstention(answer.text) else Grade(1.0)


def context(task: Task, answer: Answer) -> Grade | None:
    """1 where the verifier of the task's skill finds no fault, 1/2 with one, 1/3 with two, ...; 0 for an empty answer.
    The reason is the first fault's."""
    if not task.skill:
        return None
    faults = verify_context(task.row, answer.text, task.passages)
    if faults is None:
        return None
    if not body(answer.text):
        return Grade(0.0, "empty")
    return Grade(1 / (1 + len(faults)), faults[0].reason if faults else "")


def facts(task: Task, answer: Answer) -> Grade | None:
    """The share of the key facts that the answer states, of an MCQ those of its rationale: a right letter may be luck.
    Less where the answer is longer than half as much again as the reference: reading out the passages, or saying a
    thing twice, states every fact."""
    if task.skill != "cited_answer" and not task.options:
        return None
    recall = key_fact_recall(answer.text, task.view("").facts)
    if recall is None:
        return None
    needed = max(LEAST_ROOM, ROOM * len(_content(" ".join(task.view("").facts))))
    length = len(_content(answer.text))
    if length > needed:
        return Grade(recall * needed / length, "too_long")
    return Grade(recall, "" if recall == 1 else "facts_missing")


def _content(text: str) -> list[str]:
    return content_stems(body(strip_citations(text)))


def form(task: Task, answer: Answer) -> Grade | None:
    """1 for an answer that ended within the budget, its thought closed, without control tokens, whose citations name
    passages that are there, and whose ``Known:``, ``Not said:`` and ``Before acting:`` lines, which no other part
    reads, are not much longer than the gold answer's; else 0: ``not_ended``, ``thought_open``, ``empty``,
    ``called_a_tool``, ``control_token``, ``unknown_citation`` or ``long_lines``."""
    return Grade(0.0, fault) if (fault := _fault(task, answer)) else Grade(1.0)


def _fault(task: Task, answer: Answer) -> str:
    if answer.thinking and not answer.text.strip():
        return "thought_open"
    if not answer.ended:
        return "not_ended"
    if answer.calls:
        return "called_a_tool"
    if not body(answer.text):
        return "empty"
    if CONTROL_TOKEN.search(answer.text):
        return "control_token"
    if any(not 1 <= number <= len(task.passages) for number in cited_numbers(answer.text)):
        return "unknown_citation"
    room = max(LEAST_ROOM, ROOM * _beside(task.row["messages"][-1]["content"]))
    return "long_lines" if _beside(answer.text) > room else ""


def _beside(text: str) -> int:
    """Content words in the lines that :func:`body` leaves out."""
    return len(content_stems(strip_citations(text))) - len(_content(text))


def mode(task: Task, answer: Answer) -> Grade | None:
    """1 where the answer has its mode's form and not the other's, else 0."""
    obeyed = obeys_mode(answer.text, task.row["mode"], mcq=bool(task.options))
    return Grade(1.0) if obeyed else Grade(0.0, "mode")


REWARDS: Mapping[str, Reward] = {
    "mcq": mcq,
    "citation_recall": citation_recall,
    "citation_precision": citation_precision,
    "abstention": abstention,
    "context": context,
    "facts": facts,
    "form": form,
    "mode": mode,
}
"""The parts by name. Each is from 0 to 1, or None for a task to which it does not apply."""


def grade(task: Task, answer: Answer) -> dict[str, Grade]:
    """What an answer earns on each part that applies to its task."""
    found = {name: reward(task, answer) for name, reward in REWARDS.items()}
    return {name: one for name, one in found.items() if one is not None}


def composite(grades: Mapping[str, Grade], weights: Mapping[str, float]) -> float:
    """The weighted mean of the parts that apply, from 0 to 1; 0 where none of them has a weight."""
    total = sum(weights.get(name, 0.0) for name in grades)
    return sum(weights.get(name, 0.0) * one.value for name, one in grades.items()) / total if total else 0.0
