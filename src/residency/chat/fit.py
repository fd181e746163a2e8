"""Rows within the budget of tokens: what is left out before anything that is to be learnt.

By rule, and counted: first the passages that no answer cites, the last ones first; then the oldest exchanges, but not
the one that shows the context. What must be learnt is never cut: a turn for which this is not enough is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from residency.chat.families.base import Tools
from residency.chat.renderer import Renderer, Row, row_of
from residency.core.prompt import has_passages, with_fewer_passages
from residency.core.records import Message
from residency.core.text import MARK

PASSAGES, EXCHANGES = "uncited passages left out", "oldest exchanges left out"
REFUSED = "longer than compile.max_length"


@dataclass(frozen=True)
class Fitted:
    """A row within the budget, and what was left out of its prompt (:data:`PASSAGES`, :data:`EXCHANGES`)."""

    row: Row
    left_out: tuple[str, ...] = ()


def fitted(
    renderer: Renderer, rows: Sequence[Row], messages: Sequence[Message], tools: Tools, budget: int
) -> tuple[list[Fitted], int]:
    """A conversation's rows with at most ``budget`` tokens each, and how many of its turns are refused.

    Of a row that holds several turns those that fit stay as they are; each turn after them becomes a row of its own.
    """
    found: list[Fitted] = []
    refused = 0
    for row in rows:
        if row.ends[-1] <= budget:
            found.append(Fitted(row))
            continue
        fits = sum(end <= budget for end in row.ends)
        if fits:
            end = row.ends[fits - 1]
            found.append(Fitted(Row(row.input_ids[:end], row.labels[:end], row.turns[:fits], row.ends[:fits])))
        for turn in row.turns[fits:]:
            short = shortened(messages[: turn + 1], lambda left: _tokens(renderer, left, tools) <= budget)
            if short is None:
                refused += 1
            else:
                left, reasons = short
                alone = row_of(len(left) - 1, *renderer.last(left, tools))
                renderer.prove(alone, left, tools)
                found.append(Fitted(replace(alone, turns=(turn,)), reasons))
    return found, refused


def shortened(
    messages: Sequence[Message], fits: Callable[[Sequence[Message]], bool], last_turns: Sequence[Message] = ()
) -> tuple[list[Message], tuple[str, ...]] | None:
    """Messages that fit, the last unchanged, and what was left out; None when nothing more can be left out.

    Args:
        messages: of which the last is the assistant's turn in question.
        fits: whether messages are short enough.
        last_turns: other assistant's turns that may stand in the place of the last, and whose citations count too.
    """
    left = list(messages)
    done: list[str] = []
    for reason, step in ((PASSAGES, _without_a_passage), (EXCHANGES, _without_an_exchange)):
        while not fits(left):
            fewer = step(left, last_turns)
            if fewer is None:
                break
            left = fewer
            if reason not in done:
                done.append(reason)
    return (left, tuple(done)) if fits(left) else None


def _tokens(renderer: Renderer, messages: Sequence[Message], tools: Tools) -> int:
    return sum(map(len, renderer.last(messages, tools)))


def _without_a_passage(messages: Sequence[Message], last_turns: Sequence[Message]) -> list[Message] | None:
    for place, message in enumerate(messages):
        if message["role"] != "user":
            continue
        said = [one["content"] for one in (*messages[place:], *last_turns) if one["role"] == "assistant"]
        fewer = with_fewer_passages(message["content"], max(map(_highest_cited, said), default=0))
        if fewer is not None:
            return [*messages[:place], {**message, "content": fewer}, *messages[place + 1 :]]
    return None


def _highest_cited(text: str) -> int:
    return max((int(number) for mark in MARK.findall(text) for number in re.findall(r"\d+", mark)), default=0)


def _without_an_exchange(messages: Sequence[Message], last_turns: Sequence[Message]) -> list[Message] | None:
    asked = [place for place, message in enumerate(messages) if message["role"] == "user"]
    shown = [
        begin
        for begin, end in pairwise([*asked, len(messages)])
        if has_passages(messages[begin]["content"]) or any(one["role"] == "tool" for one in messages[begin:end])
    ]
    for begin, end in pairwise(asked):
        if shown[-1:] != [begin]:  # the last context or result that is shown is what later turns answer from
            return [*messages[:begin], *messages[end:]]
    return None
