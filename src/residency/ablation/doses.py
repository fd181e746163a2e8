"""Where each arm stands on its question's axis of doses, the recipe as it stands among them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from residency.ablation.changes import value_at
from residency.ablation.question import Arm, Question


def doses(question: Question, recipe_values: Mapping[str, Any]) -> dict[str, float]:
    """The place of each arm on the question's axis of doses; arms that have none are not in it.

    The recipe as it stands has the place of what the dosed arms set: the share of their kinds, or their one value, in
    the unit of the doses. It has none where it differs from them in something else too.
    """
    found = {arm.name: arm.dose for arm in question.arms if arm.dose is not None}
    largest = max((arm for arm in question.arms if arm.dose), key=lambda arm: arm.dose or 0.0, default=None)
    own = None if largest is None or not largest.dose else _own_dose(largest, largest.dose, recipe_values)
    bare = [
        arm for arm in question.arms if not arm.set and arm.share is None and not arm.after and arm.measures != "base"
    ]
    if own is not None and largest is not None:
        found |= {
            arm.name: own for arm in bare if arm.dose is None and arm.measures == largest.measures and not arm.again
        }
    return found


def _own_dose(arm: Arm, dose: float, recipe: Mapping[str, Any]) -> float | None:
    if arm.share is not None and arm.share.to:
        shares: Mapping[str, float] = recipe["mix"]["shares"]
        return round(sum(shares.get(kind, 0.0) for kind in arm.share.kinds) * dose / arm.share.to, 2)
    numbers = [key for key, value in arm.set.items() if isinstance(value, int | float) and not isinstance(value, bool)]
    if len(numbers) != 1 or not arm.set[numbers[0]]:
        return None
    if any(value_at(recipe, key) != value for key, value in arm.set.items() if key != numbers[0]):
        return None
    own, unit = value_at(recipe, numbers[0]), float(arm.set[numbers[0]])
    return None if own is None else round(float(own) * dose / unit, 2)
