"""What the rows ask, each question that can be held against others' with its answer: a row's own, and those of the
exchanges of a conversation.

A conversation's first exchange counts as a row's own question does. A later one counts as the question of all that the
user has said up to it, so that it meets only what follows the same turns; and beside that by its own words, where these
stand by themselves (``standing``) and are the own question of some row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

Within = Literal["", "so far", "later"]
"""Where a question stands: nothing comes before it; after turns of the user that belong to it; in the course of a
conversation that it does without."""


@dataclass(frozen=True)
class Askings:
    """``keys`` of questions, equal for the same words; ``places`` of their rows and ``numbers`` of their exchanges,
    from 0. The first ``own`` are each row's own question, in the order of the rows; the next, up to ``later``, those of
    all that a user has said; the rest stand in the course of a conversation. Some tens of bytes for each."""

    keys: NDArray[np.uint64]
    places: NDArray[np.int64]
    numbers: NDArray[np.int64]
    own: int
    later: int

    def within(self, asking: int) -> Within:
        """Where a question stands."""
        return "" if asking < self.own else "so far" if asking < self.later else "later"

    def told(self, asking: int, row: Mapping[str, Any]) -> dict[str, Any]:
        """A question as the row of its own that :func:`~residency.corpus.bank.contradictions.contradictions` reads,
        from the kept row in which it stands; ``where`` names the turn that answers it, as findings do."""
        told = {"place": int(self.places[asking]), "within": self.within(asking), "origin": row["origin"]}
        if "messages" not in row:
            return {**told, **{name: row.get(name) for name in ("question", "answer", "options")}, "where": "answer"}
        asked = 2 * int(self.numbers[asking])  # a conversation's turns are a user's and an assistant's by turns
        before = 0 if told["within"] == "so far" else asked
        turn = asked + 2 + len(row.get("system", [])) + len(row.get("greeting", []))
        return {
            **told,
            "question": "\n".join(message["content"] for message in row["messages"][before : asked + 1 : 2]),
            "answer": row["messages"][asked + 1]["content"],
            "where": f"turn {turn}",
        }


def askings(table: pl.DataFrame) -> Askings:
    """The questions of all rows, from their columns ``stem``, ``so_far`` and ``alone``."""
    rows = table.select("kind", "stem", "exact", "so_far", "alone").with_row_index("place")
    talks = rows.filter(pl.col("kind") == "conversation")
    first = pl.when(pl.col("kind") == "conversation").then(pl.col("so_far").list.first()).otherwise(pl.col("stem"))
    # A turn without a word is like no other.
    own = rows.select("place", number=pl.lit(0), key=first.fill_null(pl.col("exact")))
    turns = (
        talks.select("place", "so_far", "alone", number=pl.int_ranges(0, pl.col("so_far").list.len()))
        .explode("so_far", "alone", "number")
        .filter(pl.col("number") > 0)
    )
    so_far = turns.select("place", "number", key="so_far").drop_nulls("key")
    alone = turns.select("place", "number", key="alone").drop_nulls("key").join(own, on="key", how="semi")
    every = pl.concat([part.cast({"place": pl.Int64, "number": pl.Int64}) for part in (own, so_far, alone)])
    return Askings(
        keys=every["key"].to_numpy(),
        places=every["place"].to_numpy(),
        numbers=every["number"].to_numpy(),
        own=own.height,
        later=own.height + so_far.height,
    )
