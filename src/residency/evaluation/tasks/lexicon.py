"""A search by words over passages in memory: what finds distractors, and what stands for the search tool.

The index of a run ranks by meaning as well and needs its folder. Items must be the same on any machine and be graded
from their file alone, so that what is found here depends on the passages and the query only.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from functools import cached_property

from residency.core.records import Passage
from residency.core.text import content_stems

K1, B = 1.2, 0.75
"""BM25's constants as they are in most engines."""


class Lexicon:
    """Passages ranked by BM25 over the stems of title and text."""

    def __init__(self, passages: Iterable[Passage]) -> None:
        self._passages = list(passages)

    def search(self, query: str, count: int, without: Collection[str] = (), since: str = "") -> list[Passage]:
        """The best ``count`` passages that share a word with the query, best first; of equals, the one that stands
        first.

        Args:
            query: in words.
            count: how many at most.
            without: ids to leave out.
            since: only passages of this date or later (ISO 8601, as far as known); undated ones are left out.
        """
        postings, lengths = self._postings
        mean = sum(lengths) / max(1, len(lengths))
        scores: dict[int, float] = defaultdict(float)
        for stem in dict.fromkeys(content_stems(query)):
            if stem not in postings:
                continue
            places, often = postings[stem]
            rarity = math.log(1 + (len(lengths) - len(places) + 0.5) / (len(places) + 0.5))
            for place, times in zip(places, often, strict=True):
                scores[place] += rarity * times * (K1 + 1) / (times + K1 * (1 - B + B * lengths[place] / mean))
        order = sorted(scores, key=lambda place: (-scores[place], place))
        found = (self._passages[place] for place in order)
        return [one for one in found if one["id"] not in without and _is_since(one, since)][:count]

    @cached_property
    def _postings(self) -> tuple[dict[str, tuple[array[int], array[int]]], list[int]]:
        """For each stem the places of the passages that hold it and how often each does, and the lengths of the
        passages in stems."""
        postings: dict[str, tuple[array[int], array[int]]] = defaultdict(lambda: (array("I"), array("I")))
        lengths: list[int] = []
        for place, passage in enumerate(self._passages):
            stems = content_stems(f"{passage['title']}. {passage['text']}")
            lengths.append(len(stems))
            for stem, times in Counter(stems).items():
                places, often = postings[stem]
                places.append(place)
                often.append(times)
        return dict(postings), lengths


def _is_since(passage: Passage, since: str) -> bool:
    """Whether a passage may be of a date or later: a year stands for its last day."""
    date = passage.get("date", "")
    return not since or (bool(date) and date + "~" > since)  # "~" comes behind every digit and dash
