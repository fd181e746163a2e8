"""Search by words: BM25 over stems, by bm25s."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import bm25s
import numpy as np

from residency.core.text import content_stems
from residency.retrieval.index.ranking import Scores

EMPTY = "-"
"""What stands for a passage without a word; no stem is like it."""


class Lexical:
    """The words of ``count`` passages."""

    def __init__(self, scorer: Any, count: int) -> None:
        self._scorer, self._count = scorer, count

    def scores(self, query: str) -> Scores:
        """BM25 of every passage for the query; 0 where they share no word."""
        known = self._scorer.vocab_dict
        ids = [known[stem] for stem in content_stems(query) if stem in known]
        if not ids:
            return np.zeros(self._count, np.float32)
        return np.asarray(self._scorer.get_scores_from_ids(ids), np.float32)

    def rarity(self, word: str) -> float:
        """The mean over a word's stems of ln(passages / passages that hold it); a word in no passage counts as if it
        stood in one. 0 for a stop word."""
        stems = content_stems(word)
        return sum(math.log(self._count / max(1, self._frequency(stem))) for stem in stems) / max(1, len(stems))

    def _frequency(self, stem: str) -> int:
        """In how many passages a stem stands."""
        place = self._scorer.vocab_dict.get(stem)
        starts = self._scorer.scores["indptr"]
        return 0 if place is None else int(starts[place + 1] - starts[place])


def build_lexical(folder: Path, texts: Iterable[str], k1: float, b: float) -> None:
    """Write the BM25 index of ``texts``, at least one, to ``folder``."""
    _indexed(texts, k1, b).save(str(folder), show_progress=False)


def lexical_of(texts: Sequence[str], k1: float, b: float) -> Lexical:
    """The words of ``texts``, at least one, in memory."""
    return Lexical(_indexed(texts, k1, b), len(texts))


def _indexed(texts: Iterable[str], k1: float, b: float) -> Any:
    vocabulary: dict[str, int] = {}  # in order of appearance: bm25s's own order is another in each process
    ids = [[vocabulary.setdefault(stem, len(vocabulary)) for stem in content_stems(text) or [EMPTY]] for text in texts]
    scorer = bm25s.BM25(k1=k1, b=b)
    scorer.index((ids, vocabulary), show_progress=False)
    return scorer


def open_lexical(folder: Path, count: int) -> Lexical:
    """Open what :func:`build_lexical` wrote for ``count`` passages."""
    return Lexical(bm25s.BM25.load(str(folder), mmap=True, show_progress=False), count)
