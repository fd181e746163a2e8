"""Asking an OpenAI-compatible server to answer messages, by its chat completions.

The server renders the messages with its own model's template. For a model that must read exactly the tokens that were
rendered here, there is :mod:`residency.generation.server`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from residency.core.errors import MissingDependencyError
from residency.core.records import Message
from residency.generation.connection import EMPTY, REFUSED, Connection, UnreadableError
from residency.generation.said import Said

try:
    import openai
except ImportError as error:
    raise MissingDependencyError(error.name or "openai", "train") from None

GREETING: list[Message] = [{"role": "user", "content": "Answer with the one word: ready"}]
FILTERED = ("content_filter", "refusal")
"""Finish reasons of an answer that the server withheld."""
NAMED = 200  # characters of a model's name that are kept
_FIGURES = re.compile(r"\d+")
"""What differs between two refusals for one reason, such as the lengths of the prompts."""


class ChatServer(Connection):
    """One model of one server that answers messages."""

    _limit, _seeded = "max_tokens", True

    def connect(self, max_tokens: int, temperature: float | None) -> None:
        """Finds the model, and has it answer a greeting as it will be asked, so that a parameter that it does not take
        is noticed once. Newer models of OpenAI call ``max_tokens`` otherwise, and some servers take no seed.

        Raises:
            ServerError: the server is not there, has no such model, or does not take what it is sent.
        """
        self.model = self._named(must_list=False)
        for _ in range(3):  # as often as there are parameters to do without, and once more
            try:
                self._read(self._send(GREETING, 0, max_tokens, temperature))
                return
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                said = self._said(error)
                if "max_completion_tokens" in said and self._limit == "max_tokens":
                    self._limit = "max_completion_tokens"
                elif "seed" in said and self._seeded:
                    self._seeded = False
                else:
                    fix = "Set temperature = 1" if "temperature" in said else ""
                    raise self._error(f"the server refuses a greeting ({said})", fix) from None
            except openai.APITimeoutError:
                raise self._error("the server did not answer a greeting in time", "Raise the time-out") from None
            except openai.APIError as error:
                raise self._failed(error) from None
            except UnreadableError as error:
                raise self._error(f"the server's answer is none of the chat completions API ({error})") from None
        raise self._error(f"the server refuses a greeting ({said})")

    def ask(
        self,
        messages: Sequence[Message],
        seed: int,
        max_tokens: int,
        temperature: float | None,
        tools: Sequence[dict[str, Any]] = (),
    ) -> Said:
        """The model's answer to ``messages``; several threads may ask at once.

        Args:
            messages: ``role`` and ``content`` of each are sent, and calls of tools with their results.
            seed: for what the server draws.
            max_tokens: the most tokens of an answer.
            temperature: 0 takes the likeliest token each time; None leaves it to the server.
            tools: functions that the model may call.

        Raises:
            ServerError: the server is gone, or too many answers in a row could not be used.
        """
        said, fault, why = self._tried(lambda: self._read(self._send(messages, seed, max_tokens, temperature, tools)))
        if self.measured and fault == REFUSED:
            return Said(model=self.model, fault=_FIGURES.sub("N", why))
        silent = said is not None and not said.text.strip() and not said.tool_calls and said.finish not in FILTERED
        if silent and not self.measured:
            fault = why = EMPTY
        self._count(fault, why)
        return replace(said or Said(model=self.model), fault=fault)

    def _send(
        self,
        messages: Sequence[Message],
        seed: int,
        max_tokens: int,
        temperature: float | None,
        tools: Sequence[dict[str, Any]] = (),
    ) -> Any:
        body: dict[str, Any] = {"model": self.model, "messages": as_sent(messages), self._limit: max_tokens}
        body |= {} if temperature is None else {"temperature": temperature}
        body |= {"tools": list(tools)} if tools else {}
        return self._post("/chat/completions", body | ({"seed": seed} if self._seeded else {}))

    def _read(self, answer: Any) -> Said:
        """The first choice, checked."""
        choices = answer.get("choices") if isinstance(answer, dict) else None
        if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
            raise UnreadableError("it has no choices")
        message, finish = choices[0].get("message"), choices[0].get("finish_reason")
        if not isinstance(message, dict):
            raise UnreadableError("it has no message")
        text, refusal = message.get("content"), message.get("refusal")
        if text is not None and not isinstance(text, str):
            raise UnreadableError("its content is no text")
        if not text and isinstance(refusal, str) and refusal:
            text, finish = refusal, "refusal"
        calls = [call_of(call) for call in message.get("tool_calls") or ()]
        # vLLM, SGLang and llama.cpp give a thought as reasoning_content, newer ones as reasoning.
        thought = message.get("reasoning_content") or message.get("reasoning")
        model = answer.get("model")
        usage = answer.get("usage")
        counts = usage if isinstance(usage, dict) else {}
        return Said(
            text or "",
            finish if isinstance(finish, str) else "",
            model[:NAMED] if isinstance(model, str) and model else self.model,
            tokens_of(counts.get("prompt_tokens")),
            tokens_of(counts.get("completion_tokens")),
            thinking=thought if isinstance(thought, str) else "",
            tool_calls=tuple(call for call in calls if call),
        )


def as_sent(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """Messages in OpenAI's form, where each call has an id and its result names it; thoughts are not sent."""
    found: list[dict[str, Any]] = []
    open_calls: list[str] = []
    for place, message in enumerate(messages):
        sent: dict[str, Any] = {"role": message["role"], "content": message["content"]}
        if calls := message.get("tool_calls"):
            ids = [f"call_{place}_{number}" for number in range(len(calls))]
            sent["tool_calls"] = [
                {"id": id_, "type": "function", "function": _spelt(call["function"])}
                for id_, call in zip(ids, calls, strict=True)
            ]
            open_calls = ids
        if message["role"] == "tool":
            sent["tool_call_id"] = open_calls.pop(0) if open_calls else f"call_{place}"
        found.append(sent)
    return found


def _spelt(function: dict[str, Any]) -> dict[str, Any]:
    arguments = function.get("arguments", {})
    return {"name": function["name"], "arguments": arguments if isinstance(arguments, str) else json.dumps(arguments)}


def call_of(call: Any) -> dict[str, Any] | None:
    """A server's call as it stands in a message of ours; arguments that are no JSON stay text."""
    function = call.get("function") if isinstance(call, dict) else None
    if not isinstance(function, dict) or not isinstance(function.get("name"), str):
        return None
    arguments = function.get("arguments")
    if isinstance(arguments, str):
        try:
            parsed = json.loads(arguments)
            arguments = parsed if isinstance(parsed, dict) else arguments
        except (ValueError, RecursionError):
            pass
    return {"type": "function", "function": {"name": function["name"], "arguments": arguments}}


def tokens_of(value: Any) -> int | None:
    """A count as a server gives it; None for what is none."""
    return value if type(value) is int and value >= 0 else None
