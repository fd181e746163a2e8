"""MinHash sketches and the pairs that they make likely, verified by their exact Jaccard similarity.

Sources: Broder 1997 (MinHash); Leskovec, Rajaraman and Ullman 2014, section 3.4 (bands). Sketches are rensa's. A pair
is reported on its exact similarity alone; sketches only say where to look.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from rensa import RMinHash
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree

from residency.core.comparing.tokens import Ragged, distinct, mix

Signatures = NDArray[np.uint16]
Places = NDArray[np.int64]
Scores = NDArray[np.float32]

SEED = 1
LARGE = 24  # rows of one bucket above which not every pair of it is looked at
AT_ONCE = 10_000  # pairs verified together
FOREST = 0
ROUNDS = (FOREST, FOREST, FOREST, 1, 2, 8)  # pairs verified between any two groups in each round; first a forest
SIGMAS = 2.0  # 2 of 100 pairs exactly at the threshold are passed over so, beside those that share no band
FIRST_LOOK = 64  # hashes of a signature, the low 8 bits of each, that tell most strangers apart

_T = TypeVar("_T")


@dataclass(frozen=True)
class Bands:
    """How a signature is cut: ``count`` bands of ``rows`` hashes each."""

    count: int
    rows: int

    @property
    def hashes(self) -> int:
        """Hashes in a signature."""
        return self.count * self.rows


def bands_for(threshold: float, most: int, missed: float) -> Bands:
    """The steepest cut of at most ``most`` hashes that overlooks a pair exactly at ``threshold`` with a probability,
    ``(1 - threshold^rows)^bands``, of at most ``missed``, in as few bands as that takes."""
    for rows in range(most, 0, -1):
        for count in range(1, most // rows + 1):
            if (1 - threshold**rows) ** count <= missed:
                return Bands(count, rows)
    return Bands(most, 1)


def sketch(rows: Ragged, hashes: int) -> Signatures:
    """The signature of each row's set of hashes, shape (rows, hashes), the low 16 bits of each minimum. Rows without
    any hash share one signature."""
    matrix = RMinHash.digest_matrix_from_flat_token_hashes(rows.values, rows.offsets.astype(np.uint64), hashes, SEED)
    values = np.fromiter(chain.from_iterable(matrix.to_rows()), np.uint32, len(rows) * hashes)
    return values.reshape(-1, hashes).astype(np.uint16)


def candidates(signatures: Signatures, bands: Bands, threshold: float) -> tuple[Places, Places, Scores]:
    """Pairs of rows whose signatures agree in a whole band and, as a whole, leave the threshold possible.

    Of a bucket with more than :data:`LARGE` rows each row is paired with the first and with the next ones only: enough
    to connect what belongs together. Returns the lower and the higher row of each pair, each pair once, sorted, with
    the share of equal hashes, which estimates the similarity.
    """
    first_look = signatures[:, :FIRST_LOOK].astype(np.uint8)

    def likely_pairs(band: int) -> NDArray[np.uint64]:
        part = signatures[:, band * bands.rows : (band + 1) * bands.rows]
        one, other = _bucket_pairs(_keys(part))
        likely = _equal(first_look, one, other) >= _least(threshold, first_look.shape[1])
        return distinct(_packed(one[likely], other[likely]))

    one, other = _unpacked(distinct(np.concatenate(_on_all_cores(likely_pairs, range(bands.count)))))
    share = _equal(signatures, one, other)
    likely = share >= _least(threshold, signatures.shape[1])
    return one[likely], other[likely], share[likely]


def _packed(one: Places, other: Places) -> NDArray[np.uint64]:
    return one.astype(np.uint64) << np.uint64(32) | other.astype(np.uint64)


def _unpacked(pairs: NDArray[np.uint64]) -> tuple[Places, Places]:
    return (pairs >> np.uint64(32)).astype(np.int64), (pairs & np.uint64(0xFFFFFFFF)).astype(np.int64)


def jaccard(rows: Ragged, one: Places, other: Places) -> Scores:
    """The exact Jaccard similarity of the sets of each pair of rows, shape (pairs,); 0 where both are empty.

    ``rows`` are as :func:`residency.core.comparing.tokens.as_sets` gives them.
    """
    starts = range(0, len(one), AT_ONCE)
    scores = _on_all_cores(lambda at: _jaccard(rows, one[at : at + AT_ONCE], other[at : at + AT_ONCE]), starts)
    return np.concatenate([np.empty(0, np.float32), *scores])


def _jaccard(rows: Ragged, one: Places, other: Places) -> Scores:
    sides = [rows.take(side) for side in (one, other)]
    keys = [
        # The pair's number in the upper bits, so that both sides ascend as a whole.
        (np.repeat(np.arange(len(one), dtype=np.uint64), side.lengths) << np.uint64(32)) | side.values
        for side in sides
    ]
    # Stable sorting finds the two ascending halves, and only merges them.
    merged = np.sort(np.concatenate(keys), kind="stable")
    both = merged[1:][merged[1:] == merged[:-1]]
    shared = np.bincount((both >> np.uint64(32)).astype(np.int64), minlength=len(one))
    union = sides[0].lengths + sides[1].lengths - shared
    scores: Scores = np.divide(shared, union, out=np.zeros(len(one)), where=union > 0).astype(np.float32)
    return scores


def _keys(part: Signatures) -> NDArray[np.uint64]:
    """One key for each row's part of the signature."""
    keys = np.zeros(len(part), np.uint64)
    for column in range(part.shape[1]):
        keys = mix(keys ^ (part[:, column].astype(np.uint64) + np.uint64(column << 32)))
    return keys


