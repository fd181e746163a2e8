"""Questions with the right, the other and no mode tag: what is asked, and what an answer's form earns."""

from __future__ import annotations

from collections import Counter
from typing import Any, cast

import pytest

from residency.core.prompt import IDENTITY, standard_tag
from residency.core.records import Question
from residency.evaluation.item import Item, item_of
from residency.evaluation.missing import with_missing
from residency.evaluation.run import collect
from residency.evaluation.settings import EvaluateSettings
from residency.evaluation.sources import Sources
from residency.evaluation.tasks.mode_tags.grade import grade
from residency.evaluation.tasks.mode_tags.items import style_of
from tests.banks import make_question
from tests.evaluating import answers_to, graded

CASE = "A 45-year-old man has a painless lump in the groin. Which operation is advised?"
DANGER = "A 70-year-old woman has sudden abdominal pain. Blood pressure is 70/40 mmHg. What should be done?"
OPTIONS = {"A": "Mesh repair.", "B": "A truss."}
EXAM = "Key point: Repair it.\nMesh is used."
EXAM_MCQ = f"{EXAM}\nANSWER: A"
CLINICAL = "Repair it with mesh.\nBefore acting: check that he is fit for it."
MCQ: dict[str, Any] = {"options": OPTIONS, "answer": "A", "rationale": "Mesh lowers recurrence."}


def questions() -> list[Question]:
    rows = [make_question(f"m{n}", **MCQ, split="test") for n in range(20)]
    rows += [make_question(f"c{n}", question=CASE, split="test") for n in range(20)]
    rows += [make_question("fact", split="test"), make_question("danger", question=DANGER, split="test")]
    return [cast(Question, row) for row in rows]


def asked(**modes: Any) -> list[Item]:
    settings = EvaluateSettings.model_validate({"modes": modes})
    return [item for item in collect(Sources(settings, 17, questions())) if item.task == "mode"]


def one(style: str) -> Item:
    return next(item for item in asked(swapped=True) if item.mode == style)


def test_nothing_is_asked_unless_it_is_wanted_and_no_other_item_changes() -> None:
    off, on = (
        collect(Sources(EvaluateSettings.model_validate({"modes": {"swapped": swapped}}), 17, questions()))
        for swapped in (False, True)
    )
    assert not any(item.task == "mode" for item in off)
    assert [item for item in on if item.task != "mode"] == off


def test_each_question_is_asked_with_its_own_tag_the_other_and_none() -> None:
    items = asked(swapped=True)
    assert Counter(item.mode for item in items) == {"EXAM": 12, "CLINICAL": 12}
    assert Counter(item.mode for item in asked(swapped=True, swapped_items=7)) == {"EXAM": 4, "CLINICAL": 3}
    for item in items:
        own, swapped, untagged = (ask.messages for ask in item.asks)
        other = "CLINICAL" if item.mode == "EXAM" else "EXAM"
        assert standard_tag(item.mode) in own[0]["content"] and standard_tag(other) in swapped[0]["content"]  # type: ignore[arg-type]
        assert untagged[0]["content"] == IDENTITY
        assert own[1:] == swapped[1:] == untagged[1:] and len(own) == 2
        assert ("A. Mesh repair." in own[1]["content"]) == (item.mode == "EXAM")
        assert item_of(item.as_row()) == item


@pytest.mark.parametrize(
    ("row", "style"),
    [
        (make_question(**MCQ), "EXAM"),
        (make_question(question=CASE), "CLINICAL"),
        (make_question(), None),
        (make_question(question=DANGER), None),
        (make_question(question=DANGER, **MCQ), None),
    ],
)
def test_a_questions_style_is_told_by_options_and_patients(row: dict[str, Any], style: str | None) -> None:
    assert style_of(cast(Question, row)) == style


@pytest.mark.parametrize(
    ("style", "said", "expected"),
    [
        ("EXAM", (EXAM_MCQ, CLINICAL, CLINICAL), (1, 1, 1)),
        ("EXAM", (EXAM_MCQ, EXAM_MCQ, EXAM_MCQ), (1, 0, 0)),  # it goes by the question
        ("EXAM", (EXAM, EXAM, CLINICAL), (0, 0, 1)),  # an MCQ's exam form ends with the choice
        ("CLINICAL", (CLINICAL, EXAM, CLINICAL), (1, 1, 1)),
        ("CLINICAL", (CLINICAL, CLINICAL, CLINICAL), (1, 0, 1)),
        ("CLINICAL", ("Repair it.", "Repair it.", "Repair it."), (0, 0, 0)),  # of no form at all
    ],
)
def test_the_form_of_each_answer_is_held_against_its_tag(
    style: str, said: tuple[str, str, str], expected: tuple[int, int, int]
) -> None:
    item = one(style)
    found = graded(item, dict(zip([ask.key for ask in item.asks], said, strict=True)))
    names = ("mode.matched_obeyed", "mode.swapped_obeyed", "mode.untagged_clinical")
    assert (found.status, found.metrics) == ("ok", dict(zip(names, map(float, expected), strict=True)))


def test_an_answer_that_failed_is_missing_and_never_wrong() -> None:
    item = one("CLINICAL")
    answers = dict(answers_to(item, {"given": CLINICAL, "swapped": EXAM, "untagged": CLINICAL}))
    answers.pop("swapped")
    found = with_missing(item, answers, grade(item, answers), grade)
    assert found.status == "ok" and found.metrics["mode.swapped_obeyed"] is None
    found = with_missing(item, {}, grade(item, {}), grade)
    assert found.status == "errored" and set(found.metrics.values()) == {None} and len(found.metrics) == 3
