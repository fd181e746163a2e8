"""Pairs of questions that mean the same by the cosine of their vectors, searched exactly.

The product of all vectors with all others is taken block by block and never held as a whole: 90,000 questions are
4 billion pairs, half of which are looked at, 3 TFLOP.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from residency.corpus.comparing.sketch import Places, Scores
from residency.corpus.comparing.telling import Telling, same_frame

Vectors = NDArray[np.float32]

ROWS, COLUMNS = 1024, 8192  # of a block of cosines: 32 MB
MOST = 200_000  # pairs that are held; beyond these the least alike are dropped, and counted


class Understood(NamedTuple):
    """Questions with their vectors of unit length, shape (questions, width), and what tells each apart."""

    texts: Sequence[str]
    vectors: Vectors
    told: Telling


class Alike(NamedTuple):
    """Pairs, by the place of the first question and of the second, with their cosines, sorted by place; ``dropped`` is
    the number of pairs that were too many to look at."""

    one: Places
    other: Places
    scores: Scores
    dropped: int


def alike_within(questions: Understood, threshold: float, advance: Callable[[int], object]) -> Alike:
    """The pairs of questions whose cosine reaches ``threshold`` and which nothing tells apart, each once, the lower
    place first; ``advance`` is told how many more questions were compared with the others."""
    return _alike(questions, questions, threshold, advance)


def alike_across(questions: Understood, others: Understood, threshold: float) -> Alike:
    """The same for pairs of one of ``questions`` and one of ``others``."""
    return _alike(questions, others, threshold, lambda _: None)


def _alike(first: Understood, second: Understood, threshold: float, advance: Callable[[int], object]) -> Alike:
    found = _Most()
    for start in range(0, len(first.texts), ROWS):
        for one, other, scores in _blocks(first.vectors, second.vectors, start, threshold, first is second):
            agree = first.told.may_agree(one, second.told, other)
            found.add(one[agree], other[agree], scores[agree])
        advance(min(ROWS, len(first.texts) - start))
    one, other, scores = found.cut()
    places = zip(one.tolist(), other.tolist(), strict=True)
    reworded = np.array([not same_frame(first.texts[i], second.texts[j]) for i, j in places], np.bool_)
    one, other, scores = one[reworded], other[reworded], scores[reworded]
    order = np.lexsort((other, one))
    return Alike(one[order], other[order], scores[order], found.dropped)


def _blocks(
    vectors: Vectors, others: Vectors, start: int, threshold: float, once: bool
) -> Iterator[tuple[Places, Places, Scores]]:
    """The pairs of :data:`ROWS` vectors from ``start`` that reach the threshold, a block of columns at a time; with
    ``once`` only those whose second place is the higher one."""
    part = vectors[start : start + ROWS]
    for begin in range(start if once else 0, len(others), COLUMNS):
        cosines = part @ others[begin : begin + COLUMNS].T
        row, column = np.divmod(np.flatnonzero(cosines >= threshold), cosines.shape[1])
        if once:
            above = row + start < column + begin
            row, column = row[above], column[above]
        yield row + start, column + begin, cosines[row, column]


class _Most:
    """The pairs with the highest scores."""

    def __init__(self) -> None:
        self._parts: list[tuple[Places, Places, Scores]] = []
        self._held = 0
        self.dropped = 0

    def add(self, one: Places, other: Places, scores: Scores) -> None:
        self._parts.append((one, other, scores))
        self._held += len(one)
        if self._held > 2 * MOST:
            self._parts = [self.cut()]
            self._held = MOST

    def cut(self) -> tuple[Places, Places, Scores]:
        empty = np.empty(0, np.int64)
        parts = [(empty, empty, np.empty(0, np.float32)), *self._parts]
        one, other, scores = (np.concatenate(column) for column in zip(*parts, strict=True))
        best = np.lexsort((other, one, -scores))[:MOST]
        self.dropped += len(one) - len(best)
        return one[best], other[best], scores[best]
