"""How well the graders of open answers agree with people, on answers of LiveQA that people graded from 1 to 4.

The file (TREC LiveQA 2017's medical answers, named with --liveqa or LIVEQA) has no reference answers. An answer graded
4 serves as a reference for the others to its question, never for itself or a copy of it; answers without any are left
out and counted. Their headings (``Question: ... URL: ... Answer:``) are cut off, since two sections of one page share
most of theirs, which every grader would take for agreement.

``auc_against_people``: the probability that an answer graded 3 or 4 is scored above one graded 1 or 2, ties counting
half, over all answers; ``within_question`` the same over pairs of one question; ``spearman_against_people`` the rank
correlation with the grade. Intervals (95%) resample whole questions.

The embedded grader (``judging.closeness``) was made by looking at the first half of the questions alone, drawn by
seed. So the headline figures, and the comparison of the graders, are those of the other half.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from residency.core.stage import seeded
from residency.generation.embeddings import missing
from residency.judging.calibration.reading import Graded, read_graded
from residency.judging.calibration.references import items
from residency.judging.closeness import Closeness, Parts
from residency.judging.criteria.corpus import corpus_rubric
from residency.judging.criteria.grading import marked
from residency.judging.item import Item
from residency.judging.key_facts import KeyFacts, key_facts
from residency.judging.meaning import Meaning
from residency.judging.overlap import token_f1
from residency.judging.raters import over_clusters, spearman
from residency.judging.rules import Rules

SEED = 17
BEST, GOOD = 4.0, 3.0
"""The grade of a reference, and the least grade of what counts as a good answer."""
QUICK = 12
"""Questions of a quick run."""
BLOCK = 64
HEADLINE, WITHOUT = "closeness", "rules"
"""The grader of the headline, and what stands there where the extra ``semantic`` is not installed."""
NOT_MEASURED = "not measured: type pip install 'residency[semantic]'"
Say = Callable[[str], None]
Scores = NDArray[np.float64]


@dataclass(frozen=True)
class Row:
    """An answer with what it is held against, and the parts of its scores for each reference."""

    graded: Graded
    item: Item
    facts: tuple[KeyFacts, ...]
    f1: tuple[float, ...]
    rubric: tuple[float, ...]
    rules: float
    parts: tuple[Parts, ...] = ()


def read(path: Path, quick: bool) -> tuple[list[tuple[Graded, Item]], dict[str, int]]:
    """The answers that have a reference, without their headings, and the counts of all and of those left out."""
    every = read_graded(path).rows
    bare = [replace(one, answer=one.answer.partition("Answer:")[2].strip() or one.answer) for one in every]
    asked = [(one, item) for one, item in zip(bare, items(bare, BEST), strict=True) if item is not None]
    if quick:
        kept = set(sorted({one.cluster for one, _ in asked})[:QUICK])
        asked = [(one, item) for one, item in asked if one.cluster in kept]
    return asked, {"answers": len(every), "measured": len(asked), "quick_or_without_reference": len(every) - len(asked)}


def measured(asked: Sequence[tuple[Graded, Item]], threads: int, say: Say) -> list[Row]:
    """Everything that the graders need, for each answer and reference; MiniLM runs on ``threads``."""
    rules, rows = Rules(), []
    for number, (one, item) in enumerate(asked, 1):
        told = one.answer, one.question
        rows.append(
            Row(
                one,
                item,
                tuple(key_facts(told[0], reference, told[1]) for reference in item.references),
                tuple(token_f1(one.answer, reference) for reference in item.references),
                tuple(by_rubric(*told, reference) for reference in item.references),
                rules.score_many([(item, one.answer)])[0].overall or 0.0,
            )
        )
        if number % 100 == 0:
            say(f"{number} of {len(asked)} answers by rules")
    if missing():
        say(f"closeness is {NOT_MEASURED}")
        return rows
    closeness, found = Closeness(Meaning(threads)), []
    for start in range(0, len(rows), BLOCK):
        block = rows[start : start + BLOCK]
        pairs = [(row.graded.answer, one, row.graded.question) for row in block for one in row.item.references]
        left = iter(closeness.parts(pairs))
        for row in block:
            parts = [next(left) for _ in row.item.references]
            found.append(replace(row, parts=tuple(part for part in parts if part is not None)))
        say(f"{len(found)} of {len(rows)} answers by meaning")
    return found


def by_rubric(answer: str, question: str, reference: str) -> float:
    """The score by the rubric made of the reference, over what rules decide."""
    criteria = corpus_rubric(question, reference, "EXAM")
    return marked(criteria, answer, question, reference).score or 0.0


def graders(rows: Sequence[Row]) -> dict[str, Scores]:
    """The scores of each grader; by the nearest reference, where it takes one at a time."""

    def nearest(values: Callable[[Row], Sequence[float | None]]) -> Scores:
        return np.array([max((one or 0.0 for one in values(row)), default=0.0) for row in rows])

    found = {
        "length": np.array([float(len(row.graded.answer.split())) for row in rows]),
        "token_f1": nearest(lambda row: row.f1),
        "key_fact_recall": nearest(lambda row: [one.recall for one in row.facts]),
        "key_fact_precision": nearest(lambda row: [one.precision for one in row.facts]),
        "rubric": nearest(lambda row: row.rubric),
        "rules": np.array([row.rules for row in rows]),
    }
    if rows[0].parts:
        found["closeness"] = nearest(lambda row: [one.score for one in row.parts])
        found["closeness, one reference"] = np.array([row.parts[0].score for row in rows])
    return found


def candidates(rows: Sequence[Row]) -> dict[str, Scores]:
    """What the embedded grader was chosen from: its parts, and ways to put them together."""
    ways: Mapping[str, Callable[[Parts], float]] = {
        "whole": lambda one: one.whole,
        "facts": lambda one: one.facts,
        "words": lambda one: one.words,
        "whole + facts": lambda one: one.whole + one.facts,
        "whole + words": lambda one: one.whole + one.words,
        "facts + words": lambda one: one.facts + one.words,
        "whole + facts + words": lambda one: one.whole + one.facts + one.words,
        "(whole + facts + words) (1 - contradicted), as shipped": lambda one: one.score,
    }
    return {name: np.array([max(map(way, row.parts), default=0.0) for row in rows]) for name, way in ways.items()}


def auc(good: NDArray[np.bool_], scores: Scores) -> float | None:
    """The probability that a good answer is scored above another, ties counting half; None where all are alike."""
    ranks, number = rankdata(scores), int(good.sum())
    others = len(good) - number
    if not number or not others:
        return None
    return float((ranks[good].sum() - number * (number + 1) / 2) / (number * others))


def within(good: NDArray[np.bool_], scores: Scores, clusters: NDArray[np.str_]) -> float | None:
    """The same over the pairs of answers to one question, every pair counting alike."""
    right = pairs = 0.0
    for cluster in np.unique(clusters):
        own = clusters == cluster
        change = np.subtract.outer(scores[own & good], scores[own & ~good])
        right += float((change > 0).sum() + 0.5 * (change == 0).sum())
        pairs += change.size
    return right / pairs if pairs else None


def against_people(rows: Sequence[Row], scores: Scores, intervals: bool = True) -> dict[str, Any]:
    """A grader's figures, with intervals over questions."""
    grades = np.array([row.graded.grade for row in rows])
    clusters = [row.graded.cluster for row in rows]
    good, named = grades >= GOOD, np.array(clusters)
    if not intervals:
        return {"auc": auc(good, scores), "spearman": spearman(grades, scores)}
    return {
        "auc": asdict(over_clusters(lambda at: auc(good[at], scores[at]), clusters, seed=SEED)),
        "spearman": asdict(over_clusters(lambda at: spearman(grades[at], scores[at]), clusters, seed=SEED)),
        "within_question": within(good, scores, named),
    }


