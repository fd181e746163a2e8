"""What users judged becomes candidates for training: which, in what shape, and what is left out by what reason."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from residency.core.files import read_jsonl, write_jsonl
from residency.core.prompt import conversation, format_question, user_message
from residency.preference.audit.shapes import OWN, read_pair
from residency.review.export import pairs as reviewed_pairs
from residency.serving.audit.candidates import export_candidates, held_out_guard, labelled, pairs
from residency.serving.audit.entry import Account
from residency.serving.audit.log import AuditLog
from residency.serving.audit.reading import answers
from residency.serving.audit.settings import AuditSettings
from residency.serving.contract import Ask, Ended, Personal, Said, Searched, Span
from tests.review_room import room_of
from tests.review_rows import passage, write_run

QUESTION = "When is a strangulated inguinal hernia operated on in a frail patient?"
OPTIONS = {"A": "Within six hours", "B": "Next week", "C": "Never"}


class Desk:
    """An assistant's log, and users who ask and judge."""

    def __init__(self, path: Path, full_text: bool = True) -> None:
        self.path = path
        self.log = AuditLog(path, AuditSettings(full_text=full_text))

    def answer(self, name: str, text: str, question: str = QUESTION, context: bool = False, **fields: Any) -> None:
        passages = [passage(1), passage(2)] if context else None
        account = Account(name, Ask([user_message(question)], "EXAM"), "resident", "d1")
        account.prompted(conversation("EXAM", [user_message(question, passages)]), fields.get("tools", ()))
        account.hear(Searched("guidelines", question, tuple(passages or ())))
        if fields.get("personal"):
            account.hear(Personal((Span(0, 4, "name", "When"),)))
        account.hear(Said(text, fields.get("thinking", "")))
        account.hear(Ended(fields.get("finish", "stop"), name))
        self.log.put(account.entry()).result()

    def judge(self, name: str, verdict: Any, reason: str = "", better: str = "") -> None:
        asyncio.run(self.log.record_feedback(name, verdict, reason, better))

    def pairs(self, **fields: Any) -> tuple[list[dict[str, Any]], Counter[str]]:
        return pairs(answers(self.path), **fields)


@pytest.fixture
def desk(tmp_path: Path) -> Any:
    made = Desk(tmp_path / "audit.sqlite")
    yield made
    made.log.close()


def test_a_better_answer_stands_against_the_one_that_was_given(desk: Desk, tmp_path: Path) -> None:
    desk.answer("a0", "Next week [1].", context=True, tools=[{"type": "function"}])
    desk.judge("a0", "bad", "too late", "At once [1].")
    assert export_candidates(desk.path, tmp_path / "pairs.jsonl") == 1
    (row,) = read_jsonl(tmp_path / "pairs.jsonl")
    assert (row["chosen"], row["rejected"]) == ("At once [1].", "Next week [1].")
    assert row["prompt"] == conversation("EXAM", [user_message(QUESTION, [passage(1), passage(2)])])
    assert (row["kind"], row["mode"], row["split"], row["passages"]) == ("context", "EXAM", "train", ["p1", "p2"])
    assert row["needs_review"] is True and row["licence"] == "unknown" and row["tools"] == [{"type": "function"}]
    assert (row["edit"]["scorer"], row["edit"]["people"], row["edit"]["why"]) == ("person", 1, "too late")


def test_two_answers_to_one_prompt_stand_against_each_other(desk: Desk) -> None:
    desk.answer("a0", "Next week.", thinking="It can wait.")
    desk.answer("a1", "At once.", thinking="It cannot wait.")
    desk.answer("a2", "At once.", question="When else?")
    for name, verdict in (("a0", "bad"), ("a1", "good"), ("a2", "good")):
        desk.judge(name, verdict)
    rows, left_out = desk.pairs()
    (row,) = rows
    assert (row["chosen"], row["rejected"], row["kind"]) == ("At once.", "Next week.", "open")
    assert (row["chosen_thinking"], row["rejected_thinking"]) == ("It cannot wait.", "It can wait.")
    assert left_out == {"judged good, and there is no worse answer beside it": 1}


def test_the_last_word_counts(desk: Desk) -> None:
    desk.answer("a0", "Next week.")
    desk.judge("a0", "bad", better="At once.")
    desk.judge("a0", "good")
    rows, _ = desk.pairs()
    assert rows == []
    assert [row["label"] for row in labelled(answers(desk.path)).rows] == [True]


