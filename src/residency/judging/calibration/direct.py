"""Two answers held against each other directly, as pairs are labelled: does the scorer choose as people did?"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict, replace
from itertools import permutations
from typing import Any

from residency.core.stage import seeded
from residency.judging.calibration.reading import Graded
from residency.judging.item import Item
from residency.judging.scorers import Scorer
from residency.judging.statistics import estimate


def compared(
    graded: Sequence[Graded], asked: Sequence[Item | None], scorer: Scorer, most: int, seed: int
) -> dict[str, Any]:
    """The share of pairs in which the scorer finds the answer better that people graded higher (a tie counts half), of
    those that it decides, with the count of the others by reason. The better comes first in half of them.

    Args:
        graded: answers with people's grades.
        asked: the item of each, None where it has nothing to be held against.
        scorer: asked for ``compare_many``.
        most: pairs at most, drawn by chance.
        seed: of the drawing.
    """
    of: dict[str, list[int]] = defaultdict(list)
    for place, item in enumerate(asked):
        if item is not None:
            of[graded[place].cluster].append(place)
    every = [
        (one, two)
        for places in of.values()
        for one, two in permutations(places, 2)
        if graded[one].grade > graded[two].grade and _item(graded, asked, one, two).references
    ]
    rng = seeded(seed, "compared")
    drawn = [(*pair, rng.random() < 0.5) for pair in rng.sample(every, min(most, len(every)))]
    cases = []
    for better, worse, turned in drawn:
        first, second = (worse, better) if turned else (better, worse)
        cases.append((_item(graded, asked, better, worse), graded[first].answer, graded[second].answer))
    right: list[float | None] = []
    undecided: Counter[str] = Counter()
    for (_, _, turned), found in zip(drawn, scorer.compare_many(cases), strict=True):
        if found.winner is None:
            undecided[found.reason or "no value"] += 1
            right.append(None)
        else:
            right.append(0.5 if found.winner == "tie" else float((found.winner == "second") == turned))
    clusters = [graded[better].cluster for better, _, _ in drawn]
    return asdict(estimate(right, clusters, seed=seed)) | {"pairs": len(drawn), "undecided": dict(undecided)}


def _item(graded: Sequence[Graded], asked: Sequence[Item | None], better: int, worse: int) -> Item:
    """The better answer's item, without the two answers among its references."""
    texts = {graded[better].answer, graded[worse].answer}
    item = asked[better] or Item("", "")
    return replace(item, references=tuple(one for one in item.references if one not in texts))
