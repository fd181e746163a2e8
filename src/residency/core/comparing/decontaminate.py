"""Bank rows that hold an evaluation item: the same stem and options in any order, or most of its words in order.

N-grams of 13 words, the usual measure, miss every item that is shorter. Here an item's own length decides: the
share of the item's runs of 3 words (5 from 13 words on) that a row holds. Runs that many items share are templates
("which of the following is the most common") and count for nothing; an item with too little else to go by is only
found by its exact stem and options, and is counted as such. So is a short item whose words turn out to be a common
phrase of the bank itself ("people with this condition can").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from residency.core.comparing.tokens import Hashes, Ragged, distinct, mix, shingles, word_hashes
from residency.core.text import STOPWORDS

Tier = Literal["exact", "words", "review", "semantic"]
HOLDS: tuple[Tier, ...] = ("exact", "words")  # tiers of rows that are not kept

LONG = 13  # words from which runs of 5 are looked for
SHORT_RUN, LONG_RUN = 3, 5
TEMPLATE = 4  # items that share a run from which it is a template
LEAST_TURN = 3  # words below which a turn ("Why?") is no item
LEAST_RUNS, LEAST_WORDS = 2, 3  # telling runs, and words that are no stop words, below which a stem proves nothing
COMMON = 5  # clusters of rows above which a short item that all of them hold is a phrase of the bank
HIT, REVIEW = (0.6, 0.8), (0.4, 0.6)  # shares of an item's telling runs, and of its words that are no stop words
_BITS = 22
_STOP = frozenset(word_hashes([" ".join(STOPWORDS)]).values.tolist())


@dataclass(frozen=True)
class Item:
    """An evaluation item: where it stands (``file:line``), its question and its options, if any."""

    origin: str
    stem: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Hit:
    """A bank row (by its place in what was searched) that holds an item, on what evidence: ``share`` of the item's
    telling runs of words, 1 for the exact tier, the cosine for the semantic one."""

    row: int
    item: int
    tier: Tier
    share: float


@dataclass(frozen=True)
class _Runs:
    """The telling runs of some items, sorted, each with its item; ``sizes`` is their number, shape (items,)."""

    length: int
    hashes: Hashes
    items: NDArray[np.int64]
    sizes: NDArray[np.int64]
    filter: NDArray[np.bool_] = field(repr=False)


@dataclass(frozen=True)
class Guard:
    """The items, prepared for looking rows up: ``words`` are each item's, without stop words; ``short`` tells which
    have fewer than :data:`LONG` words, shape (items,); ``unfindable`` are the places of items that only an exact match
    finds. ``files`` counts the items by file as they were read, of which ``repeats`` stood there before."""

    items: Sequence[Item]
    exact: dict[int, int]
    runs: tuple[_Runs, ...]
    words: tuple[frozenset[int], ...]
    short: NDArray[np.bool_]
    unfindable: tuple[int, ...]
    files: Mapping[str, int] = field(default_factory=dict)
    repeats: int = 0


def exact_keys(stems: Ragged, options: Sequence[Sequence[str]]) -> Hashes:
    """One key for each row from the words of its stem, in order, and its options, in any order; shape (rows,)."""
    flat = word_hashes([option for row in options for option in row])
    counts = np.fromiter(map(len, options), np.int64, len(options))
    bags = np.zeros(len(options), np.uint64)
    np.add.at(bags, np.repeat(np.arange(len(options)), counts), mix(in_order(flat)))
    return mix(in_order(stems) ^ mix(bags + np.uint64(1)))


def in_order(rows: Ragged) -> Hashes:
    """One hash for the words of each row in their order, shape (rows,); 0 for a row without words."""
    sums = _turned(rows)
    return sums[rows.offsets[1:]] - sums[rows.offsets[:-1]]


def in_order_so_far(pieces: Ragged, counts: Sequence[int]) -> Hashes:
    """The same for each piece with those before it in its row, shape (pieces,): ``counts`` tells the pieces of each
    row. The last piece of a row has the hash that the row has as a whole."""
    ends = np.cumsum([0, *counts])
    begins = pieces.offsets[ends]
    sums = _turned(Ragged(pieces.values, begins))
    found: Hashes = sums[pieces.offsets[1:]] - np.repeat(sums[begins[:-1]], counts)
    return found


def _turned(rows: Ragged) -> Hashes:
    """Sums of the words' hashes up to each word, a word turned by its place in its row."""
    place = np.arange(len(rows.values)) - np.repeat(rows.offsets[:-1], rows.lengths)
    turned = mix(rows.values + place.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15))
    sums: Hashes = np.concatenate([np.zeros(1, np.uint64), np.cumsum(turned)])
    return sums


