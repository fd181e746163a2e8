"""The exam questions: the bank's held-out MCQs."""

from __future__ import annotations

from typing import Any, cast

from residency.core.prompt import conversation, format_question, user_message
from residency.core.records import Question
from residency.evaluation.item import Ask, Item
from residency.evaluation.sources import Sources

LETTER_ONLY = "State the choice and nothing else."
GIVEN, LETTERS = "given", "letters"


def collect(sources: Sources) -> list[Item]:
    """The bank's held-out MCQs."""
    return sources.few([exam_item(row) for row in sources.questions if row["kind"] == "mcq"], "exam")


def exam_item(question: Question) -> Item:
    """An MCQ in EXAM mode: answered in full by generation, and by letter for the likelihood."""
    asked = format_question(question["question"], question["options"])
    letters = "".join(question["options"])
    return Item(
        id=f"exam/{question['id']}",
        axis="exam",
        task="exam",
        mode="EXAM",
        cluster=question["cluster"],
        topic=question["topic"],
        asks=[
            Ask(GIVEN, conversation("EXAM", [user_message(asked)])),
            Ask(
                LETTERS, conversation("EXAM", [user_message(f"{asked}\n{LETTER_ONLY}")]), letters=letters, written=False
            ),
        ],
        expect={
            "letter": question["answer"],
            "letters": letters,
            "reference": question.get("rationale") or question["options"][question["answer"]],
        },
        source=question["source"],
        split=question["split"],
        passage_seen=cast(dict[str, Any], question).get("passage_seen"),
    )
