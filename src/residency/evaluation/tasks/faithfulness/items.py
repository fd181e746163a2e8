"""Questions over passages: those that hold the answer, those that do not, and the harder contexts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from residency.core.prompt import conversation, passage_text, user_message
from residency.core.records import Conversation, Passage
from residency.evaluation.item import GIVEN, Ask, Item
from residency.evaluation.sources import Sources
from residency.evaluation.tasks.faithfulness.asks import more_asks
from residency.evaluation.tasks.faithfulness.joining import joined_items
from residency.evaluation.tasks.faithfulness.settings import FaithfulnessSettings

BOTH_WAYS = frozenset({"cited_answer", "abstention"})
"""Asked of every question: with the passage that answers it, and without."""
OTHER_SKILLS = ("partial", "conflict", "irrelevant", "injected")


def collect(sources: Sources) -> list[Item]:
    """Questions asked both ways, of the other skills as many items as there are questions asked so, and pairs of
    questions asked as one.

    What a question's context answers is asked in further ways too: without it, with noise, with an error in it.
    """
    settings = sources.settings.faithfulness
    seen = sources.seen
    items = [
        context_item(row, sources.passages, sources.cluster_of(row), seen.get(row["parents"][-1]))
        for row in sources.grounded
        if row["skill"] in BOTH_WAYS or row["skill"] in OTHER_SKILLS
    ]
    both_ways = sources.few([item for item in items if skill_of(item) in BOTH_WAYS], "faithfulness")
    others = [item for item in items if skill_of(item) not in BOTH_WAYS]
    answering = [item for item in both_ways if skill_of(item) == "cited_answer"]
    extended = {item.id: item for item in _extended(answering, settings, sources)}
    return [
        *(extended.get(item.id, item) for item in both_ways),
        *_even(others, len({item.cluster for item in both_ways}), sources),
        *joined_items(answering, settings.joined_items, sources.random("items", "joined")),
    ]


def context_item(row: Conversation, passages: Mapping[str, Passage], cluster: str, passage_seen: bool | None) -> Item:
    """A question over passages: those that the row shows, else those of its ids."""
    shown = list(row.get("shown") or (passages[name] for name in row["passages"]))
    return Item(
        id=f"faithfulness/{row['id']}",
        axis="faithfulness",
        task="faithfulness",
        mode=row["mode"],
        cluster=cluster,
        topic=row["topic"],
        asks=[Ask(GIVEN, conversation(row["mode"], row["messages"][:-1]))],
        expect={
            "reference": row["expect"]["reference"],
            "question": row["expect"]["question"],
            "abstain": row["expect"]["abstain"],
            "passages": [passage_text(passage) for passage in shown],
            "shown": shown,
            "context": row,
        },
        source=row["source"],
        split=row["split"],
        passage_seen=passage_seen,
    )


def skill_of(item: Item) -> str:
    """The skill that a context asks for."""
    return str(item.expect["context"]["skill"])


def _extended(items: Sequence[Item], settings: FaithfulnessSettings, sources: Sources) -> list[Item]:
    """The items with the further ways in which they are asked."""
    noisy = {item.id for item in sources.few(items, "noise", settings.noise_items)}
    erring = {item.id for item in sources.few(items, "erring", settings.erring_items)}
    found = []
    for item in items:
        rng = sources.random("asks", item.id)
        asks, expect = more_asks(item, settings, sources.lexicon, item.id in noisy, item.id in erring, rng)
        if settings.closed_book:
            alone = conversation(item.mode, [user_message(item.expect["question"])])
            asks.insert(0, Ask("closed_book", alone))
        found.append(replace(item, asks=[*item.asks, *asks], expect=item.expect | expect))
    return found


def _even(items: Sequence[Item], most: int, sources: Sources) -> list[Item]:
    """At most ``most`` items, drawn by seed, as many of each skill as there can be."""
    names = {skill: [item.id for item in items if skill_of(item) == skill] for skill in OTHER_SKILLS}
    kept = sources.evenly(names, most)
    return [item for item in items if item.id in kept]