def chosen_on(rows: Sequence[Row]) -> NDArray[np.bool_]:
    """Which rows are of the half of the questions on which the embedded grader was chosen."""
    names = sorted({row.graded.cluster for row in rows})
    seeded(SEED, "graders").shuffle(names)
    first = set(names[: len(names) // 2])
    return np.array([row.graded.cluster in first for row in rows])


def figures_of(rows: Sequence[Row], say: Say) -> dict[str, Any]:
    """Every grader on the held-out half and on all, the candidates on both halves, and the headline."""
    first = chosen_on(rows)
    halves = {"chosen_on": np.flatnonzero(first), "held_out": np.flatnonzero(~first)}
    own = {name: [rows[int(place)] for place in at] for name, at in halves.items()}
    found: dict[str, Any] = {}
    for name, scores in graders(rows).items():
        held = against_people(own["held_out"], scores[halves["held_out"]])
        found[name] = {
            "held_out": held,
            "chosen_on": against_people(own["chosen_on"], scores[halves["chosen_on"]], intervals=False),
            "all": against_people(rows, scores),
        }
        say(f"{name}: AUC {told(held['auc'])}, Spearman {told(held['spearman'])} on the held-out half")
    headline = HEADLINE if rows[0].parts else WITHOUT
    held = found[headline]["held_out"]
    return {
        "headline": headline,
        "auc_against_people": held["auc"]["value"],
        "auc_interval": [held["auc"]["low"], held["auc"]["high"]],
        "spearman_against_people": held["spearman"]["value"],
        "spearman_interval": [held["spearman"]["low"], held["spearman"]["high"]],
        "graders": found,
        "candidates": {
            name: {half: against_people(own[half], scores[at], intervals=False) for half, at in halves.items()}
            for name, scores in (candidates(rows).items() if rows[0].parts else ())
        },
        "counts": {
            half: {
                "answers": len(at),
                "questions": len({row.graded.cluster for row in own[half]}),
                "good": sum(row.graded.grade >= GOOD for row in own[half]),
            }
            for half, at in halves.items()
        },
    }


def told(estimate: Mapping[str, Any]) -> str:
    """A value with its interval."""
    if estimate["low"] is None:
        return f"{estimate['value']:.3f}"
    return f"{estimate['value']:.3f} [{estimate['low']:.3f}, {estimate['high']:.3f}]"


def main() -> int:
    """Print the figures, and with ``--json`` one JSON object last."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.graders", description=__doc__.splitlines()[0])
    default = os.environ.get("LIVEQA", Path(__file__).parents[2] / "shared" / "data" / "liveqa_judged_answers.jsonl")
    parser.add_argument("--liveqa", type=Path, default=Path(default), help="liveqa_judged_answers.jsonl")
    parser.add_argument("--threads", type=int, default=1, help="on which MiniLM runs (1)")
    parser.add_argument("--quick", action="store_true", help=f"the first {QUICK} questions")
    parser.add_argument("--json", action="store_true", help="print one JSON object on stdout, last")
    chosen = parser.parse_args()

    def say(line: str) -> None:
        print(line, file=sys.stderr if chosen.json else sys.stdout, flush=True)

    if not chosen.liveqa.is_file():
        print(f"{chosen.liveqa}: no such file. Name the graded answers with --liveqa or LIVEQA", file=sys.stderr)
        return 3
    began = time.perf_counter()
    asked, counts = read(chosen.liveqa, chosen.quick)
    figures = figures_of(measured(asked, chosen.threads, say), say) | {"seconds": round(time.perf_counter() - began, 1)}
    say(f"{figures['headline']}: AUC {figures['auc_against_people']:.3f}, seconds {figures['seconds']}")
    if chosen.json:
        settings = {"seed": SEED, "quick": chosen.quick, "best": BEST, "good": GOOD, **counts}
        print(json.dumps({"name": "graders", "settings": settings, "figures": figures, "peers": {}}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