def prepare(items: Sequence[Item]) -> Guard:
    """Make the tables in which rows are looked up."""
    stems = word_hashes([item.stem for item in items])
    keys = exact_keys(stems, [item.options for item in items])
    exact = {int(key): place for place, key in reversed(list(enumerate(keys))) if stems.lengths[place]}
    findable = _findable(_tables(stems)) & (_telling_words(stems) >= LEAST_WORDS)
    # A stem such as "Facial nerve lies:" is only told by the options that follow it.
    told = [item.stem if ok else " ".join((item.stem, *item.options)) for item, ok in zip(items, findable, strict=True)]
    texts = word_hashes(told)
    runs = _tables(texts)
    words = tuple(frozenset(texts.row(place).tolist()) - _STOP for place in range(len(items)))
    unfindable = ~_findable(runs) | (_telling_words(texts) < LEAST_WORDS)
    return Guard(items, exact, runs, words, texts.lengths < LONG, tuple(np.flatnonzero(unfindable).tolist()))


def _telling_words(texts: Ragged) -> NDArray[np.int64]:
    return np.array([len(set(texts.row(place).tolist()) - _STOP) for place in range(len(texts))], np.int64)


def _tables(texts: Ragged) -> tuple[_Runs, _Runs]:
    long = texts.lengths >= LONG
    return (
        _runs(texts, np.flatnonzero(~long), SHORT_RUN, len(texts)),
        _runs(texts, np.flatnonzero(long), LONG_RUN, len(texts)),
    )


def _findable(runs: Sequence[_Runs]) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = np.any([part.sizes >= LEAST_RUNS for part in runs], axis=0)
    return found


def look_up(
    guard: Guard,
    stems: Ragged,
    options: Sequence[Sequence[str]],
    texts: Ragged,
    turns: Sequence[Sequence[str]] = (),
) -> list[Hit]:
    """The rows that hold an item.

    Args:
        guard: the items.
        stems: the words of each row's question.
        options: each row's options; none for an open question.
        texts: the words of all that each row says, its question included.
        turns: each row's further questions, of which each may be an item: the turns of a conversation's user.
    """
    hits = [
        Hit(row, guard.exact[key], "exact", 1.0)
        for row, key in enumerate(exact_keys(stems, options).tolist())
        if key in guard.exact
    ]
    hits += _in_turns(guard, turns)
    known = {(hit.row, hit.item) for hit in hits}
    for runs in guard.runs:
        for row, item, share in _shares(runs, texts):
            tier = _tier(share, guard.words[item], texts.row(row))
            if tier and (row, item) not in known:
                hits.append(Hit(row, item, tier, round(share, 3)))
    return sorted(hits, key=lambda hit: (hit.row, hit.item))


def _in_turns(guard: Guard, turns: Sequence[Sequence[str]]) -> list[Hit]:
    """The items that are a turn, word for word, of :data:`LEAST_TURN` words or more."""
    flat = [(row, turn) for row, texts in enumerate(turns) for turn in texts]
    words = word_hashes([turn for _, turn in flat])
    keys = exact_keys(words, [()] * len(flat)).tolist()
    found = {
        (row, guard.exact[key])
        for (row, _), key, length in zip(flat, keys, words.lengths.tolist(), strict=True)
        if length >= LEAST_TURN and key in guard.exact
    }
    return [Hit(row, item, "words", 1.0) for row, item in found]


