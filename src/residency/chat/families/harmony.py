"""Harmony, the format of gpt-oss: messages with a role, a channel and a recipient, as openai-harmony writes them.

The conversation's system message, with its mode, is the developer message; the system message proper is the family's
own. Thoughts go to the channel ``analysis``, calls and what is said beside them to ``commentary``, and answers to
``final``. Thoughts from before the last final answer are dropped, as servers do it, so that an open tool loop keeps its
own. The model stops after each call: a step has one call at most.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import date as calendar_date
from typing import Any, Literal, get_args

from residency.chat.families.base import Family, Thinks, Tools
from residency.chat.families.harmony_tools import NAME, NAMESPACE, checked_name, tools_section
from residency.chat.segments import Control, Segment, shown
from residency.core.errors import UsageError
from residency.core.records import Message

START, END = Control("<|start|>"), Control("<|end|>")
CHANNEL, MESSAGE, CONSTRAIN = Control("<|channel|>"), Control("<|message|>"), Control("<|constrain|>")
RETURN, CALL = Control("<|return|>"), Control("<|call|>")

Effort = Literal["low", "medium", "high"]
IDENTITY = "You are ChatGPT, a large language model trained by OpenAI."
KNOWLEDGE_CUTOFF = "2024-06"
_CHANNELS = "# Valid channels: analysis, commentary, final. Channel must be included for every message."
_CALLS_GO = f"\nCalls to these tools must go to the commentary channel: '{NAMESPACE}'."

_RECIPIENT = re.compile(r"(?:^|\s)to=(\S+)")
_CUT_HEADER = re.compile(r"(?: to(?:=\S*)?)?(?:<\|channel\|>\w*(?: to(?:=\S*)?)?(?: ?(?:<\|constrain\|>)?(?:json)?)?)?")
"""A header that ends in the middle, after its role."""


class Harmony(Family):
    """gpt-oss-20b and gpt-oss-120b.

    Args:
        effort: how much the model is asked to think. At ``low`` it may answer at once.
        date: the current date that the model is told, as YYYY-MM-DD; the empty string tells none. Servers tell
            the day's: one that is to read what was trained on must be given this date.
        identity: who the model is told it is; OpenAI advises to keep it and to say the rest in the developer message.

    Raises:
        UsageError: an effort or a date of another form.
    """

    name = "harmony"
    thinks: Thinks = "by choice"
    stops: tuple[str, ...] = (RETURN.token, CALL.token)

    def __init__(self, effort: Effort = "medium", date: str = "", identity: str = IDENTITY) -> None:
        if effort not in get_args(Effort):
            raise UsageError(f"unknown reasoning effort {effort!r}", "", f"Choose {', '.join(get_args(Effort))}")
        if date and not _is_date(date):
            raise UsageError(f"{date!r} is no date", "", "Write it as YYYY-MM-DD, or leave it empty")
        self.effort, self.date, self.identity = effort, date, identity

    def must_think(self, thinking: bool) -> bool:
        """At low effort a model may answer at once; at any other it is told to think."""
        return self.effort != "low"

    def history(self, messages: Sequence[Message], tools: Tools = ()) -> list[Segment]:
        found: list[Segment] = [START, "system", MESSAGE, self._system(tools), END]
        rest = list(messages)
        system = rest.pop(0)["content"] if rest and rest[0]["role"] == "system" else ""
        found += _developer(system, tools)
        finals = [place for place, message in enumerate(rest) if _is_final(message)]
        called = ""
        for place, message in enumerate(rest):
            match message["role"]:
                case "assistant":
                    past = bool(finals) and place <= finals[-1]
                    thought = "" if past else _thought(message)
                    found += [START, "assistant", *_said(message, thought), CALL if _call(message) else END]
                    called = _called(message) or called
                case "tool":
                    name = f"{NAMESPACE}.{_author(message, called)}"
                    found += [START, name, " to=assistant", CHANNEL, "commentary", MESSAGE, message["content"], END]
                case "system":
                    found += _developer(message["content"], ())
                case "user":
                    found += [START, "user", MESSAGE, message["content"], END]
                case role:
                    raise UsageError(f"gpt-oss has no form for a message of the role {role!r}")
        return found

    def header(self, thinking: bool) -> list[Segment]:
        return [START, "assistant"]

    def target(self, message: Message, thinking: bool) -> list[Segment]:
        call = _call(message)
        if call and not isinstance(_read(_written(call["arguments"])), dict):
            raise UsageError(f"the arguments of a call of {call['name']} are no JSON object", "", "Mend them")
        thought = _thought(message)
        return [*_said(message, thought if thinking else ""), CALL if call else RETURN]

    def settled(self, segments: Sequence[Segment]) -> Sequence[Segment]:
        """Without a header that is not ended, of which nobody knows yet where what follows belongs."""
        begun = max((place for place, segment in enumerate(segments) if segment == START), default=0)
        return segments if MESSAGE in segments[begun:] else segments[:begun]

    def message(self, segments: Sequence[Segment], thinking: bool) -> Message:
        """As in :class:`Family`. A call's arguments are an object where they are one in JSON, and else (broken or cut)
        the text itself; a call whose name no function can have is content."""
        thoughts: list[str] = []
        said: list[str] = []
        calls: list[dict[str, Any]] = []
        for channel, recipient, text in _messages(segments):
            name = recipient.removeprefix(f"{NAMESPACE}.")
            if NAME.fullmatch(name):
                calls.append({"type": "function", "function": {"name": name, "arguments": _read(text)}})
            elif channel == "analysis" and not name:
                thoughts.append(text)
            else:
                said.append(text)
        found: Message = {"role": "assistant", "content": "\n".join(said)}
        if thought := "\n".join(thoughts):
            found["thinking"] = thought
        if calls:
            found["tool_calls"] = calls
        return found

    def _system(self, tools: Tools) -> str:
        today = f"\nCurrent date: {self.date}" if self.date else ""
        return (
            f"{self.identity}\nKnowledge cutoff: {KNOWLEDGE_CUTOFF}{today}\n\nReasoning: {self.effort}\n\n"
            f"{_CHANNELS}{_CALLS_GO if tools else ''}"
        )


def _is_date(text: str) -> bool:
    try:
        return calendar_date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _developer(instructions: str, tools: Tools) -> list[Segment]:
    sections = [f"# Instructions\n\n{instructions}"] if instructions else []
    sections += [tools_section(tools)] if tools else []
    return [START, "developer", MESSAGE, "\n\n".join(sections), END] if sections else []


def _is_final(message: Message) -> bool:
    return message["role"] == "assistant" and not message.get("tool_calls")


def _thought(message: Message) -> str:
    if lost := [key for key in ("reasoning", "reasoning_content") if key in message]:
        raise UsageError(f"a thought under the key {lost[0]!r} would be lost", "", "Write it under the key 'thinking'")
    return message.get("thinking", "")


def _call(message: Message) -> dict[str, Any] | None:
    """The function that a message calls, None when it calls none."""
    calls = message.get("tool_calls") or []
    if len(calls) > 1:
        raise UsageError(
            f"an assistant's message has {len(calls)} tool_calls, and gpt-oss stops after each call",
            "",
            "Write each call as a message of its own with its result after it: call, result, call, result",
        )
    return {"arguments": {}} | calls[0].get("function", calls[0]) if calls else None


def _called(message: Message) -> str:
    call = _call(message)
    return checked_name(call["name"]) if call else ""


def _author(message: Message, called: str) -> str:
    """The name of the function whose result a message is."""
    name = message.get("name") or called
    if not name:
        raise UsageError(
            "a tool's message follows no call", "", "Put the call before it, or give the function's name under name"
        )
    return checked_name(name)


def _said(message: Message, thought: str) -> list[Segment]:
    """What an assistant produces after its header, up to the token that ends the turn."""
    found: list[Segment] = [CHANNEL, "analysis", MESSAGE, thought, END, START, "assistant"] if thought else []
    call = _call(message)
    if call is None:
        return [*found, CHANNEL, "final", MESSAGE, message["content"]]
    if message["content"]:
        found += [CHANNEL, "commentary", MESSAGE, message["content"], END, START, "assistant"]
    to = f" to={NAMESPACE}.{checked_name(call['name'])}"
    return [*found, to, CHANNEL, "commentary", " ", CONSTRAIN, "json", MESSAGE, _written(call["arguments"])]


def _written(arguments: Any) -> str:
    """A call's arguments: an object without spaces, as gpt-oss writes it; a text as it is."""
    if isinstance(arguments, str):
        return arguments
    return json.dumps(arguments, ensure_ascii=False, separators=(",", ":"))


