"""Conversations that the assistant opens: a greeting is left out and told, anything more is a fault."""

from __future__ import annotations

import csv
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from residency.corpus.reading.greetings import MOST, only_greets
from residency.corpus.reading.turns import GREETING_LEFT, SYSTEM_LEFT
from residency.corpus.report.summary import summary_lines
from tests.test_corpus import ask, gate

Row = dict[str, Any]
HELLO = "Hello, how can I help you?"
FIRST = ("Is mesh used in an inguinal hernia repair?", "Mesh is used, since it lowers recurrence.")
THEN = ("And in children?", "In children the sac is tied off, and no mesh is used.")
SYSTEM = {"from": "system", "value": "Be brief."}


def gpt(text: str) -> Row:
    return {"from": "gpt", "value": text}


def shared(*texts: str) -> list[Row]:
    """Turns of ShareGPT, the user's first."""
    return [{"from": ("human", "gpt")[place % 2], "value": text} for place, text in enumerate(texts)]


def talk(*turns: Row, name: str = "talk") -> Row:
    return {"id": name, "topic": "hernia", "source": "human", "conversations": list(turns)}


# What a greeting is


@pytest.mark.parametrize(
    "text",
    [
        "Hi!",
        HELLO,
        "Hello! 👋 How can I assist you today? 😊",
        "Good morning, Dr. Smith. What can I do for you?",
        "Hello, I'm Dr. Chen, your surgeon. What brings you in today?",
        "Greetings! I am an AI assistant, here to help you with your surgical questions.",
        "Welcome to the surgery helpdesk. Please ask your question.",
        "Good evening, ma'am.\nWhat seems to be the problem?",
        "How are you feeling today?",
        "I'm here to answer your questions about surgery.",
        "Hello there! Please describe your symptoms.",
    ],
)
def test_hello_and_an_offer_of_help_are_a_greeting(text: str) -> None:
    assert only_greets(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "...",
        "How old are you?",
        "Hello. How old are you?",
        "Hello! Gallstones are best removed by laparoscopy.",
        "Hello Mr Jones, your potassium is 6.1.",
        "How can I help you with your hernia?",
        "What is the problem with your knee?",
        "Do you have any questions about the operation?",
        "I am happy to help reduce pain with paracetamol.",
        "I am your surgeon and you have a hernia.",
        "This is Appendicitis.",
        "This is a matter for your surgeon.",
        "Ask your doctor.",
        "Hello " * MOST,
    ],
)
def test_whatever_says_more_is_none(text: str) -> None:
    assert not only_greets(text)


PHRASES = [
    "hello",
    "hi and so",
    "welcome to a",
    "i am a b-c",
    "how can i help",
    "with your",
    "- -",
    "A-",
    "for you",
    ",",
]


@given(st.lists(st.sampled_from(PHRASES), max_size=60), st.sampled_from([" ", "", ", "]))
def test_no_text_takes_long_to_judge(phrases: list[str], between: str) -> None:
    begun = time.perf_counter()
    only_greets(between.join(phrases) + "x")
    assert time.perf_counter() - begun < 0.5


# What becomes of the row


def test_a_conversation_goes_on_as_usual_without_its_greeting_and_the_report_says_so(tmp_path: Path) -> None:
    result = gate(tmp_path, [ask(1), talk(SYSTEM, gpt(HELLO), *shared(*FIRST, *THEN))], page=True)
    assert result.rejected == []
    row = result.kept[1]
    assert row["kind"] == "conversation" and row["question"] == FIRST[0]
    assert [turn["content"] for turn in row["messages"]] == [*FIRST, *THEN]
    assert (row["system"], row["greeting"]) == (["Be brief."], [HELLO])
    assert result.report["notes"] == {SYSTEM_LEFT: 1, GREETING_LEFT: 1}
    assert f"1 of 2 kept rows: {GREETING_LEFT}" in result.report["warnings"]
    [check] = [check for check in result.report["checks"] if check["id"] == "greeting_first"]
    assert (check["count"], check["severity"]) == (1, "informs")
    assert (check["examples"][0]["where"], check["examples"][0]["text"]) == ("turn 2", HELLO)
    assert HELLO in (tmp_path / "out" / "data-report.html").read_text(encoding="utf-8")
    assert any(check["title"] in line for line in summary_lines(result.report))


