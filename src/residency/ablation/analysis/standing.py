"""Whether an arm is the recipe as it stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from residency.ablation.changes import changes_of
from residency.ablation.question import Arm

ROUNDED = 0.0005
"""Shares of kinds are rounded, so that those that differ by less are the same."""


def moved(arm: Arm, recipe: Mapping[str, Any]) -> dict[str, Any]:
    """The values that the arm would change in the recipe, by dotted key; none where the recipe has them all."""
    return {key: value for key, value in changes_of(arm, recipe).items() if not _equal(value, _value(recipe, key))}


def stands(arm: Arm, recipe: Mapping[str, Any]) -> bool:
    """Whether the recipe is this arm already."""
    return not moved(arm, recipe)


def _value(recipe: Mapping[str, Any], key: str) -> Any:
    found: Any = recipe
    for part in key.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _equal(wanted: Any, given: Any) -> bool:
    if isinstance(wanted, Mapping) and isinstance(given, Mapping):
        return all(_equal(wanted.get(key, 0), given.get(key, 0)) for key in wanted.keys() | given.keys())
    if isinstance(wanted, float | int) and isinstance(given, float | int) and not isinstance(wanted, bool):
        return abs(wanted - given) <= (ROUNDED if isinstance(wanted, float) or isinstance(given, float) else 0)
    return bool(wanted == given)
