"""Counting values, most frequent first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import polars as pl


def tally(values: Iterable[str]) -> dict[str, int]:
    """How often each value occurs, most frequent first, then by name."""
    return dict(sorted(Counter(values).items(), key=lambda pair: (-pair[1], pair[0])))


def counted(values: pl.Series) -> dict[str, int]:
    """The same for a column."""
    name = values.name or "value"
    counts = values.to_frame(name).drop_nulls().group_by(name).len().sort(["len", name], descending=[True, False])
    return dict(zip(counts[name].to_list(), counts["len"].to_list(), strict=True))