def _read(text: str) -> Any:
    try:
        arguments = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return arguments if isinstance(arguments, dict) else text


def _messages(segments: Sequence[Segment]) -> list[tuple[str, str, str]]:
    """What the assistant produced after its header: (channel, recipient, text) of each message, of which the last may
    be cut. Where it goes on in another's name, no more is read; text without a form is a message without a channel."""
    found: list[tuple[str, str, str]] = []
    header: list[Segment] = []
    content: list[Segment] | None = None
    for segment in [*segments, END]:
        if content is None and segment == MESSAGE:
            content = []
        elif segment not in (START, END):
            (header if content is None else content).append(segment)
        else:
            role, channel, recipient = _header(header)
            if role != "assistant":
                break
            if content is not None:
                found.append((channel, recipient, shown(content)))
            elif loose := _loose(header):
                found.append(("", "", loose))
            header, content = ([START] if segment == START else []), None
    return found


def _header(header: Sequence[Segment]) -> tuple[str, str, str]:
    """Role, channel and recipient. The recipient may stand in the part of the role or in that of the channel."""
    rest = list(header)
    role = "assistant"
    if rest and rest[0] == START:
        words = shown(rest[1:2]).split()
        role = words[0] if len(rest) > 1 and isinstance(rest[1], str) and words else "assistant"
        role = "assistant" if "assistant".startswith(role) else role
    place = rest.index(CHANNEL) if CHANNEL in rest else len(rest)
    channel = shown(rest[place + 1 : place + 2]).split()
    recipient = next((found[1] for part in rest if (found := _RECIPIENT.search(str(part)))), "")
    return role, channel[0] if channel else "", "" if recipient == "assistant" else recipient


def _loose(header: Sequence[Segment]) -> str:
    """The text of what should have been a header and is none; nothing of a header that was cut."""
    rest = list(header)
    if rest and rest[0] == START:
        rest = [re.sub(r"^\w+", "", part) if isinstance(part, str) else part for part in rest[1:2]] + rest[2:]
    text = shown(rest)
    return "" if _CUT_HEADER.fullmatch(text) else text.removeprefix(CHANNEL.token)
