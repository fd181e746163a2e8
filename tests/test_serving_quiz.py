"""The quiz draws what may be practised on, and nothing else."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from residency.core.errors import InputError
from residency.core.records import HELD_OUT
from residency.serving.quiz import Drawn, Marked, Quiz, Topic
from tests.quiz_rows import mcq, write_bank


def drawn(quiz: Quiz, topic: str = "") -> list[Drawn]:
    """All that the quiz gives, one after the other."""
    found: list[Drawn] = []
    while one := quiz.draw(topic, [each.id for each in found], random.Random(len(found))):
        found.append(one)
    return found


@pytest.mark.parametrize("split", sorted(HELD_OUT | {"", "TEST", "train ", "holdout"}))
def test_a_test_item_is_never_drawn_nor_marked(tmp_path: Path, split: str) -> None:
    planted = mcq("planted", "hernia", split=split)
    quiz = Quiz(write_bank(tmp_path, [mcq("a", "hernia"), planted, mcq("b", "bowel", split="dev")]))
    assert {one.id for one in drawn(quiz)} == {"a", "b"} and len(quiz) == 2
    assert {one.id for seed in range(50) if (one := quiz.draw("hernia", [], random.Random(seed)))} == {"a"}
    assert quiz.topics() == (Topic("bowel", 1), Topic("hernia", 1))
    with pytest.raises(InputError, match="no such question"):
        quiz.mark("planted", "A")  # nor is its answer told to who knows its id
    assert not any("planted" in json.dumps(vars(one)) for one in drawn(quiz))


def test_a_row_without_a_split_is_not_drawn(tmp_path: Path) -> None:
    row = mcq("a", "hernia")
    del row["split"]
    assert drawn(Quiz(write_bank(tmp_path, [row]))) == []


def test_each_question_of_a_topic_comes_once(tmp_path: Path) -> None:
    rows = [mcq(f"h{number}", "hernia") for number in range(9)] + [mcq(f"b{number}", "bowel") for number in range(4)]
    quiz = Quiz(write_bank(tmp_path, rows))
    assert sorted(one.id for one in drawn(quiz, "bowel")) == [f"b{number}" for number in range(4)]
    assert len({one.id for one in drawn(quiz)}) == 13
    assert quiz.draw("bowel", [f"b{number}" for number in range(4)], random.Random(0)) is None
    firsts = [quiz.draw("hernia", ["unknown"], random.Random(seed)) for seed in (7, 7, 8, 9, 10)]
    assert firsts[0] == firsts[1] and len({one.id for one in firsts if one}) > 1  # the seed decides


def test_what_is_put_does_not_tell_the_answer(tmp_path: Path) -> None:
    quiz = Quiz(write_bank(tmp_path, [mcq("a", "hernia", answer="B", rationale="Because of this.")]))
    (one,) = drawn(quiz)
    assert vars(one) == {
        "id": "a",
        "question": "What comes first (a)?",
        "options": {"A": "Wait", "B": "Operate", "C": "Scan"},
        "topic": "hernia",
    }
    assert quiz.mark("a", "B") == Marked(True, "B", "Because of this.")
    assert quiz.mark("a", "C") == Marked(False, "B", "Because of this.")


def test_only_questions_that_can_be_marked_are_drawn(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        mcq("good", "hernia", rationale=""),
        mcq("no-answer", "hernia", answer="E"),
        mcq("one-option", "hernia") | {"options": {"A": "Wait"}},
        mcq("open", "hernia") | {"kind": "open"},
    ]
    quiz = Quiz(write_bank(tmp_path, rows))
    assert [one.id for one in drawn(quiz)] == ["good"]
    assert quiz.mark("good", "A") == Marked(True, "A", "")


def test_faults_are_told_in_one_line(tmp_path: Path) -> None:
    quiz = Quiz(write_bank(tmp_path, [mcq("a", "hernia")]))
    for choice in ("", "E", "a", "A" * 500):
        with pytest.raises(InputError, match="Choose one of A, B, C") as told:
            quiz.mark("a", choice)
        assert len(str(told.value)) < 200
    with pytest.raises(InputError, match="there is no topic 'heart'"):
        quiz.draw("heart", [], random.Random(0))
    with pytest.raises(InputError, match="cannot be read"):
        Quiz(tmp_path / "none.jsonl")
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"id": "a", "split": "test"}\n\n{"id": \n')
    with pytest.raises(InputError, match=r"bad\.jsonl:3: no record"):
        Quiz(bad)


def test_an_empty_bank_has_no_topics(tmp_path: Path) -> None:
    quiz = Quiz(write_bank(tmp_path, []))
    assert quiz.topics() == () and quiz.draw("", [], random.Random(0)) is None


def test_a_corpus_that_is_built_anew_changes_nothing(tmp_path: Path) -> None:
    path = write_bank(tmp_path, [mcq("a", "hernia")])
    quiz = Quiz(path)
    write_bank(tmp_path, [mcq("planted", "hernia", split="test"), mcq("other", "bowel")])
    assert [one.id for one in drawn(quiz)] == ["a"]
    assert quiz.mark("a", "A").right
