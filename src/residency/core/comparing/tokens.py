"""Texts to word hashes and shingles, in numpy, once for all that compares texts by their words.

A word is a run of letters, digits and bytes beyond ASCII, in lower case after NFKC; everything else separates.
Hashes are 64 bits, the same on every machine and in every version, so that what is built on them is too.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]
Offsets = NDArray[np.int64]

BLOCK = 1 << 20  # bytes of text hashed at once: what is needed for them stays within a processor's cache
_BASE = 0x9E3779B97F4A7C15  # odd, so that its powers have inverses modulo 2^64
_TURNS = [0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0xD6E8FEB86659FD93, 0xA0761D6478BD642F]
# Typographic punctuation is written in bytes that count as letters.
_PUNCTUATION = dict.fromkeys(map(ord, "‘’‚‛“”„‟«»‹›–—―‐‑‒…•·′″−×÷±≤≥≈°→←↑↓©®™§¶†‡¿¡、。，；：（）"), " ")


@dataclass(frozen=True, slots=True)
class Ragged:
    """Hashes of several rows, of 64 or 32 bits, one after another; those of row ``i`` are
    ``values[offsets[i] : offsets[i + 1]]``."""

    values: NDArray[Any]
    offsets: Offsets

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def lengths(self) -> Offsets:
        """How many hashes each row has, shape (rows,)."""
        return np.diff(self.offsets)

    def row(self, place: int) -> Hashes:
        """The hashes of one row."""
        return self.values[self.offsets[place] : self.offsets[place + 1]]

    def take(self, places: Sequence[int] | NDArray[np.int64]) -> Ragged:
        """Some of the rows, in the order of ``places``."""
        places = np.asarray(places, np.int64)
        lengths = self.lengths[places]
        offsets = _offsets(lengths)
        source = np.repeat(self.offsets[places] - offsets[:-1], lengths) + np.arange(offsets[-1])
        return Ragged(self.values[source], offsets)


def concatenate(parts: Sequence[Ragged]) -> Ragged:
    """The rows of all parts, in order."""
    if not parts:
        return Ragged(np.empty(0, np.uint64), np.zeros(1, np.int64))
    lengths = np.concatenate([part.lengths for part in parts])
    return Ragged(np.concatenate([part.values for part in parts]), _offsets(lengths))


def word_hashes(texts: Sequence[str]) -> Ragged:
    """The hash of each word of each text, in order."""
    return concatenate([_hash_block(block) for block in _blocks(texts)])


def shingles(words: Ragged, size: int) -> Ragged:
    """The hashes of each row's runs of ``size`` words; a row of fewer words is one run, an empty one none.

    Repeats stay: take a row as a set to compare it.
    """
    lengths = words.lengths
    offsets = _offsets(np.where(lengths >= size, lengths - size + 1, np.minimum(lengths, 1)))
    out = np.zeros(offsets[-1], np.uint64)
    starts_run = np.ones(len(words.values), np.bool_)  # but for the last words of each row
    for place in range(1, size):
        starts_run[(words.offsets[1:] - place)[lengths >= place]] = False
    short = [np.flatnonzero(lengths == length) for length in range(1, size)]
    of_long_rows = np.ones(len(out), np.bool_)
    for length, rows in enumerate(short, 1):
        of_long_rows[offsets[rows]] = False
        out[offsets[rows]] = _combined([words.values[words.offsets[rows] + place] for place in range(length)])
    count = max(0, len(words.values) - size + 1)
    runs = _combined([words.values[place : count + place] for place in range(size)])
    out[of_long_rows] = runs[starts_run[:count]]
    return Ragged(out, offsets)


def side_by_side(one: Ragged, other: Ragged) -> Ragged:
    """For each row the hashes of ``one``, then those of ``other``."""
    offsets = one.offsets + other.offsets
    out = np.empty(offsets[-1], one.values.dtype)
    for part, start in ((one, offsets[:-1]), (other, offsets[:-1] + one.lengths)):
        out[np.repeat(start - part.offsets[:-1], part.lengths) + np.arange(len(part.values))] = part.values
    return Ragged(out, offsets)


def as_sets(rows: Ragged) -> Ragged:
    """Each row's distinct hashes in ascending order, the upper 32 bits of each: within one row these are as telling,
    and take half the room."""
    row = np.repeat(np.arange(len(rows), dtype=np.uint64), rows.lengths)
    keys = distinct((row << np.uint64(32)) | (rows.values >> np.uint64(32)))
    lengths = np.bincount((keys >> np.uint64(32)).astype(np.int64), minlength=len(rows))
    return Ragged((keys & np.uint64(0xFFFFFFFF)).astype(np.uint32), _offsets(lengths))


def distinct(values: Hashes) -> Hashes:
    """The distinct values, sorted. numpy's own ``unique`` builds a table of hashes, which took ten times as long."""
    ranked = np.sort(values)
    first: NDArray[np.bool_] = np.concatenate([np.ones(min(1, len(ranked)), np.bool_), ranked[1:] != ranked[:-1]])
    return ranked[first]


