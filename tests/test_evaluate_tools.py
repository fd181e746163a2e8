"""Conversations that may call functions: what calls give, and how gold conversations, planted faults and strange ones
are graded."""

from __future__ import annotations

import random
from typing import Any, cast

import pytest
from benchmarks.planted_context_faults import PLANTED, Given
from hypothesis import given
from hypothesis import strategies as st

from residency.core.prompt import NOTHING_FOUND
from residency.core.records import Conversation, Message, Passage
from residency.core.tools import (
    FAILED,
    NO_FUNCTION,
    NO_QUERY,
    TOOLS,
    calling_message,
    failed_message,
    next_number,
    result_message,
)
from residency.evaluation.item import Graded, Item, Result, Turn, result_of
from residency.evaluation.settings import EvaluateSettings
from residency.evaluation.sources import Sources
from residency.evaluation.tasks.tools.grade import grade
from residency.evaluation.tasks.tools.items import collect
from residency.evaluation.tasks.tools.replay import replayed, reply
from residency.evaluation.tasks.tools.settings import ToolSettings
from residency.evaluation.tasks.tools.tables import tables
from tests.good_contexts import MESH, MESH_FACTS, passage

SEARCH, WEB = "search_guidelines", "web_search"
QUERY = "inguinal hernia repair recurrence"
P: dict[str, Passage] = {
    one["id"]: one
    for one in (
        passage("mesh", "Inguinal hernia repair", f"{MESH_FACTS[0]} {MESH_FACTS[1]}", "2020-04"),
        passage("stoma", "Stoma care", "A loop ileostomy with an output above 2 litres a day dehydrates.", "2019"),
        passage("sites", "Hernias of the groin", "Femoral hernias are more common in women than in men.", "2018"),
        passage("fissure", "Anal fissure", "Stool softeners come first in an acute anal fissure.", "2021"),
    )
}
ANSWER = "Mesh repair recurs less often than suture repair [1]. One patient in ten has chronic groin pain [1]."
DRIVE = "When may a patient drive after inguinal hernia repair?"
GONE = "Driving is resumed once an emergency stop causes no pain."
NO_DRIVING = (
    "I could not find guidance on driving after a hernia repair. A senior or the surgical unit's leaflet should be "
    "asked."
)
TIMED_OUT = "timed out"


def row(variant: str, *turns: Any, answer: str, needed: bool = True, gone: bool = False, **more: Any) -> Conversation:
    """An exemplar: of each call its function, its arguments, and what it found, or "timed out"."""
    messages: list[Message] = [*more.get("before", ()), {"role": "user", "content": more.get("question", MESH)}]
    shown: list[str] = [*more.get("shown", ())]
    for name, arguments, found in turns:
        messages.append(calling_message(name, arguments, "I look."))
        if found == TIMED_OUT:
            messages.append(failed_message(name, "timed out"))
            continue
        messages.append(result_message(name, [P[one] for one in found], next_number(messages)))
        shown += found
    messages.append({"role": "assistant", "content": answer, "thinking": "It stands there."})
    facts = more.get("facts", () if gone or not needed else MESH_FACTS)
    check = {"skill": "tool", "variant": variant, "needed": needed, "tools": [name for name, *_ in turns]}
    return cast(
        Conversation,
        {
            "id": f"q/tool/{variant}",
            "kind": "tool",
            "skill": "tool",
            "mode": "EXAM",
            "split": "test",
            "source": "test",
            "topic": "hernia",
            "licence": "CC0-1.0",
            "parents": ["q"],
            "passages": shown,
            "messages": messages,
            "tools": list(TOOLS),
            "expect": {
                "abstain": gone,
                "reference": GONE if gone else " ".join(facts),
                "key_facts": list(facts),
                "question": more.get("question", MESH),
                "check": {**check, "calls": len(turns)},
            },
        },
    )


FOUND = (SEARCH, {"query": QUERY}, ["mesh", "sites"])
ROWS = (
    row("needed", FOUND, answer=ANSWER),
    row("again", (SEARCH, {"query": "hernia"}, ["sites"]), FOUND, answer=ANSWER.replace("[1]", "[2]")),
    row(
        "older",
        (SEARCH, {"query": QUERY, "since": "2026-11"}, []),
        FOUND,
        answer=f"Since November 2026 nothing has come; the latest guidance is of April 2020. {ANSWER}",
    ),
    row("error_retry", (SEARCH, {"query": QUERY}, TIMED_OUT), FOUND, answer=ANSWER),
    row(
        "unsupported",
        (SEARCH, {"query": "driving after hernia repair"}, ["sites", "stoma"]),
        (SEARCH, {"query": "hernia"}, ["sites", "fissure"]),
        answer=NO_DRIVING,
        gone=True,
        question=DRIVE,
    ),
    row(
        "error",
        (SEARCH, {"query": "driving after hernia repair"}, TIMED_OUT),
        (WEB, {"query": "driving after hernia repair"}, TIMED_OUT),
        answer="The search failed, so I have no text to answer from, and nothing on driving could be found. Please "
        "look for a guideline.",
        gone=True,
        question=DRIVE,
    ),
    row(
        "small_talk",
        answer="My pleasure. Shall I look anything else up for you?",
        needed=False,
        question="Thank you, that is clear.",
    ),
)
ITEMS = {
    item.expect["row"]["expect"]["check"]["variant"]: item
    for item in collect(Sources(EvaluateSettings(tools=ToolSettings(max_steps=4)), 0, (), (), P, (), ROWS))
}