def test_what_cannot_be_used_is_counted_by_its_reason(desk: Desk, tmp_path: Path) -> None:
    desk.answer("unjudged", "Next week.")
    desk.answer("cut", "Next", finish="length")
    desk.answer("personal", "Next week.", personal=True)
    desk.answer("empty", " ")
    desk.answer("lone", "Next week.")
    desk.answer("same", "Next week.")
    for name in ("cut", "personal", "empty", "lone"):
        desk.judge(name, "bad", better="At once." * (name != "lone"))
    desk.judge("same", "bad", better="Next week.")
    rows, left_out = desk.pairs()
    assert rows == []
    assert left_out == {
        "nobody has judged it": 1,
        "it did not come to its end": 1,
        "personal data was found in it": 1,
        "there is no text in it": 1,
        "judged bad, and there is no better answer beside it": 2,
    }


def test_without_full_text_there_are_no_candidates(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "audit.sqlite", full_text=False)
    desk.answer("a0", "Next week.")
    desk.judge("a0", "bad", better="At once.")
    desk.log.close()
    assert desk.pairs() == ([], {"its text was not kept": 1})


@pytest.mark.parametrize("context", [True, False])
def test_no_candidate_asks_what_a_held_out_question_asks(desk: Desk, tmp_path: Path, context: bool) -> None:
    train = {"id": "q1", "split": "train", "question": "How is an umbilical hernia repaired in an adult patient?"}
    test = {"id": "q2", "split": "test", "question": QUESTION}
    mcq = {"id": "q3", "split": "test_topic", "question": "What is done first?", "options": OPTIONS}
    write_jsonl(tmp_path / "kept.jsonl", [train, test, mcq])
    asked = {
        "own": "Is a mesh infected when the wound is red a week later?",
        "train": train["question"],
        "test": f"Please tell me. {QUESTION.upper()} Thank you.",
        "mcq": format_question("What is done first?", {"A": "Never", "B": "Within six hours", "C": "Next week"}),
    }
    for name, question in asked.items():
        desk.answer(name, "Next week.", question=question, context=context)
        desk.judge(name, "bad", better="At once.")
    held_out = held_out_guard(tmp_path / "kept.jsonl")
    rows, left_out = desk.pairs(held_out=held_out)
    assert [row["id"] for row in rows] == ["feedback/own", "feedback/train"]
    assert left_out == {"it asks what a held-out question asks": 2}
    assert len(labelled(answers(desk.path), held_out).rows) == 2
    assert len(desk.pairs()[0]) == 4


def test_what_is_labelled_has_the_shape_that_kto_reads(desk: Desk) -> None:
    desk.answer("a0", "Next week.")
    desk.judge("a0", "bad")
    (row,) = labelled(answers(desk.path)).rows
    assert row["prompt"] == conversation("EXAM", [user_message(QUESTION)])
    assert (row["completion"], row["label"]) == ([{"role": "assistant", "content": "Next week."}], False)
    assert row["needs_review"] is True


def test_answers_to_one_question_share_a_parent_with_context_and_without(desk: Desk) -> None:
    desk.answer("a0", "Next week.", context=True)
    desk.answer("a1", "Next week.")
    desk.answer("a2", "Next week.", question="When else?")
    for name in ("a0", "a1", "a2"):
        desk.judge(name, "bad", better="At once.")
    one, two, other = (row["parents"] for row in desk.pairs()[0])
    assert one == two != other


def test_an_export_of_the_log_holds_texts_only_where_asked_for(desk: Desk) -> None:
    desk.answer("a0", "Next week.")
    desk.judge("a0", "bad", "far too late", "At once.")
    (one,) = answers(desk.path)
    bare, full = json.dumps(one.as_row()), json.dumps(one.as_row(texts=True))
    for text in ("Next week.", "strangulated", "far too late", "At once."):
        assert text in full and text not in bare
    assert '"verdict": "bad"' in bare


def test_candidates_go_through_review_and_lose_their_mark_there(desk: Desk, tmp_path: Path) -> None:
    """``residency review --file`` reads them, and what people then decide needs no review any more."""
    desk.answer("a0", "Next week.")
    desk.judge("a0", "bad", better="At once.")
    (row,) = desk.pairs()[0]
    shape, compared = read_pair(row, "pairs.jsonl:1")
    assert (shape, compared.chosen, compared.type) == (OWN, "At once.", "open")
    room = room_of(write_run(tmp_path / "run", [row]), number=1, overlap=1)
    room.vote("Ana", row["id"], "chosen")
    (made,) = reviewed_pairs(room.items(), names=False).rows
    assert "needs_review" not in made and made["edit"]["votes"] == {"chosen": 1}
