"""An open index: finds passages by words, by meaning, or by both joined."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, cast

import numpy as np
from numpy.typing import NDArray

from residency.core.errors import InputError, UsageError
from residency.core.records import Passage
from residency.core.stage import Progress
from residency.core.text import content_stems, proper_names
from residency.generation.embeddings import Vectors
from residency.retrieval.index import store
from residency.retrieval.index.cache import VectorCache
from residency.retrieval.index.columns import Columns, Mask, read_columns
from residency.retrieval.index.encoders import TextEncoder, encoder_named
from residency.retrieval.index.lexical import Lexical, open_lexical
from residency.retrieval.index.ranking import Positions, best, fuse, ordered
from residency.retrieval.index.rerank import Reranker
from residency.retrieval.index.rows import ById, Rows
from residency.retrieval.index.text import searched_text
from residency.retrieval.index.vectors import VectorSearch

How = Literal["hybrid", "lexical", "embeddings"]
WAYS: tuple[How, ...] = ("hybrid", "lexical", "embeddings")
Found = list[tuple[Passage, float]]

DEPTH = 100
"""Places of each ranking that are joined."""
SPREAD = 4
"""BM25, cosines and rerankers' scores lie further apart than sums of reciprocal ranks do: the weight of what is
superseded counts so many times there, which ranks it down about as far (docs/retrieval.md)."""


class Index:
    """Passages and their ranking. Made by :func:`build_index` or :func:`open_index`.

    Attributes:
        head: what ``index.json`` says.
        passages: all of them in order, read from disk when asked for.
        by_id: the same by their ids.
        seconds: how long each part of the build took; empty for an index that was opened.
    """

    def __init__(self, folder: Path, head: dict[str, Any]) -> None:
        self.folder, self.head = folder, head
        self._columns: Columns = read_columns(folder / store.COLUMNS)
        self.passages = Rows(folder / store.PASSAGES, self._columns.offsets)
        self.by_id = ById(self.passages, self._columns.hashes, self._columns.places)
        self.seconds: dict[str, float] = {}
        some = len(self.passages) > 0
        self._lexical: Lexical | None = open_lexical(folder / store.BM25, len(self.passages)) if some else None
        self._vectors = VectorSearch(folder) if head["model"] else None

    @property
    def has_vectors(self) -> bool:
        """Whether it can be searched by meaning."""
        return self._vectors is not None

    @cached_property
    def names(self) -> frozenset[str]:
        """The words that the passages always write with a capital."""
        return proper_names(passage["text"] for passage in self.passages)

    @property
    def sources(self) -> list[str]:
        """The sources of the passages, in lower case."""
        return self._columns.sources

    def source_counts(self) -> dict[str, int]:
        """How many passages each source has."""
        counts = np.bincount(self._columns.source, minlength=len(self.sources))
        return dict(zip(self.sources, counts.tolist(), strict=True))

    def rarity(self, word: str) -> float:
        """How telling a word is: the mean over its stems of ln(passages / passages that hold it); a word in
        no passage counts as if it stood in one. 0 for a stop word."""
        return self._lexical.rarity(word) if self._lexical else 0.0

    def search(
        self,
        query: str,
        count: int,
        without: Collection[str] = (),
        *,
        how: How | None = None,
        sources: Sequence[str] = (),
        since: str = "",
        until: str = "",
    ) -> Found:
        """The best ``count`` passages for ``query`` with their scores, best first.

        Args:
            query: in words; one of stop words alone finds nothing.
            count: how many at most.
            without: ids of passages to leave out.
            how: None: "hybrid" where the index has vectors, else "lexical". Scores are sums of reciprocal ranks,
                BM25 and cosines in turn, or those of the reranker where one is set.
            sources: only passages of one of these, whatever their case.
            since: only passages dated then or later (ISO 8601, as far as known); undated ones are left out.
            until: only passages dated then or earlier.

        Raises:
            InputError: it has no vectors and is to search by meaning, or they are another model's.
            UsageError: ``how`` or a date is none.
        """
        how = self._way(how)
        vector = None
        if how != "lexical" and self._can_find(query, count):
            vector = self._encoder.encode([query], "query")[0]
        return self._find(query, vector, count, self._allowed(without, sources, since, until), how)

    def search_many(
        self,
        queries: Sequence[str],
        count: int,
        withouts: Sequence[Collection[str]] | None = None,
        *,
        how: How | None = None,
        progress: Progress | None = None,
    ) -> list[Found]:
        """What :meth:`search` finds for each query, with the queries embedded in batches and their vectors kept for
        the next time. ``withouts`` are the ids to leave out, for each query."""
        how = self._way(how)
        vectors: Sequence[Vectors | None] = [None] * len(queries)
        if how != "lexical" and queries and len(self.passages):
            vectors = list(VectorCache(self._encoder).vectors(queries, "query", progress, "queries embedded"))
        return [
            self._find(query, vector, count, self._allowed(without, (), "", ""), how)
            for query, vector, without in zip(queries, vectors, withouts or [()] * len(queries), strict=True)
        ]

    def _way(self, how: How | None) -> How:
        if how is not None and how not in WAYS:
            raise UsageError(f"there is no search {how!r}", "--how", f"Choose {', '.join(WAYS)}")
        if how in ("hybrid", "embeddings") and not self.has_vectors and len(self.passages):
            raise InputError(
                "the index has no vectors", str(self.folder), 'Search with --how lexical, or build it with "minilm"'
            )
        return how or ("hybrid" if self.has_vectors else "lexical")

    def _can_find(self, query: str, count: int) -> bool:
        return len(self.passages) > 0 and count > 0 and bool(content_stems(query))

    def _allowed(self, without: Collection[str], sources: Sequence[str], since: str, until: str) -> Mask | None:
        mask = self._columns.allowed(sources, since, until)
        places = [place for place in map(self.by_id.place, without) if place is not None]
        if places:
            mask = np.ones(len(self.passages), np.bool_) if mask is None else mask
            mask[places] = False
        return mask

    def _find(self, query: str, vector: Vectors | None, count: int, allowed: Mask | None, how: How) -> Found:
        if not self._can_find(query, count):
            return []
        reranks = bool(self.head["settings"]["rerank"])
        wanted = max(count, self.head["settings"]["rerank_best"]) if reranks else count
        places, scores = self._ranked(query, vector, max(DEPTH, wanted), allowed, how)
        scores = scores * self._weights(places, 1 if how == "hybrid" else SPREAD)
        places, scores = ordered(places, scores, wanted)
        if reranks and len(places):
            scores = self._reranker.scores(query, [searched_text(self.passages[int(place)]) for place in places])
            places, scores = ordered(places, scores * self._weights(places, SPREAD), count)
        return [(self.passages[int(place)], float(score)) for place, score in zip(places, scores, strict=True)]

    def _ranked(
        self, query: str, vector: Vectors | None, depth: int, allowed: Mask | None, how: How
    ) -> tuple[Positions, NDArray[np.float64]]:
        """Places and scores before what is superseded is ranked down."""
        by_words = by_meaning = np.empty(0, np.int64)
        if how != "embeddings":
            words = cast(Lexical, self._lexical).scores(query)
            if allowed is not None:
                words[~allowed] = 0
            by_words = best(words, depth)
            if how == "lexical":
                return by_words, words[by_words].astype(np.float64)
        by_meaning, cosines = cast(VectorSearch, self._vectors).nearest(cast(Vectors, vector), depth, allowed)
        if how == "embeddings":
            return by_meaning, cosines.astype(np.float64)
        return fuse([by_words, by_meaning])

    def _weights(self, places: Positions, times: int) -> NDArray[np.float64]:
        weight = self.head["settings"]["superseded_weight"] ** times
        return np.where(self._columns.superseded[places], weight, 1.0)

    @cached_property
    def _encoder(self) -> TextEncoder:
        encoder = encoder_named(self.head["settings"]["embeddings"])
        if encoder.digest != self.head["model"]["digest"]:
            raise InputError(
                f"its vectors are of another model than {encoder.name!r} is now", str(self.folder), store.AGAIN
            )
        return encoder

    @cached_property
    def _reranker(self) -> Reranker:
        return Reranker(self.head["settings"]["rerank"])


def open_index(folder: Path, verify: bool = True) -> Index:
    """Open an index that :func:`build_index` wrote.

    Args:
        folder: the index.
        verify: read every file and compare its digest; otherwise only their sizes are looked at.

    Raises:
        InputError: there is none, or a file of it is missing, cut short or was changed.
    """
    with store.reading(folder, verify) as head:
        return Index(folder, head)
