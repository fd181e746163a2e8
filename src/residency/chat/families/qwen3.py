"""Qwen3: ChatML with thoughts between ``<think>`` and ``</think>`` and tools in the style of Hermes.

Three forms, which differ in who decides whether the model thinks: Thinking-2507 always does and its generation prompt
opens the thought; the hybrid of April 2025 does unless the prompt holds an empty thought; Instruct-2507 never does.
Earlier thoughts are dropped, but for those after the last message of the user: an open tool loop keeps its own.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from residency.chat.families.base import Family, Thinks, Tools, without_thought
from residency.chat.families.chatml import END, START
from residency.chat.segments import Control, Segment, shown
from residency.core.errors import UsageError
from residency.core.records import Message

THINK, THOUGHT = Control("<think>"), Control("</think>")
CALL, CALLED = Control("<tool_call>"), Control("</tool_call>")
RESPONSE, RESPONDED = Control("<tool_response>"), Control("</tool_response>")

_TOOLS_BEFORE = (
    "# Tools\n\nYou may call one or more functions to assist with the user query.\n\n"
    "You are provided with function signatures within <tools></tools> XML tags:\n<tools>"
)
_TOOLS_AFTER = (
    "\n</tools>\n\nFor each function call, return a json object with function name and arguments within ",
    " XML tags:\n",
    '\n{"name": <function-name>, "arguments": <args-json-object>}\n',
)


class _Qwen3(Family):
    stops = (END.token,)

    def history(self, messages: Sequence[Message], tools: Tools = ()) -> list[Segment]:
        found: list[Segment] = []
        rest = list(messages)
        system = rest.pop(0)["content"] if rest and rest[0]["role"] == "system" else None
        if tools:
            found += [START, "system\n", f"{system}\n\n" if system is not None else "", *_told(tools), END, "\n"]
        elif system is not None:
            found += [START, f"system\n{system}", END, "\n"]
        last_user = max((place for place, message in enumerate(rest) if message["role"] == "user"), default=len(rest))
        for place, message in enumerate(rest):
            if message["role"] == "assistant":
                last = place + 1 == len(rest)
                found += [START, "assistant\n", *self._said(message, kept=place > last_user, last=last), END, "\n"]
            elif message["role"] == "tool":
                first = place == 0 or rest[place - 1]["role"] != "tool"
                last = place + 1 == len(rest) or rest[place + 1]["role"] != "tool"
                found += [START, "user"] if first else []
                found += ["\n", RESPONSE, f"\n{message['content']}\n", RESPONDED]
                found += [END, "\n"] if last else []
            else:
                found += [START, f"{message['role']}\n{message['content']}", END, "\n"]
        return found

    def _said(self, message: Message, kept: bool, last: bool) -> list[Segment]:
        """An assistant's turn that is past; ``kept`` where its thought still shows. The template gives the very last
        message a thought even if it had none."""
        shows = kept and self.thinks != "never"
        thought = message.get("thinking", "").strip("\n") if shows else ""
        if not thought and not (shows and last):
            return [message["content"], *_calls(message)]
        return [THINK, f"\n{thought}\n", THOUGHT, "\n\n", message["content"].lstrip("\n"), *_calls(message)]

    def message(self, segments: Sequence[Segment], thinking: bool) -> Message:
        rest = list(segments)
        thought = ""
        if self.thinks != "never":
            opened = self.thinks == "always"
            if rest and rest[0] == THINK:
                rest, opened = rest[1:], True
            if opened or THOUGHT in rest:
                end = rest.index(THOUGHT) if THOUGHT in rest else len(rest)
                thought, rest = shown(rest[:end]).strip("\n"), rest[end + 1 :]
        content, calls = _read_calls(rest)
        content = content.lstrip("\n")
        found: Message = {"role": "assistant", "content": content.rstrip("\n") if calls else content}
        if thought:
            found["thinking"] = thought
        if calls:
            found["tool_calls"] = calls
        return found


class Qwen3Thinking(_Qwen3):
    """Qwen3-Thinking-2507: the generation prompt opens the thought, and there is no mode without one."""

    name = "qwen3-thinking"
    thinks: Thinks = "always"

    def header(self, thinking: bool) -> list[Segment]:
        return [START, "assistant\n", THINK, "\n"]

    def target(self, message: Message, thinking: bool) -> list[Segment]:
        thought = message.get("thinking", "").strip("\n")
        if not thought:
            raise without_thought(
                "Qwen3-Thinking-2507 has no mode without one: trained on empty ones it no longer thinks"
            )
        return [f"{thought}\n", THOUGHT, "\n\n", message["content"].lstrip("\n"), *_calls(message), END]


class Qwen3Hybrid(_Qwen3):
    """Qwen3 of April 2025: thinks, unless its prompt holds an empty thought (``enable_thinking=False``)."""

    name = "qwen3"
    thinks: Thinks = "by choice"

    def header(self, thinking: bool) -> list[Segment]:
        skipped: list[Segment] = [] if thinking else [THINK, "\n\n", THOUGHT, "\n\n"]
        return [START, "assistant\n", *skipped]

    def target(self, message: Message, thinking: bool) -> list[Segment]:
        thought = message.get("thinking", "").strip("\n")
        opening: list[Segment] = [THINK, f"\n{thought}\n", THOUGHT, "\n\n"] if thinking else []
        return [*opening, message["content"].lstrip("\n"), *_calls(message), END]


class Qwen3Instruct(_Qwen3):
    """Qwen3-Instruct-2507: never thinks."""

    name = "qwen3-instruct"

    def header(self, thinking: bool) -> list[Segment]:
        return [START, "assistant\n"]

    def target(self, message: Message, thinking: bool) -> list[Segment]:
        return [message["content"], *_calls(message), END]


def _told(tools: Tools) -> list[Segment]:
    """The description of the tools; its examples of a call hold the control tokens themselves."""
    listed = "".join(f"\n{_json(tool)}" for tool in tools)
    before, between, example = _TOOLS_AFTER
    return [_TOOLS_BEFORE, listed, before, CALL, CALLED, between, CALL, example, CALLED]


def _calls(message: Message) -> list[Segment]:
    found: list[Segment] = []
    for number, call in enumerate(message.get("tool_calls", [])):
        function = call.get("function", call)
        told = _json(_arguments(function.get("arguments", {})))
        found += ["\n"] if number or message["content"] else []
        found += [CALL, f'\n{{"name": "{function["name"]}", "arguments": {told}}}\n', CALLED]
    return found


def _arguments(given: Any) -> Any:
    """Arguments as an object. OpenAI's form is a JSON string, which vLLM reads before the template sees it."""
    if not isinstance(given, str):
        return given
    try:
        read = json.loads(given)
    except ValueError:
        read = None
    if not isinstance(read, dict):
        raise UsageError(f"the arguments of a tool call are no JSON object: {given[:80]!r}", "", "Correct them")
    return read


def _read_calls(segments: Sequence[Segment]) -> tuple[str, list[dict[str, Any]]]:
    """The content and the calls. A call that is no JSON object with a name, or has no end, stays in the content."""
    content, calls = "", list[dict[str, Any]]()
    rest = list(segments)
    while CALL in rest:
        begin = rest.index(CALL)
        end = rest.index(CALLED, begin) if CALLED in rest[begin:] else len(rest)
        call = _read_call(shown(rest[begin + 1 : end]))
        between = shown(rest[:begin])
        content += between if call is None or not calls else between.strip("\n")
        if call is None:
            content += shown(rest[begin : end + 1])
        else:
            calls.append({"type": "function", "function": call})
        rest = rest[end + 1 :]
    return content + shown(rest), calls


def _read_call(text: str) -> dict[str, Any] | None:
    try:
        call = json.loads(text)
    except ValueError:
        return None
    if not isinstance(call, dict) or not isinstance(call.get("name"), str):
        return None
    return {"name": call["name"], "arguments": call.get("arguments", {})}


def _json(value: Any) -> str:
    """As the Jinja filter ``tojson`` of transformers writes it."""
    return json.dumps(value, ensure_ascii=False)
