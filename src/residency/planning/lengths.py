"""How many rows have how many tokens. What a plan reckons with are lengths; texts stay where they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from residency.chat.batches import WIDTH_STEP, batches_by_length, pack, padded_width
from residency.chat.lengths import EDGES, lengths

LIMITS = EDGES[4:]
"""The lengths at which it is told what a limit would cut: 512 and above."""


@dataclass(frozen=True)
class Lengths:
    """Rows by their length: ``at`` holds (tokens, rows), the shortest first."""

    at: tuple[tuple[int, int], ...] = ()

    @classmethod
    def of(cls, tokens: Iterable[int]) -> Lengths:
        """Those of rows with so many tokens each."""
        return cls(tuple(sorted(Counter(map(int, tokens)).items())))

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return sum(count for _, count in self.at)

    @property
    def tokens(self) -> int:
        """Tokens of all rows."""
        return sum(length * count for length, count in self.at)

    @property
    def longest(self) -> int:
        """Tokens of the longest row; 0 without rows."""
        return self.at[-1][0] if self.at else 0

    @property
    def mean(self) -> float:
        """Tokens of a row; 0 without rows."""
        return self.tokens / self.rows if self.at else 0.0

    def each(self) -> list[int]:
        """The length of each row, the shortest first."""
        return [length for length, count in self.at for _ in range(count)]

    def over(self, limit: int) -> int:
        """How many rows are longer than so many tokens."""
        return sum(count for length, count in self.at if length > limit)

    def within(self, limit: int) -> Lengths:
        """The same rows with longer ones brought down to the limit, as compilation does where it can."""
        return Lengths.of_counts((min(length, limit), count) for length, count in self.at)

    def up_to(self, limit: int) -> Lengths:
        """The rows that are no longer than the limit."""
        return Lengths(tuple((length, count) for length, count in self.at if length <= limit))

    @property
    def mean_of_token(self) -> float:
        """Tokens of the row in which a token stands, on the mean: long rows count by their length."""
        return sum(length * length * count for length, count in self.at) / self.tokens if self.at else 0.0

    def times(self, factor: float) -> Lengths:
        """``factor`` times as many rows of the same lengths; all of them make up the nearest whole number."""
        wanted, ends = round(self.rows * factor), []
        so_far = 0
        for length, count in self.at:
            so_far += count
            ends.append((length, round(wanted * so_far / self.rows)))
        starts = [0, *(end for _, end in ends)]
        kept = [(length, end - begin) for (length, end), begin in zip(ends, starts, strict=False) if end > begin]
        return Lengths(tuple(kept))

    def longer(self, factor: float) -> Lengths:
        """As many rows, each ``factor`` times as long."""
        return Lengths.of_counts((max(1, round(length * factor)), count) for length, count in self.at)

    def plus(self, tokens: int) -> Lengths:
        """As many rows, each longer by so many tokens."""
        return Lengths.of_counts((length + tokens, count) for length, count in self.at)

    def beside(self, other: Lengths) -> Lengths:
        """The rows of both."""
        return Lengths.of_counts((*self.at, *other.at))

    @classmethod
    def of_counts(cls, pairs: Iterable[tuple[int, int]]) -> Lengths:
        """Those of (tokens, rows) in any order."""
        found: Counter[int] = Counter()
        for length, count in pairs:
            found[length] += count
        return cls(tuple(sorted(found.items())))

    def told(self) -> dict[str, Any]:
        """Quantiles and a histogram, as the compile stage's report has them, and ``over``: how many rows are longer
        than each of some limits."""
        found = lengths(self.each())
        over = {str(limit): self.over(limit) for limit in LIMITS if limit <= 2 * max(512, self.longest)}
        return {"rows": self.rows, "tokens": self.tokens, **found, "over": over}


NO_ROWS = Lengths()


@dataclass(frozen=True)
class Filling:
    """Rows in batches: how many batches, the tokens of the rows, those that are computed with the padding, and those
    of the largest batch."""

    batches: int
    tokens: int
    computed: int
    largest: int

    @property
    def waste(self) -> float:
        """The share of what is computed that is padding."""
        return 1 - self.tokens / self.computed if self.computed else 0.0


@lru_cache(256)
def filling(rows: Lengths, batch_tokens: int, packs: bool) -> Filling:
    """The batches that SFT makes of these rows: see :mod:`residency.chat.batches`.

    Args:
        rows: the rows.
        batch_tokens: tokens in a batch at most; a longer row is one of its own.
        packs: whether rows share a line, or rows of like length a batch.
    """
    each = rows.each()
    if packs:
        bins = pack(each, max(WIDTH_STEP, batch_tokens // WIDTH_STEP * WIDTH_STEP))
        sizes = [padded_width(sum(each[row] for row in members)) for members in bins]
    else:
        widths = [padded_width(length) for length in each]
        sizes = [widths[members[0]] * len(members) for members in batches_by_length(widths, batch_tokens)]
    return Filling(len(sizes), rows.tokens, sum(sizes), max(sizes, default=0))
