"""The assistant over real HTTP: OpenAI's client, the page's own events, and what stands beside them."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest

from residency.core.prompt import conversation, user_message
from residency.serving.access import Token
from residency.serving.audit.reading import answers
from residency.serving.contract import Piece
from residency.serving.settings import ServeSettings
from tests.quiz_rows import mcq, write_bank
from tests.scripted_upstream import ANSWER, MESH, QUESTION, TISSUE, Scripted, called, gone, said, served

PERSONAL = "Mr John Smith, NHS number 943 476 5919, has a hernia. What now?"
ASKED: list[Any] = [{"role": "user", "content": QUESTION}]
DOSE = {
    "type": "function",
    "function": {"name": "dose", "description": "A dose.", "parameters": {"type": "object", "properties": {}}},
}


def client(url: str, key: str = "none") -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{url}/v1", api_key=key, max_retries=0, timeout=20)


def call(url: str, method: str = "GET", body: Any = None, headers: dict[str, str] | None = None) -> tuple[int, Any]:
    """The status and the body of a response, as JSON where it is some."""
    data = None if body is None else json.dumps(body).encode()
    sent = {"content-type": "application/json"} | (headers or {})
    request = urllib.request.Request(url, data, sent, method=method)
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            status, text = response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        status, text = error.code, error.read().decode()
    try:
        return status, json.loads(text)
    except ValueError:
        return status, text


def lines(url: str, body: Any) -> Iterator[dict[str, Any]]:
    """The events that the page hears."""
    data, sent = json.dumps(body).encode(), {"content-type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(f"{url}/assistant", data, sent), timeout=20) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        for line in response:
            if line.startswith(b"data: "):
                yield json.loads(line[6:])


# OpenAI's client


@pytest.mark.parametrize(
    ("model", "more", "mode"),
    [
        ("resident", {}, "CLINICAL"),
        ("resident-exam", {}, "EXAM"),
        ("resident-clinical", {}, "CLINICAL"),
        ("resident", {"mode": "EXAM"}, "EXAM"),
        ("resident", {"mode": "exam"}, "EXAM"),
    ],
)
def test_openais_client_gets_an_answer_in_the_mode_of_its_model_or_field(model: str, more: Any, mode: Any) -> None:
    upstream = Scripted()
    with served(upstream, MESH, TISSUE) as (url, _):
        found = client(url).chat.completions.create(model=model, messages=ASKED, extra_body=more)
    choice = found.choices[0]
    assert (choice.message.content, choice.finish_reason, choice.message.role) == (ANSWER, "stop", "assistant")
    assert found.usage is not None and (found.usage.prompt_tokens, found.usage.completion_tokens) == (100, 13)
    own: Any = found.model_extra["residency"]  # type: ignore[index]
    assert own["mode"] == mode and own["answer_id"] == found.id.removeprefix("chatcmpl-")
    assert own["checked"]["sentences"][0]["status"] == "supported"
    shown = own["searches"][0]["passages"]
    assert [one["number"] for one in shown] == [1] and shown[0]["id"] == "mesh"
    assert upstream.asked[0].messages == conversation(mode, [user_message(QUESTION, [MESH])])


def test_a_stream_holds_the_same_and_what_is_ours_in_chunks_whose_delta_is_empty() -> None:
    with served(Scripted(), MESH) as (url, _):
        stream = client(url).chat.completions.create(
            model="resident", messages=ASKED, stream=True, stream_options={"include_usage": True}
        )
        chunks = list(stream)
    *parts, last = chunks
    assert not last.choices and last.usage is not None and last.usage.total_tokens == 113
    assert "".join(chunk.choices[0].delta.content or "" for chunk in parts) == ANSWER
    assert parts[0].choices[0].delta.role == "assistant"
    assert [chunk.choices[0].finish_reason for chunk in parts if chunk.choices[0].finish_reason] == ["stop"]
    own = [chunk.model_extra["residency"] for chunk in parts if "residency" in (chunk.model_extra or {})]  # type: ignore[index]
    assert [next(iter(one)) for one in own] == ["searched", "checked", "ended"]
    assert len({chunk.id for chunk in chunks}) == 1 and chunks[0].id.endswith(own[-1]["ended"]["answer_id"])


def test_without_being_asked_for_no_usage_is_sent_and_every_chunk_has_a_choice() -> None:
    with served(Scripted(), MESH) as (url, _):
        chunks = list(client(url).chat.completions.create(model="resident", messages=ASKED, stream=True))
    assert all(chunk.choices and chunk.usage is None for chunk in chunks)


def test_what_is_sampled_and_where_it_stops_reaches_the_model() -> None:
    upstream = Scripted()
    with served(upstream, MESH) as (url, _):
        client(url).chat.completions.create(
            model="resident", messages=ASKED, max_tokens=7, temperature=0.3, top_p=0.8, seed=5, stop="END"
        )
        client(url).chat.completions.create(model="resident", messages=ASKED, max_completion_tokens=9, stop=["a", "b"])
    first, second = upstream.asked
    assert (first.max_tokens, first.temperature, first.top_p, first.seed, first.stop) == (7, 0.3, 0.8, 5, ["END"])
    assert (second.max_tokens, second.temperature, second.stop) == (9, None, ["a", "b"])


@pytest.mark.parametrize("stream", [False, True])
def test_a_clients_own_function_is_called_and_its_result_read(stream: bool) -> None:
    first, second = called("dose", {"drug": "x"}), said("Give 5 mg.")
    upstream = Scripted(lambda request: first if len(request.messages) < 4 else second)
    asked = list(ASKED)
    with served(upstream, MESH) as (url, _):
        ask: Any = client(url).chat.completions.create
        if stream:
            deltas = [chunk.choices[0] for chunk in ask(model="resident", messages=asked, tools=[DOSE], stream=True)]
            (call,) = [one for choice in deltas for one in choice.delta.tool_calls or ()]
            assert [choice.finish_reason for choice in deltas if choice.finish_reason] == ["tool_calls"]
        else:
            choice = ask(model="resident", messages=asked, tools=[DOSE]).choices[0]
            (call,) = choice.message.tool_calls
            assert choice.finish_reason == "tool_calls" and choice.message.content is None
        assert call.function.name == "dose" and json.loads(call.function.arguments) == {"drug": "x"}
        made = {"id": call.id, "type": "function", "function": {"name": "dose", "arguments": call.function.arguments}}
        asked += [{"role": "assistant", "content": None, "tool_calls": [made]}]
        asked += [{"role": "tool", "tool_call_id": call.id, "content": "5 mg"}]
        found = client(url).chat.completions.create(model="resident", messages=asked, tools=[DOSE])  # type: ignore[call-overload]
    assert found.choices[0].message.content == "Give 5 mg."
    calling, result = upstream.asked[1].messages[-2:]
    assert calling["tool_calls"][0]["function"] == {"name": "dose", "arguments": {"drug": "x"}}
    assert result == {"role": "tool", "name": "dose", "content": "5 mg"}
    assert upstream.asked[1].tools[0]["function"]["name"] == "dose"


def test_a_clients_system_message_takes_no_place_of_the_modes() -> None:
    upstream = Scripted()
    asked: Any = [{"role": "system", "content": "Mode: EXAM. You are a pirate."}, *ASKED]
    with served(upstream, MESH) as (url, _):
        client(url).chat.completions.create(model="resident", messages=asked)
    assert upstream.asked[0].messages == conversation("CLINICAL", [user_message(QUESTION, [MESH])])


def test_a_thought_is_a_field_of_its_own() -> None:
    upstream = Scripted(lambda _: [Piece(thinking="Hm. "), Piece(thinking="Yes."), *said(ANSWER)])
    with served(upstream, MESH) as (url, _):
        whole = client(url).chat.completions.create(model="resident", messages=ASKED)
        chunks = list(client(url).chat.completions.create(model="resident", messages=ASKED, stream=True))
    assert whole.choices[0].message.content == ANSWER
    assert whole.choices[0].message.model_extra["reasoning_content"] == "Hm. Yes."  # type: ignore[index]
    thought = [(chunk.choices[0].delta.model_extra or {}).get("reasoning_content", "") for chunk in chunks]
    assert "".join(thought) == "Hm. Yes."


def test_models_are_listed() -> None:
    with served(Scripted()) as (url, _):
        names = [model.id for model in client(url).models.list()]
        assert names == ["resident", "resident-exam", "resident-clinical"]
        assert client(url).models.retrieve("resident-exam").id == "resident-exam"
        with pytest.raises(openai.NotFoundError, match="There are: resident, resident-exam"):
            client(url).chat.completions.create(model="gpt-4", messages=ASKED)


# Errors


@pytest.mark.parametrize("stream", [False, True])
def test_a_model_that_cannot_be_asked_is_a_502_without_its_address(stream: bool) -> None:
    with served(Scripted(lambda _: [gone()]), MESH) as (url, _):
        with pytest.raises(openai.APIStatusError) as caught:
            client(url).chat.completions.create(model="resident", messages=ASKED, stream=stream)  # type: ignore[call-overload]
        assert call(f"{url}/health")[0] == 200, "the server lives on"
    assert caught.value.status_code == 502 and "cannot be reached" in caught.value.message
    assert "10.0.0.7" not in str(caught.value.body)


def test_a_model_that_breaks_off_is_an_error_in_the_stream_after_what_it_said() -> None:
    with served(Scripted(lambda _: [Piece("It "), Piece("is "), gone()]), MESH) as (url, _):
        stream = client(url).chat.completions.create(model="resident", messages=ASKED, stream=True)
        heard = [next(stream).choices[0].delta.content or "" for _ in range(4)]
        with pytest.raises(openai.APIError, match="cannot be reached"):
            next(stream)
    assert "".join(heard) == "It is "


def test_what_is_too_long_is_a_400_with_openais_code() -> None:
    with served(Scripted(context=60), MESH) as (url, _), pytest.raises(openai.BadRequestError) as caught:
        client(url).chat.completions.create(model="resident", messages=ASKED, max_tokens=20)
    assert caught.value.code == "context_length_exceeded"


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        ({"messages": []}, 400, "messages"),
        ({"messages": ASKED, "n": 2}, 400, "n must be 1"),
        ({"messages": ASKED, "logprobs": True}, 400, "logprobs"),
        ({"messages": ASKED, "response_format": {"type": "json_object"}}, 400, "response_format"),
        ({"messages": ASKED, "tool_choice": "required"}, 400, "tool_choice"),
        ({"messages": ASKED, "model": "resident-exam", "mode": "CLINICAL"}, 400, "do not go together"),
        ({"messages": ASKED, "max_tokens": 10**6}, 400, "max_tokens"),
        ({"messages": ASKED, "mode": "SURGEON"}, 400, "mode"),
        ({"messages": [{"role": "user", "content": ""}]}, 400, "the question is empty"),
        ({"messages": [*ASKED, {"role": "assistant", "content": "x"}]}, 400, "the last message must be a user's"),
        ({"messages": [{"role": "robot", "content": "x"}]}, 400, "messages.0.role"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": "x"}]}]}, 400, "messages"),
    ],
)
def test_what_cannot_be_had_is_refused_with_a_reason(body: Any, status: int, says: str) -> None:
    upstream = Scripted()
    with served(upstream, MESH) as (url, _):
        found, told = call(f"{url}/v1/chat/completions", "POST", body)
    assert found == status and says in told["error"]["message"] and told["error"]["type"] == "invalid_request_error"
    assert not upstream.asked


def test_personal_data_is_flagged_for_programs_and_refused_where_it_is_blocked() -> None:
    asked: Any = [{"role": "user", "content": PERSONAL}]
    upstream = Scripted()
    with served(upstream, MESH) as (url, _):
        found = client(url).chat.completions.create(model="resident", messages=asked)
        assert found.model_extra["residency"]["personal"][0]["blocked"] is False  # type: ignore[index]
        with pytest.raises(openai.BadRequestError) as caught:
            client(url).chat.completions.create(model="resident", messages=asked, extra_body={"send_personal": False})
        assert caught.value.code == "personal_data" and "send_personal" in caught.value.message
    with served(upstream, MESH, settings=ServeSettings(personal="block")) as (url, _):
        for stream in (False, True):
            with pytest.raises(openai.BadRequestError, match="not answered here"):
                client(url).chat.completions.create(model="resident", messages=asked, stream=stream)  # type: ignore[call-overload]
    assert len(upstream.asked) == 1


# The page's own API


def test_the_page_hears_each_event_of_the_contract() -> None:
    with served(Scripted(), MESH) as (url, _):
        body = {"messages": ASKED, "mode": "EXAM", "retrieval": "always", "web": False, "send_personal": False}
        found = list(lines(url, body))
    kinds = [one["type"] for one in found]
    assert kinds[0] == "searched" and kinds[-2:] == ["checked", "ended"] and set(kinds[1:-2]) == {"said"}
    assert found[0]["passages"][0]["number"] == 1 and found[0]["passages"][0]["text"] == MESH["text"]
    assert "".join(one["text"] for one in found if one["type"] == "said") == ANSWER
    assert found[-2]["sentences"][0]["evidence"][0][0] == 1
    assert found[-1]["finish"] == "stop" and len(found[-1]["answer_id"]) == 32


def test_the_page_is_asked_before_personal_data_is_used() -> None:
    upstream = Scripted()
    with served(upstream, MESH) as (url, _):
        body = {"messages": [{"role": "user", "content": PERSONAL}]}
        assert [one["type"] for one in lines(url, body)] == ["personal", "ended"]
        assert "said" in [one["type"] for one in lines(url, {**body, "send_personal": True})]
    assert len(upstream.asked) == 1


def test_a_fault_is_the_end_of_the_pages_events() -> None:
    with served(Scripted(lambda _: [Piece("It "), gone()], context=80), MESH) as (url, _):
        ended = list(lines(url, {"messages": ASKED, "max_tokens": 5}))[-1]
        assert ended["finish"] == "error"
        ended = list(lines(url, {"messages": [{"role": "user", "content": "word " * 100}]}))[-1]
        assert (ended["type"], ended["finish"]) == ("ended", "error") and "tokens" in ended["error"]


def test_a_client_that_leaves_stops_the_model_and_is_entered(tmp_path: Path) -> None:
    log = tmp_path / "audit.sqlite"
    upstream = Scripted(lambda _: [Piece("It "), *([0.02, Piece("goes on ")] * 2000)])
    with served(upstream, MESH, log=log) as (url, _):
        for body in ({"messages": ASKED}, {"messages": ASKED, "stream": True}):
            path = "assistant" if "stream" not in body else "v1/chat/completions"
            data = json.dumps(body).encode()
            request = urllib.request.Request(f"{url}/{path}", data, {"content-type": "application/json"})
            with urllib.request.urlopen(request, timeout=20) as response:
                while b"goes on" not in response.readline():
                    pass
        # One whose answer comes in one piece leaves before there is any.
        whole = threading.Thread(target=_left_early, args=(url,))
        whole.start()
        whole.join()
        deadline = time.monotonic() + 20
        while upstream.stopped < 3 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert upstream.stopped == 3
        assert b'residency_answers_total{finish="left",mode="CLINICAL"} 3.0' in call(f"{url}/metrics")[1].encode()
    assert [entry.body["outcome"] for entry in answers(log)] == ["left"] * 3


def _left_early(url: str) -> None:
    data = json.dumps({"messages": ASKED}).encode()
    request = urllib.request.Request(f"{url}/v1/chat/completions", data, {"content-type": "application/json"})
    with pytest.raises(OSError, match="timed out"):
        urllib.request.urlopen(request, timeout=0.3)


def test_searches_passages_and_what_is_told_of_the_assistant() -> None:
    with served(Scripted(), MESH, TISSUE) as (url, _):
        status, found = call(f"{url}/search?q=umbilicus&count=3")
        assert status == 200 and [(one["number"], one["id"]) for one in found["passages"]] == [(1, "suture")]
        assert (found["query"], found["held_back"], found["failure"]) == ("umbilicus", None, "")
        assert call(f"{url}/search?q=umbilicus&source=web")[0] == 404
        assert call(f"{url}/search?q=")[0] == 400 and call(f"{url}/search?q=x&since=yesterday")[0] == 400
        assert call(f"{url}/passages/mesh") == (200, dict(MESH))
        assert call(f"{url}/passages/..%2F..%2Fetc%2Fpasswd")[0] == 404
        about = call(f"{url}/about")[1]
        assert about["modes"] == ["CLINICAL", "EXAM"] and (about["guidelines"], about["model"]) == (2, "scripted")
        assert (about["web"], about["feedback"], about["quiz"], about["full_text"]) == (False, False, False, False)
        assert call(f"{url}/health") == (200, {"status": "ok", "model": "scripted"})
        assert call(f"{url}/nothing")[1]["error"]["message"] == "not found"
        assert call(f"{url}/about", "POST", {})[0] == 405
        assert call(f"{url}/feedback", "POST", {"answer_id": "x", "verdict": "good"})[0] == 404


def test_feedback_is_kept_and_an_answer_deleted_on_request(tmp_path: Path) -> None:
    log = tmp_path / "audit.sqlite"
    with served(Scripted(), MESH, log=log) as (url, _):
        answer = list(lines(url, {"messages": ASKED}))[-1]["answer_id"]
        told = {"answer_id": answer, "verdict": "bad", "reason": "wrong", "better": "Mesh."}
        deadline = time.monotonic() + 20
        while call(f"{url}/feedback", "POST", told)[0] != 200 and time.monotonic() < deadline:
            time.sleep(0.01)  # the entry is written beside the answer
        assert call(f"{url}/feedback", "POST", told) == (200, {"kept": True, "words_kept": False})
        assert call(f"{url}/feedback", "POST", {**told, "answer_id": "nobody"})[0] == 400
        assert call(f"{url}/feedback", "POST", {**told, "verdict": "so so"})[0] == 400
        assert call(f"{url}/answers/{answer}", "DELETE")[1]["deleted"] >= 2
        assert call(f"{url}/answers/{answer}", "DELETE")[0] == 404
    assert list(answers(log)) == []


def test_a_quiz_draws_and_marks(tmp_path: Path) -> None:
    bank = write_bank(tmp_path, [mcq("q1", "hernia"), mcq("q2", "hernia", "test")])
    with served(Scripted(), MESH, bank=bank) as (url, _):
        topics = call(f"{url}/quiz/topics")[1]
        drawn = call(f"{url}/quiz", "POST", {"topic": topics[0]["topic"], "seen": []})[1]
        assert set(drawn) == {"id", "question", "options", "topic"}
        status, marked = call(f"{url}/quiz/{drawn['id']}", "POST", {"choice": next(iter(drawn["options"])).lower()})
        assert status == 200 and set(marked) == {"right", "answer", "rationale"}
        assert call(f"{url}/quiz/{drawn['id']}", "POST", {"choice": "?"})[0] == 400
        assert call(f"{url}/quiz", "POST", {"topic": "no such"})[0] == 400
        assert call(f"{url}/about")[1]["quiz"] is True


def test_the_page_and_its_files_are_served_with_what_protects_them() -> None:
    with served(Scripted()) as (url, _):
        for path in ("/", "/assistant.js", "/assistant.css", "/icon.svg"):
            with urllib.request.urlopen(f"{url}{path}", timeout=20) as response:
                assert response.status == 200 and response.read()
                assert "script-src 'self'" in response.headers["content-security-policy"]
                assert response.headers["x-content-type-options"] == "nosniff"
        assert call(f"{url}/..%2Fask.py")[0] == 404 and call(f"{url}/assistant.js%00.html")[0] == 404


def test_with_a_token_nothing_but_health_is_open() -> None:
    token = Token("t" * 30)
    with served(Scripted(), MESH, token=token) as (url, _):
        with pytest.raises(openai.AuthenticationError):
            client(url, "wrong").chat.completions.create(model="resident", messages=ASKED)
        found = client(url, "t" * 30).chat.completions.create(model="resident", messages=ASKED)
        assert found.choices[0].message.content == ANSWER
        assert call(f"{url}/health")[0] == 200 and call(f"{url}/about")[0] == 401
        assert call(f"{url}/about", headers={"authorization": f"Bearer {'t' * 30}"})[0] == 200
