"""Conversations that may call functions: whether, what and in which order is called, and what is made of the results.

Reasons: ``calls`` (another number, other functions or another order than asked for), ``unknown_function``,
``arguments``, ``no_result`` (a call without a result behind it); then those of a cited answer or an abstention.

The calls are those of the row's messages since the user's last turn; where a model called of itself, its messages stand
there. Passages are numbered through the conversation.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from residency.core.records import Conversation
from residency.judging.answers import is_abstention
from residency.judging.contexts.abstaining import abstains
from residency.judging.contexts.claims import claims_without_citation, well_cited
from residency.judging.contexts.facts import gives_away, states
from residency.judging.contexts.patterns import ABOUT_TEXT
from residency.judging.contexts.view import View, joined
from residency.judging.dialogues.faults import Fault


def tool(view: View) -> Iterator[Fault]:
    """Calls what it should as it should, and answers from what came back, or says that nothing did."""
    yield from _calls(view.row)
    yield from well_cited(view)
    named = [fact for fact in view.row["expect"].get("key_facts") or () if isinstance(fact, str)]
    if view.row["expect"].get("abstain"):
        if not (abstains(view) or any(_found_nothing(part.low) for part in view.said[:2])):
            yield Fault("answers", "the answer does not say that the searches gave nothing")
        reference = str(view.row["expect"].get("reference") or "")
        yield from gives_away(view, [reference])
        yield from claims_without_citation(view)
        return
    if named and not states(joined(view.said), named, view.question):
        yield Fault("key_facts", "the answer does not state the key facts")
    if not view.check["needed"]:
        return
    if is_abstention(view.answer):
        yield Fault("abstains", "the answer abstains although a result holds it")
    if not any(part.cites for part in view.said):
        yield Fault("cites_nothing", "the answer cites no result")
    yield from claims_without_citation(view)


def _found_nothing(low: str) -> bool:
    found = "could not find" in low or "found no" in low or "nothing" in low or "found none" in low
    return found and bool(ABOUT_TEXT.search(low))


def _calls(row: Conversation) -> Iterator[Fault]:
    known = {one["function"]["name"]: one["function"] for one in row.get("tools", ())}
    messages = row["messages"]
    last = max((place for place, message in enumerate(messages) if message["role"] == "user"), default=0)
    made: list[str] = []
    for place, message in enumerate(messages[last:], last):
        calls = message.get("tool_calls") or []
        for one in calls:
            name, arguments = _read(one)
            made.append(name)
            if name not in known:
                yield Fault("unknown_function", f"message {place} calls {name!r}, which is not offered")
            elif fault := _argument_fault(known[name], arguments):
                yield Fault("arguments", f"message {place}: {fault}")
        results = [after["role"] for after in messages[place + 1 : place + 1 + len(calls)]]
        if calls and results != ["tool"] * len(calls):
            yield Fault("no_result", f"the call of message {place} has no result behind it")
    asked = list(row["expect"]["check"]["tools"])
    if made != asked:
        yield Fault("calls", f"called {', '.join(made) or 'nothing'}, where {', '.join(asked) or 'nothing'} is right")


def _read(call: Mapping[str, Any]) -> tuple[str, object]:
    """The name and the arguments of a call; arguments that are no JSON stay a text."""
    function = call.get("function")
    if not isinstance(function, Mapping):
        return "", None
    arguments = function.get("arguments")
    if isinstance(arguments, str):
        with suppress(json.JSONDecodeError):
            arguments = json.loads(arguments)
    return str(function.get("name")), arguments


def _argument_fault(function: Mapping[str, Any], arguments: object) -> str:
    """In words, what is wrong with the arguments; empty where nothing is."""
    if not isinstance(arguments, Mapping):
        return "the arguments are no JSON object"
    parameters = function["parameters"]
    for name in parameters.get("required", ()):
        if not str(arguments.get(name) or "").strip():
            return f"the argument {name!r} is missing or empty"
    unknown = [name for name in arguments if name not in parameters["properties"]]
    if unknown:
        return f"{function['name']} takes no {', '.join(map(str, unknown))}"
    if any(not isinstance(value, str) for value in arguments.values()):
        return "an argument is no text"
    return ""