def said_in(one: Conversation) -> list[Turn]:
    """The steps of an exemplar as a model would have made them."""
    last = max(place for place, message in enumerate(one["messages"]) if message["role"] == "user")
    return [
        step(message["content"], *message.get("tool_calls", ()))
        for message in one["messages"][last + 1 :]
        if message["role"] == "assistant"
    ]


def step(text: str, *calls: Any) -> Turn:
    return {"text": text, "finish": "stop", "tokens": 1, **({"tool_calls": list(calls)} if calls else {})}  # type: ignore[typeddict-item]


def call(name: str, **arguments: Any) -> dict[str, Any]:
    return {"name": name, "arguments": arguments}


def graded(item: Item, *said: Turn) -> Graded:
    return grade(item, {"given": [{"id": item.id, "ask": "given", "sample": 0, "said": [*said], "letters": None}]})


@pytest.mark.parametrize("variant", ITEMS)
def test_gold_conversations_score_one_and_their_results_are_replayed_word_for_word(variant: str) -> None:
    item, one = ITEMS[variant], next(one for one in ROWS if one["expect"]["check"]["variant"] == variant)
    said = said_in(one)
    for place, message in enumerate(replayed(item, said).messages[1:]):
        assert message["role"] == one["messages"][place]["role"]
        assert message["content"] == one["messages"][place]["content"]
    found = graded(item, *said)
    worse = {"tools.needless_call"}
    assert {name: value for name, value in found.metrics.items() if value != 1 and name not in worse} == {}, (
        found.details
    )
    assert found.metrics.get("tools.needless_call", 0) == 0


def test_thoughts_and_what_is_said_of_training_are_shown_to_no_model() -> None:
    for item in ITEMS.values():
        assert all(set(message) <= {"role", "content", "name", "tool_calls"} for message in item.asks[0].messages)
        assert item.asks[0].messages[-1]["role"] == "user" and len(item.asks[0].tools) == 2


@pytest.mark.parametrize("fault", [name for name in PLANTED["tool"] if name != "result_lost"])
def test_every_planted_fault_takes_the_whole(fault: str) -> None:
    planted = 0
    for one in ROWS:
        item = ITEMS[one["expect"]["check"]["variant"]]
        passages = tuple(P[name] for name in one["passages"])
        bad = PLANTED["tool"][fault](Given(one, one["messages"][-1]["content"], passages), random.Random(0))
        if bad is None:
            continue
        planted += 1
        *calls, last = said_in(bad.row)
        found = graded(item, *calls, {**last, "text": bad.answer})
        assert found.metrics["tools.shown"] == 0, (one["id"], found.details)
    assert planted


def test_a_model_that_never_calls_recovers_from_nothing_and_is_right_where_none_is_needed() -> None:
    for variant, item in ITEMS.items():
        found = graded(item, step(NO_DRIVING)).metrics
        assert found["tools.call_decision"] == (variant == "small_talk")
        assert found.get("tools.recovery_empty", 0) == found.get("tools.recovery_failed", 0) == 0
        assert found.get("tools.calls_when_needed", 0) == found.get("tools.arguments", 0) == 0


def test_another_query_searches_the_rows_passages_and_numbers_them_on() -> None:
    item = ITEMS["needed"]
    first = [step("", call(SEARCH, query="femoral type in women"))]
    (message,) = reply(item, first) or []
    assert message["content"].startswith("[1] Hernias of the groin")
    second = [*first, step("", call(SEARCH, query="recurrence of a groin hernia after mesh"))]
    (message,) = reply(item, second) or []
    assert "Mesh repair" in message["content"] and "[2] " in message["content"]
    answer = ANSWER.replace("[1]", "[2]")
    assert graded(item, *second, step(answer)).metrics["tools.answer"] == 1
    assert reply(item, [*second, step(answer)]) is None


def test_failures_come_by_the_number_of_the_call_whatever_is_looked_for() -> None:
    once, twice = (step("", call(SEARCH, query=query)) for query in ("mesh", QUERY))
    item = ITEMS["error_retry"]
    contents = replayed(item, [once, twice]).results
    assert contents[0] == FAILED["timed out"] and contents[1].startswith("[1] ")
    assert replayed(ITEMS["error"], [once, twice]).results == [FAILED["timed out"]] * 2
    gave_up = graded(item, once, step(NO_DRIVING))
    assert gave_up.metrics["tools.recovery_failed"] == 0 and gave_up.details["results"] == ["failed"]


