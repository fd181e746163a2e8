"""What is asked, and all that an answer to it may be held against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from residency.core.prompt import Mode
from residency.core.records import Conversation, Question


@dataclass(frozen=True)
class Item:
    """One question with what is known of its right answer.

    ``references`` are right answers, each by itself; of an MCQ, the key's rationales. ``key_facts`` are what a right
    answer states, where they are named. ``letter`` is the key of an MCQ with ``options``. ``passages`` are the texts
    given to the answerer in their printed order, ``passages[0]`` being ``[1]``; ``abstain`` says whether they lack
    the answer, None where nobody knows or none were given. Without ``mode`` no form is expected. ``cluster`` groups
    items that are not independent.
    """

    id: str
    question: str
    references: tuple[str, ...] = ()
    key_facts: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    letter: str = ""
    passages: tuple[str, ...] = ()
    abstain: bool | None = None
    mode: Mode | None = None
    cluster: str = ""


def of_question(question: Question, mode: Mode | None = None) -> Item:
    """An MCQ or an open question of the bank, asked without any context."""
    mcq = question["kind"] == "mcq"
    reference = question.get("rationale", "") if mcq else question["answer"]
    return Item(
        question["id"],
        question["question"],
        (reference,) if reference.strip() else (),
        options=question.get("options", {}) if mcq else {},
        letter=question["answer"] if mcq else "",
        abstain=False,
        mode=mode,
        cluster=question["cluster"],
    )


def of_conversation(row: Conversation, passages: Sequence[str]) -> Item:
    """A question over ``passages``, the texts of the row's context in their printed order."""
    expect = row["expect"]
    abstain = bool(expect.get("abstain"))
    reference = str(expect.get("reference") or "")
    return Item(
        row["id"],
        str(expect.get("question") or row["messages"][-2]["content"]),
        (reference,) if reference and not abstain else (),
        () if abstain else tuple(expect.get("key_facts") or ()),
        passages=tuple(passages),
        abstain=abstain,
        mode=row["mode"],
        cluster=row["parents"][-1] if row["parents"] else row["id"],
    )
