"""Ranking scores, and joining rankings. The order is the same everywhere: ties go to the earlier passage."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Positions = NDArray[np.int64]
Scores = NDArray[np.float32]

K = 60
"""Cormack's constant: how much less the first places count than they would alone."""


def best(scores: Scores, count: int) -> Positions:
    """The positions of the ``count`` highest scores above 0, best first, without sorting all."""
    count = min(count, len(scores))
    if count < 1:
        return np.empty(0, np.int64)
    last = max(np.partition(scores, len(scores) - count)[len(scores) - count], np.float32(0))
    above = np.flatnonzero(scores > last)
    ties = np.flatnonzero(scores == last)[: count - len(above)] if last > 0 else above[:0]
    found = np.concatenate([above, ties])
    return found[np.lexsort((found, -scores[found]))]


def fuse(rankings: Sequence[Positions]) -> tuple[Positions, NDArray[np.float64]]:
    """Join rankings by reciprocal rank: the score of a position is the sum of ``1 / (K + rank)`` over the
    rankings that hold it (Cormack, Clarke and Büttcher, "Reciprocal rank fusion outperforms Condorcet and individual
    rank learning methods", SIGIR 2009). Scores of different kinds need no common scale for it.

    Returns:
        The positions in their own order, and their scores.
    """
    found = np.unique(np.concatenate([*rankings, np.empty(0, np.int64)]))
    scores = np.zeros(len(found))
    for ranking in rankings:
        scores[np.searchsorted(found, ranking)] += 1 / (K + 1 + np.arange(len(ranking)))
    return found, scores


def ordered(positions: Positions, scores: NDArray[np.float64], count: int) -> tuple[Positions, NDArray[np.float64]]:
    """The ``count`` best of ``positions``, with their scores."""
    order = np.lexsort((positions, -scores))[:count]
    return positions[order], scores[order]
