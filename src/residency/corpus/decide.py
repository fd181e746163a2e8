"""What becomes of each whole row: which stay, under which id, in which cluster and split."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from residency.core.comparing.decontaminate import HOLDS, Guard, Hit, common_phrases
from residency.core.reading.read import Fault
from residency.core.records import HELD_OUT
from residency.core.text import normalise
from residency.corpus.comparing.sketch import Places
from residency.corpus.duplicates import Pairs, clusters, near_duplicates, new_ids, stands_for
from residency.corpus.gather import Gathered
from residency.corpus.intake import Plan
from residency.corpus.split import assign

SHOWN = 120
OTHERWISE = "another answer"


@dataclass(frozen=True)
class Decided:
    """For each row of the table whether it stays, the place of its cluster's first row that stays, and its split and
    whether train has seen its passage (None where that is no question); ``faults`` of the rows that do not stay and
    new ``ids``, by place; the pairs of near-duplicates among the rows that stay; the ``hits`` that count, and the
    evaluation items whose words are common ``phrases`` of the bank and therefore do not."""

    stay: NDArray[np.bool_]
    faults: dict[int, Fault]
    ids: dict[int, str]
    cluster: Places
    split: pl.Series
    seen: pl.Series
    questions: Pairs
    records: Pairs
    hits: list[Hit]
    phrases: frozenset[int]

    @property
    def kept(self) -> Places:
        """The places of the rows that stay."""
        return np.flatnonzero(self.stay)


def decide(
    gathered: Gathered, plan: Plan, draw: Callable[[str], random.Random], doing: Callable[[str], None]
) -> Decided:
    """Part duplicates, drop what holds an evaluation item, and split by cluster; ``draw`` gives a generator for a
    purpose, ``doing`` is told what begins."""
    doing("parting exact duplicates")
    table = gathered.table
    same = stands_for(table)
    repeats = np.flatnonzero(same != np.arange(len(same))).tolist()
    faults = {place: _duplicate(gathered, place, int(same[place])) for place in repeats}
    doing("comparing rows for near-duplicates")
    pairs = near_duplicates(gathered, plan)
    hits, phrases = gathered.hits, frozenset[int]()
    if plan.guard:
        phrases = common_phrases(plan.guard, hits, clusters(table, same, pairs))
        hits = [hit for hit in hits if hit.tier == "exact" or hit.item not in phrases]
        faults |= {hit.row: contaminated(plan.guard, hit) for hit in hits if hit.tier in HOLDS}
    stay = np.ones(table.height, np.bool_)
    stay[list(faults)] = False
    questions, records = (found.among(stay) for found in pairs)
    doing("assigning the splits")
    cluster = _led_by_kept(clusters(table, same, [questions, records]), stay)
    split = pl.Series([None] * table.height, dtype=pl.String)
    if stay.any():
        kept = table.filter(pl.Series(stay))
        split = split.scatter(np.flatnonzero(stay), assign(kept, cluster[stay], plan.settings, draw("split")))
    return Decided(
        stay=stay,
        faults=faults,
        ids=new_ids(table, stay),
        cluster=cluster,
        split=split,
        seen=_seen(table, split),
        questions=questions,
        records=records,
        hits=hits,
        phrases=phrases,
    )


def contaminated(guard: Guard, hit: Hit) -> Fault:
    """The fault of a row that holds an evaluation item, with its evidence."""
    item = guard.items[hit.item]
    verb = "asks the same as" if hit.tier == "semantic" else "holds"
    return Fault("contaminated", f"it {verb} {item.origin}, {item.stem[:SHOWN]!r}: {on_what(hit)}")


def on_what(hit: Hit) -> str:
    """The evidence of a hit in words."""
    if hit.tier == "semantic":
        return f"similarity of meaning {hit.share:.2f}"
    return "the same stem and options" if hit.tier == "exact" else f"{hit.share:.0%} of its telling runs of words"


def _duplicate(gathered: Gathered, place: int, kept: int) -> Fault:
    own, other = gathered.lines.row(place), gathered.lines.row(kept)
    said = [normalise(row.get("options", {}).get(row["answer"], row["answer"])) for row in (own, other)]
    answers = "the same answer" if said[0] == said[1] else OTHERWISE
    return Fault("exact_duplicate", f"the same question as {other['origin']} (id {other['id']!r}), with {answers}")


def _led_by_kept(cluster: Places, stay: NDArray[np.bool_]) -> Places:
    """Clusters by the place of their first row that stays."""
    first = np.full(len(cluster), len(cluster), np.int64)
    np.minimum.at(first, cluster[stay], np.flatnonzero(stay))
    return first[cluster]


def _seen(table: pl.DataFrame, split: pl.Series) -> pl.Series:
    rows = table.select("passages").with_row_index("place").with_columns(split=split)
    named = rows.explode("passages").drop_nulls("passages")
    trained = named.filter(pl.col("split") == "train")["passages"].unique()
    seen = named.filter(pl.col("passages").is_in(trained.implode()))["place"].unique()
    held_out = pl.col("split").is_in(sorted(HELD_OUT))
    return rows.select(pl.when(held_out).then(pl.col("place").is_in(seen.implode())))["place"]
