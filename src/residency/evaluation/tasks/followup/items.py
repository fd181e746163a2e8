"""The items of later turns: the held-out dialogues, and the user's own files."""

from __future__ import annotations

from collections import Counter
from typing import Any

from residency.core.errors import InputError
from residency.core.prompt import conversation
from residency.core.records import Conversation
from residency.evaluation.item import Ask, Item
from residency.evaluation.sources import Sources
from residency.evaluation.tasks.followup.asks import REAL, turn_key
from residency.evaluation.tasks.followup.mt_bench import mt_bench_items
from residency.evaluation.tasks.followup.written import written_dialogues, written_followups
from residency.judging.dialogues.turns import can_be_scored, critical_turn


def collect(sources: Sources) -> list[Item]:
    """Written follow-ups, written dialogues, the held-out dialogues, and questions of MT-Bench's shape.

    Raises:
        InputError: a written row that cannot be asked or judged, or two of one id.
    """
    asked, own = sources.settings, sources.settings.followup
    rows = [*written_followups(asked.followups, sources.mode), *written_dialogues(asked.dialogues), *sources.dialogues]
    items = [dialogue_item(row, sources, real=own.real) for row in rows]
    if twice := [name for name, count in Counter(item.id for item in items).items() if count > 1]:
        raise InputError("two dialogues have one id", twice[0], "Give the written ones ids of their own")
    return [*sources.few(items, "followup"), *sources.few(mt_bench_items(own.mt_bench), "mt_bench")]


def dialogue_item(row: Conversation, sources: Sources, real: bool = True) -> Item:
    """A dialogue, or a conversation of the bank's own, asked at every turn that can be scored; where none can, at the
    last, so that it is counted as missing.

    The turn that shows the skill is asked first, for it stands for the item where one turn is shown; without a skill
    it is the last turn.
    """
    messages, mode = row["messages"], row["mode"]
    places = [place for place in range(1, len(messages), 2) if can_be_scored(row, place)]
    places = places or [len(messages) - 1]
    critical = critical_turn(row)
    first = places[-1] if critical is None else critical
    tag = sources.unseen_tag(row["id"], mode)
    asks = [
        Ask(turn_key(place), conversation(mode, messages[:place], tag))
        for place in sorted(places, key=lambda place: (place != first, place))
    ]
    if real and len(messages) > 2:
        script = [message["content"] for message in messages[2::2]]
        asks.append(Ask(REAL, conversation(mode, messages[:1], tag), script))
    expect: dict[str, Any] = {
        "dialogue": dict(row),
        "places": places,
        "critical": critical,
        "reference": messages[first]["content"],
    }
    return Item(
        id=f"followup/{row['id']}",
        axis="followup",
        task="followup",
        mode=mode,
        cluster=sources.cluster_of(row),
        topic=row["topic"],
        asks=asks,
        expect=expect,
        source=row["source"],
        split=row["split"],
        passage_seen=sources.passage_seen(row),
    )