def test_no_search_finds_an_answer_where_the_row_finds_none() -> None:
    held = passage("told", "Driving after hernia repair", GONE)
    (item,) = collect(Sources(EvaluateSettings(), 0, (), (), {**P, "told": held}, (), [ROWS[4]]))
    (message,) = reply(item, [step("", call(SEARCH, query="driving after hernia repair emergency stop"))]) or []
    assert GONE not in message["content"] and "told" not in {one["id"] for one in item.expect["replay"]["pool"]}


@pytest.mark.parametrize(
    ("calls", "result"),
    [
        ([call("prescribe", query="x")], NO_FUNCTION),
        ([call(SEARCH)], NO_QUERY),
        ([call(SEARCH, query=" ")], NO_QUERY),
        ([{"name": SEARCH, "arguments": '{"query": "her'}], NO_QUERY),
        ([{"name": SEARCH, "arguments": None}], NO_QUERY),
        ([call(WEB, query="hernia")], NOTHING_FOUND),
        ([call(SEARCH, query="xyzzy")], NOTHING_FOUND),
        ([call(SEARCH, query="hernia", since="2031")], NOTHING_FOUND),
    ],
)
def test_strange_calls_get_a_result_that_says_so_and_none_is_right(calls: list[Any], result: str) -> None:
    item = ITEMS["needed"]
    (message,) = reply(item, [step("", *calls)]) or []
    assert message["role"] == "tool" and message["content"] == result
    found = graded(item, step("", *calls), step(ANSWER)).metrics
    assert found["tools.call_decision"] == 1 and found["tools.shown"] == found["tools.answer"] == 0


def test_calls_in_one_step_each_get_their_result_in_order() -> None:
    messages = reply(ITEMS["needed"], [step("", call(WEB, query="x"), call(SEARCH, query=QUERY))]) or []
    assert [message["name"] for message in messages] == [WEB, SEARCH]
    assert messages[1]["content"].startswith("[1] Inguinal hernia repair")


def test_the_loop_ends_at_the_last_step_allowed_and_that_is_no_answer() -> None:
    item = ITEMS["needed"]
    said: list[Turn] = []
    while not said or reply(item, said):
        said.append(step("", call(SEARCH, query=QUERY)))
    assert len(said) == 4
    found = graded(item, *said)
    assert found.metrics["tools.ends"] == found.metrics["tools.answer"] == 0 and found.details["steps"] == 4


def test_a_date_that_the_user_named_must_be_searched_from() -> None:
    found = graded(ITEMS["older"], step("", call(SEARCH, query=QUERY)), step(ANSWER)).metrics
    assert found["tools.arguments"] == 0 and found["tools.right_tool"] == 1


def test_a_model_that_cannot_be_asked_is_missing_and_not_wrong() -> None:
    fault = cast(Turn, {"text": "", "finish": "error", "tokens": None, "fault": "the model's format knows no tools"})
    found = graded(ITEMS["needed"], fault)
    assert found.status == "errored" and found.metrics == {} and found.details["fault"]
    assert tables({"model": [_result(ITEMS["needed"], fault)]}) == []


def test_tables_count_calls_and_steps_by_whether_a_search_is_needed() -> None:
    rows = [_result(ITEMS[one["expect"]["check"]["variant"]], *said_in(one)) for one in ROWS]
    situations, steps = tables({"model": rows})
    assert len(situations.rows) == len(ROWS) and all(row[6] == 1 for row in situations.rows)
    needed, none = steps.rows
    assert needed[2] == needed[3] == pytest.approx(11 / 6) and none[3] == 0 and none[5] == 1


def _result(item: Item, *said: Turn) -> Result:
    answers: Any = {"given": [{"id": item.id, "ask": "given", "sample": 0, "said": [*said], "letters": None}]}
    return result_of(item, answers, grade(item, answers))


TEXTS = st.text(max_size=30)
CALLS = st.fixed_dictionaries(
    {
        "name": st.sampled_from([SEARCH, WEB, "", "other"]),
        "arguments": st.one_of(TEXTS, st.none(), st.dictionaries(st.sampled_from(["query", "since", "x"]), TEXTS)),
    }
)


@given(st.lists(st.tuples(TEXTS, st.lists(CALLS, max_size=2)), min_size=1, max_size=4), st.sampled_from([*ITEMS]))
def test_any_conversation_can_be_replayed_and_graded(steps: list[tuple[str, list[Any]]], variant: str) -> None:
    item, said = ITEMS[variant], [step(text, *calls) for text, calls in steps]
    found = graded(item, *said)
    assert all(value is not None and 0 <= value <= 1 for value in found.metrics.values())
    shown = replayed(item, said)
    assert next_number(shown.messages) - 1 == len(shown.shown)
