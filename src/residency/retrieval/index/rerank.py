"""Reranking: a cross-encoder reads query and passage together and orders the best few anew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from residency.retrieval.index import sentence_models


class Reranker:
    """A cross-encoder of sentence-transformers, by its name on the hub or its folder; loaded at once.

    Raises:
        MissingDependencyError: the extra ``rerank`` is not installed.
        InputError: there is no such model.
    """

    def __init__(self, name: str) -> None:
        self._model: Any = sentence_models.load("CrossEncoder", name, "index.rerank")

    def scores(self, query: str, texts: Sequence[str]) -> NDArray[np.float64]:
        """How well each text answers the query, from 0 to 1, rounded so that the order of ties is fixed."""
        pairs = [(query, text) for text in texts]
        raw = np.asarray(self._model.predict(pairs, show_progress_bar=False), np.float64).reshape(len(texts), -1)
        best = raw[:, -1]  # a model of several classes has the one that means "relevant" last
        inside = best.min(initial=0.0) >= 0 and best.max(initial=0.0) <= 1
        return np.round(best if inside else 1 / (1 + np.exp(-best)), 6)
