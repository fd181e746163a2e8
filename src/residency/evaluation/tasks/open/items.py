"""The bank's held-out open questions, without context, and the questions of rubric files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from residency.core.errors import MissingDependencyError
from residency.core.prompt import Mode, conversation, user_message
from residency.core.records import Question
from residency.core.text import sentences
from residency.evaluation.item import GIVEN, Ask, Item
from residency.evaluation.sources import Sources
from residency.generation.embeddings import EXTRA, missing
from residency.judging.criteria.corpus import corpus_rubric
from residency.judging.criteria.files import Example, read_rubrics
from residency.judging.healthbench import Criterion


def collect(sources: Sources) -> list[Item]:
    """The bank's held-out open questions, each in a mode drawn for it, and the questions of the rubric files.

    Raises:
        InputError: a rubric file cannot be used.
        MissingDependencyError: closeness is wanted and the extra ``semantic`` is not installed.
    """
    asked = sources.settings.open
    if asked.closeness and (package := missing()):
        raise MissingDependencyError(package, EXTRA, "or leave out evaluate.open.closeness")
    how = {"judge_all": asked.judge_all, "closeness": asked.closeness}
    items = []
    for question in sources.questions:
        if question["kind"] == "open":
            mode = sources.mode(question["id"])
            items.append(open_item(question, mode, sources.unseen_tag(question["id"], mode), how))
    written = [rubric_item(example, how) for example in read_rubrics(asked.rubrics)]
    return [*sources.few(items, "open"), *sources.few(written, "rubrics")]


def open_item(question: Question, mode: Mode, tag: str, how: dict[str, bool] | None = None) -> Item:
    """An open question without context, its mode told by ``tag``, a held-out wording; ``how`` it is to be graded."""
    facts = sentences(question["answer"])
    rubric = corpus_rubric(question["question"], question["answer"], mode)
    expect = {"question": question["question"], "reference": question["answer"], "key_facts": facts, "unseen_tag": True}
    return Item(
        id=f"open/{question['id']}",
        axis="open",
        task="open",
        mode=mode,
        cluster=question["cluster"],
        topic=question["topic"],
        asks=[Ask(GIVEN, conversation(mode, [user_message(question["question"])], tag))],
        expect=expect | _graded_by(rubric, ()) | (how or {}),
        source=question["source"],
        split=question["split"],
        passage_seen=question.get("passage_seen"),
    )


def rubric_item(example: Example, how: dict[str, bool] | None = None) -> Item:
    """A question of a rubric file, asked in the mode that it names, or else as the assistant is served (CLINICAL)."""
    mode: Mode = example.mode or "CLINICAL"
    expect = {
        "question": "\n".join(turn["content"] for turn in example.prompt if turn["role"] == "user"),
        "reference": example.reference,
        "key_facts": sentences(example.reference),
        "unseen_tag": False,
    }
    return Item(
        id=f"open/rubric/{example.id}",
        axis="open",
        task="open",
        mode=mode,
        cluster=f"rubric/{example.id}",
        topic=example.topic,
        asks=[Ask(GIVEN, conversation(mode, list(example.prompt)))],
        expect=expect | _graded_by(example.criteria, example.tags) | (how or {}),
        source="written",
    )


def _graded_by(criteria: Sequence[Criterion], tags: Sequence[str]) -> dict[str, Any]:
    return {"rubric": [one.as_dict() for one in criteria], "example_tags": list(tags)}
