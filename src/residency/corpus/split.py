"""Splits: whole clusters go to train, dev or test, so that each topic and kind has its share in each."""

from __future__ import annotations

import random

import numpy as np
import polars as pl
from numpy.typing import NDArray

from residency.core.records import Split
from residency.corpus.settings import CorpusSettings

STRATUM = ["topic", "kind", "source"]


def shares(settings: CorpusSettings) -> dict[Split, float]:
    """The declared share of each split among the rows outside held-out topics."""
    train = 1 - settings.test_share - settings.dev_share
    return {"train": train, "test": settings.test_share, "dev": settings.dev_share}


def assign(table: pl.DataFrame, clusters: NDArray[np.int64], settings: CorpusSettings, rng: random.Random) -> pl.Series:
    """The split of each row, shape (rows,), from its ``topic``, ``kind`` and ``source`` and the number of its cluster.

    A cluster with any row of a held-out topic goes to ``test_topic`` whole. The others stand in line by
    topic, then kind, then source, larger clusters first, and each goes to the split that is furthest behind
    its share of the rows so far. At any point of the line a split so has at most 2/3 of the largest cluster
    more than its share and at most 5/6 of it less; over a stretch of it, such as a topic, at most 1.5 times
    the largest cluster.
    """
    rows = table.select(STRATUM).with_columns(cluster=pl.Series(clusters))
    held_out = rows.filter(pl.col("topic").is_in(settings.held_out_topics))["cluster"].unique()
    line = _line(rows.filter(~pl.col("cluster").is_in(held_out.implode())), rng)
    chosen = _deal(line["size"].to_list(), shares(settings))
    split_of = pl.concat(
        [
            line.select("cluster", split=pl.Series(chosen, dtype=pl.String)),
            held_out.to_frame("cluster").with_columns(split=pl.lit("test_topic")),
        ]
    )
    return rows.join(split_of, on="cluster", how="left", maintain_order="left")["split"]


def _line(rows: pl.DataFrame, rng: random.Random) -> pl.DataFrame:
    """The clusters in the order in which they are dealt: ``cluster`` and ``size``."""
    # A cluster's stratum is the one that most of its rows have, the first by name among equals.
    counted = rows.group_by(["cluster", *STRATUM]).agg(pl.len().alias("rows"))
    strata = counted.sort(["cluster", "rows", *STRATUM], descending=[False, True, False, False, False])
    strata = strata.group_by("cluster", maintain_order=True).agg(pl.col(STRATUM).first(), size=pl.col("rows").sum())
    topics = strata["topic"].unique().sort().to_list()
    rng.shuffle(topics)
    order = list(range(strata.height))
    rng.shuffle(order)
    placed = strata.with_columns(
        turn=pl.Series(order, dtype=pl.Int64),
        place=pl.col("topic").replace_strict({topic: n for n, topic in enumerate(topics)}, return_dtype=pl.Int64),
    )
    return placed.sort(
        ["place", "kind", "source", "size", "turn"], descending=[False, False, False, True, False]
    ).select("cluster", "size")


def _deal(sizes: list[int], declared: dict[Split, float]) -> list[Split]:
    names, parts = list(declared), list(declared.values())
    behind = [0.0] * len(names)
    chosen: list[Split] = []
    for size in sizes:
        behind = [gap + part * size for gap, part in zip(behind, parts, strict=True)]
        furthest = behind.index(max(behind))
        behind[furthest] -= size
        chosen.append(names[furthest])
    return chosen
