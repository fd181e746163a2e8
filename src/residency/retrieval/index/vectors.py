"""Search by meaning: the passages whose vectors have the highest cosine with the query's.

Up to :data:`EXACT` passages every cosine is taken. Above, a first look at :data:`COARSE_WIDTH` numbers for each passage
(the projection on the directions in which the vectors lie, which keeps most of every inner product) chooses
:data:`CANDIDATES`, and only theirs are taken: a sixth of the time, and the same passages in 99 cases of 100.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from residency.generation.embeddings import Vectors
from residency.retrieval.index.columns import Mask
from residency.retrieval.index.ranking import Positions, best

VECTORS, COARSE, DIRECTIONS = "vectors.npy", "coarse.npy", "directions.npy"
EXACT = 20_000
COARSE_WIDTH = 96
CANDIDATES = 1_000
BLOCK = 10_000
"""Passages that are projected at once, when the index is built."""
DECIMALS = 5
"""To which cosines are rounded before they are compared, so that equal texts tie however they are added up."""


class VectorSearch:
    """Vectors of unit length by memory map, float32 of shape (passages, width), and their projections where there are
    many."""

    def __init__(self, folder: Path) -> None:
        self._vectors: Vectors = np.load(folder / VECTORS, mmap_mode="r", allow_pickle=False)
        self._coarse: Vectors | None = None
        if (folder / COARSE).is_file():
            self._coarse = np.load(folder / COARSE, mmap_mode="r", allow_pickle=False)
            self._directions: Vectors = np.load(folder / DIRECTIONS, allow_pickle=False)

    def nearest(self, query: Vectors, count: int, allowed: Mask | None) -> tuple[Positions, NDArray[np.float32]]:
        """The ``count`` passages nearest to a query, best first, with their cosines; none with a cosine of 0 or less.

        Args:
            query: a vector of unit length.
            count: how many.
            allowed: which passages may be found; None: all.
        """
        candidates = self._candidates(query, max(CANDIDATES, 2 * count), allowed)
        vectors = self._vectors if candidates is None else self._vectors[candidates]
        cosines = np.round(vectors @ query, DECIMALS)
        if candidates is None and allowed is not None:
            cosines[~allowed] = 0
        found = best(cosines, count)
        return (found if candidates is None else candidates[found]), cosines[found]

    def _candidates(self, query: Vectors, count: int, allowed: Mask | None) -> Positions | None:
        """Positions in ascending order; None: all."""
        if allowed is not None and np.count_nonzero(allowed) <= EXACT:
            return np.flatnonzero(allowed)
        if self._coarse is None or count >= len(self._coarse):
            return None
        rough = self._coarse @ (query @ self._directions)
        if allowed is not None:
            rough[~allowed] = -np.inf
        found = np.argpartition(rough, len(rough) - count)[len(rough) - count :]
        return np.sort(found if allowed is None else found[allowed[found]])


def write_vectors(folder: Path, vectors: Vectors) -> None:
    """Write what :class:`VectorSearch` opens."""
    np.save(folder / VECTORS, vectors)
    if len(vectors) <= EXACT or vectors.shape[1] <= COARSE_WIDTH:
        return
    moments = np.zeros((vectors.shape[1],) * 2, np.float64)
    for start in range(0, len(vectors), BLOCK):
        block = vectors[start : start + BLOCK]
        moments += block.T @ block
    directions = np.linalg.eigh(moments)[1][:, -COARSE_WIDTH:].astype(np.float32)
    np.save(folder / DIRECTIONS, directions)
    np.save(folder / COARSE, vectors @ directions)
