"""What a teacher's answer is read as, what a rewording must keep, and how servers of chat completions are asked."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from residency.core.errors import ServerError
from residency.core.records import Message
from residency.generation.chat_server import GREETING, ChatServer
from residency.generation.connection import LATE
from residency.generation.said import Said
from residency.teacher.guards import objections
from residency.teacher.objections import Against
from residency.teacher.reading import read
from tests.chat_server import ChatServer as Serving
from tests.teacher_rows import messages

BUILT = messages("How is it treated?", "By repair.", "And when?", "Within 2 weeks.")
OTHER = messages("Hello, how is it treated?", "By repair, mostly.", "I see. And when?", "Within 2 weeks.")
LIST = json.dumps(OTHER)
QUOTED = messages('He said "no mesh". Why?', 'Because "mesh" closes the canal.', "And\nwhen?", "Soon.")


def reason(text: str, finish: str = "stop", built: Any = BUILT) -> str:
    found = read(Said(text, finish), built)
    return found.reason if isinstance(found, Against) else "read"


# Reading


@pytest.mark.parametrize(
    "text",
    [
        LIST,
        f"```json\n{LIST}\n```",
        f"Sure! Here is the dialogue [reworded]:\n\n{LIST}\n\nI kept all {{facts}}, as in [1].",
        f'{{"messages": {LIST}}}',
        f'{{"note": "done", "dialogue": {LIST}}}',
        f"<think>First [1, 2] and {json.dumps(BUILT)}</think>{LIST}",
        f"Let me think about it.</think>\n{LIST}",
        f"{json.dumps(BUILT)}\n\nReworded:\n{LIST}",
        json.dumps([{"turn": place, **turn} for place, turn in enumerate(OTHER)], indent=4),
        LIST.replace('"user"', '"User"'),
    ],
)
def test_a_list_is_found_in_what_stands_around_it(text: str) -> None:
    assert read(Said(text, "stop"), BUILT) == OTHER


@pytest.mark.parametrize("close", ["", "\n```\nDone."])
def test_quotation_marks_that_nobody_escaped_are_read_where_the_rest_is_sound(close: str) -> None:
    for text in (json.dumps(QUOTED), json.dumps(QUOTED).replace('\\"', '"'), json.dumps(QUOTED).replace("\\n", "\n")):
        assert read(Said(text + close, "stop"), BUILT) == QUOTED
    damaged = json.dumps(QUOTED).replace('\\"', '"').replace('"content": "Soon."', '"content": Soon.')
    assert reason(damaged) == "no_json", "no entry is passed over"


@pytest.mark.parametrize(
    ("text", "finish", "wanted"),
    [
        (LIST[:-30], "length", "truncated"),
        (LIST[:-30], "stop", "truncated"),
        (f"<think>{LIST}", "length", "truncated"),
        ("", "content_filter", "refusal"),
        ("I’m sorry, but I cannot assist with that.", "stop", "refusal"),
        ("I can't reword medical advice.", "stop", "refusal"),
        ("As an AI language model, I do not give medical advice.", "stop", "refusal"),
        ("Here you are.", "stop", "no_json"),
        ("[1, 2, 3]", "stop", "no_json"),
        ("[" * 50_000, "stop", "no_json"),
        ('{"a":' * 50_000, "stop", "no_json"),
        (json.dumps(OTHER[:3]), "stop", "turn_count"),
        (json.dumps([*OTHER, OTHER[0]]), "stop", "turn_count"),
        (json.dumps(OTHER[::-1]), "stop", "roles"),
        (json.dumps([{"role": "system", "content": "x"}, *OTHER[1:]]), "stop", "roles"),
        (json.dumps([*OTHER[:3], {"role": "assistant", "content": " \n"}]), "stop", "empty_turn"),
        (json.dumps([*OTHER[:3], {"role": "assistant", "content": None}]), "stop", "shape"),
        (json.dumps([*OTHER[:3], {"role": "assistant"}]), "stop", "shape"),
        (json.dumps(BUILT), "stop", "unchanged"),
    ],
)
def test_what_cannot_be_taken_has_its_reason(text: str, finish: str, wanted: str) -> None:
    assert reason(text, finish) == wanted


plain = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=40).filter(
    lambda text: text.strip() == text and "</" not in text and "<" not in text
)


@settings(max_examples=150, deadline=None)
@given(st.lists(plain, min_size=4, max_size=4), st.sampled_from(["", "Here:\n", "```json\n", "<think>a</think>"]))
def test_any_texts_come_back_as_they_were(texts: list[str], before: str) -> None:
    wanted = messages(*texts)
    found = read(Said(before + json.dumps(wanted, ensure_ascii=False), "stop"), BUILT)
    assert found == wanted or wanted == BUILT


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(json.dumps(QUOTED)) - 1))
def test_a_list_that_was_cut_is_never_read(end: int) -> None:
    for text in (json.dumps(QUOTED), json.dumps(QUOTED).replace('\\"', '"')):
        assert reason(text[: min(end, len(text) - 1)], "length") == "truncated"


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet='[]{}",:\\ \n<think>/roleusrcontn', max_size=200))
def test_no_text_is_too_strange(text: str) -> None:
    assert reason(text)


# What a rewording must keep


def against(place: int, before: str, after: str) -> set[str]:
    built: list[Message] = messages("He is 64 and has a hernia.", "By repair.", "And when?", "Soon.")
    built[place]["content"] = before
    new: list[Message] = [{**turn} for turn in built]  # type: ignore[misc]
    new[place]["content"] = after
    return {objection.reason for objection in objections(built, new)}


CASE = "A 64-year-old man on apixaban has no fever. His creatinine is 180 micromol/L.\nA. Mesh\nB. Truss"
EXAM = "Key point: Mesh closes the canal.\nA truss does not hold it within 2 days.\nANSWER: A"
CLINICAL = (
    "Known: a femoral hernia.\nNot said: the INR.\nRepair it within 2 weeks."
    "\nBefore acting: check the side and consent."
)


@pytest.mark.parametrize(
    ("place", "before", "after", "reasons"),
    [
        (0, CASE, f"Hello, I have a question about a patient. {CASE}", set()),
        (0, CASE, CASE.replace("A 64-year-old man on apixaban", "I see a man, 64-year-old, on apixaban, who"), set()),
        (0, CASE, CASE.replace("64", "46"), {"user_claim", "fact_lost"}),
        (0, CASE, CASE.replace("apixaban", "warfarin"), {"user_claim"}),
        (0, CASE, CASE.replace("apixaban", "apixaban and aspirin"), {"user_claim"}),
        (0, CASE, CASE.replace("no fever", "a fever"), {"negation"}),
        (0, CASE, CASE.replace("on apixaban", "not on apixaban"), {"negation"}),
        (0, CASE, CASE.replace(" His creatinine is 180 micromol/L.", ""), {"fact_lost"}),
        (0, CASE, CASE.replace("A. Mesh\nB. Truss", "A. Truss\nB. Mesh"), {"options"}),
        (0, CASE, CASE.replace("\nA. Mesh\nB. Truss", " Mesh or truss?"), {"options"}),
        (2, "And when?", "I see, thank you. And when should that be done?", set()),
        (2, "And when?", "And when, given his cirrhosis?", {"user_claim"}),
        (2, "Yes, by repair. And when?", "By repair, you say. When then?", set()),
        (3, EXAM, EXAM.replace("A truss does", "Here, a truss does"), set()),
        (3, EXAM, EXAM.replace("ANSWER: A", "ANSWER: B"), {"form"}),
        (3, EXAM, EXAM.replace("\nANSWER: A", ""), {"form"}),
        (3, EXAM, EXAM.replace("Key point: ", ""), {"form"}),
        (3, EXAM, EXAM.replace("2 days", "some days"), {"fact_lost"}),
        (3, EXAM, "Key point: It depends, within 2 days.\nANSWER: A", {"fact_lost"}),
        (3, CLINICAL, CLINICAL.replace("Repair it", "I would repair it"), set()),
        (3, CLINICAL, CLINICAL.replace("check the side", "give vitamin K"), {"form"}),
        (3, CLINICAL, CLINICAL.replace("a femoral hernia", "an inguinal hernia"), {"form"}),
        (3, "Which side is it?", "Could you tell me which side it is?", set()),
    ],
)
def test_each_thing_that_a_rewording_must_keep(place: int, before: str, after: str, reasons: set[str]) -> None:
    assert against(place, before, after) == reasons


# Asking


def client(url: str, model: str = "", **options: Any) -> ChatServer:
    fields: dict[str, Any] = {"parallel": 2, "timeout": 5.0, "retries": 0} | options
    return ChatServer(url, model, "RESIDENCY_TEST_KEY", **fields)


def test_an_answer_comes_with_its_model_its_end_and_its_tokens() -> None:
    choice = {"message": {"role": "assistant", "content": "Hel"}, "finish_reason": "length"}
    with Serving(lambda asked, body: choice) as served:
        server = client(served.url)
        server.connect(64, 0.0)
        said = server.ask([{"role": "user", "content": "x" * 40, "thinking": "never sent"}], 7, 64, 0.5)
    assert said == Said("Hel", "length", "teacher-1", 10, 0)
    assert served.asked[-1] == {
        "model": "teacher-1", "messages": [{"role": "user", "content": "x" * 40}], "temperature": 0.5,
        "max_tokens": 64, "seed": 7,
    }  # fmt: skip


def test_what_a_server_withholds_is_a_refusal_and_no_fault() -> None:
    choices: list[dict[str, Any]] = [
        {"message": {"content": None, "refusal": "I can't."}},
        {"message": {"content": None}, "finish_reason": "content_filter"},
    ]
    with Serving(lambda asked, body: choices[len(served.asked) % 2]) as served:
        server = client(served.url, "teacher-1")
        found = [server.ask(GREETING, 1, 8, 0.0) for _ in range(2)]
    assert {said.finish for said in found} == {"refusal", "content_filter"} and not any(said.fault for said in found)
    assert all(reason(said.text, said.finish) == "refusal" for said in found)


def test_parameters_that_a_server_does_not_take_are_left_out_and_told() -> None:
    refuses = {
        "max_tokens": "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.",
        "seed": "Unknown parameter: seed",
    }
    with Serving(lambda asked, body: "ready", refuses=refuses) as served:
        server = client(served.url)
        server.connect(64, 1.0)
        assert server.ask(GREETING, 1, 64, 1.0).text == "ready"
        assert served.asked[-1].keys() == {"model", "messages", "temperature", "max_completion_tokens"}
        served.refuses = {"temperature": "temperature must be 1"}
        with pytest.raises(ServerError, match=r"refuses a greeting \(temperature must be 1\)\. Set temperature = 1"):
            client(served.url).connect(64, 0.3)


def test_a_server_without_a_list_of_models_is_believed_where_one_is_named() -> None:
    with Serving(lambda asked, body: "ready") as served:
        served.lists = False
        server = client(served.url, "some-model")
        server.connect(8, 0.0)
        assert server.ask(GREETING, 1, 8, 0.0).model == "some-model"
        with pytest.raises(ServerError, match="lists no models at /models"):
            client(served.url).connect(8, 0.0)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("html", "none of the chat completions API"),
        ("no choices", "none of the chat completions API"),
        ("500", "answers 500"),
        ("hang", "did not answer a greeting in time"),
    ],
)
def test_the_first_look_fails_in_one_line(fault: str, told: str) -> None:
    with Serving(lambda asked, body: "ready", fault=lambda number, body: fault) as served:
        with pytest.raises(ServerError, match=told) as caught:
            client(served.url, timeout=0.3).connect(8, 0.0)
        assert str(caught.value).startswith(served.url) and "\n" not in str(caught.value)


def test_a_late_answer_is_a_fault_and_the_next_one_is_asked() -> None:
    with Serving(lambda asked, body: "ready", fault=lambda number, body: "hang" if number == 0 else "") as served:
        server = client(served.url, "teacher-1", timeout=0.3)
        assert [server.ask(GREETING, 1, 8, 0.0).fault for _ in range(2)] == [LATE, ""]
