"""Two questions asked as one, each answered by a passage of its own: RGB's information integration."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from random import Random

from residency.core.prompt import conversation, passage_text, user_message
from residency.evaluation.item import Ask, Item
from residency.evaluation.tasks.faithfulness.asks import facts_of, supporting
from residency.evaluation.tasks.faithfulness.noise import tells

LEAD = "Two questions."
JOINED = "joined"


def joined_items(items: Sequence[Item], most: int | None, rng: Random) -> list[Item]:
    """Pairs of questions of one topic and mode, at most ``most``, each answered by passages that tell nothing of the
    other. Each cluster of questions is asked once, so that the pairs are independent."""
    topics: dict[tuple[str, str], list[Item]] = defaultdict(list)
    for item in items:
        topics[item.topic, item.mode].append(item)
    pairs: list[tuple[Item, Item]] = []
    used: set[str] = set()
    for _, some in sorted(topics.items()):
        waiting: list[Item] = []
        for item in rng.sample(some, len(some)):
            if item.cluster in used or any(item.cluster == one.cluster for one in waiting):
                continue
            other = next((one for one in waiting if _apart(one, item)), None)
            if other is None:
                waiting.append(item)
                continue
            waiting.remove(other)
            used |= {item.cluster, other.cluster}
            pairs.append((other, item))
    if most is not None and len(pairs) > most:
        pairs = rng.sample(pairs, most)
    return [_joined(first, second, rng) for first, second in pairs]


def _joined(first: Item, second: Item, rng: Random) -> Item:
    """A pair as an item over the passages of both and a distractor of each where they have one."""
    questions = [item.expect["question"] for item in (first, second)]
    shown = {passage["id"]: passage for item in (first, second) for passage in supporting(item)}
    facts = [*facts_of(first), *facts_of(second)]
    for item, question in zip((first, second), questions, strict=True):
        spare = (p for p in item.expect["shown"] if p["id"] not in shown and not tells(p, facts, question))
        for passage in list(spare)[:1]:
            shown[passage["id"]] = passage
    passages = rng.sample([*shown.values()], len(shown))
    asked = f"{LEAD} First: {questions[0]} Second: {questions[1]}"
    names = [item.id.removeprefix("faithfulness/").removesuffix("/cited_answer") for item in (first, second)]
    seen = [item.passage_seen for item in (first, second)]
    return Item(
        id=f"faithfulness/{'+'.join(names)}/{JOINED}",
        axis="faithfulness",
        task="faithfulness",
        mode=first.mode,
        cluster=first.cluster,
        topic=first.topic,
        asks=[Ask("given", conversation(first.mode, [user_message(asked, passages)]))],
        expect={
            "reference": f"{first.expect['reference']} {second.expect['reference']}",
            "question": asked,
            "abstain": False,
            "context": {"skill": JOINED},
            "passages": [*map(passage_text, passages)],
            "parts": [{"question": one.expect["question"], "facts": facts_of(one)} for one in (first, second)],
        },
        source=first.source,
        split=first.split,
        passage_seen=None if None in seen else any(seen),
    )


def _apart(one: Item, other: Item) -> bool:
    """Whether no passage of one question tells a fact of the other."""
    pairs = ((one, other), (other, one))
    return one.split == other.split and not any(
        tells(passage, facts_of(mine), mine.expect["question"])
        for mine, theirs in pairs
        for passage in supporting(theirs)
    )
