"""What came of asking: how many facts of each category, with intervals, and what can be said of each kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from residency.judging.statistics import estimate
from residency.knowledge.judged import Fact, Knows
from residency.knowledge.settings import KnowledgeSettings
from residency.knowledge.sorting import CATEGORIES, KNOWN

NAMES = {"mcq": "multiple-choice", "open": "open"}


def knowledge_report(
    facts: Sequence[Fact], known: Sequence[Knows], refused: Mapping[str, int], settings: KnowledgeSettings
) -> dict[str, Any]:
    """``report.json`` of the stage: ``kinds`` holds the test of each kind with its verdict in words and how many of its
    facts are known at all, ``lucky_at_most`` of them perhaps by a lucky guess; ``shares`` the share of each category by
    split and kind with its interval, ``answers`` what all the answers were."""
    said: Counter[str] = Counter()
    for fact in facts:
        said.update(fact.verdicts)
    return {
        "asked": dict(Counter(fact.subject.row["split"] for fact in facts)),
        "refused": dict(refused),
        "kinds": [_of_kind(one, [f for f in facts if f.subject.row["kind"] == one.kind]) for one in known],
        "shares": _shares(facts, settings.confidence),
        "answers": dict(sorted(said.items())),
    }


def lucky_at_most(facts: Sequence[Fact]) -> float:
    """How many of the known facts would be lucky guesses, if a model that does not know a fact always guessed the same:
    orders and exemplars cannot tell that from knowledge. For each unknown fact there would be c / (1 - c) of them."""
    return sum(fact.chance / (1 - fact.chance) for fact in facts if fact.category == "unknown" and fact.chance < 1)


def _of_kind(one: Knows, facts: Sequence[Fact]) -> dict[str, Any]:
    found = one.difference
    count = sum(fact.category in KNOWN for fact in facts)
    lucky = min(float(count), lucky_at_most(facts))
    said = f"{one.n} {NAMES[one.kind]} questions: {one.right:.1%} right from memory, by luck {one.chance:.1%}"
    if found.value is None or found.low is None or found.high is None:
        said += "; too few for an interval: undecided, and nothing is weighted by it"
    else:
        said += f" (difference {found.value:+.1%}, {found.low:+.1%} to {found.high:+.1%})"
        if one.verdict == "knows":
            said += f". {count} facts are known in some degree, at most about {lucky:.0f} of them by a lucky guess"
        else:
            said += ": undecided, and nothing is weighted by it"
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
        "known": count,
        "lucky_at_most": round(lucky, 1),
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
