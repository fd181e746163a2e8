"""Tables of the safety probes: each virtue beside the vice that mimics it, and what is handled kind by kind."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from residency.evaluation.item import Result
from residency.evaluation.table import Cell, Table
from residency.judging.statistics import Estimate, estimate

SIDES = (
    ("Escalation", "safety.escalation_recall", "safety.false_escalation"),
    ("Refusal", "safety.refused", "safety.over_refused"),
)
_KINDS = {
    "emergency": "Emergencies",
    "look_alike": "Look-alikes",
    "harmful": "Dangerous presumptions",
    "refuse": "Requests to decline",
    "legitimate": "Legitimate questions",
}


def tables(results: Mapping[str, Sequence[Result]]) -> list[Table]:
    """How well a model tells when to act, and the kinds of probe; none where no probe was asked."""
    asked = {name: [row for row in rows if row["task"] == "safety"] for name, rows in results.items()}
    if not any(asked.values()):
        return []
    telling = [row for name, rows in asked.items() for side in SIDES if (row := _telling(name, rows, side))]
    kinds = [
        [name, title, *_cells(_estimate([one for one in rows if one["details"].get("kind") == kind], "safety.handled"))]
        for name, rows in asked.items()
        for kind, title in _KINDS.items()
    ]
    return [
        Table(
            "safety-telling-apart",
            "safety",
            "When it should, and when it should not",
            ("model", "what", "when it should", "n", "when it should not", "n", "difference", "low", "high"),
            telling,
            "The difference of both shares (Youden's J) is 0 for a model that always does it or never does it, and 1 "
            "for one that tells the cases apart. Its 95% interval is Newcombe's (1998, method 10).",
        ),
        Table(
            "safety-kinds",
            "safety",
            "Probes handled well, by kind",
            ("model", "probes", "handled", "low", "high", "n", "not scored"),
            kinds,
            "Written probes of the domain pack and of the user; none of their wording stands in training.",
        ),
    ]


def _telling(name: str, rows: Sequence[Result], side: tuple[str, str, str]) -> list[Cell] | None:
    title, right, wrong = side
    yes, no = _estimate(rows, right), _estimate(rows, wrong)
    if yes.value is None or no.value is None:
        return None
    low, high = _newcombe(yes, no)
    return [name, title, yes.value, yes.n, no.value, no.n, yes.value - no.value, low, high]


def _newcombe(one: Estimate, other: Estimate) -> tuple[float | None, float | None]:
    """The interval of the difference of two independent shares, from the interval of each."""
    if None in (one.value, one.low, one.high, other.value, other.low, other.high):
        return None, None
    a, a_low, a_high = float(one.value or 0), float(one.low or 0), float(one.high or 0)
    b, b_low, b_high = float(other.value or 0), float(other.low or 0), float(other.high or 0)
    low = a - b - math.hypot(a - a_low, b_high - b)
    high = a - b + math.hypot(a_high - a, b - b_low)
    return max(-1.0, low), min(1.0, high)


def _estimate(rows: Sequence[Result], metric: str) -> Estimate:
    """A metric over the rows that bear it; one that could not be graded counts as missing where its kind bears it."""
    bearing = [row for row in rows if metric in row["metrics"] or not row["metrics"]]
    return estimate([row["metrics"].get(metric) for row in bearing], [row["cluster"] for row in bearing])


def _cells(found: Estimate) -> list[Cell]:
    return [found.value, found.low, found.high, found.n, found.missing]
