"""The bank's held-out open questions, without context."""

from __future__ import annotations

from typing import Any, cast

from residency.core.prompt import Mode, conversation, user_message
from residency.core.records import Question
from residency.core.text import sentences
from residency.evaluation.item import Ask, Item
from residency.evaluation.sources import Sources

GIVEN = "given"


def collect(sources: Sources) -> list[Item]:
    """The bank's held-out open questions, each in a mode drawn for it."""
    items = []
    for question in sources.questions:
        if question["kind"] == "open":
            mode = sources.mode(question["id"])
            items.append(open_item(question, mode, sources.unseen_tag(question["id"], mode)))
    return sources.few(items, "open")


def open_item(question: Question, mode: Mode, tag: str) -> Item:
    """An open question without context, its mode told by ``tag``, a held-out wording."""
    return Item(
        id=f"open/{question['id']}",
        axis="open",
        task="open",
        mode=mode,
        cluster=question["cluster"],
        topic=question["topic"],
        asks=[Ask(GIVEN, conversation(mode, [user_message(question["question"])], tag))],
        expect={
            "question": question["question"],
            "reference": question["answer"],
            "key_facts": sentences(question["answer"]),
            "unseen_tag": True,
        },
        source=question["source"],
        split=question["split"],
        passage_seen=cast(dict[str, Any], question).get("passage_seen"),
    )
