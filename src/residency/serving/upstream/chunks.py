"""What a server's stream of chunks comes to. A server may send anything: what has not the form that it must have is an
:class:`UnreadableError`, never a guess.

The form is that of OpenAI's chat completions: https://platform.openai.com/docs/api-reference/chat-streaming.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from residency.generation.chat_server import FILTERED, call_of, tokens_of
from residency.generation.connection import UnreadableError
from residency.serving.contract import Finish
from residency.serving.upstream.stops import Stops

OPENED, CLOSED = "<think>", "</think>"
"""Between these stands a thought in the text itself where a server has no parser for thoughts."""
THOUGHTS = ("reasoning_content", "reasoning")
"""Where servers put thoughts: vLLM, SGLang and llama.cpp the first, newer vLLM, Ollama and OpenRouter the second."""
CALLS = 64  # calls of functions in one answer
ARGUMENTS = 1 << 20  # characters of the arguments of one call
FINISHES: dict[str, Finish] = {
    "stop": "stop",
    "eos": "stop",
    "length": "length",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
}


@dataclass
class Chunks:
    """One answer as its chunks come. After the last one, ``finish`` says how it ended (empty: it did not), and the
    tokens are known where the server tells them."""

    finish: Finish = ""
    withheld: bool = False
    """Whether the server kept the answer, or the rest of it, to itself."""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    _calls: list[dict[str, Any]] = field(default_factory=list)
    _thought: _Thought = field(default_factory=lambda: _Thought())

    def add(self, chunk: Any) -> tuple[str, str]:
        """The text and the thought that a chunk adds.

        Raises:
            UnreadableError: it is none.
        """
        if not isinstance(chunk, dict):
            raise UnreadableError("a chunk is no object")
        self._count(chunk.get("usage"))
        choices = chunk.get("choices")
        if choices is None or choices == []:
            return "", ""  # of usage alone, or of what a server adds of its own
        if not isinstance(choices, list) or not isinstance(choices[0], dict):
            raise UnreadableError("its choices are none")
        delta = choices[0].get("delta")
        delta = {} if delta is None else delta
        if not isinstance(delta, dict):
            raise UnreadableError("a delta is no object")
        for call in _listed(delta.get("tool_calls")):
            self._call(call)
        self._end(choices[0].get("finish_reason"), delta)
        text, thought = self._thought.split(_text(delta, "content"))
        own = next((given for name in THOUGHTS if (given := _text(delta, name))), "")
        return text, own + thought

    def rest(self) -> tuple[str, str]:
        """What was held back, as it might have been the beginning of a thought."""
        return self._thought.rest()

    @property
    def calls(self) -> tuple[dict[str, Any], ...]:
        """The calls, put together."""
        read = (call_of({"function": call}) for call in self._calls if call["name"])
        return tuple(call for call in read if call is not None)

    def _count(self, usage: Any) -> None:
        if isinstance(usage, dict):
            for name in ("prompt_tokens", "completion_tokens"):
                if (told := tokens_of(usage.get(name))) is not None:
                    setattr(self, name, told)

    def _end(self, reason: Any, delta: dict[str, Any]) -> None:
        if reason is None or reason == "":
            return
        if not isinstance(reason, str):
            raise UnreadableError("its finish_reason is no text")
        self.withheld = reason in FILTERED or bool(delta.get("refusal"))
        self.finish = FINISHES.get(reason, "stop")

    def _call(self, part: Any) -> None:
        """A part of a call belongs to that of its index; one with another id begins another, for servers that number
        all calls 0."""
        if not isinstance(part, dict):
            raise UnreadableError("a tool call is no object")
        function = part.get("function") or {}
        index, id_ = part.get("index"), part.get("id")
        if not isinstance(function, dict) or not isinstance(index, int | None):
            raise UnreadableError("a tool call has no function")
        known = [call for call in self._calls if call["index"] == index]
        call = known[-1] if known else None
        if call is None or (id_ and call["id"] and id_ != call["id"]):
            if len(self._calls) >= CALLS:
                raise UnreadableError("it calls without end")
            call = {"index": index, "id": id_, "name": "", "arguments": ""}
            self._calls.append(call)
        call["name"] += _text(function, "name")
        arguments = function.get("arguments")
        if isinstance(arguments, dict):  # some servers send them as they are
            call["arguments"] = arguments
        else:
            call["arguments"] = str(call["arguments"]) + _text(function, "arguments")
            if len(call["arguments"]) > ARGUMENTS:
                raise UnreadableError("a tool call is too long")


class _Thought:
    """Parts a text into its thought, where it begins with one between tags, and the rest."""

    def __init__(self) -> None:
        self._held = ""
        self._place = "before"

    def split(self, text: str) -> tuple[str, str]:
        """The text, and the thought; what may be a part of a tag waits for more."""
        if self._place == "after" or not text:
            return text, ""
        if self._place == "behind":
            return self._behind(text), ""
        self._held += text
        if self._place == "before":
            begun = self._held.lstrip()
            if OPENED.startswith(begun[: len(OPENED)]) and len(begun) < len(OPENED):
                return "", ""
            if not begun.startswith(OPENED):
                self._place = "after"
                return self._taken(), ""
            self._place, self._held = "inside", begun[len(OPENED) :]
        thought, closed, rest = self._held.partition(CLOSED)
        if closed:
            self._held, self._place = "", "behind"
            return self._behind(rest), thought
        settled = Stops([CLOSED]).settled(self._held)
        self._held = self._held[len(settled) :]
        return "", settled

    def _behind(self, text: str) -> str:
        """The text behind a thought, without the white space between them."""
        text = text.lstrip()
        self._place = "after" if text else "behind"
        return text

    def rest(self) -> tuple[str, str]:
        """What still waits, at the end."""
        return ("", self._taken()) if self._place == "inside" else (self._taken(), "")

    def _taken(self) -> str:
        held, self._held = self._held, ""
        return held


def _text(values: dict[str, Any], name: str) -> str:
    value = values.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise UnreadableError(f"its {name} is no text")
    return value


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise UnreadableError("its tool calls are no list")
    return value
