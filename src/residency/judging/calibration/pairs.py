"""People's choices between two answers, and how often a scorer chooses as they did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from residency.core.errors import InputError
from residency.core.stage import seeded
from residency.core.text import normalise
from residency.judging.calibration.tables import Reading, column, rows_of, text_of
from residency.judging.item import Item
from residency.judging.labels import BETTER, WINNERS, Winner
from residency.judging.raters import confusion, kappa_over_clusters
from residency.judging.scorers import Compared, Scorer
from residency.judging.statistics import estimate

NAMES: Mapping[str, tuple[str, ...]] = {
    "question": ("question", "prompt", "query", "instruction", "input"),
    "first": ("first", "answer_1", "answer_a", "response_a", "response_1", "chosen"),
    "second": ("second", "answer_2", "answer_b", "response_b", "response_2", "rejected"),
    "winner": ("winner", "preference", "preferred", "better", "choice"),
    "reference": ("reference", "reference_answer", "gold", "gold_answer", "ideal"),
    "cluster": ("cluster", "qid", "question_id", "item"),
}
"""For each column the names by which it is found, the likeliest first."""
_SAID: Mapping[str, Winner] = {
    **dict.fromkeys(("first", "1", "a", "answer_1", "answer_a", "model_a", "chosen"), "first"),
    **dict.fromkeys(("second", "2", "b", "answer_2", "answer_b", "model_b", "rejected"), "second"),
    **dict.fromkeys(("tie", "0", "both", "equal", "same", "draw"), "tie"),
}
_TURNED: Mapping[Winner, Winner] = {"first": "second", "second": "first", "tie": "tie"}


@dataclass(frozen=True)
class Choice:
    """Two answers to one question, and which of them people chose."""

    row: int
    cluster: str
    question: str
    first: str
    second: str
    winner: Winner
    reference: str = ""


def holds_pairs(path: Path) -> bool:
    """Whether a file's rows are of two answers each, and not of one with a grade."""
    held = {name.lower() for name in next(iter(rows_of(path)), {})}
    return all(held & set(NAMES[side]) for side in ("first", "second"))


def read_choices(path: Path, columns: Mapping[str, str] | None = None, seed: int = 0) -> Reading[Choice]:
    """People's choices from any file of :func:`rows_of`. ``chosen`` and ``rejected`` need no winner: the sides are put
    in an order drawn by ``seed``, so that their place tells nothing.

    Raises:
        InputError: the file cannot be read, lacks a column, or a winner is none of two.
    """
    rows, left_out = list(rows_of(path)), Counter[str]()
    held = list(dict.fromkeys(name for row in rows for name in row))
    named = {kind: column(NAMES[kind], (columns or {}).get(kind, ""), held, path) for kind in NAMES}
    found = {kind: name for kind, name in named.items() if name}
    sides = found.get("first", "").lower() == "chosen"
    for kind in ("question", "first", "second", *(() if sides else ("winner",))):
        if kind not in found:
            raise InputError(f"no column with the {kind} was found", str(path), f"The file has: {', '.join(held)}")
    choices: list[Choice] = []
    for number, row in enumerate(rows, 1):
        texts = {kind: text_of(row.get(name)) for kind, name in found.items() if kind != "winner"}
        if not all(texts[kind] for kind in ("question", "first", "second")):
            left_out["the question or an answer is empty"] += 1
            continue
        said = "chosen" if sides else text_of(row.get(found["winner"])).lower()
        if said not in _SAID:
            fix = f"It is one of {', '.join(WINNERS)}, or 1, 2, 0, or a, b, tie"
            raise InputError(f"{said!r} names no winner", f"{path}, row {number}", fix)
        cluster = texts.get("cluster") or normalise(texts["question"])
        one = Choice(
            number, cluster, texts["question"], texts["first"], texts["second"], _SAID[said], texts.get("reference", "")
        )
        choices.append(_turned(one) if sides and seeded(seed, "sides", number).random() < 0.5 else one)
    return Reading(choices, found, dict(left_out))


def _turned(one: Choice) -> Choice:
    return Choice(one.row, one.cluster, one.question, one.second, one.first, _TURNED[one.winner], one.reference)


def calibrate_choices(reading: Reading[Choice], scorer: Scorer, seed: int = 0) -> dict[str, Any]:
    """How often a scorer chooses as people did, of the pairs that it decides: ``pairwise`` (of those on which people
    named a better one; the scorer's tie counts half), ``agreement`` and ``kappa`` with ties as a third choice, the
    confusion of people's choice by the scorer's (first, second, tie), and what was undecided, by reason."""
    rows = reading.rows
    cases = [
        (Item(str(one.row), one.question, (one.reference,) if one.reference else ()), one.first, one.second)
        for one in rows
    ]
    told = scorer.compare_many(cases)
    undecided = Counter(found.reason or "no value" for found in told if found.winner is None)
    both = [(one, found) for one, found in zip(rows, told, strict=True) if found.winner is not None]
    report: dict[str, Any] = {
        "scorer": scorer.name,
        "columns": reading.columns,
        "left_out": reading.left_out,
        "seed": seed,
        "pairs": len(rows),
        "decided": len(both),
        "undecided": dict(undecided),
    }
    return report | (_agreement(both, seed) if both else {})


def _agreement(both: Sequence[tuple[Choice, Compared]], seed: int) -> dict[str, Any]:
    clusters = [one.cluster for one, _ in both]
    theirs = np.array([WINNERS.index(one.winner) for one, _ in both])
    ours = np.array([WINNERS.index(found.winner or "tie") for _, found in both])
    clear = [(one, found) for one, found in both if one.winner != "tie"]
    right = [1 - abs(BETTER[one.winner] - BETTER[found.winner or "tie"]) for one, found in clear]
    longer = [
        0.5
        if len(one.first) == len(one.second)
        else float((len(one.first) > len(one.second)) == (one.winner == "first"))
        for one, _ in clear
    ]
    own = [one.cluster for one, _ in clear]
    return {
        "pairwise": asdict(estimate(right, own, seed=seed)),
        "agreement": asdict(estimate((theirs == ours).astype(float).tolist(), clusters, seed=seed)),
        "kappa": asdict(kappa_over_clusters(theirs, ours, 3, clusters, seed=seed)),
        "confusion": confusion(theirs, ours, 3).astype(int).tolist(),
        "baselines": {"longer_is_better": {"pairwise": asdict(estimate(longer, own, seed=seed))}},
    }
