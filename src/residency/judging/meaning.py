"""How close in meaning a sentence comes to a place of a text: the cosine of their embeddings.

A place is a sentence or two that follow one another, since what is cut out of a passage as one sentence is often said
there in two.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from residency.core.text import MARK, sentences
from residency.generation.embeddings import Encoder, Vectors

LONGEST = 1500
"""Letters of a sentence that are read at once; what is longer is cut."""
KEPT = 40_000
"""Vectors of places and sentences that are kept, some 1.5 kB each."""


def places(text: str) -> tuple[str, ...]:
    """The text's sentences, and each two that follow one another."""
    single = [piece[start : start + LONGEST] for piece in sentences(text) for start in range(0, len(piece), LONGEST)]
    return tuple(dict.fromkeys([*single, *(f"{one} {following}" for one, following in pairwise(single))])) or (text,)


_places = lru_cache(maxsize=2048)(places)  # one passage is held against many sentences


def bare(sentence: str) -> str:
    """A sentence without its citation marks."""
    return " ".join(MARK.sub(" ", sentence).split())


class Meaning:
    """Compares by MiniLM, which is loaded when it is first needed; what was read is kept.

    Raises:
        MissingDependencyError: on the first comparison, where the extra ``semantic`` is not installed.
    """

    def __init__(self) -> None:
        self._known: dict[str, Vectors] = {}

    @cached_property
    def _encoder(self) -> Encoder:
        return Encoder()

    def cosines(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        """For each (text, sentence) the cosine of the sentence with the text's place that is closest to it."""
        wanted = [(_places(text), bare(sentence)) for text, sentence in pairs]
        self._read([one for held, sentence in wanted for one in (*held, sentence)])
        closest = [
            max(float(self._known[place] @ self._known[sentence]) for place in held) for held, sentence in wanted
        ]
        return np.array(closest, np.float32)

    def alike(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        """For each two texts the cosine of the two as wholes; of a long one its beginning is read."""
        wanted = [(bare(one), bare(other)) for one, other in pairs]
        self._read([text for pair in wanted for text in pair])
        return np.array([float(self._known[one] @ self._known[other]) for one, other in wanted], np.float32)

    def _read(self, texts: Sequence[str]) -> None:
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if len(self._known) + len(new) > KEPT:
            self._known.clear()
            new = list(dict.fromkeys(texts))
        if new:
            self._known |= dict(zip(new, self._encoder.encode(new), strict=True))
