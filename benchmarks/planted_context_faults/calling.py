"""Faults of conversations that may call functions."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from benchmarks.planted_context_faults.given import (
    Given,
)


def _turned(given: Given, change: Callable[[list[Any]], bool]) -> Given | None:
    """A copy whose calls since the user's last turn are changed; None where ``change`` finds none to change."""
    row = copy.deepcopy(given.row)
    last = max(place for place, message in enumerate(row["messages"]) if message["role"] == "user")
    calls = [call for message in row["messages"][last:] for call in message.get("tool_calls", [])]
    return replace(given, row=row) if change(calls) else None


def call_left_out(given: Given, rng: random.Random) -> Given | None:
    """The first call is not made."""
    row = copy.deepcopy(given.row)
    last = max(place for place, message in enumerate(row["messages"]) if message["role"] == "user")
    calling = [place for place in range(last, len(row["messages"])) if row["messages"][place].get("tool_calls")]
    if not calling:
        return None
    del row["messages"][calling[0] : calling[0] + 2]
    return replace(given, row=row)


def needless_call(given: Given, rng: random.Random) -> Given | None:
    """A call where none is needed, or one more."""
    row = copy.deepcopy(given.row)
    if not row.get("tools"):
        return None
    name = row["tools"][0]["function"]["name"]
    call = {"type": "function", "function": {"name": name, "arguments": {"query": "what was asked"}}}
    result = {"role": "tool", "name": name, "content": "(nothing was found)"}
    row["messages"][-1:-1] = [{"role": "assistant", "content": "", "tool_calls": [call]}, result]  # type: ignore[list-item]
    return replace(given, row=row)


def unknown_function(given: Given, rng: random.Random) -> Given | None:
    """A function that is not offered is called."""

    def change(calls: list[Any]) -> bool:
        for call in calls[:1]:
            call["function"]["name"] = "prescribe"
        return bool(calls)

    return _turned(given, change)


def empty_query(given: Given, rng: random.Random) -> Given | None:
    """A search for nothing."""

    def change(calls: list[Any]) -> bool:
        for call in calls[:1]:
            call["function"]["arguments"] = {"query": " "}
        return bool(calls)

    return _turned(given, change)


def broken_arguments(given: Given, rng: random.Random) -> Given | None:
    """Arguments that are no JSON."""

    def change(calls: list[Any]) -> bool:
        for call in calls[:1]:
            call["function"]["arguments"] = '{"query": "hernia'
        return bool(calls)

    return _turned(given, change)


def other_function(given: Given, rng: random.Random) -> Given | None:
    """Another of the functions offered is called."""

    def change(calls: list[Any]) -> bool:
        names = [one["function"]["name"] for one in given.row.get("tools", ())]
        for call in calls[:1]:
            call["function"]["name"] = next(name for name in names if name != call["function"]["name"])
            call["function"]["arguments"] = {"query": "what was asked"}
        return bool(calls)

    return _turned(given, change)


def result_lost(given: Given, rng: random.Random) -> Given | None:
    """A call without its result."""
    row = copy.deepcopy(given.row)
    last = max(place for place, message in enumerate(row["messages"]) if message["role"] == "user")
    results = [place for place in range(last, len(row["messages"])) if row["messages"][place]["role"] == "tool"]
    if not results:
        return None
    del row["messages"][results[0]]
    return replace(given, row=row)
