"""Servers that are asked for a stream: whatever they do, there is an answer with an end, or one clear error."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

import pytest

from residency.core.errors import ServerError
from residency.core.prompt import conversation, user_message
from residency.core.tools import TOOLS, calling_message, result_message
from residency.serving.contract import ModelRequest, Piece
from residency.serving.upstream.opening import open_upstream
from residency.serving.upstream.remote import Patience, RemoteUpstream
from tests.streaming_server import Script, Step, StreamingServer, said, usage

HASTE = Patience(first=1.0, next=1.0, whole=3.0, counts=0.3)
REQUEST = ModelRequest(conversation("CLINICAL", [user_message("Why?")]), max_tokens=50)


def served(
    script: Script | Sequence[Step], request: ModelRequest = REQUEST, times: int = 1, **fields: Any
) -> tuple[list[Piece], StreamingServer]:
    """The pieces of the last of several answers, and the server."""

    async def go(url: str) -> list[Piece]:
        upstream = RemoteUpstream(url, patience=HASTE)
        try:
            for _ in range(times):
                pieces = [piece async for piece in upstream.stream(request)]
            return pieces
        finally:
            await upstream.close()

    with StreamingServer(script if callable(script) else lambda body: script, **fields) as server:
        return asyncio.run(go(server.url)), server


def text_of(pieces: Iterable[Piece]) -> tuple[str, str]:
    return "".join(piece.text for piece in pieces), "".join(piece.thinking for piece in pieces)


def test_an_answer_comes_in_pieces_with_its_end_and_its_tokens() -> None:
    pieces, server = served([said(role="assistant"), said("It "), said("closes."), said("", "stop"), usage(7, 2)])
    assert [piece.text for piece in pieces] == ["It ", "closes.", ""]
    assert pieces[-1] == Piece(finish="stop", prompt_tokens=7, completion_tokens=2)
    (body,) = server.asked
    assert [message["role"] for message in body["messages"]] == ["system", "user"]
    assert (body["stream"], body["stream_options"]) == (True, {"include_usage": True})
    assert "temperature" not in body, "it is left to the server"


def test_what_a_request_asks_for_is_sent() -> None:
    messages = [*REQUEST.messages, calling_message("search_guidelines", {"query": "x"})]
    request = ModelRequest(
        [*messages, result_message("search_guidelines", [], 1)], TOOLS, 9, 0.5, top_p=0.9, seed=4, stop=("\n\n",)
    )
    _, server = served([said("no", "stop")], request)
    (body,) = server.asked
    sent = {name: body[name] for name in ("temperature", "top_p", "seed", "stop")}
    assert sent == {"temperature": 0.5, "top_p": 0.9, "seed": 4, "stop": ["\n\n"]}
    assert body["tools"] == list(TOOLS)
    assert body["messages"][-1]["tool_call_id"] == body["messages"][-2]["tool_calls"][0]["id"]


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])
def test_a_thought_is_no_text(field: str) -> None:
    pieces, _ = served([said(**{field: "Let me "}), said(**{field: "see."}), said("Yes."), said("", "stop")])
    assert text_of(pieces) == ("Yes.", "Let me see.")


@pytest.mark.parametrize("size", [1, 3, 100])
def test_a_thought_between_tags_is_no_text_either(size: int) -> None:
    whole = "\n<think>a < b</thin k></think>\n\nYes, <think>."
    pieces, _ = served([*(said(whole[at : at + size]) for at in range(0, len(whole), size)), said("", "stop")])
    assert text_of(pieces) == ("Yes, <think>.", "a < b</thin k>")


@pytest.mark.parametrize("whole", ["<thi", "<b>", " no"])
def test_what_only_begins_like_a_tag_is_text(whole: str) -> None:
    pieces, _ = served([*map(said, whole), said("", "stop")])
    assert text_of(pieces) == (whole, "")


def test_calls_are_put_together_from_their_parts() -> None:
    def part(index: int | None, arguments: Any, name: str | None = None, id_: str | None = None) -> dict[str, Any]:
        return {"index": index, "id": id_, "function": {"name": name, "arguments": arguments}}

    pieces, _ = served(
        [
            said(tool_calls=[part(0, "", "search_guidelines", "a")]),
            said(tool_calls=[part(0, '{"que')]),
            said(tool_calls=[part(0, 'ry": "x"}'), part(1, "{}", "web_search", "b")]),
            said(tool_calls=[part(0, {"query": "y"}, "third", "c")]),
            said(tool_calls=[part(2, "no JSON", "fourth")]),
            said("", "tool_calls"),
        ]
    )
    functions = [call["function"] for call in pieces[-1].tool_calls]
    assert functions == [
        {"name": "search_guidelines", "arguments": {"query": "x"}},
        {"name": "web_search", "arguments": {}},
        {"name": "third", "arguments": {"query": "y"}},
        {"name": "fourth", "arguments": "no JSON"},
    ]
    assert pieces[-1].finish == "tool_calls"


ENDLESS = itertools.repeat(said("again "))
LIES: dict[str, tuple[Sequence[Step], str]] = {
    "no finish": ([said("It ")], "broke off its answer"),
    "done without finish": ([said("It "), "bytes:data: [DONE]\n\n"], "broke off its answer"),
    "nothing": (["bytes:\n\n"], "broke off its answer"),
    "it dies": ([said("It "), "drop"], "broke off its answer"),
    "it hangs at once": (["hang before"], "did not answer in time|does not answer in time"),
    "it hangs before a word": ([said(role="assistant"), "hang"], "stopped in the middle"),
    "it hangs in the middle": ([said("It "), "hang"], "stopped in the middle"),
    "no JSON": (["bytes:data: {It closes\n\n"], "it is no JSON"),
    "nested without end": (["bytes:data: " + "[" * 100_000 + "\n\n"], "it is no JSON|no object"),
    "no object": ([[1, 2]], "a chunk is no object"),
    "null": ([None], "a chunk is no object"),
    "choices of another type": ([{"choices": {"text": "x"}}], "its choices are none"),
    "a choice of another type": ([{"choices": ["x"]}], "its choices are none"),
    "a delta of another type": ([{"choices": [{"delta": "x"}]}], "a delta is no object"),
    "text of another type": ([said(content=["x"])], "its content is no text"),
    "finish of another type": ([{"choices": [{"delta": {}, "finish_reason": 3}]}], "finish_reason is no text"),
    "calls of another type": ([said(tool_calls="x")], "tool calls are no list"),
    "a call of another type": ([said(tool_calls=[3])], "a tool call is no object"),
    "a function of another type": ([said(tool_calls=[{"index": 0, "function": 3}])], "has no function"),
    "calls without end": ([said(tool_calls=[{"index": n, "function": {}} for n in range(99)])], "without end"),
    "an error in the stream": ([said("It "), {"error": {"message": "out of memory"}}], "failed at its answer .out of"),
    "withheld": ([said("", "content_filter")], "withheld its answer"),
    "it refuses": (["400:it is too rude"], "refuses the prompt .it is too rude"),
    "it fails": (["500:overloaded"], "answers 500 .overloaded"),
    "it is busy": (["429:too many"], "answers 429"),
    "no such thing": (["404:no"], "answers 404"),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_server_that_lies_or_dies_is_one_line_and_no_wait(lie: str) -> None:
    script, told = LIES[lie]
    with pytest.raises(ServerError, match=told) as failed:
        served(script)
    assert "\n" not in str(failed.value)


@pytest.mark.parametrize("kind", ["text/html", "application/json"])
def test_what_is_no_stream_is_told_as_such(kind: str) -> None:
    with pytest.raises(ServerError, match=f"does not stream its answers .it sends {kind}"):
        served(["bytes:<html>502 Bad Gateway</html>"], kind=kind)


def test_signs_of_life_without_a_word_are_no_progress() -> None:
    def script(body: dict[str, Any]) -> Iterable[Step]:
        while True:
            time.sleep(0.1)
            yield "bytes:: ping\n\n"

    with pytest.raises(ServerError, match="stopped in the middle"):
        served(script)


def test_a_slow_server_is_waited_for_while_words_come_and_not_without_end() -> None:
    def script(body: dict[str, Any]) -> Iterable[Step]:
        for _ in range(int(body["seed"])):
            time.sleep(0.2)
            yield said("word ")
        yield said("", "stop")

    def asked(words: int) -> ModelRequest:
        return ModelRequest(REQUEST.messages, seed=words)

    assert text_of(served(script, asked(3))[0])[0] == "word " * 3
    with pytest.raises(ServerError, match="too slow"):
        served(script, asked(30))


def test_a_server_that_does_not_count_is_stopped_at_the_length() -> None:
    pieces, server = served(lambda body: ENDLESS)
    assert pieces[-1].finish == "length"
    assert len(pieces) == 52
    assert server.gone.wait(5)


def test_who_closes_the_iterator_ends_the_request() -> None:
    async def go(url: str) -> None:
        upstream = RemoteUpstream(url, patience=HASTE)
        stream = upstream.stream(REQUEST)
        await anext(stream)
        await stream.aclose()
        await upstream.close()

    with StreamingServer(lambda body: ENDLESS) as server:
        asyncio.run(go(server.url))
        assert server.gone.wait(5)


def test_no_tokens_after_the_last_word_are_done_without() -> None:
    pieces, _ = served([said("Yes.", "stop"), "hang"])
    assert pieces[-1] == Piece(finish="stop")


@pytest.mark.parametrize(
    ("parameter", "told", "sent"),
    [
        ("max_tokens", "Unsupported parameter: use max_completion_tokens", "max_completion_tokens"),
        ("stream_options", "unknown field stream_options", None),
        ("seed", "Extra inputs are not permitted: seed", None),
        ("temperature", "temperature does not support 0.5", None),
    ],
)
def test_a_parameter_that_a_server_does_not_take_is_left_out_from_then_on(
    parameter: str, told: str, sent: str | None
) -> None:
    def script(body: dict[str, Any]) -> list[Step]:
        return [f"400:{told}"] if parameter in body else [said("Yes.", "stop"), usage(1, 1)]

    request = ModelRequest(REQUEST.messages, seed=3, temperature=0.5)
    pieces, server = served(script, request, times=2)
    assert text_of(pieces)[0] == "Yes."
    assert [parameter in body for body in server.asked] == [True, False, False]
    assert sent is None or all(sent in body for body in server.asked[1:])


def test_a_model_that_does_not_think_is_given_no_tokens_to_think_with() -> None:
    _, server = served([said("Yes.", "stop")], times=2)
    assert [body["max_tokens"] for body in server.asked] == [50 + 2048, 50]
    _, server = served([said(reasoning="Hm."), said("Yes.", "stop")], times=2)
    assert [body["max_tokens"] for body in server.asked] == [50 + 2048, 50 + 2048]


def test_a_prompt_near_the_servers_limit_is_asked_without_them_too() -> None:
    def script(body: dict[str, Any]) -> list[Step]:
        return ["400:max_tokens is over the context length"] if body["max_tokens"] > 100 else [said("Yes.", "stop")]

    assert text_of(served(script)[0])[0] == "Yes."


def test_the_model_is_found_and_known_again() -> None:
    models: list[dict[str, Any]] = [{"id": "a", "max_model_len": 100, "created": 1}, {"id": "b"}]
    with StreamingServer(lambda body: [], models) as server:
        opened = open_upstream("", upstream_url=server.url, upstream_model="a")
        server.models = [{**models[0], "created": 2}]
        again = open_upstream("", upstream_url=server.url)
        server.models = [{**models[0], "root": "another"}]
        changed = open_upstream("", upstream_url=server.url)
        with pytest.raises(ServerError, match="the nearest is 'a'"):
            open_upstream("", upstream_url=server.url, upstream_model="aa")
    assert (opened.name, opened.context, again.name) == ("a", 100, "a")
    assert opened.digest == again.digest != changed.digest
    assert opened.size([{"role": "user", "content": "x" * 40}]) == 10


def test_a_server_that_is_not_there_is_told_at_once() -> None:
    with pytest.raises(ServerError, match="cannot be reached") as failed:
        open_upstream("", upstream_url="http://127.0.0.1:9/v1")
    assert "goes on from here" not in str(failed.value), "nothing is resumed here"


def test_the_key_is_sent_and_never_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_KEY", "secret-123")

    async def go(url: str) -> None:
        upstream = open_upstream("", upstream_url=url, upstream_key="SOME_KEY")
        try:
            async for _ in upstream.stream(REQUEST):
                pass
        finally:
            await upstream.close()

    faults: list[Step] = [
        "400:you sent secret-123",
        "500:you sent secret-123",
        {"error": {"message": "bad secret-123"}},
    ]
    for fault in faults:
        with StreamingServer(partial(_one, fault)) as server, pytest.raises(ServerError) as failed:
            asyncio.run(go(server.url))
        assert server.keys == {"secret-123"}
        assert "secret-123" not in str(failed.value)
        assert "***" in str(failed.value)


def _one(step: Step, body: dict[str, Any]) -> list[Step]:
    return [step]
