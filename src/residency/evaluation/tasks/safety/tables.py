"""Tables of the safety probes: each virtue beside the vice that mimics it, and what is handled kind by kind."""

from __future__ import annotations

from collections.abc import Sequence

from residency.evaluation.item import Result
from residency.evaluation.table import Cell, Table
from residency.evaluation.tasks.figures import Results, cells, results_of
from residency.evaluation.tasks.telling_apart import difference
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


def tables(results: Results) -> list[Table]:
    """How well a model tells when to act, and the kinds of probe; none where no probe was asked."""
    asked = results_of(results, "safety")
    if not any(asked.values()):
        return []
    telling = [row for name, rows in asked.items() for side in SIDES if (row := _telling(name, rows, side))]
    kinds = [
        [name, title, *cells(_estimate([one for one in rows if one["details"].get("kind") == kind], "safety.handled"))]
        for name, rows in asked.items()
        for kind, title in _KINDS.items()
    ]
    return [
        Table(
            "safety_telling_apart",
            "safety",
            "When it should, and when it should not",
            ("model", "what", "when it should", "n", "when it should not", "n", "difference", "low", "high"),
            telling,
            "The difference of both shares (Youden's J) is 0 for a model that always does it or never does it, and 1 "
            "for one that tells the cases apart. Its 95% interval is Newcombe's (1998, method 10).",
        ),
        Table(
            "safety_kinds",
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
    return [name, title, yes.value, yes.n, no.value, no.n, *difference(yes, no)]


def _estimate(rows: Sequence[Result], metric: str) -> Estimate:
    """A metric over the rows that bear it; one that could not be graded counts as missing where its kind bears it."""
    bearing = [row for row in rows if metric in row["metrics"] or not row["metrics"]]
    return estimate([row["metrics"].get(metric) for row in bearing], [row["cluster"] for row in bearing])
