"""Conversations that may call functions: the held-out exemplars of grounding, each up to the user's last turn."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, cast

from residency.core.prompt import conversation
from residency.core.records import Conversation, Message, Passage
from residency.core.text import sentences
from residency.core.tools import next_number
from residency.evaluation.item import GIVEN, Ask, Item
from residency.evaluation.sources import Sources
from residency.evaluation.tasks.faithfulness.noise import tells
from residency.evaluation.tasks.lexicon import Lexicon
from residency.evaluation.tasks.tools.replay import FAILURES

TASK = "tools"
MORE = 8
"""Passages that a search can find beside those of the row."""


def collect(sources: Sources) -> list[Item]:
    """An item for each exemplar, at most ``tools.max_items`` or ``max_items``, as many of each variant as there can
    be."""
    limits = [most for most in (sources.settings.tools.max_items, sources.settings.max_items) if most is not None]
    rows = [row for row in sources.grounded if row["skill"] == "tool"]
    seen = sources.seen
    return [
        tool_item(row, sources, sources.lexicon, seen.get(row["parents"][-1]))
        for row in _even(rows, min(limits, default=None), sources)
    ]


def tool_item(row: Conversation, sources: Sources, lexicon: Lexicon, passage_seen: bool | None) -> Item:
    """One exemplar as an item."""
    last = max(place for place, message in enumerate(row["messages"]) if message["role"] == "user")
    asked = conversation(row["mode"], [_bare(message) for message in row["messages"][: last + 1]])
    return Item(
        id=f"{TASK}/{row['id']}",
        axis="faithfulness",
        task=TASK,
        mode=row["mode"],
        cluster=sources.cluster_of(row),
        topic=row["topic"],
        source=row["source"],
        split=row["split"],
        passage_seen=passage_seen,
        asks=[Ask(GIVEN, asked, tools=list(row.get("tools", ())))],
        expect={
            "reference": row["expect"]["reference"],
            "max_steps": sources.settings.tools.max_steps,
            "row": {**row, "messages": [_bare(message) for message in row["messages"]]},
            "replay": setting_of(row, last, sources.passages, lexicon),
        },
    )


def setting_of(row: Conversation, last: int, passages: Mapping[str, Passage], lexicon: Lexicon) -> dict[str, Any]:
    """What a replay needs: the functions, the passages shown before the user's last turn, the row's results behind it,
    how many passages a result holds, and the passages that a search of another kind finds.

    Args:
        row: an exemplar.
        last: the place of the user's last turn among its messages.
        passages: all passages by id.
        lexicon: the same, for a search.
    """
    shown = [passages[name] for name in row["passages"]]
    before = next_number(row["messages"][: last + 1]) - 1
    results: list[dict[str, Any]] = []
    for place in range(last + 1, len(row["messages"])):
        message = row["messages"][place]
        if message["role"] != "tool":
            continue
        call = row["messages"][place - 1]["tool_calls"][0]["function"]
        start, end = (next_number(row["messages"][:upto]) - 1 for upto in (place, place + 1))
        results.append(
            {
                "name": call["name"],
                "query": call["arguments"]["query"],
                "since": call["arguments"].get("since", ""),
                "failure": message["content"] if message["content"] in FAILURES else "",
                "passages": shown[start:end],
            }
        )
    return {
        "functions": [one["function"]["name"] for one in row.get("tools", ())],
        "before": shown[:before],
        "results": results,
        "count": max((len(result["passages"]) for result in results), default=0) or 3,
        "pool": _pool(row, shown, lexicon),
    }


def _pool(row: Conversation, shown: Sequence[Passage], lexicon: Lexicon) -> list[Passage]:
    """The row's passages and some that look right; none that answers where the row finds no answer."""
    expect = row["expect"]
    said = f"{expect['question']} {expect['reference']}"
    more = lexicon.search(said, 3 * MORE, [passage["id"] for passage in shown])
    if expect["abstain"]:
        facts = sentences(expect["reference"])
        more = [passage for passage in more if not tells(passage, facts, expect["question"])]
    return [*{passage["id"]: passage for passage in (*shown, *more[:MORE])}.values()]


def _bare(message: Message) -> Message:
    """A message as it is shown to a model: without what is said of training."""
    return cast(Message, {key: value for key, value in message.items() if key not in ("thinking", "learnt")})


def _even(rows: Sequence[Conversation], most: int | None, sources: Sources) -> list[Conversation]:
    """At most ``most`` rows, drawn by seed, as many of each variant as there can be; in their own order."""
    if most is None or len(rows) <= most:
        return list(rows)
    names: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        names[row["expect"]["check"]["variant"]].append(row["id"])
    kept = sources.evenly(names, most, TASK)
    return [row for row in rows if row["id"] in kept]
