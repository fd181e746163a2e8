"""How well answers alone tell chosen from rejected: a logistic regression on differences, judged out of fold.

The model gives an answer a score that is linear in its features, and is fitted so that a pair's chosen answer scores
above its rejected one: the logistic regression of differences without an intercept (Bradley and Terry 1952; as a
ranking by pairs, Joachims 2002). Seen from the other side a pair has the opposite features and the opposite label, and
so the same loss: both signs are in it. That is the strongest linear reader of pairs, since what a pair's answers share
cancels. The AUC is the share of held-out pairs whose chosen answer scores higher, ties counting half.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse
from scipy.stats import norm

from residency.judging.statistics import estimate, wilson
from residency.preference.audit.clusters import FOLDS, folds_of
from residency.preference.audit.features import Differences

PENALTY = 1.0  # of half the squared weights, against the sum of the losses
STEPS = 100
MANY = 200  # clusters
TIE = 1e-6
FEW = 2 * FOLDS  # clusters below which nothing is fitted
SHOWN, LEAST, Z = 8, 3, 3.0  # tell-tales: how many, in how many clusters, and how far from even

Floats = NDArray[np.float64]


def fitted(matrix: Any) -> Floats:
    """The weights under which chosen answers score highest, shape (features,)."""

    def loss(weights: Floats) -> tuple[float, Floats]:
        margin = matrix @ weights
        wrong = 1 / (1 + np.exp(np.clip(margin, -30, 30)))
        total = np.logaddexp(0, -margin).sum() + PENALTY / 2 * weights @ weights
        return float(total), PENALTY * weights - matrix.T @ wrong

    start = np.zeros(matrix.shape[1])
    if not matrix.shape[1]:
        return start
    found = optimize.minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": STEPS})
    return np.asarray(found.x, float)


def out_of_fold(matrix: Any, folds: NDArray[np.int64]) -> Floats:
    """For each pair the score of chosen over rejected by a model that saw nothing of its fold, shape (pairs,)."""
    scores = np.zeros(matrix.shape[0])
    for fold in np.unique(folds):
        held = folds == fold
        scores[held] = matrix[held] @ fitted(matrix[~held])
    return scores


def wins(scores: Floats) -> list[float]:
    """1 where chosen scores higher, 0 where rejected does, a half where neither."""
    return [0.5 if abs(score) < TIE else float(score > 0) for score in scores.tolist()]


@dataclass(frozen=True)
class Reader:
    """What one kind of features tells: of each pair by a model of all pairs, and within a type by the type's own."""

    differences: Differences
    clusters: NDArray[np.int64]
    seed: int

    def whole(self) -> Floats:
        """:func:`out_of_fold` over all pairs; empty where the clusters are too few."""
        return self.of(np.arange(self.differences.pairs))

    def of(self, places: NDArray[np.int64]) -> Floats:
        """:func:`out_of_fold` within some of the pairs."""
        clusters = self.clusters[places]
        if len(np.unique(clusters)) < FEW:
            return np.empty(0)
        return out_of_fold(self.differences.matrix[places], folds_of(clusters, random.Random(self.seed)))

    def tell_tales(self, places: NDArray[np.int64]) -> list[dict[str, Any]]:
        """The features of the largest weights in a model of these pairs that lean to one side in more clusters than
        chance explains, each with the pairs in which it stands more often on either side."""
        matrix = self.differences.matrix[places]
        if not matrix.shape[0]:
            return []
        numbers = np.unique(self.clusters[places], return_inverse=True)[1]
        member = (np.ones(len(places)), (numbers, np.arange(len(places))))
        more, less = _each_side(sparse.csr_matrix(member, (int(numbers.max()) + 1, len(places))) @ matrix)
        known = more + less >= LEAST
        leans = known & (np.abs(more - less) >= Z * np.sqrt(more + less))
        weights = fitted(matrix)
        chosen, rejected = _each_side(matrix)
        order = np.argsort(-np.abs(weights), kind="stable")
        return [
            {
                "feature": self.differences.names[place],
                "weight": round(float(weights[place]), 3),
                "more_in_chosen": int(chosen[place]),
                "more_in_rejected": int(rejected[place]),
            }
            for place in order[leans[order]][:SHOWN].tolist()
        ]


def _each_side(matrix: Any) -> tuple[Floats, Floats]:
    """In how many rows each feature is above 0, and in how many below, shape (features,) each."""
    above, below = (np.asarray(side.sum(axis=0), float).ravel() for side in (matrix > 0, matrix < 0))
    return above, below


def auc(scores: Floats, clusters: NDArray[np.int64], seed: int) -> dict[str, Any]:
    """The pairwise AUC as plain values: ``auc``, ``low`` and ``high`` (None where nothing was fitted, or nothing can be
    said), ``pairs``, ``clusters``, ``ties`` and the interval's ``method``."""
    if not len(scores):
        method = f"not fitted: fewer than {FEW} clusters"
        return {"auc": None, "low": None, "high": None, "pairs": 0, "clusters": 0, "ties": 0, "method": method}
    won = wins(scores)
    low, high, method = _interval(won, clusters, seed)
    return {
        "auc": float(np.mean(won)),
        "low": low,
        "high": high,
        "pairs": len(won),
        "clusters": len(np.unique(clusters)),
        "ties": won.count(0.5),
        "method": method,
    }


def _interval(won: Sequence[float], clusters: NDArray[np.int64], seed: int) -> tuple[float | None, float | None, str]:
    """That of :func:`residency.judging.statistics.estimate`; with :data:`MANY` clusters Wilson's form on the variance
    between them, which a bootstrap of so many would only repeat at a thousand times the cost."""
    _, numbers, sizes = np.unique(clusters, return_inverse=True, return_counts=True)
    share, count = float(np.mean(won)), len(sizes)
    residuals = np.bincount(numbers, won) - share * sizes
    variance = count / max(1, count - 1) * float((residuals**2).sum()) / len(won) ** 2
    if count < MANY or variance < 1e-12:
        found = estimate(won, [str(cluster) for cluster in clusters.tolist()], seed=seed)
        return found.low, found.high, found.method
    low, high = wilson(share, share * (1 - share) / variance, float(norm.ppf(0.975)))
    return low, high, "Wilson on the variance between clusters"
