"""Which records of a kind are taken: weighted by source and topic, without replacement, each by a draw of its own.

A row's weight is its source's, times n^(T - 1) where n rows of its kind have its topic and T is the temperature, so
that a topic is drawn in proportion to n^T. This is the exponential smoothing by which multilingual models balance their
languages (Conneau and Lample 2019; Conneau et al. 2020). Rows are drawn as Efraimidis and Spirakis (2006) do: u is
uniform, the key is u^(1/weight), and the largest keys are taken. Since u comes from the seed and the row's id alone, a
row that is added to a bank may push another out and reshuffles none, but for what it changes in its topic's weight.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from residency.core.records import Conversation
from residency.core.stage import StageContext
from residency.core.text import normalise
from residency.mix.settings import MixSettings


class Drawn(NamedTuple):
    """A row, and how many times the mix has taken it before."""

    row: Conversation
    copy: int


def weights(
    rows: Sequence[Conversation], settings: MixSettings, factors: Mapping[tuple[str, str], float] | None = None
) -> list[float]:
    """The weight of each of the rows of one kind; ``factors`` multiply those of some rows, by (kind, id)."""
    factors = factors or {}
    by_source = {normalise(source): weight for source, weight in settings.source_weights.items()}
    topics = Counter(normalise(row["topic"]) for row in rows)
    fall = settings.topic_temperature - 1
    return [
        by_source.get(normalise(row["source"]), 1.0)
        * topics[normalise(row["topic"])] ** fall
        * factors.get((row["kind"], row["id"]), 1.0)
        for row in rows
    ]


def draw_order(
    rows: Sequence[Conversation],
    row_weights: Sequence[float],
    repeats: int,
    context: StageContext,
    first: Collection[tuple[str, str]] = (),
) -> list[Drawn]:
    """The rows in the order in which they are taken. Each comes ``repeats`` times, and none again before all have;
    those that are ``first``, by (kind, id), come before the others."""
    drawn: list[Drawn] = []
    late = [(row["kind"], row["id"]) not in first for row in rows]
    for copy in range(repeats):
        # log(u)/w is u^(1/w) for comparing, and does not run out of digits.
        keys = [
            math.log(context.random("draw", row["kind"], row["id"], copy).random() or math.ulp(0.0)) / weight
            for row, weight in zip(rows, row_weights, strict=True)
        ]
        order = sorted(range(len(rows)), key=lambda place: (late[place], -keys[place], rows[place]["id"]))
        drawn += [Drawn(rows[place], copy) for place in order]
    return drawn


def in_order(drawn: Sequence[Drawn], context: StageContext) -> list[Drawn]:
    """What was drawn, shuffled; the place of a row comes from the seed and its id."""
    keyed = [(context.random("order", one.row["kind"], one.row["id"], one.copy).random(), one) for one in drawn]
    return [one for _, one in sorted(keyed, key=lambda pair: (pair[0], pair[1].row["id"]))]