def mix(values: Hashes) -> Hashes:
    """Spread every bit over the whole 64 (the finaliser of splitmix64, Steele et al. 2014)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _combined(columns: Sequence[Hashes]) -> Hashes:
    total = np.full(len(columns[0]), len(columns), np.uint64)
    for place, column in enumerate(columns):
        total = total + column * np.uint64(_TURNS[place % len(_TURNS)]) if place else total + column
        total = (total << np.uint64(7)) | (total >> np.uint64(57))
    return mix(total)


def _offsets(lengths: NDArray[np.int64]) -> Offsets:
    offsets = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    return offsets


def _blocks(texts: Sequence[str]) -> Iterator[list[bytes]]:
    block: list[bytes] = []
    size = 0
    for text in texts:
        data = (text if text.isascii() else _folded(text)).encode("utf-8", "replace")
        if block and size + len(data) > BLOCK:
            yield block
            block, size = [], 0
        block.append(data)
        size += len(data) + 1
    if block:
        yield block


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower().translate(_PUNCTUATION)


def _hash_block(block: Sequence[bytes]) -> Ragged:
    """Each word's hash is a polynomial in its bytes, taken from the running sum over the whole block."""
    data = np.frombuffer((b" ".join(block) + b" ").lower(), np.uint8)
    starts = _offsets(np.fromiter(map(len, block), np.int64, len(block)) + 1)[:-1]
    inside = _WORD_BYTE[data]
    edges = np.flatnonzero(inside[1:] != inside[:-1]) + 1
    if inside[0]:
        edges = np.concatenate([np.zeros(1, np.int64), edges])
    begin, end = edges[0::2], edges[1::2]
    powers, inverses = _powers(1 << (len(data)).bit_length())
    running = np.zeros(len(data) + 1, np.uint64)
    np.cumsum((data.astype(np.uint64) + np.uint64(1)) * powers[: len(data)], out=running[1:])
    values = mix((running[end] - running[begin]) * inverses[begin])
    return Ragged(values, np.append(np.searchsorted(begin, starts), len(begin)).astype(np.int64))


@cache
def _powers(count: int) -> tuple[Hashes, Hashes]:
    inverse = pow(_BASE, -1, 1 << 64)
    pair = []
    for base in (_BASE, inverse):
        steps = np.full(count, base, np.uint64)
        steps[0] = 1
        pair.append(np.cumprod(steps))
    return pair[0], pair[1]


def _word_bytes() -> NDArray[np.bool_]:
    table = np.zeros(256, np.bool_)
    table[[byte for byte in range(128) if chr(byte).isalnum()]] = True
    table[128:] = True
    return table


_WORD_BYTE = _word_bytes()
