"""The dev questions that were sorted before the training, as they are served: without context and without exemplars."""

from __future__ import annotations

from residency.core.prompt import conversation, format_question, user_message
from residency.core.records import Question
from residency.evaluation.item import Ask, Item
from residency.evaluation.sources import Sources
from residency.judging.closed_book import Known, known_by

CLOSED_BOOK = "closed_book"


def collect(sources: Sources) -> list[Item]:
    """The dev questions with a category; none where the stage ``knowledge`` asked nothing."""
    items = []
    for question in sources.dev:
        known = known_by(question) if question["id"] in sources.known else None
        if known is not None:
            items.append(knowledge_item(question, known, sources.known[question["id"]]))
    return sources.few(items, "knowledge")


def knowledge_item(question: Question, known: Known, category: str) -> Item:
    """A question in EXAM mode; ``category`` is that of the base model."""
    asked = format_question(question["question"], known.options)
    return Item(
        id=f"knowledge/{question['id']}",
        axis="knowledge",
        task="knowledge",
        mode="EXAM",
        cluster=question["cluster"],
        topic=question["topic"],
        asks=[Ask(CLOSED_BOOK, conversation("EXAM", [user_message(asked)]))],
        expect={
            "category": category,
            "question": known.question,
            "fact": known.fact,
            "options": dict(known.options),
            "letter": known.letter,
            "reference": known.fact,
        },
        source=question["source"],
        split=question["split"],
    )
