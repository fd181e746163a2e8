"""What belongs together: pairs of one parent, of one prompt, or whose prompts and answers are nearly the same words.

Only pairs of different clusters may stand on the two sides of a cross-validation. Answers alone do not join pairs: a
sentence that many unrelated answers hold is the very fingerprint that is looked for.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from itertools import pairwise
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from rensa import RMinHash

from residency.core.text import normalise, words
from residency.preference.audit.compared import Compared

NEAR = 0.7  # Jaccard similarity of the sets of word triples
BANDS, ROWS = 20, 6  # two texts at 0.7 share a band in 92 of 100 cases, at 0.8 in all but one of 100
SHINGLE = 3
WORDS = 400  # of a text that are looked at
FOLDS = 5


class _Joined:
    """Sets that are joined, each named by its lowest member."""

    def __init__(self, count: int) -> None:
        self.up = list(range(count))

    def of(self, place: int) -> int:
        while self.up[place] != place:
            self.up[place] = self.up[self.up[place]]
            place = self.up[place]
        return place

    def join(self, one: int, other: int) -> None:
        low, high = sorted((self.of(one), self.of(other)))
        self.up[high] = low


def clusters_of(pairs: Sequence[Compared]) -> NDArray[np.int64]:
    """The number of each pair's cluster, shape (pairs,)."""
    joined = _Joined(len(pairs))
    shared: dict[Hashable, list[int]] = defaultdict(list)
    for place, pair in enumerate(pairs):
        for parent in pair.parents:
            shared["parent", parent].append(place)
        if prompt := normalise(pair.prompt):
            shared["prompt", prompt].append(place)
    for places in shared.values():
        for one, other in pairwise(places):
            joined.join(one, other)
    first = sorted({joined.of(place) for place in range(len(pairs))})
    for one, other in _near([f"{pairs[place].prompt}\n{pairs[place].chosen}" for place in first]):
        joined.join(first[one], first[other])
    _, numbers = np.unique([joined.of(place) for place in range(len(pairs))], return_inverse=True)
    return np.asarray(numbers, np.int64)


def _near(texts: Sequence[str]) -> Iterable[tuple[int, int]]:
    """Texts that are nearly the same, each with the first of those that share a band of its signature with it."""
    sets = [_shingles(text) for text in texts]
    values = np.array([value for own in sets for value in sorted(own)], np.uint64)
    offsets = np.cumsum([0, *map(len, sets)]).astype(np.uint64)
    matrix = RMinHash.digest_matrix_from_flat_token_hashes(values, offsets, BANDS * ROWS, 1)
    buckets: dict[Hashable, int] = {}
    for place, signature in enumerate(matrix.to_rows()):
        if not sets[place]:
            continue
        for band in range(BANDS):
            key = (band, *signature[band * ROWS : (band + 1) * ROWS])
            first = buckets.setdefault(key, place)
            if first != place and len(sets[first] & sets[place]) >= NEAR * len(sets[first] | sets[place]):
                yield first, place


def _shingles(text: str) -> frozenset[int]:
    said = words(text)[:WORDS]
    runs = (said[start : start + SHINGLE] for start in range(max(1, len(said) - SHINGLE + 1)))
    return frozenset(crc32(" ".join(run).encode("utf-8", "replace")) for run in runs if run)


def folds_of(clusters: NDArray[np.int64], rng: random.Random) -> NDArray[np.int64]:
    """Each pair's fold, shape (pairs,): whole clusters, the largest first, each to the fold with the fewest pairs."""
    sizes = Counter(clusters.tolist())
    order = sorted(sizes)
    rng.shuffle(order)
    held = [0] * FOLDS
    fold: dict[int, int] = {}
    for cluster in sorted(order, key=lambda name: -sizes[name]):
        fold[cluster] = held.index(min(held))
        held[fold[cluster]] += sizes[cluster]
    return np.array([fold[cluster] for cluster in clusters.tolist()], np.int64)
