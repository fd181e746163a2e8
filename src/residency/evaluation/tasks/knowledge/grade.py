"""Grades answers from memory: right, wrong and sure of it, or withheld."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from residency.evaluation.item import Answers, Graded, Item, fault_of, texts
from residency.evaluation.tasks.knowledge.items import CLOSED_BOOK
from residency.judging.closed_book import Known, Verdict, verdict

VERDICTS: dict[str, Verdict] = {
    "knowledge.right": "right",
    "knowledge.confident_wrong": "wrong",
    "knowledge.withheld": "withheld",
}
OF_KNOWN: dict[str, Verdict] = {"knowledge.known_confident_wrong": "wrong"}
"""Of facts alone that the base model knew: among all they would be lost in those that it never knew."""
KNOWN = ("highly_known", "maybe_known", "weakly_known")
"""The categories of facts that the base model knew in some degree."""


def grade(item: Item, answers: Answers, judgement: Mapping[str, Any] | None = None) -> Graded:
    """The verdict on one answer, as three metrics of which one is 1, and once more where the base model knew the fact;
    none has a value where the answer could not be read."""
    details: dict[str, Any] = {"category": item.expect["category"]}
    verdicts = VERDICTS | (OF_KNOWN if item.expect["category"] in KNOWN else {})
    if fault := fault_of(answers, CLOSED_BOOK):
        return Graded(dict.fromkeys(verdicts), "errored", details | {"fault": fault})
    known = Known(*(item.expect[name] for name in ("question", "fact", "options", "letter")))
    found = verdict(known, texts(answers, CLOSED_BOOK)[0])
    if found == "unread":
        return Graded(dict.fromkeys(verdicts), "unparsed", details)
    return Graded({name: float(found == each) for name, each in verdicts.items()}, "ok", details | {"verdict": found})
