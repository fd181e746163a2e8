"""The prompt contract: what the model reads, and the two forms of an answer."""

from __future__ import annotations

from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from residency.core.errors import UsageError
from residency.core.prompt import (
    ANSWER,
    BEFORE_ACTING,
    CONTEXT_ONLY,
    IDENTITY,
    INSTRUCTIONS,
    KEY_POINT,
    MODES,
    Mode,
    body,
    conversation,
    format_passages,
    format_question,
    has_passages,
    key_sentence,
    parse_mode,
    shape_mcq,
    shape_open,
    system_message,
    user_message,
    with_fewer_passages,
)
from residency.core.records import HELD_OUT, TRAINED_ON, Passage, in_splits, trace
from residency.core.text import sentences
from residency.domain.surgery.phrases import ANY, BEDSIDE, CHECKS, MEDICINES, OPERATIONS, check_for
from residency.judging.answers import obeys_mode, parse_letter
from tests.banks import make_passage, make_question


def passage(text: str, title: str = "") -> Passage:
    return cast(Passage, make_passage("p", text, title))


def test_the_mode_stands_in_the_system_message_and_can_be_left_out() -> None:
    assert "\nMode: EXAM\n" in system_message("EXAM")["content"]
    assert "\nAnswer in CLINICAL mode.\n" in system_message("CLINICAL", "Answer in CLINICAL mode.")["content"]
    assert system_message("CLINICAL", None)["content"] == IDENTITY
    assert conversation("EXAM", [user_message("Why?")])[0] == system_message("EXAM")


def test_each_mode_is_told_its_own_markers_and_not_the_others() -> None:
    exam, clinical = (system_message(mode)["content"] for mode in ("EXAM", "CLINICAL"))
    assert KEY_POINT in exam and ANSWER in exam and BEFORE_ACTING not in exam
    assert BEFORE_ACTING in clinical and KEY_POINT not in clinical and ANSWER not in clinical


@pytest.mark.parametrize("text", ["exam", "EXAM", " Exam "])
def test_a_mode_is_read_in_any_case(text: str) -> None:
    assert parse_mode(text) == "EXAM"


@pytest.mark.parametrize("text", ["", "exams", "both"])
def test_an_unknown_mode_names_the_modes_that_there_are(text: str) -> None:
    with pytest.raises(UsageError, match="Choose exam or clinical"):
        parse_mode(text)


def test_passages_are_numbered_and_their_titles_end_in_one_stop() -> None:
    shown = format_passages(
        [passage("It is.", "Hernia"), passage("It was.", "Is it?"), passage("So.", "Old. "), passage("No.")]
    )
    assert shown == "[1] Hernia. It is.\n[2] Is it? It was.\n[3] Old. So.\n[4] No."


def test_a_passage_says_of_what_month_it_is_and_whether_it_was_replaced() -> None:
    dated = passage("It is.", "Hernia.") | {"date": "2019-04-30"}
    old = passage("It was.", "Hernia") | {"date": "2009", "superseded_by": "hernia-2019"}
    shown = format_passages([dated, old, passage("So.") | {"date": "2020"}], first=3)
    assert shown == "[3] Hernia (2019-04). It is.\n[4] Hernia (2009; superseded). It was.\n[5] (2020). So."


def test_the_two_instructions_differ_and_a_context_is_known_by_either() -> None:
    for instruction, text in INSTRUCTIONS.items():
        asked = user_message("Why?", [passage("It is."), passage("So.")], instruction)["content"]
        assert text in asked and has_passages(asked)
        assert with_fewer_passages(asked, 1) == user_message("Why?", [passage("It is.")], instruction)["content"]
    assert not has_passages("Context:\nmy own words\n\nWhy?")


def test_a_question_alone_carries_no_context_and_an_empty_context_says_so() -> None:
    assert user_message("Why?")["content"] == "Why?"
    assert user_message("Why?", [])["content"] == f"Context:\n(nothing was found)\n\n{CONTEXT_ONLY}\n\nQuestion: Why?"
    assert user_message("Why?", [passage("It is.")])["content"].startswith("Context:\n[1] It is.\n\n")


def test_options_stand_below_the_question() -> None:
    assert format_question("Which?", {"A": "One", "B": "Two"}) == "Which?\nA. One\nB. Two"
    assert format_question("Which?") == "Which?"


def test_the_same_facts_take_both_forms() -> None:
    answer = "It is repaired. Mesh is used [1].\n- once\n- twice"
    assert shape_open(answer, "EXAM") == "Key point: It is repaired.\nMesh is used [1].\n- once\n- twice"
    assert shape_open(answer, "CLINICAL", "ask.") == f"{answer}\nBefore acting: ask."
    assert shape_open(answer, "CLINICAL") == answer


