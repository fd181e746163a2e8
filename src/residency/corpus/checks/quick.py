"""A quick look over many rows at once: which of them a check need not be asked about.

Most rows hold nothing to find, and to ask two dozen checks about each, in Python, would take longer than all else
that the gate does. So a check may name regular expressions that a row must match for the check to find anything
(:attr:`~residency.corpus.checks.base.Check.needs`); these run in Rust over all rows of a block.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import and_

import polars as pl

from residency.corpus.checks.base import Check

_CASELESS = "(?i)"


def may_find(checks: Iterable[Check], texts: Sequence[str]) -> list[list[bool] | None]:
    """For each check whether it may find something in each row, by the rows' texts (``parts.whole``); None: in any."""
    as_written = pl.Series(texts, dtype=pl.String)
    lower: pl.Series | None = None
    found: list[list[bool] | None] = []
    for check in checks:
        masks = []
        for pattern in check.needs:
            if pattern.startswith(_CASELESS):
                # Lower case is made once for all: a regular expression that ignores case takes several times as long.
                lower = pl.Series([text.lower() for text in texts], dtype=pl.String) if lower is None else lower
                masks.append(lower.str.contains(pattern.removeprefix(_CASELESS)))
            else:
                masks.append(as_written.str.contains(pattern))
        found.append(reduce(and_, masks).to_list() if masks else None)
    return found
