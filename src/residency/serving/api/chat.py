"""``/v1/chat/completions``: the assistant in OpenAI's form.

What OpenAI's form has no place for stands in a field ``residency``: of the response, and in a stream of chunks of their
own, whose delta is empty.
"""

from __future__ import annotations

import json
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import asdict, dataclass, field
from typing import Any

from fastapi import Response

from residency.core.errors import InputError, UsageError
from residency.serving.api.errors import FAILED, UPSTREAM, as_json, body_of, input_refused, refused
from residency.serving.api.streams import DONE, EventStream, event
from residency.serving.contract import Called, Checked, Ended, Event, Flagged, Personal, Said, Searched

PERSONAL = (
    "the question holds what may be personal data, and was not sent on. Take it out, or send it all the same with "
    "send_personal: true"
)
BLOCKED = "the question holds what may be personal data, which is not answered here. Take it out"


@dataclass
class Gathered:
    """What an answer's events came to."""

    text: list[str] = field(default_factory=list)
    thinking: list[str] = field(default_factory=list)
    calls: list[dict[str, Any]] = field(default_factory=list)
    flags: list[dict[str, Any]] = field(default_factory=list)
    personal: list[dict[str, Any]] = field(default_factory=list)
    searches: list[dict[str, Any]] = field(default_factory=list)
    checked: dict[str, Any] | None = None
    is_blocked: bool = False
    ended: Ended | None = None

    def hear(self, event: Event) -> dict[str, Any] | None:
        """Take an event in; what of it stands in the field ``residency``."""
        match event:
            case Said():
                self.text.append(event.text)
                self.thinking.append(event.thinking)
            case Called(own=False):
                self.calls += [_sent(call, place) for place, call in enumerate(event.calls, len(self.calls))]
            case Called():  # the text beside a call of ours is no answer
                self.text, self.thinking = [], []
                return {"called": list(event.calls)}
            case Flagged():
                self.flags.append(asdict(event))
                return {"flagged": self.flags[-1]}
            case Personal():
                self.personal.append(asdict(event))
                self.is_blocked = self.is_blocked or event.blocked
                return {"personal": self.personal[-1]}
            case Searched():
                self.searches.append(searched(event))
                return {"searched": self.searches[-1]}
            case Checked():
                self.checked = asdict(event)
                return {"checked": self.checked}
            case Ended():
                self.ended = event
        return None

    def field(self, mode: str) -> dict[str, Any]:
        """The whole field ``residency``."""
        found = {"flagged": self.flags, "personal": self.personal, "searches": self.searches, "checked": self.checked}
        return self.end(mode) | found

    def end(self, mode: str) -> dict[str, Any]:
        """What the field says at the end."""
        ended = asdict(self.ended) if self.ended else {}
        told = {name: ended.get(name) for name in ("answer_id", "seconds", "first_token_seconds", "parts")}
        return told | {"mode": mode}


def searched(event: Searched) -> dict[str, Any]:
    """A search as it is sent, each passage with its number."""
    numbered = [{"number": number, **passage} for number, passage in enumerate(event.passages, event.first)]
    return {**asdict(event), "passages": numbered}


def failure(gathered: Gathered, blocks: bool) -> Response | None:
    """The error that an answer without a word of its own is; None where it is none."""
    ended = gathered.ended
    if gathered.is_blocked:
        body = body_of(BLOCKED if blocks else PERSONAL, param="messages", code="personal_data")
        return as_json(body | {"residency": {"personal": gathered.personal, "flagged": gathered.flags}}, 400)
    if ended is not None and ended.finish == "error":
        return refused(502, ended.error, UPSTREAM)
    return None


async def whole(events: AsyncGenerator[Event], model: str, mode: str, blocks: bool) -> Response:
    """The answer in one piece."""
    gathered = Gathered()
    try:
        async for one in events:
            gathered.hear(one)
    except (InputError, UsageError) as error:
        return input_refused(error)
    ended = gathered.ended
    if ended is None:
        return refused(500, "the answer has no end", FAILED)
    if failed := failure(gathered, blocks):
        return failed
    message: dict[str, Any] = {"role": "assistant", "content": "".join(gathered.text), "refusal": None}
    if thought := "".join(gathered.thinking):
        message["reasoning_content"] = thought
    if gathered.calls:
        message["tool_calls"] = [{key: value for key, value in one.items() if key != "index"} for one in gathered.calls]
        message["content"] = message["content"] or None
    return as_json(
        {
            "id": f"chatcmpl-{ended.answer_id}",
            "object": "chat.completion",
            "created": int(time.time()),
            "model": model,
            "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": ended.finish}],
            "usage": usage(ended),
            "residency": gathered.field(mode),
        }
    )


