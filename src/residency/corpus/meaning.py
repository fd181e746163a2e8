"""What vectors of the questions tell: rows that ask the same in other words, and rows that ask what an evaluation item
asks; and which answers have nothing to do with their questions. The questions of the rows that stay are read once;
nothing is rejected for what is found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from residency.core.comparing.decontaminate import Hit
from residency.core.stage import Progress
from residency.corpus.comparing.meaning import Alike, Understood, alike_across, alike_within
from residency.corpus.comparing.sketch import Places
from residency.corpus.comparing.telling import telling
from residency.corpus.decide import Decided
from residency.corpus.duplicates import Pairs
from residency.corpus.gather import Gathered
from residency.corpus.intake import Plan
from residency.generation.embeddings import Encoder, Vectors

UNFIT = 0.1  # cosine below which an answer has nothing to do with its question
FIRST_WORDS = 40  # of an answer that are read
LEAST_WORDS = 8  # that an answer must have; of a shorter one no cosine tells


@dataclass(frozen=True)
class Meaning:
    """``pairs`` of rows that stay and ask the same in other words, with their cosines; ``apart`` are those of which no
    other search put the rows into one cluster. ``hits`` are rows that ask what an evaluation item asks, beyond what the
    words told. ``dropped`` pairs were too many to look at. ``vectors`` are those of the distinct questions, by their
    hash (``stem``)."""

    pairs: Pairs
    apart: Pairs
    hits: list[Hit]
    dropped: int
    encoder: Encoder
    progress: Progress
    vectors: Vectors
    stems: Mapping[int, int]

    def unfit(self, stems: Sequence[int], answers: Sequence[str]) -> dict[int, float]:
        """The places of answers that have nothing to do with their questions, with the cosine of the question and the
        first words of the answer."""
        known = [place for place, stem in enumerate(stems) if stem in self.stems]
        begun = [" ".join(answers[place].split()[:FIRST_WORDS]) for place in known]
        mine = self.vectors[[self.stems[stems[place]] for place in known]]
        self.progress.start(len(begun), "answers read for their meaning")
        scores = np.einsum("ij,ij->i", mine, self.encoder.encode(begun, self.progress.advance)).tolist()
        enough = (len(text.split()) >= LEAST_WORDS for text in begun)
        return {place: score for place, score, ok in zip(known, scores, enough, strict=True) if ok and score < UNFIT}


def understand(encoder: Encoder, gathered: Gathered, decided: Decided, plan: Plan, progress: Progress) -> Meaning:
    """Read the questions of the rows that stay, and of the evaluation items, and compare them from the cosine of the
    settings on. Of rows with one and the same question the first stands for all; conversations are left out."""
    threshold, guard = plan.settings.semantic_duplicate or 1.0, plan.guard
    asked = pl.Series(decided.stay) & (gathered.table["kind"] != "conversation")
    kept = gathered.table.with_row_index("place").filter(asked)
    first = kept.unique("stem", keep="first", maintain_order=True)
    places = first["place"].to_numpy().astype(np.int64)
    progress.start(len(places), "questions read for their meaning")
    questions = _read(encoder, [gathered.lines.row(place)["question"] for place in places.tolist()], progress)
    progress.start(len(places), "questions compared by meaning")
    found = alike_within(questions, threshold, progress.advance)
    pairs = Pairs(places[found.one], places[found.other], found.scores)
    strangers = decided.cluster[pairs.one] != decided.cluster[pairs.other]
    hits: list[Hit] = []
    if guard:
        progress.start(len(guard.items), "evaluation items read for their meaning")
        items = _read(encoder, [item.stem for item in guard.items], progress)
        hits = _hits(alike_across(questions, items, threshold), places, gathered.hits)
        hits = [hit for hit in hits if hit.item not in decided.phrases]
    apart = Pairs(pairs.one[strangers], pairs.other[strangers], pairs.scores[strangers])
    stems = {stem: number for number, stem in enumerate(first["stem"].to_list())}
    return Meaning(pairs, apart, hits, found.dropped, encoder, progress, questions.vectors, stems)


def _read(encoder: Encoder, texts: Sequence[str], progress: Progress) -> Understood:
    return Understood(texts, encoder.encode(texts, progress.advance), telling(texts))


def _hits(found: Alike, places: Places, known: Sequence[Hit]) -> list[Hit]:
    """The pairs of a row and an item as hits, without those that the words told already."""
    told = {(hit.row, hit.item) for hit in known}
    rows = zip(places[found.one].tolist(), found.other.tolist(), found.scores.tolist(), strict=True)
    return [Hit(row, item, "semantic", round(score, 3)) for row, item, score in rows if (row, item) not in told]
