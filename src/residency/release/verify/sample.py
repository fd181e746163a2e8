"""Which recorded answers of the evaluation are asked for again."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from residency.core.files import read_jsonl


def recorded(evaluate: Path, count: int, chosen: random.Random) -> dict[str, list[Any]]:
    """A sample of the final model's answers, as even over the evaluation's axes as they allow.

    Written answers are taken by whole batches, as they were asked: a model's roundings depend on what it is asked
    beside a prompt, and in bfloat16 the likeliest word does now and then. Answers in several steps stand in a batch for
    each step, asked after the recorded steps before it. Those with tools are left out: their steps need the task that
    answers the calls.

    Args:
        evaluate: the stage's folder.
        count: how many letters at most, and how many answers at least, as far as there are so many.
        chosen: for the draw.

    Returns:
        ``batches``, lists of answers with ``id``, ``axis``, ``messages``, the recorded ``text``, whether a ``thought``
        stood before it and whether it ``ended`` by itself; ``letters`` with ``letters`` and their ``logprobs`` in place
        of a text.
    """
    items = {item["id"]: item for item in read_jsonl(evaluate / "items.jsonl")}
    batches: dict[int, list[list[dict[str, Any]]]] = {}
    lettered: list[dict[str, Any]] = []
    for place, answer in enumerate(read_jsonl(evaluate / "answers-final.jsonl")):
        item = items[answer["id"]]
        ask = next((one for one in item["asks"] if one["key"] == answer["ask"]), None)
        if ask is None or ask["tools"]:
            continue
        about = {"id": f"{answer['id']}#{answer['ask']}", "axis": item["axis"]}
        steps = batches.setdefault(answer.get("batch", place), [])
        for number, step in enumerate(_steps(ask, answer["said"])):
            steps.extend([[]] if number == len(steps) else [])
            steps[number].append({**about, **step})
        if answer["letters"] is not None:
            one = {"messages": ask["messages"], "letters": ask["letters"], "logprobs": answer["letters"]}
            lettered.append({**about, **one})
    return {
        "batches": _whole([steps for steps in batches.values() if steps], count, chosen),
        "letters": _even(lettered, count, chosen),
    }


def _whole(batches: list[list[list[dict[str, Any]]]], count: int, chosen: random.Random) -> list[list[dict[str, Any]]]:
    """Batches, a step each, until there are ``count`` answers: next is always the one with most of the axis that has
    fewest so far."""
    left = list(batches)
    chosen.shuffle(left)
    axes = sorted({one["axis"] for steps in left for step in steps for one in step})
    found: list[list[dict[str, Any]]] = []
    taken = dict.fromkeys(axes, 0)
    while left and sum(taken.values()) < count:
        holding = {axis: [_of_axis(steps, axis) for steps in left] for axis in axes}
        axis = min((axis for axis in axes if any(holding[axis])), key=lambda one: taken[one])
        steps = left.pop(max(range(len(left)), key=holding[axis].__getitem__))
        found += steps
        for one in axes:
            taken[one] += _of_axis(steps, one)
    return found


def _of_axis(steps: Iterable[Iterable[Mapping[str, Any]]], axis: str) -> int:
    return sum(one["axis"] == axis for step in steps for one in step)


def _steps(ask: Mapping[str, Any], said: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    messages = list(ask["messages"])
    script = iter(ask["script"])
    for turn in said:
        if turn.get("fault") or turn.get("tool_calls"):
            return
        about = {"thought": bool(turn.get("thinking")), "ended": turn["finish"] == "stop"}
        yield {"messages": list(messages), "text": turn["text"], **about}
        own = {"role": "assistant", "content": turn["text"]}
        own |= {"thinking": turn["thinking"]} if turn.get("thinking") else {}
        following = next(script, None)
        if following is None:
            return
        messages += [own, {"role": "user", "content": following}]


def _even(rows: list[dict[str, Any]], count: int, chosen: random.Random) -> list[dict[str, Any]]:
    """At most ``count`` rows, taken from each axis in turn."""
    by_axis: dict[str, list[dict[str, Any]]] = {}
    for row in sorted(rows, key=lambda row: str(row["id"])):
        by_axis.setdefault(row["axis"], []).append(row)
    for of_one in by_axis.values():
        chosen.shuffle(of_one)
    found: list[dict[str, Any]] = []
    while len(found) < count and any(by_axis.values()):
        for axis in sorted(by_axis):
            if by_axis[axis] and len(found) < count:
                found.append(by_axis[axis].pop())
    return found
