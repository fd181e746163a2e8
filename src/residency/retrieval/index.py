"""A BM25 index over passages, kept as a folder and opened by memory map.

The folder holds ``passages.jsonl``, bm25s's files under ``bm25/`` and ``index.json`` with the passages'
digest, which is verified on opening.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import bm25s
import numpy as np

from residency.core.errors import InputError
from residency.core.files import file_digest, read_json, read_jsonl, write_json, write_jsonl
from residency.core.records import Passage
from residency.core.text import content_stems, proper_names

PASSAGES = "passages.jsonl"
HEAD = "index.json"
BM25 = "bm25"


class Index:
    """Passages and their ranking. Made by :func:`build_index` or :func:`open_index`."""

    def __init__(self, passages: Sequence[Passage], scorer: Any) -> None:
        self.passages = list(passages)
        self.by_id = {passage["id"]: passage for passage in self.passages}
        self._scorer = scorer
        counts = Counter(stem for p in self.passages for stem in set(content_stems(f"{p['title']} {p['text']}")))
        self._frequency = dict(counts)

    @cached_property
    def names(self) -> frozenset[str]:
        """The words that the passages always write with a capital."""
        return proper_names(passage["text"] for passage in self.passages)

    def rarity(self, word: str) -> float:
        """How telling a word is: the mean over its stems of ln(passages / passages that hold it); a word in
        no passage counts as if it stood in one. 0 for a stop word."""
        stems = content_stems(word)
        if not stems or not self.passages:
            return 0.0
        return sum(math.log(len(self.passages) / self._frequency.get(stem, 1)) for stem in stems) / len(stems)

    def search(self, query: str, count: int, without: Collection[str] = ()) -> list[tuple[Passage, float]]:
        """The best ``count`` passages for ``query`` with their BM25 scores, best first.

        Passages whose id is in ``without``, and those that share no word with the query, are left out;
        ties go to the earlier passage, so that the order is the same everywhere.
        """
        stems = content_stems(query)
        if not self.passages or not stems or count < 1:
            return []
        scores = self._scorer.get_scores(stems)
        order = np.argsort(-scores, kind="stable")
        found: list[tuple[Passage, float]] = []
        for position in order:
            if scores[position] <= 0 or len(found) == count:
                break
            if self.passages[position]["id"] not in without:
                found.append((self.passages[position], float(scores[position])))
        return found


def build_index(folder: Path, passages: Sequence[Passage], k1: float = 1.2, b: float = 0.75) -> Index:
    """Write the index of ``passages`` to ``folder`` and return it open."""
    write_jsonl(folder / PASSAGES, passages)
    scorer = None
    if passages:
        scorer = bm25s.BM25(k1=k1, b=b)
        vocabulary: dict[str, int] = {}  # in order of appearance: bm25s's own order is another in each process
        stems = (content_stems(f"{p['title']} {p['text']}") or ["-"] for p in passages)
        ids = [[vocabulary.setdefault(stem, len(vocabulary)) for stem in row] for row in stems]
        scorer.index((ids, vocabulary), show_progress=False)
        scorer.save(str(folder / BM25))
    write_json(folder / HEAD, {"passages": len(passages), "sha256": file_digest(folder / PASSAGES), "k1": k1, "b": b})
    return Index(passages, scorer)


def open_index(folder: Path) -> Index:
    """Open an index that :func:`build_index` wrote; InputError when it is absent or was changed."""
    head = read_json(folder / HEAD)
    if head["sha256"] != file_digest(folder / PASSAGES):
        raise InputError("the passages were changed after the index was built", str(folder), "Build the index again")
    passages = [cast(Passage, row) for row in read_jsonl(folder / PASSAGES)]
    scorer = bm25s.BM25.load(str(folder / BM25), mmap=True) if passages else None
    return Index(passages, scorer)
