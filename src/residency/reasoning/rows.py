"""Putting thoughts into a row: the model's own, or the rationale of the question that the row came from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from residency.core.records import Conversation, Thought
from residency.reasoning.agree import gold_of
from residency.reasoning.clean import Cleaner

NO_RATIONALE, NOT_ALL = "it has no rationale", "its rationale is the thought of some turns only"


def spoken(row: Conversation) -> list[int]:
    """The places of the assistant's turns."""
    return [place for place, message in enumerate(row["messages"]) if message["role"] == "assistant"]


def written_in(row: Conversation) -> dict[int, str]:
    """The thoughts that a row brings along, by their places, as those of tool calls do: no model of its own would think
    its way to the same query. None where one of its turns has none."""
    found = {place: row["messages"][place].get("thinking", "").strip() for place in spoken(row)}
    return found if all(found.values()) else {}


def rationale_of(row: Conversation, cleaner: Cleaner, every: bool) -> tuple[dict[int, str], str]:
    """The rationale as the thought of the turns that choose an option, and of the last, by their places; or none, and
    why not.

    A turn that asks for the options must not have the reasons for one of them as its thought, so that it has none.

    Args:
        row: the conversation.
        cleaner: which thoughts can be trained on.
        every: whether no assistant's turn may go without a thought.
    """
    rationale = str(row["expect"].get("rationale", ""))
    if not rationale.strip():
        return {}, NO_RATIONALE
    thought, reason = cleaner.clean(rationale)
    if reason:
        return {}, reason
    places = spoken(row)
    found = {place: thought for place in places if place == places[-1] or gold_of(row, place).letter}
    return ({}, NOT_ALL) if every and len(found) < len(places) else (found, "")


def with_thoughts(row: Conversation, thoughts: Mapping[int, str], thought: Thought) -> Conversation:
    """The row with a thought at each of these places, and at no other."""
    messages = [{key: value for key, value in message.items() if key != "thinking"} for message in row["messages"]]
    for place, text in thoughts.items():
        messages[place]["thinking"] = text
    return cast(Conversation, {**row, "messages": messages, "thought": thought})
