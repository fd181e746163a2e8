"""Which recorded answers of the evaluation are asked for again."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from residency.core.files import read_jsonl


def recorded(evaluate: Path, count: int, chosen: random.Random) -> dict[str, list[dict[str, Any]]]:
    """A sample of the final model's answers, as even over the evaluation's axes as they allow.

    Answers in several steps stand as one entry for each step, asked after the recorded steps before it. Those with
    tools are left out: their steps need the task that answers the calls.

    Args:
        evaluate: the stage's folder.
        count: how many of each kind at most.
        chosen: for the draw.

    Returns:
        ``answers`` with ``id``, ``axis``, ``messages``, the recorded ``text``, whether a ``thought`` stood before it
        and whether it ``ended`` by itself; ``letters`` with ``letters`` and their ``logprobs`` in place of a text.
    """
    items = {item["id"]: item for item in read_jsonl(evaluate / "items.jsonl")}
    written: list[dict[str, Any]] = []
    lettered: list[dict[str, Any]] = []
    for answer in read_jsonl(evaluate / "answers-final.jsonl"):
        item = items[answer["id"]]
        ask = next((one for one in item["asks"] if one["key"] == answer["ask"]), None)
        if ask is None or ask["tools"]:
            continue
        about = {"id": f"{answer['id']}#{answer['ask']}", "axis": item["axis"]}
        written += [{**about, **step} for step in _steps(ask, answer["said"])]
        if answer["letters"] is not None:
            one = {"messages": ask["messages"], "letters": ask["letters"], "logprobs": answer["letters"]}
            lettered.append({**about, **one})
    return {"answers": _even(written, count, chosen), "letters": _even(lettered, count, chosen)}


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
