"""General MCQs from the user's files: read as exam sets are, held against training, graded by the letter."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import pytest

from residency.core.errors import InputError
from residency.core.records import Question
from residency.evaluation.item import Item, Result, result_of
from residency.evaluation.metrics.retention import METRICS
from residency.evaluation.settings import EvaluateSettings
from residency.evaluation.sources import Sources
from residency.evaluation.tasks.retention.items import collect
from residency.evaluation.tasks.retention.settings import RetentionSettings
from residency.evaluation.tasks.retention.tables import tables
from tests.evaluating import answers_to, graded, turn

OPTIONS = ("Canberra", "Sydney", "Perth", "Hobart")
SEEN = "Which planet of the solar system is closest to the Sun, as seen from anywhere?"


def rows() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"id": str(n), "question": f"What is the capital of Australia, version {n}?", "options": OPTIONS, "answer": "A"}
        for n in range(5)
    ]
    found.append({"id": "seen", "question": SEEN, "options": ("Mercury", "Venus", "Mars", "Earth"), "answer": "A"})
    return [*found, {"id": "bad", "question": "What?", "options": ("Only one",), "answer": "A"}]


def write(path: Path, some: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in some), encoding="utf-8")
    return path


def items(path: Path, trained: list[Question] | None = None) -> list[Item]:
    settings = EvaluateSettings(retention=RetentionSettings(instructions=False, mcqs=[path]))
    return collect(Sources(settings, 0, trained=trained or []))


def result(item: Item, said: str, letters: list[float] | None = None) -> Result:
    return result_of(item, answers_to(item, said, letters), graded(item, said, letters))


def test_a_file_is_read_what_training_holds_is_left_out_and_what_is_refused_is_counted(tmp_path: Path) -> None:
    path = write(tmp_path / "general.jsonl", rows())
    options = dict(zip("ABCD", ("Mercury", "Venus", "Mars", "Earth"), strict=True))
    known = {
        "id": "t",
        "kind": "mcq",
        "question": SEEN,
        "options": options,
        "answer": "A",
        "cluster": "t",
        "source": "x",
    }
    trained = cast(Question, known)
    found = items(path, [trained])
    assert [item.source for item in found] == ["public:general"] * 5 and len(items(path)) == 6
    intake = found[0].expect["intake"]
    assert (intake["rows"], intake["asked"], intake["trained_on"], len(intake["refused"])) == (7, 5, 1, 1)
    with pytest.raises(InputError, match="trained on"):
        items(write(tmp_path / "seen.jsonl", rows()[5:6]), [trained])


def test_the_question_is_asked_without_a_mode_in_writing_and_by_letters(tmp_path: Path) -> None:
    item = items(write(tmp_path / "general.jsonl", rows()))[0]
    written, letters = item.asks
    assert written.written and not letters.written and (written.letters, letters.letters) == ("", "ABCD")
    for ask in item.asks:
        assert "Mode" not in ask.messages[0]["content"] and "B. Sydney" in ask.messages[1]["content"]
    assert "ANSWER: X" in written.messages[1]["content"]


def test_right_wrong_unread_and_faulty_answers_are_told_apart(tmp_path: Path) -> None:
    item = items(write(tmp_path / "general.jsonl", rows()))[0]
    written, parsed = "retention.mcq_accuracy", "retention.mcq_parsed"
    right, wrong, unread = (graded(item, text) for text in ("It is so.\nANSWER: A", "ANSWER: B", "I cannot say."))
    assert (right.metrics[written], wrong.metrics[written], unread.metrics[written]) == (1.0, 0.0, None)
    assert (unread.status, unread.metrics[parsed], right.metrics.keys() <= METRICS.keys()) == ("unparsed", 0.0, True)
    likely = graded(item, "", [-1.0, -2.0, -3.0, -4.0]).metrics["retention.mcq_accuracy_likelihood"]
    assert (likely, graded(item, "").metrics["retention.mcq_accuracy_likelihood"]) == (1.0, None)
    answers = {key: [{**one, "said": [turn("", "late")]} for one in own] for key, own in answers_to(item, "").items()}
    from residency.evaluation.tasks.retention.grade import grade

    faulty = grade(item, answers)  # type: ignore[arg-type]
    assert faulty.status == "errored" and set(faulty.metrics.values()) == {None}


def test_the_table_shows_each_file_and_what_came_of_its_rows(tmp_path: Path) -> None:
    found = items(write(tmp_path / "general.jsonl", rows()))
    said = ["ANSWER: A"] * 3 + ["ANSWER: B", "Hm.", "Hm."]
    (table,) = tables({"base": [result(item, text) for item, text in zip(found, said, strict=True)]})
    figures = {row[2]: row[3:] for row in table.rows}
    assert figures["right, written"][0] == 0.75 and list(figures["right, written"][3:]) == [4, 2]
    assert figures["could be read"][0] == pytest.approx(4 / 6) and "7 rows, 6 asked, 1 refused" in table.note