async def streamed(
    events: AsyncGenerator[Event], answer_id: str, model: str, mode: str, blocks: bool, include_usage: bool
) -> Response:
    """The answer as chunks. What ends it before its first word is an error with a status of its own."""
    gathered = Gathered()
    before: list[dict[str, Any]] = []
    first: Event | None = None
    try:
        async for one in events:
            told = gathered.hear(one)
            if isinstance(one, Said | Ended) or gathered.calls:
                first = one
                break
            before += [told] if told else []
    except (InputError, UsageError) as error:
        return input_refused(error)
    if gathered.ended is not None and (failed := failure(gathered, blocks)):
        return failed
    chunks = _Chunks(answer_id, model, include_usage)
    return EventStream(_chunks(events, gathered, before, first, chunks, mode))


async def _chunks(
    events: AsyncGenerator[Event],
    gathered: Gathered,
    before: Sequence[dict[str, Any]],
    first: Event | None,
    chunks: _Chunks,
    mode: str,
) -> AsyncGenerator[bytes]:
    yield chunks.delta({"role": "assistant", "content": ""})
    for told in before:
        yield chunks.own(told)
    if first is not None:
        for chunk in chunks.of(first, None, gathered):
            yield chunk
    async with aclosing(events) as rest:
        async for one in rest:
            for chunk in chunks.of(one, gathered.hear(one), gathered):
                yield chunk
    ended = gathered.ended
    if ended is None or ended.finish == "error":
        yield event(body_of(ended.error if ended else "the answer has no end", UPSTREAM))
        return
    yield chunks.own({"ended": gathered.end(mode)})
    yield chunks.delta({}, ended.finish)
    if chunks.include_usage:
        yield chunks.usage(ended)
    yield DONE


class _Chunks:
    """Makes the chunks of one answer."""

    def __init__(self, answer_id: str, model: str, include_usage: bool) -> None:
        self.include_usage = include_usage
        self._base: dict[str, Any] = {
            "id": f"chatcmpl-{answer_id}",
            "object": "chat.completion.chunk",
            "created": int(time.time()),
            "model": model,
        }

    def of(self, one: Event, told: dict[str, Any] | None, gathered: Gathered) -> list[bytes]:
        """The chunks for an event."""
        if told is not None:
            return [self.own(told)]
        if isinstance(one, Called):
            return [self.delta({"tool_calls": gathered.calls})]
        if isinstance(one, Said):
            delta = {"content": one.text} if one.text else {}
            return [self.delta(delta | ({"reasoning_content": one.thinking} if one.thinking else {}))]
        return []

    def delta(self, delta: dict[str, Any], finish: str | None = None) -> bytes:
        """A piece of the answer."""
        return event(self._base | {"choices": [_choice(delta, finish)]} | self._no_usage())

    def own(self, told: dict[str, Any]) -> bytes:
        """What is ours. Its delta is empty and not left out: clients take the first choice of every chunk."""
        return event(self._base | {"choices": [_choice({}, None)]} | self._no_usage() | {"residency": told})

    def usage(self, ended: Ended) -> bytes:
        """The tokens, in a chunk without a choice, as OpenAI sends them."""
        return event(self._base | {"choices": [], "usage": usage(ended)})

    def _no_usage(self) -> dict[str, Any]:
        return {"usage": None} if self.include_usage else {}


def usage(ended: Ended) -> dict[str, int]:
    """The tokens; 0 where they are not known."""
    prompt, written = ended.prompt_tokens or 0, ended.completion_tokens or 0
    return {"prompt_tokens": prompt, "completion_tokens": written, "total_tokens": prompt + written}


def _choice(delta: dict[str, Any], finish: str | None) -> dict[str, Any]:
    return {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}


def _sent(call: dict[str, Any], place: int) -> dict[str, Any]:
    """A call of a client's function, with an id, its arguments as a text."""
    function = call["function"]
    arguments = function["arguments"]
    text = arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
    return {
        "index": place,
        "id": str(call.get("id") or f"call_{place}"),
        "type": "function",
        "function": {"name": function["name"], "arguments": text},
    }