def common_phrases(guard: Guard, hits: Sequence[Hit], cluster: NDArray[np.int64]) -> frozenset[int]:
    """The short items that are phrases of the bank: rows of more than :data:`COMMON` clusters hold their words.

    Args:
        guard: the items.
        hits: what was found in the bank.
        cluster: for each row of the bank the cluster of rows that are like it, shape (rows,).
    """
    holders: dict[int, set[int]] = {}
    for hit in hits:
        if hit.tier != "exact" and guard.short[hit.item]:
            holders.setdefault(hit.item, set()).add(int(cluster[hit.row]))
    return frozenset(item for item, clusters in holders.items() if len(clusters) > COMMON)


def _tier(share: float, words: frozenset[int], held: Hashes) -> Tier | None:
    """The tier by the share of runs, of which a phrase such as "is usually caused by" may be most, and of words."""
    if len(words) < LEAST_WORDS:
        return None
    of_words = len(words & set(held.tolist())) / len(words)
    tiers: tuple[tuple[Tier, tuple[float, float]], ...] = (("words", HIT), ("review", REVIEW))
    return next((tier for tier, least in tiers if share >= least[0] and of_words >= least[1]), None)


def _shares(runs: _Runs, texts: Ragged) -> list[tuple[int, int, float]]:
    """(row, item, share of the item's telling runs that the row holds), where it is large enough for any tier."""
    if not len(runs.hashes):
        return []
    held = shingles(texts, runs.length)
    likely = np.flatnonzero(runs.filter[(held.values >> np.uint64(64 - _BITS)).astype(np.int64)])
    if not len(likely):
        return []
    values = held.values[likely]
    first = np.searchsorted(runs.hashes, values, "left")
    count = np.searchsorted(runs.hashes, values, "right") - first
    rows = np.repeat(np.searchsorted(held.offsets, likely, "right") - 1, count)
    entry = np.repeat(first - (np.cumsum(count) - count), count) + np.arange(count.sum())
    # A run that a row holds twice counts once: (row, entry) pairs are made distinct before they are counted.
    pairs = distinct((rows.astype(np.uint64) << np.uint64(32)) | entry.astype(np.uint64))
    row = (pairs >> np.uint64(32)).astype(np.int64)
    item = runs.items[(pairs & np.uint64(0xFFFFFFFF)).astype(np.int64)]
    keys, shared = np.unique(row * len(runs.sizes) + item, return_counts=True)
    row, item = keys // len(runs.sizes), keys % len(runs.sizes)
    share = shared / runs.sizes[item]
    enough = (share >= REVIEW[0]) & (runs.sizes[item] >= LEAST_RUNS)
    return list(zip(row[enough].tolist(), item[enough].tolist(), share[enough].tolist(), strict=True))


def _runs(stems: Ragged, chosen: NDArray[np.int64], length: int, count: int) -> _Runs:
    """The runs of the ``chosen`` items among ``count``, without templates and repeats. A run is a template by the
    number of different stems that hold it: the same stem with other options makes none."""
    part = shingles(stems.take(chosen), length)
    item = np.repeat(chosen, part.lengths)
    order = np.lexsort((item, part.values))
    values, item = part.values[order], item[order]
    once = np.ones(len(values), np.bool_)
    once[1:] = (values[1:] != values[:-1]) | (item[1:] != item[:-1])
    values, item = values[once], item[once]
    _, place = np.unique(values, return_inverse=True)
    said, stem = np.unique(in_order(stems), return_inverse=True)
    uses = np.bincount(np.unique(place * len(said) + stem[item]) // max(len(said), 1))
    telling = uses[place] < TEMPLATE
    values, item = values[telling], item[telling]
    marks = np.zeros(1 << _BITS, np.bool_)
    marks[(values >> np.uint64(64 - _BITS)).astype(np.int64)] = True
    return _Runs(length, values, item, np.bincount(item, minlength=count), marks)
