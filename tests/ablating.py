"""Questions, trainings and contrasts of ablations, as tests need them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from residency.ablation.analysis import Luck, contrasts
from residency.ablation.question import Arm, Axis, Question
from residency.ablation.records import Contrast, Trained, Verdict
from residency.judging.statistics import Difference

GAIN, COST = "followup.turn_mean", "exam.accuracy_strict"
TITLES = {GAIN: "Later turns", COST: "Exam accuracy"}
HIGHER = {GAIN: True, COST: True, "open.contradicted": False}
RECIPE: dict[str, Any] = {
    "mix": {"shares": {"single": 0.9, "dialogue": 0.1}, "tagged": 0.8},
    "preference": {"method": "dpo"},
}
OUTCOMES = {
    "better": "{arm} against {control}, {metric}: {difference}.",
    "at_a_cost": "{arm}, {metric}: {difference}, but {cost}.",
    "worse": "{arm} did harm, {metric}: {difference}.",
    "no_difference": "No difference: {arm}, {metric}: {difference}.",
    "undecided": "Undecided: {arm}, {difference}; less than {seen} would not have been seen.",
}


def question_of(arms: Sequence[Arm], dose: str = "", margin: float = 0.03, **more: Any) -> Question:
    """A question whose control is its first arm, about later turns at the cost of the exam."""
    axes = [Axis(metric=GAIN, role="benefit", margin=margin), Axis(metric=COST, role="cost", margin=margin)]
    values: dict[str, Any] = {"axes": axes, "control": arms[0].name} | more
    return Question(
        name="asked",
        title="Asked",
        asks="Does it help?",
        dose=dose,
        arms=list(arms),
        outcomes=OUTCOMES,  # type: ignore[arg-type]
        **values,
    )


def trained_of(
    arm: str,
    scores: Mapping[str, NDArray[np.float64] | Sequence[float | None]],
    repeat: int = 1,
    cell: str = "",
    proxy: str = "small",
    clusters: int = 0,
) -> Trained:
    """A training with these values of each metric; items share ``clusters`` clusters, or have each its own."""
    rows = [
        {
            "id": f"q{place}",
            "axis": metric.split(".")[0],
            "cluster": f"{metric}-{place % clusters if clusters else place}",
            "metrics": {metric: None if value is None else float(value)},
        }
        for metric, values in scores.items()
        for place, value in enumerate(values)
    ]
    return Trained("asked", arm, proxy, repeat, cell or f"{arm}-{proxy}-{repeat}", rows)


def found(
    question: Question, trained: Sequence[Trained], confidence: float = 0.95, chance: Luck | None = None
) -> list[Contrast]:
    """The contrasts on the proxy ``small``."""
    return contrasts(question, trained, "small", confidence, 7, {}, HIGHER, chance)


def contrast_of(
    arm: str,
    verdict: Verdict,
    value: float,
    reach: float = 0.02,
    metric: str = GAIN,
    repeats: int = 3,
    proxy: str = "small",
) -> Contrast:
    """A contrast that came out so."""
    difference = Difference(value, 100, value - reach, value + reach, 0.5, "t", 20, se=reach / 2, clusters=100)
    role = "benefit" if metric == GAIN else "cost"
    return Contrast(
        "asked", arm, "recipe", proxy, metric, role, 0.03, difference, 0.5, verdict, 0.05, repeats, reach / 4
    )
