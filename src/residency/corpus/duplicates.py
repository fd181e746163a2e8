"""Rows that say the same: exact duplicates, of which one stays, near-duplicates, and clusters that share a split."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from residency.corpus.comparing.sketch import Places, Scores, components, near_pairs
from residency.corpus.gather import Gathered
from residency.corpus.intake import Plan
from residency.corpus.rows import rank


@dataclass(frozen=True)
class Pairs:
    """Pairs of rows, the lower first, with their Jaccard similarity."""

    one: Places
    other: Places
    scores: Scores

    def __len__(self) -> int:
        return len(self.one)

    def among(self, stay: NDArray[np.bool_]) -> Pairs:
        """The pairs of which both rows stay."""
        both = stay[self.one] & stay[self.other]
        return Pairs(self.one[both], self.other[both], self.scores[both])


def stands_for(table: pl.DataFrame) -> Places:
    """For each row the place of the row that stays of those that ask the same (the question, with its options in any
    order), shape (rows,): one that people wrote before any other and a synthetic one last; among these one with a
    rationale; among these the first."""
    ranks = {source: rank(source) for source in table["source"].unique()}
    ranked = (
        table.select("exact", "source", "explained")
        .with_row_index("place")
        .with_columns(pl.col("source").replace_strict(ranks, return_dtype=pl.Int8, default=1).alias("rank"))
        .sort(["rank", pl.col("explained").not_(), "place"])
    )
    best = ranked.group_by("exact", maintain_order=True).agg(pl.col("place").first().alias("best"))
    found = ranked.join(best, on="exact").sort("place")["best"].to_numpy()
    return np.asarray(found, np.int64)


def new_ids(table: pl.DataFrame, stay: NDArray[np.bool_]) -> dict[int, str]:
    """Ids for the rows that stay and whose id an earlier one of them has already, by their place."""
    ids = table["id"]
    repeated = ids.filter(pl.Series(stay))
    repeated = repeated.filter(repeated.is_duplicated())
    if repeated.is_empty():
        return {}
    taken, given = set(ids.to_list()), {}
    seen: dict[str, int] = {}
    doubtful = set(repeated.to_list())
    for place in np.flatnonzero(stay).tolist():
        name = ids[place]
        if name not in doubtful:
            continue
        seen[name] = seen.get(name, 0) + 1
        if seen[name] > 1:
            new = f"{name}~{seen[name]}"
            while new in taken:
                new += "~"
            taken.add(new)
            given[place] = new
    return given


def near_duplicates(gathered: Gathered, plan: Plan) -> tuple[Pairs, Pairs]:
    """The pairs of rows whose questions, and those whose whole records, reach the similarity of the settings."""
    settings = plan.settings
    jobs = (
        (gathered.questions, gathered.question_signatures, plan.question_bands, settings.near_duplicate),
        (gathered.records, gathered.record_signatures, plan.record_bands, settings.near_duplicate_record),
    )
    # One after the other, so that the signatures of one alone are in memory.
    questions, records = (Pairs(*near_pairs(rows, stored.read(), bands, least)) for rows, stored, bands, least in jobs)
    return questions, records


def clusters(table: pl.DataFrame, same: Places, pairs: Sequence[Pairs]) -> Places:
    """For each row its cluster, which goes by the place of its first row, shape (rows,).

    Rows share a cluster when they ask the same (``same``, as from :func:`stands_for`), when a pair joins them, when
    they name the same parent, when one is the other's parent, when a conversation asks what a row asks, or when two
    conversations share a question with its answer.
    """
    count = table.height
    ones, others = [np.arange(count), *(pair.one for pair in pairs)], [same, *(pair.other for pair in pairs)]
    for one, other in (_siblings(table), _descents(table), _asked_again(table), _exchanged(table)):
        ones.append(one)
        others.append(other)
    return components(count, np.concatenate(ones), np.concatenate(others))


def _parents(table: pl.DataFrame) -> pl.DataFrame:
    return _exploded(table, "parents").rename({"parents": "parent"})


def _siblings(table: pl.DataFrame) -> tuple[Places, Places]:
    """Each row that names a parent, with the first that names it."""
    named = _parents(table)
    first = named.group_by("parent").agg(pl.col("place").min().alias("first"))
    return _places(named.join(first, on="parent"), "place", "first")


def _descents(table: pl.DataFrame) -> tuple[Places, Places]:
    """Each row that names a parent, with the parent where that is a row; an id that several rows use names none."""
    ids = table.select(pl.col("id").alias("parent")).with_row_index("of").filter(pl.col("parent").is_unique())
    return _places(_parents(table).join(ids, on="parent"), "place", "of")


def _asked_again(table: pl.DataFrame) -> tuple[Places, Places]:
    """Each conversation, with the first row whose question is one of its turns."""
    turns = _exploded(table, "turns")
    rows = table.select("stem", "kind").with_row_index("of").filter(pl.col("kind") != "conversation")
    first = rows.group_by("stem").agg(pl.col("of").min())
    return _places(turns.join(first, left_on="turns", right_on="stem"), "place", "of")


def _exchanged(table: pl.DataFrame) -> tuple[Places, Places]:
    """Each conversation, with the first that holds one of its questions with the same answer."""
    held = _exploded(table, "exchanges")
    first = held.group_by("exchanges").agg(pl.col("place").min().alias("first"))
    return _places(held.join(first, on="exchanges"), "place", "first")


def _exploded(table: pl.DataFrame, column: str) -> pl.DataFrame:
    rows = table.select(column).with_row_index("place").filter(pl.col(column).list.len() > 0)
    return rows.explode(column)


def _places(frame: pl.DataFrame, one: str, other: str) -> tuple[Places, Places]:
    return frame[one].to_numpy().astype(np.int64), frame[other].to_numpy().astype(np.int64)
