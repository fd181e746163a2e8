"""Citations of an answer: each sentence's verdict, where it stands, and the place of the passage that it rests on."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from residency.core.prompt import body, body_lines
from residency.core.text import sentences
from residency.judging.citations import score_citations
from residency.serving.checking import ABSTAINS, NONE_HOLDS, NOT_CHECKED, check_answer, pieces
from tests.scripted_upstream import MESH, TISSUE, passage

PASSAGES = [MESH, TISSUE]
RIGHT = "Mesh repair lowers recurrence of inguinal hernia to about 3 per cent [1]."


def statuses(answer: str, passages: list[object] | None = PASSAGES) -> list[str]:  # type: ignore[assignment]
    return [one.status for one in check_answer(answer, passages, "What lowers it?").sentences]  # type: ignore[arg-type]


def test_spans_are_those_of_the_answer_with_the_lines_that_a_mode_adds() -> None:
    answer = (
        f"Known: a man. Mesh repair is asked about.\nKey point: {RIGHT}\n\n  Suture repair of the umbilicus suits "
        "defects below 1 cm [2]. Is this so?\nBefore acting: check the side [1]."
    )
    found = check_answer(answer, PASSAGES)
    said = [answer[one.start : one.end] for one in found.sentences]
    cited, aside = "Suture repair of the umbilicus suits defects below 1 cm [2].", "Before acting: check the side [1]."
    assert said == [RIGHT, cited, "Is this so?", aside]
    assert [one.status for one in found.sentences] == ["supported", "supported", "no_claim", "unsupported"]
    assert [one.numbers for one in found.sentences] == [(1,), (2,), (), (1,)]


def test_the_evidence_is_the_sentence_of_the_passage_that_says_it() -> None:
    (one,) = check_answer(RIGHT, PASSAGES).sentences
    ((number, start, end),) = one.evidence
    assert number == 1
    assert MESH["text"][start:end] == "Mesh repair lowers recurrence of inguinal hernia to about 3 per cent."


def test_a_figure_points_to_the_sentence_that_holds_it() -> None:
    text = "Mesh repair lowers recurrence in 2 of 3 trials. Mesh repair lowers recurrence in 5 of 7 trials."
    (one,) = check_answer("Mesh repair lowers recurrence in 5 of 7 trials [1].", [passage("trials", text)]).sentences
    assert text[one.evidence[0][1] :].startswith("Mesh repair lowers recurrence in 5")


def test_each_fault_has_its_reason() -> None:
    answers = {
        "Mesh repair lowers recurrence of inguinal hernia to about 30 per cent [1].": "30",
        "Mesh repair lowers recurrence of inguinal hernia [9].": "there is no passage [9]",
        "Mesh repair lowers recurrence of inguinal hernia [1][9].": "there is no passage [9]",
        "Robots halve the stay in hospital [2].": "words",
        "Robots halve the stay in hospital.": "cites no passage",
    }
    for answer, reason in answers.items():
        found = check_answer(answer, PASSAGES)
        assert found.sentences[0].status in ("unsupported", "uncited"), answer
        assert reason in found.sentences[0].reason and found.notice == NONE_HOLDS


def test_a_line_that_a_mode_adds_is_checked_where_it_cites() -> None:
    """The planted fault: a claim that hides behind "Known:", where nothing is held against the passages."""
    answer = "Known: Mesh repair raises recurrence to 30 per cent [1]. He is 60.\nBefore acting: check the side."
    (one,) = check_answer(answer, PASSAGES).sentences
    assert answer[one.start : one.end] == "Known: Mesh repair raises recurrence to 30 per cent [1]."
    assert one.status == "unsupported"


def test_a_wrong_number_is_told_with_the_right_one() -> None:
    (one,) = check_answer(
        "Mesh repair lowers recurrence of inguinal hernia to about 3 per cent [2].", PASSAGES
    ).sentences
    assert one.status == "unsupported" and one.reason.endswith("; [1] would support it")


def test_an_abstention_is_one_and_asks_for_no_citation_of_its_advice() -> None:
    found = check_answer("The passages do not say this. Ask the vascular team about it.", PASSAGES)
    assert found.abstains and {one.status for one in found.sentences} == {"no_claim"} and found.notice == ABSTAINS


def test_without_a_context_nothing_is_checked_and_that_is_said() -> None:
    found = check_answer(RIGHT, None)
    assert (found.sentences, found.context, found.abstains, found.notice) == ((), False, False, NOT_CHECKED)
    assert check_answer("", None).notice == ""


def test_the_verdicts_are_those_of_the_score_that_evaluation_gives() -> None:
    right = "Suture repair of the umbilicus suits defects below 1 cm [2]."
    answer = f"{RIGHT} Robots halve the stay. {right} It costs 5 [1]."
    score = score_citations(answer, [f"{one['title']} (2024-05). {one['text']}" for one in PASSAGES])
    assert score.unsupported == ("Robots halve the stay.", "It costs 5 [1].")
    assert statuses(answer) == ["supported", "uncited", "supported", "unsupported"]


@given(st.text(alphabet="AbC .?![1]\n\r\u2028\u0085 Known:Key point", max_size=120))
def test_any_answers_sentences_stand_where_they_are_said_to(answer: str) -> None:
    joined = "\n".join(text for _, text in body_lines(answer))
    assert joined == body(answer)
    assert all(answer[start : start + len(text)] == text for start, text in body_lines(answer))
    end = 0
    for (start, stop, piece), own in zip(pieces(answer), sentences(joined), strict=True):
        assert piece == own and end <= start < stop
        assert answer[start:stop].split() == piece.split() or "\n" in piece
        assert answer[start] == piece[0] and answer[stop - 1] == piece[-1]
        end = stop
    check_answer(answer, PASSAGES)


CASE = "72-year-old man after AAA repair with sudden back pain, BP 70/40, what next?"


@pytest.mark.parametrize(
    ("known", "made_up"),
    [
        ("72-year-old man after AAA repair, sudden back pain, BP 70/40.", []),
        ("sudden back pain after repair of AAA.", []),
        (
            "72-year-old man with sudden back pain, BP 70/40, and a pulse deficit of 20 mmHg.",
            ["a pulse deficit of 20 mmHg"],
        ),
        ("72-year-old man with sudden back pain and an allergy to penicillin.", ["an allergy to penicillin"]),
        ("72-year-old man, BP 90/40, febrile.", ["BP 90/40", "febrile"]),
    ],
)
@pytest.mark.parametrize("context", [None, PASSAGES])
def test_a_finding_that_the_user_did_not_give_is_marked(known: str, made_up: list[str], context: Any) -> None:
    """An answer that says it knows what nobody told it."""
    answer = f"Known: {known}\nNot said: allergies.\nBefore acting: call a senior."
    found = check_answer(answer, context, CASE)
    assert [answer[one.start : one.end] for one in found.sentences] == made_up
    assert {one.status for one in found.sentences} <= {"unsupported"}
    assert ("do not act on it" in found.notice) == bool(made_up)


def test_what_was_told_in_earlier_turns_is_known() -> None:
    answer = "Known: an allergy to penicillin, a wound that is red."
    assert (
        check_answer(
            answer, None, "And now?", ["She has an allergy to penicillin; the wound is red.", "And now?"]
        ).sentences
        == ()
    )
    assert len(check_answer(answer, None, "And now?").sentences) == 2
