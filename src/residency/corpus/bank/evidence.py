"""How far an answer's words speak for a question: a model of one bank, learnt from the bank itself.

Each word of a question is evidence. If an answer holds it, that speaks for the pair, the more the fewer answers
hold that word; if not, that speaks against it, the more the surer this bank's answers repeat their questions'
words. The sum is a log-likelihood ratio (of the pair against a chance meeting) in nats, with words taken as
independent.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from residency.core.text import content_stems, words

SUBJECT_WORDS = 80  # an answer names its subject early; what follows covers many questions by chance
LEARNT_FROM = 5_000  # rows from which the habits of the bank are learnt
TELLING = 0.05  # a word that more answers hold than this does not show whether answers repeat questions
REPEATS = (0.2, 0.9)  # within which the probability that an answer repeats a word of its question is taken
ALIKE = 0.25  # above this share of common weight two questions are about the same thing
POSTINGS = 1000  # words in more questions than this find no candidates, and still count as evidence
CHUNK = 500

Terms = frozenset[int]


class Bank:
    """The questions of a bank, in order, as terms (numbers of word stems, stop words left out).

    ``hit`` is what each term says when an answer holds it and ``miss`` what it says when not, in nats, both
    learnt from ``answers``. ``questions`` is read once from end to end.
    """

    def __init__(self, questions: Iterable[str], answers: Sequence[str], rng: np.random.Generator) -> None:
        self.vocabulary: dict[str, tuple[int, ...]] = {}
        self.stems: dict[str, int] = {}
        flat, starts = array("i"), array("q", [0])
        for question in questions:
            flat.extend(sorted(self._learn_words(words(question))))
            starts.append(len(flat))
        self.terms = np.array(flat, dtype=np.int32)
        self.starts = np.array(starts, dtype=np.int64)
        self.row_of = np.repeat(np.arange(len(self), dtype=np.int32), np.diff(self.starts))
        self.counts = np.bincount(self.terms, minlength=len(self.stems))
        self.hit, self.miss = self._learn_weights(answers, rng)
        self._hit: list[float] = self.hit.tolist()  # a few terms are summed sooner without numpy

    def __len__(self) -> int:
        return len(self.starts) - 1

    def row(self, place: int) -> list[int]:
        """The terms of one question, without repeats."""
        found: list[int] = self.terms[self.starts[place] : self.starts[place + 1]].tolist()
        return found

    def read(self, found: Iterable[str]) -> Terms:
        """The terms of ``found``; words that no question has are left out."""
        return frozenset(term for word in found for term in self.vocabulary.get(word, ()))

    def evidence(self, place: int, held: Terms) -> float:
        """What an answer that holds the terms ``held`` says for the question at ``place``."""
        row = self.row(place)
        shared = [term for term in row if term in held]
        return self.weight(shared) + self.miss * (len(row) - len(shared))

    def weight(self, terms: Iterable[int]) -> float:
        """What ``terms`` say together when they are held."""
        return math.fsum([self._hit[term] for term in terms])

    def same_subject(self, one: int, other: int) -> bool:
        """Whether two questions have much of their weight in common."""
        first, second = self.row(one), self.row(other)
        common = self.weight(set(first) & set(second))
        return common > ALIKE * min(self.weight(first), self.weight(second))

    def neighbours(self, rows: Iterable[int], most: int) -> Iterator[tuple[int, list[int]]]:
        """For each of ``rows`` the rows about the same thing whose questions have most in common with its own."""
        for row, near in self.candidates({row: frozenset(self.row(row)) for row in rows}, most + 1):
            yield row, [place for place in near if place != row and self.same_subject(row, place)][:most]

    def candidates(self, held: Mapping[int, Terms], most: int) -> Iterator[tuple[int, list[int]]]:
        """For each key of ``held`` the questions for which the rare ones of its terms speak most."""
        matrix = self.rare
        rows = list(held)
        for begin in range(0, len(rows), CHUNK):
            chunk = rows[begin : begin + CHUNK]
            columns = [sorted(held[row]) for row in chunk]
            starts = np.cumsum([0, *map(len, columns)])
            flat = np.array([term for terms in columns for term in terms], np.int32)
            shape = len(chunk), len(self.stems)
            scores = (sparse.csr_matrix((np.ones(len(flat), np.float32), flat, starts), shape=shape) @ matrix).tocsr()
            for place, row in enumerate(chunk):
                inside = slice(scores.indptr[place], scores.indptr[place + 1])
                yield row, _highest(scores.data[inside], scores.indices[inside], most)

    def named(self, question: str, held: Terms, want: bool) -> tuple[str, ...]:
        """The words of a question that an answer holds, or lacks, as they stand there, without repeats."""
        told = {word: self.vocabulary.get(word, ()) for word in words(question)}
        return tuple(word for word, terms in told.items() if terms and (not held.isdisjoint(terms)) == want)

    @cached_property
    def words_of(self) -> list[list[str]]:
        """For each term the words that have it."""
        found: list[list[str]] = [[] for _ in self.stems]
        for word, terms in self.vocabulary.items():
            for term in terms:
                found[term].append(word)
        return found

    def _learn_words(self, found: Iterable[str]) -> set[int]:
        terms: set[int] = set()
        for word in found:
            numbers = self.vocabulary.get(word)
            if numbers is None:
                numbers = tuple(self.stems.setdefault(stem, len(self.stems)) for stem in content_stems(word))
                self.vocabulary[word] = numbers
            terms.update(numbers)
        return terms

    def _learn_weights(self, answers: Sequence[str], rng: np.random.Generator) -> tuple[Any, float]:
        places = np.sort(rng.choice(len(self), min(LEARNT_FROM, len(self)), replace=False)).tolist()
        held = {place: self.read(words(answers[place])[:SUBJECT_WORDS]) for place in places}
        flat = np.array([term for terms in held.values() for term in terms], np.int64)
        chance = (np.bincount(flat, minlength=len(self.stems)) + 0.5) / (len(places) + 1)
        told = [term in held[place] for place in places for term in self.row(place) if chance[term] < TELLING]
        repeats = min(max(sum(told) / max(len(told), 1), REPEATS[0]), REPEATS[1])
        return np.log1p(repeats * (1 - chance) / chance), math.log(1 - repeats)

    @cached_property
    def rare(self) -> Any:
        """Terms by questions, a sparse matrix of what each rare term of a question says when it is held."""
        rare = self.counts[self.terms] <= POSTINGS
        gains = (self.hit - self.miss).astype(np.float32)[self.terms]
        places = (self.terms[rare], self.row_of[rare])
        return sparse.csr_matrix((gains[rare], places), shape=(len(self.stems), len(self)))


def _highest(scores: NDArray[np.float32], places: NDArray[np.int32], most: int) -> list[int]:
    """The ``most`` places with the highest scores, highest first; of equal ones the first place."""
    if len(scores) > most:
        least = np.partition(scores, len(scores) - most)[len(scores) - most]
        enough = scores >= least
        scores, places = scores[enough], places[enough]
    best: list[int] = places[np.lexsort((places, -scores))[:most]].tolist()
    return best
