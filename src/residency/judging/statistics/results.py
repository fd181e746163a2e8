"""The estimates and comparisons of whole sets of results, metric by metric."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from residency.core.errors import ProofError
from residency.judging.statistics.estimates import Difference, Estimate, estimate, paired_difference
from residency.judging.statistics.sample import Scale, Score

Item = Mapping[str, Any]
Scales = Mapping[str, Scale]
"""The scale of each metric that is no share."""


def values_of(items: Iterable[Item], metric: str) -> tuple[list[Score], list[str]]:
    """A metric's values and the clusters of the items that carry it, None where it could not be scored."""
    rows = [(item["metrics"][metric], item["cluster"]) for item in items if metric in item["metrics"]]
    return [value for value, _ in rows], [cluster for _, cluster in rows]


def summarise(
    items: Iterable[Item], confidence: float = 0.95, seed: int = 0, scales: Scales | None = None
) -> dict[str, Estimate]:
    """Every metric of one model's items, over the items that carry it."""
    rows: dict[str, tuple[list[Score], list[str]]] = {}
    for item in items:
        for metric, value in item["metrics"].items():
            values, clusters = rows.setdefault(metric, ([], []))
            values.append(value)
            clusters.append(item["cluster"])
    return {
        metric: estimate(values, clusters, confidence, seed, (scales or {}).get(metric, "share"))
        for metric, (values, clusters) in rows.items()
    }


def summarise_by(
    items: Iterable[Item], field: str, confidence: float = 0.95, seed: int = 0, scales: Scales | None = None
) -> dict[Any, dict[str, Estimate]]:
    """``summarise`` for each value of ``field`` (``topic``, ``passage_seen``), None being a value too."""
    groups: dict[Any, list[Item]] = {}
    for item in items:
        groups.setdefault(item[field], []).append(item)
    return {name: summarise(groups[name], confidence, seed, scales) for name in sorted(groups, key=str)}


def matched(
    items_a: Iterable[Item], items_b: Iterable[Item], metric: str
) -> tuple[list[Score], list[Score], list[str], int]:
    """A metric's values for both models on the same items, the items' clusters, and how many had no match.

    Raises:
        ProofError: an id occurs twice in one axis, so that pairs are not defined.
    """
    left, right = _by_id(items_a, metric), _by_id(items_b, metric)
    both = sorted(left.keys() & right.keys())
    return (
        [left[key]["metrics"][metric] for key in both],
        [right[key]["metrics"][metric] for key in both],
        [left[key]["cluster"] for key in both],
        len(left.keys() ^ right.keys()),
    )


def changes(items_a: Iterable[Item], items_b: Iterable[Item], metric: str) -> tuple[list[float], list[str]]:
    """The differences a - b of the items that both models have a value for, and the items' clusters."""
    a, b, clusters, _ = matched(items_a, items_b, metric)
    pairs = [(x - y, c) for x, y, c in zip(a, b, clusters, strict=True) if x is not None and y is not None]
    return [value for value, _ in pairs], [cluster for _, cluster in pairs]


def compare(
    items_a: Sequence[Item],
    items_b: Sequence[Item],
    confidence: float = 0.95,
    seed: int = 0,
    scales: Scales | None = None,
) -> dict[str, Difference]:
    """Every metric's paired difference a - b, items matched by axis and id."""
    names = dict.fromkeys(metric for item in (*items_a, *items_b) for metric in item["metrics"])
    found = {}
    for metric in names:
        a, b, clusters, unmatched = matched(items_a, items_b, metric)
        scale = (scales or {}).get(metric, "share")
        found[metric] = replace(paired_difference(a, b, clusters, confidence, seed, scale), unmatched=unmatched)
    return found


def _by_id(items: Iterable[Item], metric: str) -> dict[tuple[str, str], Item]:
    found: dict[tuple[str, str], Item] = {}
    for item in items:
        key = (item["axis"], item["id"])
        if metric in item["metrics"] and found.setdefault(key, item) is not item:
            raise ProofError(f"the id occurs twice on the axis {item['axis']!r}", item["id"])
    return found
