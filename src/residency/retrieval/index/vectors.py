"""Search by meaning: the passages whose vectors have the highest cosine with the query's."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from residency.generation.embeddings import Vectors
from residency.retrieval.index.columns import Mask
from residency.retrieval.index.ranking import Positions, best

DECIMALS = 5
"""To which cosines are rounded before they are compared, so that equal texts tie however they are added up."""


class VectorSearch:
    """Vectors of unit length by memory map, float32 of shape (passages, width)."""

    def __init__(self, path: Path) -> None:
        self._vectors: Vectors = np.load(path, mmap_mode="r", allow_pickle=False)

    def nearest(self, query: Vectors, count: int, allowed: Mask | None) -> tuple[Positions, NDArray[np.float32]]:
        """The ``count`` passages nearest to a query, best first, with their cosines; none with a cosine of 0 or less.

        Args:
            query: a vector of unit length.
            count: how many.
            allowed: which passages may be found; None: all.
        """
        cosines = np.round(self._vectors @ query, DECIMALS)
        if allowed is not None:
            cosines[~allowed] = 0
        found = best(cosines, count)
        return found, cosines[found]
