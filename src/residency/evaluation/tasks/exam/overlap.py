"""Which items of a file stand in what was trained on, each with the evidence.

The measure is the data gate's (:mod:`residency.core.comparing.decontaminate`), which finds short items too. Beside it
stand the exact Jaccard similarity of both questions' runs of 3 words, and the longest run of words that they share.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any, NamedTuple

import numpy as np

from residency.core.comparing.decontaminate import HOLDS, Hit, Item, Tier, common_phrases, look_up, prepare
from residency.core.comparing.tokens import word_hashes
from residency.core.records import Question, record_text
from residency.core.text import words
from residency.evaluation.tasks.exam.shapes import Asked

RUN = 3  # words of the runs whose sets are compared


class Overlap(NamedTuple):
    """An item (by its place) that a row of training holds, by ``tier`` (``exact``, ``words``; ``review`` is no proof)
    and ``share`` of the item's telling runs of words. ``jaccard`` is of the two questions; ``shared`` are the words."""

    item: int
    row: str
    tier: Tier
    share: float
    jaccard: float
    shared: str

    @property
    def held(self) -> bool:
        """Whether this is enough to call the item seen."""
        return self.tier in HOLDS


class Overlaps(NamedTuple):
    """What was found, the strongest for each item, in their order; and how many items are too short or too alike for
    anything but an exact match to find them."""

    found: list[Overlap]
    unfindable: int


def overlaps(items: Sequence[Asked], trained: Sequence[Question]) -> Overlaps:
    """The items that ``trained`` holds."""
    if not items or not trained:
        return Overlaps([], 0)
    guard = prepare([Item(item.origin, item.question, _options(item)) for item in items])
    hits = look_up(
        guard,
        word_hashes([row["question"] for row in trained]),
        [tuple(row.get("options", {}).values()) for row in trained],
        word_hashes([record_text(row) for row in trained]),
        [_turns(row) for row in trained],
    )
    _, cluster = np.unique([row["cluster"] for row in trained], return_inverse=True)
    phrases = common_phrases(guard, hits, cluster.astype(np.int64))
    strongest: dict[int, Hit] = {}
    for hit in hits:
        if hit.tier == "exact" or hit.item not in phrases:
            strongest[hit.item] = max(strongest.get(hit.item, hit), hit, key=_strength)
    found = [_overlap(hit, items[place], trained[hit.row]) for place, hit in sorted(strongest.items())]
    return Overlaps(found, len(guard.unfindable))


def jaccard(one: str, other: str) -> float:
    """The exact Jaccard similarity of two texts' sets of runs of :data:`RUN` words; a shorter text is one run."""
    first, second = _runs(one), _runs(other)
    return len(first & second) / len(first | second) if first | second else 0.0


def _runs(text: str) -> set[tuple[str, ...]]:
    told = words(text)
    return {tuple(told[place : place + RUN]) for place in range(max(1, len(told) - RUN + 1))} if told else set()


def _strength(hit: Hit) -> tuple[int, float]:
    return -("exact", "words", "review").index(hit.tier), hit.share


def _options(item: Asked) -> tuple[str, ...]:
    """Of yes, no and maybe nothing is told."""
    return () if item.shape == "pubmedqa" else tuple(item.options.values())


def _turns(row: Question) -> list[str]:
    return [turn["content"] for turn in row.get("messages", []) if turn["role"] == "user"]


def _overlap(hit: Hit, item: Asked, row: Question) -> Overlap:
    one, other = words(item.question), words(record_text(row))
    run = SequenceMatcher(None, one, other, autojunk=False).find_longest_match()
    shared = " ".join(one[run.a : run.a + run.size])
    return Overlap(hit.item, row["id"], hit.tier, hit.share, round(jaccard(item.question, row["question"]), 3), shared)


def evidence(overlap: Overlap, item: Asked) -> dict[str, Any]:
    """An overlap as plain JSON, for the lists of what was left out or marked."""
    return {
        "origin": item.origin,
        "question": item.question,
        **{name: value for name, value in overlap._asdict().items() if name != "item"},
    }
