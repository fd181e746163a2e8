"""What a model's calls give: the row's own results where it calls as the row does, and a search of a few passages where
it calls otherwise. An item holds all that this needs, so that an answer can be graded again without any index.

Failures come as they came in the row, by the number of the call: the first search fails whatever it looks for, the
second does not; where every search of the row failed, all fail. The web cannot be searched, as when the rows were
built: it gives nothing, or fails where it failed there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from residency.core.records import Message, Passage
from residency.core.text import normalise
from residency.core.tools import (
    FAILED,
    NO_FUNCTION,
    NO_QUERY,
    SEARCH_GUIDELINES,
    next_number,
    query_of,
    read_call,
    result_message,
)
from residency.evaluation.item import Item, Turn
from residency.evaluation.tasks.lexicon import Lexicon

BROKEN = frozenset((NO_FUNCTION, NO_QUERY))
FAILURES = frozenset(FAILED.values())


@dataclass
class Replayed:
    """A conversation with a model's steps: its messages, the passages by their numbers (from 1), and what each call
    was and gave, as the contents of the tool messages."""

    messages: list[Message]
    shown: list[Passage]
    calls: list[tuple[str, Any]] = field(default_factory=list)
    results: list[str] = field(default_factory=list)


def reply(item: Item, said: Sequence[Turn]) -> list[Message] | None:
    """The results of the calls of a model's last step, one message a call; None where the conversation is over: it
    called nothing, or has made its last step.

    Args:
        item: a tool item.
        said: the model's steps so far, in order.
    """
    count = len(said[-1].get("tool_calls") or ()) if said else 0
    return replayed(item, said).messages[-count:] if count and len(said) < item.expect["max_steps"] else None


def replayed(item: Item, said: Sequence[Turn]) -> Replayed:
    """The item's conversation with a model's steps and what its calls gave."""
    setting = item.expect["replay"]
    found = Replayed([*item.asks[0].messages], [*setting["before"]])
    lexicon = Lexicon(setting["pool"])
    for step in said:
        calls = [read_call(call) for call in step.get("tool_calls") or ()]
        if not calls:
            found.messages.append({"role": "assistant", "content": step["text"]})
            continue
        made = [{"type": "function", "function": {"name": name, "arguments": given}} for name, given in calls]
        found.messages.append({"role": "assistant", "content": step["text"], "tool_calls": made})
        for name, given in calls:
            message, passages = _result(setting, lexicon, found, name, given)
            found.calls.append((name, given))
            found.results.append(message["content"])
            found.messages.append(message)
            found.shown += passages
    return found


def _result(
    setting: Mapping[str, Any], lexicon: Lexicon, so_far: Replayed, name: str, given: object
) -> tuple[Message, list[Passage]]:
    if name not in setting["functions"]:
        return {"role": "tool", "name": name, "content": NO_FUNCTION}, []
    query, since = query_of(given)
    if not query:
        return {"role": "tool", "name": name, "content": NO_QUERY}, []
    recorded = [result for result in setting["results"] if result["name"] == name]
    number = sum(other == name for other, _ in so_far.calls)
    if recorded and (failure := recorded[min(number, len(recorded) - 1)]["failure"]):
        return {"role": "tool", "name": name, "content": failure}, []
    passages = _passages(setting, lexicon, recorded, name, query, since)
    first = next_number(so_far.messages)
    return result_message(name, passages, first), passages  # type: ignore[arg-type]


def _passages(
    setting: Mapping[str, Any], lexicon: Lexicon, recorded: Sequence[Any], name: str, query: str, since: str
) -> list[Passage]:
    for result in recorded:
        if (normalise(result["query"]), result["since"]) == (normalise(query), since) and not result["failure"]:
            return [*result["passages"]]
    return lexicon.search(query, setting["count"], since=since) if name == SEARCH_GUIDELINES else []
