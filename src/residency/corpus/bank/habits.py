"""What a source does by habit, and no row by mistake: answers that end without a full stop."""

from __future__ import annotations

import polars as pl

from residency.corpus.checks.base import Check

LEAST = 20  # texts of a source below which nothing is called a habit
SHARE = 0.2  # of a source's texts, above which sentences without a full stop are a habit of it
# Of answers that were really cut, some end in a comma or a word such as "of": for each that only lacks its stop 0.16 in
# the example corpus when cut at any character, 0.56 at any word; 0.01 or less when stops alone are missing.
CUT = 0.05
BREAKS_OFF, WITHOUT_STOP = "truncated_answer", "no_final_stop"

NO_FINAL_STOP = Check(
    WITHOUT_STOP,
    "informs",
    "Answers without a closing full stop, a habit of their source",
    "The model learns to end so too, which does no harm by itself; but an answer of this source that breaks off after "
    "a whole word is not told apart, and is not among those to decide on.",
    lambda draft, settings: (),
)
"""Found by :func:`without_stop` over a source as a whole, and never in a row by itself."""


def without_stop(found: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    """The findings, with those that an answer or a rationale lacks its full stop under the check ``no_final_stop``
    where that is a habit of the row's source.

    It is one where more than :data:`SHARE` of the source's answers (rationales, conversations) lack it, and few of them
    show otherwise that they were cut.

    Args:
        found: findings, with the columns ``row``, ``check``, ``where`` and ``sure``.
        table: all whole rows, with ``source``, ``kind`` and ``explained``; ``row`` is a place in it.
    """
    told = found.with_row_index("place").filter(pl.col("check") == BREAKS_OFF)
    if told.is_empty():
        return found
    told = told.with_columns(
        source=table["source"].gather(told["row"]),
        kind=pl.col("where").str.split(" ").list.first(),  # of "turn 3"
    )
    rows = {
        "answer": table.filter(pl.col("kind") == "open"),
        "rationale": table.filter(pl.col("explained")),
        "turn": table.filter(pl.col("kind") == "conversation"),
    }
    of = pl.concat([some.group_by("source").len("of").with_columns(kind=pl.lit(kind)) for kind, some in rows.items()])
    bare = pl.col("row").filter(pl.col("sure") == "possible").n_unique()
    cut = pl.col("row").filter(pl.col("sure") != "possible").n_unique()
    counts = told.group_by("source", "kind").agg(bare=bare, cut=cut).join(of, on=["source", "kind"])
    habit = counts.filter(
        pl.col("of") >= LEAST, pl.col("bare") > SHARE * pl.col("of"), pl.col("cut") < CUT * pl.col("bare")
    )
    moved = told.filter(pl.col("sure") == "possible").join(habit, on=["source", "kind"], how="semi")["place"]
    here = pl.int_range(pl.len()).is_in(moved.cast(pl.Int64).implode())
    return found.with_columns(check=pl.when(here).then(pl.lit(WITHOUT_STOP)).otherwise("check"))
