"""The functions that a model may call, and the form of their results: the part of the prompt contract that is tools.

Training, evaluation and serving call these functions, so that for the same search they produce the same bytes. Passages
of a result are numbered on from the last number shown in the conversation, so that ``[4]`` means one passage only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Literal

from residency.core.prompt import NOTHING_FOUND, format_passages, has_passages
from residency.core.records import Message, Passage

ToolName = Literal["search_guidelines", "web_search"]
SEARCH_GUIDELINES: ToolName = "search_guidelines"
WEB_SEARCH: ToolName = "web_search"


def _function(name: ToolName, does: str, **takes: str) -> dict[str, Any]:
    return {
        "type": "function",
        "function": {
            "name": name,
            "description": does,
            "parameters": {
                "type": "object",
                "properties": {key: {"type": "string", "description": told} for key, told in takes.items()},
                "required": ["query"],
            },
        },
    }


TOOLS: tuple[dict[str, Any], ...] = (
    _function(
        SEARCH_GUIDELINES,
        "Search the guidelines and reference texts that the unit keeps. Gives numbered passages, each with its title "
        "and date.",
        query="Key phrases: the condition and what is asked of it.",
        since="Only passages of this date or later, as YYYY-MM or YYYY.",
    ),
    _function(
        WEB_SEARCH,
        "Search the web for what the guidelines do not hold or what is newer than they are. Gives numbered passages, "
        "each with its title and date.",
        query="Key phrases: the condition and what is asked of it.",
    ),
)
"""The definitions, in the order in which servers and families write them."""

Failure = Literal["timed out", "unavailable"]
FAILED: dict[Failure, str] = {
    "timed out": "(error: the search timed out)",
    "unavailable": "(error: the search is not available)",
}
"""What stands in place of a result, where there is none; it holds no address and no text of a server."""
NO_FUNCTION = "(error: there is no such function)"
NO_QUERY = "(error: the arguments are no JSON object with a query)"
"""What stands in place of a result, where the call cannot be answered."""
_NUMBERED = re.compile(r"^\[(\d+)\] ", re.MULTILINE)


def call(name: ToolName, arguments: Mapping[str, str]) -> dict[str, Any]:
    """A call, as it stands among a message's ``tool_calls``."""
    return {"type": "function", "function": {"name": name, "arguments": dict(arguments)}}


def calling_message(name: ToolName, arguments: Mapping[str, str], thinking: str = "") -> Message:
    """An assistant's turn that calls a function and says nothing beside it."""
    message: Message = {"role": "assistant", "content": "", "tool_calls": [call(name, arguments)]}
    return {**message, "thinking": thinking} if thinking else message


def spelt(call: Mapping[str, Any]) -> str:
    """A call for people to read, as ``search_guidelines(query="...")``; it may come from a user's own conversations."""
    function = call["function"]
    arguments = function["arguments"]
    if isinstance(arguments, Mapping):
        arguments = ", ".join(f"{key}={json.dumps(value, ensure_ascii=False)}" for key, value in arguments.items())
    return f"{function['name']}({arguments})"


def result_message(name: ToolName, passages: Sequence[Passage], first: int) -> Message:
    """What a call gave.

    Args:
        name: the function that was called.
        passages: those found, best first; none is a result too.
        first: the number of the first of them, :func:`next_number` of the conversation.
    """
    return {"role": "tool", "name": name, "content": format_passages(passages, first) or NOTHING_FOUND}


def failed_message(name: ToolName, failure: Failure) -> Message:
    """What stands in place of a result where the call failed."""
    return {"role": "tool", "name": name, "content": FAILED[failure]}


def read_call(call: Mapping[str, Any]) -> tuple[str, object]:
    """The name and the arguments of a call, as it stands in a message or bare; arguments that are no JSON stay a
    text."""
    function = call.get("function", call)
    given = function.get("arguments")
    if isinstance(given, str):
        with suppress(json.JSONDecodeError, RecursionError):
            given = json.loads(given)
    return str(function.get("name")), given


def query_of(given: object) -> tuple[str, str]:
    """The query and the earliest date of a call's arguments; an empty query where there is none."""
    if not isinstance(given, Mapping) or not isinstance(given.get("query"), str):
        return "", ""
    since = given.get("since")
    return given["query"].strip(), since.strip() if isinstance(since, str) else ""


def next_number(messages: Sequence[Message]) -> int:
    """The number of the next passage to be shown: one more than the highest so far, in contexts and results. A passage
    begins at a line that begins with the number that is due."""
    due = 1
    for message in messages:
        if message["role"] != "tool" and not (message["role"] == "user" and has_passages(message["content"])):
            continue
        text = message["content"] if message["role"] == "tool" else message["content"].partition("\n\n")[0]
        for number in _NUMBERED.findall(text):
            due += int(number) == due
    return due


def uses_tools(row: Mapping[str, Any]) -> bool:
    """Whether a conversation offers functions, calls one or holds a result."""
    return bool(row.get("tools")) or any(
        message["role"] == "tool" or message.get("tool_calls") for message in row["messages"]
    )
