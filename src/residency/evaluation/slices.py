"""Scores of parts of the items: by topic, by source, by split, by whether the passage was seen in training."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from residency.evaluation.scales import SCALES
from residency.judging.statistics import (
    Difference,
    Estimate,
    Item,
    estimate,
    gap,
    matched,
    paired_difference,
    values_of,
)

FEW = 10  # items below which a part's score says little

LABELS: dict[str, dict[Any, str]] = {
    "passage_seen": {True: "passage seen in training", False: "passage not seen"},
    "split": {
        "test": "test, of all topics",
        "test_topic": "topics held out as a whole",
        "test_human": "human-written alone",
    },
    "source": {"human": "human-written", "synthetic": "synthetic"},
}


@dataclass(frozen=True)
class Part:
    """One metric on one part of the items: each model's score, and the last model's difference from the first.

    ``few`` says that a model has fewer than FEW items in it. Where a field has two parts, a third one is the gap
    between them: differences of both parts' scores, and the difference of what they gained.
    """

    axis: str
    metric: str
    name: str
    scores: Mapping[str, Estimate | Difference]
    difference: Difference | None
    few: bool


def parts_of(
    results: Mapping[str, Sequence[Item]],
    field: str,
    metrics: Mapping[str, str],
    confidence: float = 0.95,
    seed: int = 0,
    pool: bool = False,
) -> list[Part]:
    """Each metric (by axis) on each part of the items; items without a value of ``field`` take no part.

    With ``pool`` the parts of an axis that hold fewer than FEW items are scored together, as one part that says how
    many they are.
    """
    found = []
    for axis, metric in metrics.items():
        items = {
            model: [item for item in rows if metric in item["metrics"] and item.get(field) not in (None, "")]
            for model, rows in results.items()
        }
        sizes = {value: max(_sizes(rows, field)[value] for rows in items.values()) for value in _values(items, field)}
        small = [value for value, size in sizes.items() if size < FEW] if pool else []
        small = small if len(small) > 1 else []
        groups = [(LABELS.get(field, {}).get(value, str(value)), [value]) for value in sizes if value not in small]
        if small:
            name = f"{len(small)} others" if groups else f"all {len(small)}"
            groups.append((f"{name}, under {FEW} items each", small))
        for name, values in groups:
            chosen = {model: [item for item in rows if item[field] in values] for model, rows in items.items()}
            found.append(_part(axis, metric, name, chosen, confidence, seed))
        if len(groups) == 2 and not pool:
            found.append(_gap(found[-2], found[-1], confidence))
    return found


def _gap(first: Part, second: Part, confidence: float) -> Part:
    scores = {model: gap(first.scores[model], second.scores[model], confidence) for model in first.scores}
    gained = first.difference and second.difference and gap(first.difference, second.difference, confidence)
    few = first.few or second.few
    return Part(first.axis, first.metric, "gap (the first minus the second)", scores, gained, few)


def _part(axis: str, metric: str, name: str, items: Mapping[str, Sequence[Item]], confidence: float, seed: int) -> Part:
    scale = SCALES.get(metric, "share")
    scores = {model: estimate(*values_of(rows, metric), confidence, seed, scale) for model, rows in items.items()}
    models, difference = list(items), None
    if len(models) > 1:
        a, b, clusters, _ = matched(items[models[-1]], items[models[0]], metric)
        difference = paired_difference(a, b, clusters, confidence, seed, scale)
    return Part(axis, metric, name, scores, difference, any(score.n < FEW for score in scores.values()))


def _values(items: Mapping[str, Sequence[Item]], field: str) -> list[Any]:
    """Every value of the field, True before False, others by name."""
    values = {item[field] for rows in items.values() for item in rows}
    return sorted(values, key=lambda value: (not value, "") if isinstance(value, bool) else (False, str(value)))


def _sizes(items: Sequence[Item], field: str) -> Counter[Any]:
    return Counter(item[field] for item in items)
