"""Answers within conversations that contradict other rows: what is found, how sure it is, and what is left alone."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from residency.core.comparing.decontaminate import in_order, in_order_so_far
from residency.core.comparing.tokens import word_hashes
from residency.corpus.bank.standing import stands_alone
from tests.test_conversations import talk, turns
from tests.test_corpus import ask, gate, mcq

Row = dict[str, Any]
NAME = "contradicts_other_record"
DOSE = "What is the usual prophylactic dose of enoxaparin after surgery?"
RIGHT, WRONG = "The usual dose is 40 mg once daily.", "The usual dose is 400 mg once daily."
OTHER = ("What is an inguinal hernia?", "An inguinal hernia is a bulge in the groin.")
CHILDREN = ("And in children?", "In children the dose is 0.5 mg per kilogram.")
HELLO = {"role": "assistant", "content": "Hello, how can I help you?"}
SYSTEM = {"role": "system", "content": "Be brief."}


def says(number: int, *texts: str, before: tuple[Row, ...] = ()) -> Row:
    return talk(number, messages=[*before, *turns(*texts)])


def single(answer: str, question: str = DOSE) -> Row:
    return ask(1, question=question, answer=answer)


def found(folder: Path, rows: list[Row]) -> list[tuple[str, str, str]]:
    """(id, where, sure) of the contradictions that wait for review."""
    gate(folder, rows)
    with (folder / "out" / "review.csv").open(encoding="utf-8-sig", newline="") as handle:
        return [(line["id"], line["where"], line["sure"]) for line in csv.DictReader(handle) if line["check"] == NAME]


PLANTED = {
    "a first turn and a single question": (
        [single(RIGHT), says(2, DOSE, WRONG, *CHILDREN)],
        [("q1", "answer", "likely"), ("talk-2", "turn 2", "likely")],
    ),
    "a first turn after a system message and a greeting": (
        [single(RIGHT), says(2, DOSE, WRONG, *CHILDREN, before=(SYSTEM, HELLO))],
        [("q1", "answer", "likely"), ("talk-2", "turn 4", "likely")],
    ),
    "the same words in other case and with other spaces": (
        [single(RIGHT, DOSE.upper()), says(2, DOSE.replace(" ", "  "), WRONG, *CHILDREN)],
        [("q1", "answer", "likely"), ("talk-2", "turn 2", "likely")],
    ),
    "the first turns of two conversations": (
        [says(1, DOSE, RIGHT, *CHILDREN), says(2, DOSE, WRONG, *OTHER)],
        [("talk-1", "turn 2", "likely"), ("talk-2", "turn 2", "likely")],
    ),
    "a later turn that stands by itself, and a single question": (
        [says(1, *OTHER, DOSE, WRONG), single(RIGHT)],
        [("talk-1", "turn 4", "possible"), ("q1", "answer", "possible")],
    ),
    "a later turn that stands by itself, and another conversation's first": (
        [says(1, *OTHER, DOSE, WRONG), says(2, DOSE, RIGHT, *CHILDREN)],
        [("talk-1", "turn 4", "possible"), ("talk-2", "turn 2", "possible")],
    ),
    "a follow-up after the same turns": (
        [
            says(1, DOSE, RIGHT, *CHILDREN),
            says(2, DOSE, RIGHT, CHILDREN[0], CHILDREN[1].replace("0.5", "5"), "Why?", "It is said in the leaflet."),
        ],
        [("talk-1", "turn 4", "possible"), ("talk-2", "turn 4", "possible")],
    ),
    "the key of an MCQ, and a first turn": (
        [
            mcq(question=DOSE, options={"A": "40 mg", "B": "20 mg", "C": "80 mg", "D": "10 mg"}, answer="A"),
            says(2, DOSE, "It is 400 mg.", *CHILDREN),
        ],
        [("m", "answer", "possible"), ("talk-2", "turn 2", "possible")],
    ),
}


@pytest.mark.parametrize("name", PLANTED)
def test_an_answer_that_cannot_be_right_beside_another_is_found_at_its_turn(tmp_path: Path, name: str) -> None:
    rows, expected = PLANTED[name]
    assert found(tmp_path, rows) == expected


CLEAN = {
    "the same answer": [single(RIGHT), says(2, DOSE, RIGHT, *CHILDREN)],
    "a follow-up after other turns": [
        says(1, DOSE, RIGHT, *CHILDREN),
        says(2, *OTHER, CHILDREN[0], CHILDREN[1].replace("0.5", "5")),
    ],
    "a follow-up that a row asks by itself": [
        says(1, DOSE, RIGHT, *CHILDREN),
        single(CHILDREN[1].replace("0.5", "5"), CHILDREN[0]),
    ],
    "a turn that points back": [
        says(1, *OTHER, "Is it repaired with a mesh in grown patients?", "Yes, it is."),
        single("No, it is not.", "Is it repaired with a mesh in grown patients?"),
    ],
    "two later turns, of which neither is known to stand by itself": [
        says(1, *OTHER, DOSE, WRONG),
        says(2, "What is a femoral hernia?", "It is a bulge below the groin.", DOSE, RIGHT),
    ],
    "a figure alone, in the course of a conversation": [
        says(1, *OTHER, DOSE, "400 mg will do."),
        single("Take 40 mg of it."),
    ],
    "a conversation that asks again": [says(1, DOSE, WRONG, DOSE, f"I was wrong. {RIGHT}"), ask(2)],
    "turns without words": [says(1, "?", "Yes, so it is.", "??", "No, never."), says(2, "!", "No, never.", *OTHER)],
}


@pytest.mark.parametrize("name", CLEAN)
def test_answers_that_may_both_be_right_are_left_alone(tmp_path: Path, name: str) -> None:
    assert found(tmp_path, CLEAN[name]) == []


def test_the_report_shows_both_answers_and_where_they_stand(tmp_path: Path) -> None:
    report = gate(tmp_path, [single(RIGHT), says(2, *OTHER, DOSE, WRONG)], page=True).report
    [check] = [check for check in report["checks"] if check["id"] == NAME]
    assert (check["count"], check["sure"]) == (2, {"possible": 1})
    [example] = check["examples"]
    assert (example["where"], example["text"]) == ("answer", f"{DOSE} - {RIGHT}")
    assert example["other"] == {"origin": "bank.jsonl:2, turn 4", "text": WRONG}
    assert "asked in the course of a conversation" in example["detail"]
    assert "bank.jsonl:2, turn 4" in (tmp_path / "out" / "data-report.html").read_text(encoding="utf-8")


def test_a_decision_on_a_turn_ends_the_contradiction(tmp_path: Path) -> None:
    rows = [single(RIGHT), says(2, DOSE, WRONG, *CHILDREN)]
    assert found(tmp_path, rows)
    table = tmp_path / "decided.csv"
    with (tmp_path / "out" / "review.csv").open(encoding="utf-8-sig", newline="") as handle:
        lines = list(csv.DictReader(handle))
    [line] = [line for line in lines if line["check"] == NAME and line["where"] == "turn 2"]
    assert line["text"] == WRONG and "bank.jsonl:1" in line["detail"]
    with table.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(line))
        writer.writeheader()
        writer.writerow(line | {"decision": "replace", "new_text": RIGHT})
    report = gate(tmp_path, rows, decisions=table).report
    assert [check["count"] for check in report["checks"] if check["id"] == NAME] == [0]


@pytest.mark.parametrize(
    ("turn", "alone"),
    [
        (DOSE, True),
        ("Which artery supplies the appendix?", True),
        ("Should prophylactic antibiotics be given before a cholecystectomy?", True),
        ("And in children with an inguinal hernia?", False),
        ("What about enoxaparin in renal failure?", False),
        ("Is that safe in renal failure and pregnancy?", False),
        ("What is the other treatment of gallstones?", False),
        ("Should my gallbladder be removed before a holiday?", False),
        ("Does she need antibiotics before surgery?", False),
        ("Why?", False),
        ("What are the complications?", False),
        ("A man of 60 has a lump in the groin.", False),
    ],
)
def test_a_turn_stands_by_itself_when_nothing_in_it_points_back(turn: str, alone: bool) -> None:
    assert stands_alone(turn) == alone


@given(st.lists(st.lists(st.sampled_from(["Why?", "", "Is it so?", "手術 は", "12 mg", "?"]), max_size=4), max_size=6))
def test_the_hash_of_turns_so_far_is_that_of_their_text(rows: list[list[str]]) -> None:
    words = word_hashes([turn for row in rows for turn in row])
    joined = ["\n".join(row[: place + 1]) for row in rows for place in range(len(row))]
    counts = [len(row) for row in rows]
    assert in_order_so_far(words, counts).tolist() == in_order(word_hashes(joined)).tolist()