def _bucket_pairs(keys: NDArray[np.uint64]) -> tuple[Places, Places]:
    # The row in the lowest bits of its key: plain sorting is several times as fast as sorting by a key, and the few
    # bits that are lost bring a stranger together now and then, which is found out at the first look.
    bits = np.uint64(len(keys).bit_length())
    packed = np.sort((keys >> bits << bits) | np.arange(len(keys), dtype=np.uint64))
    order = (packed & ((np.uint64(1) << bits) - np.uint64(1))).astype(np.int64)
    ranked = packed >> bits
    begins = np.flatnonzero(np.concatenate([np.ones(1, np.bool_), ranked[1:] != ranked[:-1]])) if len(keys) else order
    sizes = np.diff(np.append(begins, len(keys)))
    size_of = np.repeat(sizes, sizes)
    rank = np.arange(len(keys)) - np.repeat(begins, sizes)
    ones: list[Places] = []
    others: list[Places] = []
    for step in range(1, LARGE):
        # Row k of a bucket with row k + step, as long as both are in it.
        first = np.flatnonzero(rank + step < size_of)
        if not len(first):
            break
        ones.append(order[first])
        others.append(order[first + step])
    large = np.flatnonzero((size_of > LARGE) & (rank >= LARGE))
    ones.append(order[large - rank[large]])
    others.append(order[large])
    one, other = np.concatenate(ones), np.concatenate(others)
    return np.minimum(one, other), np.maximum(one, other)


def _least(threshold: float, hashes: int) -> float:
    """The share of equal hashes below which the threshold lies more than :data:`SIGMAS` standard errors above."""
    return threshold - SIGMAS * float(np.sqrt(threshold * (1 - threshold) / hashes))


def _on_all_cores(work: Callable[[int], _T], items: Iterable[int]) -> list[_T]:
    """What ``work`` gives for each item, in order. Threads are enough: numpy's sorting does not hold Python's lock."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(work, items))


def _equal(signatures: NDArray[np.uint8] | Signatures, one: Places, other: Places) -> Scores:
    """The share of equal hashes, of up to 255, of each pair, shape (pairs,)."""
    counts = np.empty(len(one), np.uint8)
    for start in range(0, len(one), AT_ONCE):
        stop = start + AT_ONCE
        same = signatures.take(one[start:stop], axis=0) == signatures.take(other[start:stop], axis=0)
        counts[start:stop] = np.add.reduce(same.view(np.uint8), axis=1, dtype=np.uint8)
    return counts.astype(np.float32) / np.float32(signatures.shape[1])


def near_pairs(rows: Ragged, signatures: Signatures, bands: Bands, threshold: float) -> tuple[Places, Places, Scores]:
    """Pairs of rows whose sets of shingles have a Jaccard similarity of at least ``threshold``, with it, which together
    connect all that such pairs connect; what others connect already is not looked at.

    Rows without any shingle are like no other. Between two groups of rows only the likeliest pairs are verified
    (:data:`ROUNDS`), so that a bank full of templates does not cost its square.
    """
    one, other, share = candidates(signatures, bands, threshold)
    label = np.arange(len(signatures))
    found: list[tuple[Places, Places, Scores]] = []
    for most in ROUNDS:
        ends = np.sort(np.stack([label[one], label[other]]), axis=0)
        apart = ends[0] != ends[1]
        one, other, share, ends = one[apart], other[apart], share[apart], ends[:, apart]
        chosen = _likeliest(_packed(*ends), share, most) if most else _forest(ends, share, len(label))
        scores = jaccard(rows, one[chosen], other[chosen])
        near = chosen[scores >= threshold]
        found.append((one[near], other[near], scores[scores >= threshold]))
        rest = np.ones(len(one), np.bool_)
        rest[chosen] = False
        one, other, share = one[rest], other[rest], share[rest]
        joined = [np.concatenate(column) for column in zip(*found, strict=True)]
        label = components(len(label), joined[0], joined[1])
    return joined[0], joined[1], joined[2]


def _forest(ends: NDArray[np.int64], share: Scores, count: int) -> Places:
    """The places of the pairs that connect all groups which any pair connects, by the highest shares."""
    best = _likeliest(_packed(*ends), share, 1)
    graph = coo_matrix((1.01 - share[best], ends[:, best]), shape=(count, count))
    tree = minimum_spanning_tree(graph.tocsr()).tocoo()
    keys = np.sort(_packed(tree.row.astype(np.int64), tree.col.astype(np.int64)))
    chosen: Places = best[np.isin(_packed(*ends[:, best]), keys)]
    return chosen


def _likeliest(groups: NDArray[np.uint64], share: Scores, most: int) -> Places:
    """The places of the ``most`` highest shares of each group."""
    order = np.lexsort((-share, groups))
    ranked = groups[order]
    begins = np.flatnonzero(np.concatenate([np.ones(min(1, len(ranked)), np.bool_), ranked[1:] != ranked[:-1]]))
    rank = np.arange(len(order)) - np.repeat(begins, np.diff(np.append(begins, len(order))))
    chosen: Places = order[rank < most]
    return chosen


def components(count: int, one: Places, other: Places) -> Places:
    """For each of ``count`` rows the lowest row that pairs connect it with, shape (rows,)."""
    if not count:
        return np.empty(0, np.int64)
    graph = coo_matrix((np.ones(len(one), np.bool_), (one, other)), shape=(count, count))
    _, label = connected_components(graph, directed=False)
    lowest = np.full(label.max() + 1, count, np.int64)
    np.minimum.at(lowest, label, np.arange(count))
    found: Places = lowest[label]
    return found
