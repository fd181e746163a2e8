"""How far a scorer agrees with people's grades: every figure with its interval over questions, however poor."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import combinations
from typing import Any

import numpy as np

from residency.judging.calibration.cutting import cut_grades
from residency.judging.calibration.reading import Graded
from residency.judging.raters import Weights, confusion, kappa_over_clusters, over_clusters, spearman
from residency.judging.rubric import KEYS
from residency.judging.scorers import Scored
from residency.judging.statistics import Estimate, estimate

MARGINS = (0.1, 0.2, 0.3, 0.5)
"""Least differences of two scores at which pairs are looked at apart."""
LEAST = 20
"""Answers that must have a value before a correlation is given."""


def figures(graded: Sequence[Graded], scored: Sequence[Scored], seed: int = 0) -> dict[str, Any]:
    """All figures of a scorer.

    Args:
        graded: answers with people's grades.
        scored: the scorer's values for them, in their order.
        seed: of the folds and the resampling.

    Returns:
        ``agreement`` (share of the very grade), ``within_one`` (at most one grade apart), ``kappa`` and its weighted
        forms, ``spearman``, ``pairwise`` (of two answers to one question that people grade differently, is the better
        one scored higher? ties count half), ``confusion`` (people's grade by the scorer's), ``by_grade``, ``rubric``
        (each item's own correlation) and ``baselines``; the counts that each rests on.
    """
    told = [(one, found) for one, found in zip(graded, scored, strict=True) if found.overall is not None]
    unscored = Counter(found.reason or "no value" for found in scored if found.overall is None)
    grades = sorted({one.grade for one in graded})
    counts = {
        "rows": len(graded),
        "scored": len(told),
        "questions": len({one.cluster for one, _ in told}),
        "unscored": dict(unscored),
        "grades": grades,
    }
    if len(grades) < 2 or not told:
        return counts
    rows = [one for one, _ in told]
    clusters = [one.cluster for one in rows]
    values = [float(found.overall or 0.0) for _, found in told]
    given = np.array([grades.index(one.grade) for one in rows])
    cut = cut_grades(values, given.tolist(), clusters, len(grades), seed)
    scores = np.array(values)

    def kappas(weights: Weights) -> dict[str, Any]:
        return asdict(kappa_over_clusters(given, cut, len(grades), clusters, weights, seed))

    same = (given == cut).astype(float).tolist()
    near = (np.abs(given - cut) <= 1).astype(float).tolist()
    table = confusion(given, cut, len(grades))
    return counts | {
        "agreement": asdict(estimate(same, clusters, seed=seed)),
        "within_one": asdict(estimate(near, clusters, seed=seed)),
        "kappa": kappas("none"),
        "kappa_linear": kappas("linear"),
        "kappa_quadratic": kappas("quadratic"),
        "spearman": _correlation(rows, values, seed),
        "pairwise": pairwise(rows, values, seed),
        "confusion": table.astype(int).tolist(),
        "by_grade": {
            _name(grade): _of_grade(place, given, cut, scores, clusters, seed) for place, grade in enumerate(grades)
        },
        "rubric": _by_item(told, seed),
        "baselines": _baselines(rows, given, clusters, seed),
    }


def pairwise(rows: Sequence[Graded], values: Sequence[float], seed: int = 0) -> dict[str, Any]:
    """Of each two answers to one question with different grades: 1 where the better is scored higher, 0 where lower,
    0.5 where neither; the mean of all such pairs, of those by how far the grades lie apart (``by_gap``), and of those
    whose scores differ by so much at least (``by_margin``), as preference pairs ask for."""
    of: dict[str, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        of[row.cluster].append(place)
    told: list[tuple[float, str]] = []
    gaps: list[float] = []
    margins: list[float] = []
    for cluster, places in of.items():
        for one, two in combinations(places, 2):
            if gap := rows[one].grade - rows[two].grade:
                change = values[one] - values[two]
                told.append((0.5 if change == 0 else float(change * gap > 0), cluster))
                gaps.append(abs(gap))
                margins.append(abs(change))
    by_gap = {
        _name(gap): asdict(_mean([pair for pair, own in zip(told, gaps, strict=True) if own == gap], seed))
        for gap in sorted(set(gaps))
    }
    by_margin = {
        _name(least): asdict(_mean([pair for pair, own in zip(told, margins, strict=True) if own >= least], seed))
        for least in MARGINS
    }
    return asdict(_mean(told, seed)) | {"by_gap": by_gap, "by_margin": by_margin}


def _mean(told: Sequence[tuple[float, str]], seed: int) -> Estimate:
    return estimate([value for value, _ in told], [cluster for _, cluster in told], seed=seed)


def _correlation(rows: Sequence[Graded], values: Sequence[float], seed: int) -> dict[str, Any]:
    grades, scores = np.array([one.grade for one in rows]), np.array(values, float)
    clusters = [one.cluster for one in rows]
    return asdict(over_clusters(lambda at: spearman(grades[at], scores[at]), clusters, seed=seed))


def _of_grade(place: int, given: Any, cut: Any, scores: Any, clusters: Sequence[str], seed: int) -> dict[str, Any]:
    """Of the answers of one grade: their mean score, the share that the scorer gives this grade (recall), and of those
    that the scorer gives it the share that have it (precision)."""
    own = np.flatnonzero(given == place)
    called = np.flatnonzero(cut == place)

    def over(values: Any, at: Any) -> dict[str, Any]:
        return asdict(estimate([float(values[one]) for one in at], [clusters[one] for one in at], seed=seed))

    return {
        "n": len(own),
        "score": over(scores, own),
        "recall": over(cut == place, own),
        "precision": over(given == place, called),
    }


def _by_item(told: Sequence[tuple[Graded, Scored]], seed: int) -> dict[str, Any]:
    found = {}
    for key in KEYS:
        held = [(one, value) for one, scored in told if (value := scored.rubric.get(key)) is not None]
        if len(held) >= LEAST:
            found[key] = _correlation([one for one, _ in held], [value for _, value in held], seed)
    return found


def _baselines(rows: Sequence[Graded], given: Any, clusters: Sequence[str], seed: int) -> dict[str, Any]:
    """What takes no judgement: always the most frequent grade, and the longer answer for the better one."""
    often = Counter(given.tolist()).most_common(1)[0][0]
    lengths = [float(len(one.answer)) for one in rows]
    always = (given == often).astype(float).tolist()
    longer: Mapping[str, Any] = pairwise(rows, lengths, seed)
    return {
        "most_frequent_grade": {"agreement": asdict(estimate(always, clusters, seed=seed))},
        "longer_is_better": {
            "spearman": _correlation(rows, lengths, seed),
            "pairwise": {name: value for name, value in longer.items() if not name.startswith("by_")},
        },
    }


def _name(grade: float) -> str:
    return f"{grade:g}"
