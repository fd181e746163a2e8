"""From an arm to the values of the recipe that it replaces."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from residency.ablation.question import Arm, Share
from residency.core.errors import InputError


def changes_of(arm: Arm, recipe: Mapping[str, Any]) -> dict[str, Any]:
    """The values that the arm sets, by dotted key; ``recipe`` holds all values of the recipe, section by section.

    Raises:
        InputError: a share of kinds cannot be set.
    """
    found = dict(arm.set)
    if arm.share is not None:
        shares = found.pop("mix.shares", recipe["mix"]["shares"])
        found["mix.shares"] = with_share(shares, arm.share, arm.name)
    return found


def with_share(shares: Mapping[str, float], wanted: Share, arm: str = "") -> dict[str, float]:
    """Shares of which the named kinds have ``wanted.to`` together.

    Both groups keep their proportions. Kinds that have no share yet are given equal ones.

    Raises:
        InputError: all other kinds have no share, so that nothing can take the place.
    """
    inside = {kind: shares.get(kind, 0.0) for kind in wanted.kinds}
    outside = {kind: share for kind, share in shares.items() if kind not in inside}
    if wanted.to < 1 and not sum(outside.values()):
        what = f"no other kind has a share that could take what {', '.join(wanted.kinds)} leave"
        raise InputError(what, f"arm {arm}" if arm else "share", "Give another kind a share under [mix]")
    if not sum(inside.values()):
        inside = dict.fromkeys(inside, 1.0)
    found = {kind: (1 - wanted.to) * share / (sum(outside.values()) or 1) for kind, share in outside.items()}
    found |= {kind: wanted.to * share / sum(inside.values()) for kind, share in inside.items()}
    rounded = {kind: round(share, 4) for kind, share in found.items()}
    largest = max(rounded, key=lambda kind: rounded[kind])
    rounded[largest] = round(rounded[largest] + 1 - sum(rounded.values()), 4)  # they add up to 1, as the recipe demands
    return rounded
