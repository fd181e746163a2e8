"""Cuts a scorer's values into people's grades, so that the two can be counted as agreeing or not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from residency.core.stage import seeded

FOLDS = 5


def cuts(values: NDArray[np.float64], grades: NDArray[np.int64], count: int) -> NDArray[np.float64]:
    """The values between the grades, shape (count - 1,), at which each grade is given as often as people gave it.

    Args:
        values: a scorer's, shape (n,).
        grades: people's, as places 0 to ``count`` - 1, shape (n,).
        count: how many grades there are.
    """
    ordered = np.sort(values)
    below = np.searchsorted(np.sort(grades), np.arange(1, count))
    edges = np.concatenate([[-np.inf], ordered, [np.inf]])
    return np.asarray((edges[below] + edges[below + 1]) / 2)


def cut_grades(
    values: Sequence[float], grades: Sequence[int], clusters: Sequence[str], count: int, seed: int = 0
) -> NDArray[np.int64]:
    """The grade that each value comes to, as places 0 to ``count`` - 1. The cuts are those of the other questions: in
    ``FOLDS`` parts, drawn by question, each is graded by the cuts of the rest. With a single question there is no rest,
    and its own cuts serve."""
    scores, given = np.asarray(values, float), np.asarray(grades, int)
    names = sorted(set(clusters))
    seeded(seed, "folds").shuffle(names)
    fold_of = {name: number % FOLDS for number, name in enumerate(names)}
    folds = np.array([fold_of[name] for name in clusters])
    found = np.zeros(len(scores), int)
    for fold in set(folds.tolist()):
        own = folds == fold
        rest = ~own if (~own).any() else own
        found[own] = np.searchsorted(cuts(scores[rest], given[rest], count), scores[own], side="left")
    return found