@pytest.mark.parametrize(
    "before", [[gpt(HELLO)], [gpt("Hello!"), gpt("How can I help you?")], [SYSTEM, gpt(HELLO)]], ids=str
)
def test_what_is_left_of_one_exchange_is_an_open_question(tmp_path: Path, before: list[Row]) -> None:
    plain = gate(tmp_path, [talk(*shared(*FIRST))]).kept[0]
    result = gate(tmp_path, [talk(*before, *shared(*FIRST))])
    row = result.kept[0]
    assert row.pop("greeting") == [turn["value"] for turn in before if turn["from"] == "gpt"]
    assert row == plain and row["kind"] == "open" and "messages" not in row
    assert result.report["notes"][GREETING_LEFT] == 1


@pytest.mark.parametrize(
    ("turns", "reason", "says"),
    [
        (
            [gpt("The scan is clear."), *shared(*FIRST)],
            "broken_role_order",
            "does more than greet: 'The scan is clear.'",
        ),
        (
            [gpt("Hello. How old are you?"), *shared(*FIRST)],
            "broken_role_order",
            "does more than greet: 'Hello. How old",
        ),
        ([gpt(HELLO), gpt("The scan is clear."), *shared(*FIRST)], "broken_role_order", "'The scan is clear.'"),
        ([gpt("The scan is clear."), gpt(HELLO), *shared(*FIRST)], "broken_role_order", "'The scan is clear.'"),
        ([SYSTEM, gpt(HELLO)], "broken_role_order", "nothing follows the assistant's greeting"),
        ([gpt(HELLO), SYSTEM, *shared(*FIRST)], "system_in_the_middle", "turn 2"),
        ([gpt(HELLO), *shared(FIRST[0])], "missing_field", "there is no answer"),
        ([gpt(HELLO), *shared(FIRST[0], HELLO), gpt(FIRST[1])], "consecutive_turns", "turn 4"),
    ],
)
def test_an_opening_that_says_more_is_a_fault_that_names_it(
    tmp_path: Path, turns: list[Row], reason: str, says: str
) -> None:
    result = gate(tmp_path, [ask(1), talk(*turns)])
    assert result.reasons == [reason]
    assert says in result.rejected[0]["detail"]
    assert result.report["notes"] == {}


def test_a_greeting_after_a_question_stays_a_turn(tmp_path: Path) -> None:
    result = gate(tmp_path, [talk(*shared("Good morning.", HELLO, *FIRST))])
    assert result.kept[0]["messages"][1]["content"] == HELLO
    assert "greeting" not in result.kept[0] and result.report["notes"] == {}


def test_findings_name_the_turns_as_the_file_counts_them_with_the_greeting(tmp_path: Path) -> None:
    wrong = shared("Which dose of enoxaparin is usual?", "Enoxaparin 400 mg subcutaneously once daily is usual.", *THEN)
    gate(tmp_path, [talk(SYSTEM, gpt(HELLO), *wrong)])
    with (tmp_path / "out" / "review.csv").open(encoding="utf-8-sig", newline="") as handle:
        [line] = [line for line in csv.DictReader(handle) if line["check"] == "dose_out_of_range"]
    assert (line["where"], line["text"]) == ("turn 4", wrong[1]["value"])


def test_rows_that_differ_by_their_greeting_alone_are_duplicates(tmp_path: Path) -> None:
    turns = shared(*FIRST, *THEN)
    result = gate(tmp_path, [talk(*turns), talk(gpt(HELLO), *turns, name="other")])
    assert (len(result.kept), result.reasons) == (1, ["exact_duplicate"])
