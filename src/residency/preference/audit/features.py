"""What a reader could tell the better answer by without medicine, as numbers of an answer.

Each is computed of an answer alone. The audit needs only how much more of it the chosen answer has than the rejected
one: matrices of shape (pairs, features).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from residency.core.stage import Progress
from residency.core.text import words
from residency.generation.embeddings import NAME, Encoder
from residency.preference.audit.compared import Compared
from residency.preference.differences import differing

GRAMS = (2, 3, 4)
GRAM_CHARACTERS = 6_000_000
"""Characters of differing parts up to which pairs are cut into n-grams; a larger set is judged on its first pairs."""
COMMONEST = 50_000
MARKS = {
    "full stops": "[.。]",
    "commas": "[,，、]",
    "semicolons": ";",
    "colons": ":",
    "question marks": r"\?",
    "exclamation marks": "!",
    "brackets": r"[()\[\]{}]",
    "hyphens and dashes": r"[-–—]",
    "quotation marks": r"[\"“”‘’']",
    "slashes": "/",
    "per cent signs": "%",
    "asterisks and hashes": r"[*#]",
    "digits": r"\d",
    "capitals": r"[A-Z]",
    "line ends": r"\n",
    "list items": r"(?m)^\s*(?:[-*•]|\d+[.)])\s",
}
LENGTHS = ("characters", "characters (logarithm)", "words", "words (logarithm)", "characters a word", *MARKS)


@dataclass(frozen=True)
class Differences:
    """``matrix`` is of shape (pairs, features), of which ``names`` says what they are; ``pairs`` are as many of the
    first pairs as it holds."""

    matrix: Any
    names: Sequence[str]

    @property
    def pairs(self) -> int:
        return int(self.matrix.shape[0])


def by_length(pairs: Sequence[Compared]) -> Differences:
    """Length and punctuation, each scaled to a mean square of 1."""
    rows = [np.subtract(_lengths(pair.chosen), _lengths(pair.rejected)) for pair in pairs]
    return Differences(sparse.csr_matrix(scaled(np.array(rows, float).reshape(-1, len(LENGTHS)))), LENGTHS)


def scaled(matrix: Any) -> Any:
    """Columns over the root of their mean square; columns of zeros stay."""
    size = np.sqrt((matrix**2).mean(axis=0)) if len(matrix) else np.ones(matrix.shape[1])
    return np.divide(matrix, size, out=np.zeros_like(matrix), where=size > 0)


_PATTERNS = [re.compile(pattern) for pattern in MARKS.values()]


def _lengths(text: str) -> list[float]:
    said = len(words(text))
    own = [len(text), np.log1p(len(text)), said, np.log1p(said), len(text) / max(1, said)]
    return [*own, *(sum(1 for _ in pattern.finditer(text)) for pattern in _PATTERNS)]


def by_words(pairs: Sequence[Compared]) -> Differences:
    """The bag of words: how often each word or number occurs."""
    return _counted(pairs, 0, words)


def by_grams(pairs: Sequence[Compared]) -> Differences:
    """Runs of 2 to 4 characters."""
    most, total = 0, 0
    for pair in pairs:
        total += sum(map(len, differing(pair.chosen, pair.rejected)))
        if most and total > GRAM_CHARACTERS:
            break
        most += 1
    return _counted(pairs[:most], max(GRAMS) - 1, _grams)


def _grams(text: str) -> Iterable[str]:
    for size in GRAMS:
        for start in range(len(text) - size + 1):
            yield text[start : start + size]


def _counted(pairs: Sequence[Compared], margin: int, parts: Callable[[str], Iterable[str]]) -> Differences:
    """Differences of counts, of what differs in at least two pairs; the :data:`COMMONEST` where there is more."""
    rows: list[dict[str, int]] = []
    held: Counter[str] = Counter()
    for pair in pairs:
        chosen, rejected = differing(pair.chosen, pair.rejected, margin)
        counts = Counter(parts(chosen))
        counts.subtract(parts(rejected))
        row = {name: count for name, count in counts.items() if count}
        rows.append(row)
        held.update(row.keys())
    names = sorted(name for name, count in held.most_common(COMMONEST) if count > 1)
    columns = {name: place for place, name in enumerate(names)}
    entries = [
        (i, columns[name], count) for i, row in enumerate(rows) for name, count in row.items() if name in columns
    ]
    places, at, values = zip(*entries, strict=True) if entries else ((), (), ())
    shape = (len(rows), len(names))
    return Differences(sparse.csr_matrix((np.array(values, float), (places, at)), shape=shape), names)


def by_meaning(pairs: Sequence[Compared], progress: Progress) -> Differences:
    """The embedded model's vectors of the answers, of which each dimension is scaled to a mean square of 1."""
    texts = sorted({text for pair in pairs for text in (pair.chosen, pair.rejected)})
    progress.start(len(texts), "answers embedded")
    vectors = Encoder().encode(texts, progress.advance)
    place = {text: number for number, text in enumerate(texts)}
    chosen, rejected = (
        vectors[[place[getattr(pair, side)] for pair in pairs]].astype(float) for side in ("chosen", "rejected")
    )
    matrix = scaled(chosen - rejected)
    return Differences(sparse.csr_matrix(matrix), [f"{NAME}, dimension {n}" for n in range(matrix.shape[1])])
