"""What came of asking: how many facts of each category, with intervals, and what can be said of each kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from residency.judging.statistics import estimate
from residency.knowledge.judged import Fact, Knows
from residency.knowledge.settings import KnowledgeSettings
from residency.knowledge.sorting import CATEGORIES

NAMES = {"mcq": "multiple-choice", "open": "open"}


def knowledge_report(
    facts: Sequence[Fact], known: Sequence[Knows], refused: Mapping[str, int], settings: KnowledgeSettings
) -> dict[str, Any]:
    """``report.json`` of the stage: ``kinds`` holds the test of each kind with its verdict in words, ``shares`` the
    share of each category by split and kind with its interval, ``answers`` what all the answers were."""
    said: Counter[str] = Counter()
    for fact in facts:
        said.update(fact.verdicts)
    return {
        "asked": dict(Counter(fact.subject.row["split"] for fact in facts)),
        "refused": dict(refused),
        "kinds": [_of_kind(one) for one in known],
        "shares": _shares(facts, settings.confidence),
        "answers": dict(sorted(said.items())),
    }


def _of_kind(one: Knows) -> dict[str, Any]:
    found = one.difference
    said = f"{one.n} {NAMES[one.kind]} questions: {one.right:.1%} right from memory, by luck {one.chance:.1%}"
    if found.value is None or found.low is None or found.high is None:
        said += "; too few for an interval: undecided, and nothing is weighted by it"
    else:
        said += f" (difference {found.value:+.1%}, {found.low:+.1%} to {found.high:+.1%})"
        said += "" if one.verdict == "knows" else ": undecided, and nothing is weighted by it"
    return {
        "kind": one.kind,
        "n": one.n,
        "right": round(one.right, 4),
        "chance": round(one.chance, 4),
        "difference": found.value,
        "low": found.low,
        "high": found.high,
        "p": found.p,
        "method": found.method,
        "verdict": one.verdict,
        "says": said,
    }


def _shares(facts: Sequence[Fact], confidence: float) -> list[dict[str, Any]]:
    groups: dict[tuple[str, str], list[Fact]] = {}
    for fact in facts:
        groups.setdefault((fact.subject.row["split"], fact.subject.row["kind"]), []).append(fact)
    table = []
    for (split, kind), some in groups.items():
        clusters = [fact.subject.row["cluster"] for fact in some]
        for category in CATEGORIES:
            values = [float(fact.category == category) for fact in some]
            if not any(values) and category == "undecided":
                continue
            found = estimate(values, clusters, confidence)
            table.append(
                {
                    "split": split,
                    "kind": kind,
                    "category": category,
                    "n": int(sum(values)),
                    "of": len(some),
                    "share": found.value,
                    "low": found.low,
                    "high": found.high,
                }
            )
    return table