def test_the_key_point_is_a_statement_where_the_answer_repeats_the_question_first() -> None:
    assert (
        shape_open("What is a hernia? A hernia is a bulge. It hurts.", "EXAM")
        == "Key point: A hernia is a bulge.\nIt hurts."
    )
    assert key_sentence("Is it? Why?") == "Is it?"
    assert key_sentence("") == ""


def test_an_mcq_ends_in_its_letter_for_the_exam_and_begins_with_its_words_at_the_bedside() -> None:
    assert shape_mcq("B", "Mesh.", "It lasts.", "EXAM") == "Key point: It lasts.\nANSWER: B"
    assert shape_mcq("B", "Mesh.", " ", "EXAM") == "Key point: Mesh.\nANSWER: B"
    assert (
        shape_mcq("B", "Mesh.", "It lasts.", "CLINICAL", "ask.")
        == "I would choose: Mesh. It lasts.\nBefore acting: ask."
    )
    assert shape_mcq("B", "Mesh", "", "CLINICAL") == "I would choose: Mesh."
    assert shape_mcq("B", "Mesh.", "Mesh. It lasts.", "CLINICAL") == "I would choose: Mesh. It lasts."
    assert shape_mcq("B", "Mesh", "Meshes. They last.", "CLINICAL") == "I would choose: Mesh. Meshes. They last."


def test_a_body_is_the_answer_without_what_the_mode_added() -> None:
    assert body("Key point: It is.\nIt was.\nANSWER: B") == "It is.\nIt was."
    assert body("It is.\n  Before acting: ask a senior.\n") == "It is."
    assert body("") == body("ANSWER: B") == ""


answers = st.lists(
    st.sampled_from(
        ["It is repaired", "Mesh 3.5 cm wide is used [1][2]", "Ask Dr. Jones", "Öl, e.g. fat", "- one\n- two"]
    ),
    min_size=1,
).map(lambda claims: " ".join(f"{claim}." for claim in claims))


@given(answers, st.sampled_from(MODES), st.sampled_from(CHECKS))
def test_a_shaped_answer_obeys_its_mode_and_keeps_every_word(answer: str, mode: Mode, check: str) -> None:
    shaped = shape_open(answer, mode, check)
    assert obeys_mode(shaped, mode)
    assert body(shaped).split() == answer.split()


@given(answers, st.sampled_from("ABCD"), st.sampled_from(MODES), st.sampled_from(CHECKS))
def test_a_shaped_mcq_obeys_its_mode_and_gives_its_letter(rationale: str, letter: str, mode: Mode, check: str) -> None:
    shaped = shape_mcq(letter, "Mesh", rationale, mode, check)
    assert obeys_mode(shaped, mode, mcq=True)
    assert parse_letter(shaped, "ABCD") == (letter if mode == "EXAM" else None)


@given(st.text(), st.sampled_from(MODES))
def test_any_text_can_be_shaped(text: str, mode: Mode) -> None:
    assert body(shape_open(text, mode, CHECKS[0])) is not None


def test_a_check_speaks_of_bedside_medicines_and_operations_only_where_the_answer_does() -> None:
    import random

    def all_checks(answer: str) -> set[str]:
        return {check_for(answer, random.Random(seed)) for seed in range(300)}

    assert all_checks("Pain moves to the right iliac fossa.") == set(ANY)
    assert all_checks("Give enoxaparin 40 mg.") == {*ANY, *MEDICINES}
    assert all_checks("Laparoscopic appendicectomy follows.") == {*ANY, *OPERATIONS}
    assert all_checks("A leak with sepsis needs help.") == {*ANY, *BEDSIDE}
    assert all_checks("Antibiotics precede surgery for perforation.") == set(CHECKS)
    assert {check_for("How common it is.", random.Random(seed), urgent=True) for seed in range(99)} == set(BEDSIDE)
    assert all(len(sentences(check)) == 1 and check.endswith(".") for check in CHECKS)


def test_a_derived_record_names_all_its_parents_once_and_the_first_ones_source() -> None:
    one: Any = make_question("q1", parents=["row9"], topic="burns")
    two: Any = make_question("q2", parents=["row9", "row8"])
    assert trace(one, two)["parents"] == ["row9", "q1", "row8", "q2"]
    assert trace(one, two)["topic"] == "burns"


def test_held_out_splits_are_not_trained_on() -> None:
    rows = [{"split": split} for split in ("train", "dev", *sorted(HELD_OUT))]
    assert in_splits(rows, TRAINED_ON) == [{"split": "train"}]
    assert not HELD_OUT & TRAINED_ON
