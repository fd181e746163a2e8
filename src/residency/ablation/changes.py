"""From an arm to the values of the recipe that it replaces."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from residency.ablation.question import Arm, Share
from residency.core.errors import InputError

OF_ONE_MODEL: dict[str, Any] = {
    "model.revision": None,
    "model.attention": "auto",
    "model.quantization": "none",
    "model.trust_remote_code": False,
    "chat.family": "auto",
    "preference.online.reward_model": None,
    "preference.online.weights.reward_model": 0.0,
}
"""What a recipe says of its own model and of no other, with the defaults. Learning rates are not among them: one that a
recipe names is a part of what is tried."""
FOR_PAIRS = ("preference.learning_rate", "preference.max_steps")
"""What is for losses on pairs, and refused beside online tuning, which has its own."""
ONLINE = ("grpo", "rloo")


def changes_of(arm: Arm, recipe: Mapping[str, Any]) -> dict[str, Any]:
    """The values that the arm sets, by dotted key; ``recipe`` holds all values of the recipe, section by section. What
    becomes of facts that the base model does not know needs it to be asked, which is set where the recipe does not.

    Raises:
        InputError: a share of kinds cannot be set.
    """
    found = dict(arm.set)
    if arm.share is not None:
        shares = found.pop("mix.shares", recipe["mix"]["shares"])
        found["mix.shares"] = with_share(shares, arm.share, arm.name)
    asked = value_at(recipe, "knowledge.questions") or value_at(recipe, "ablate.knowledge")
    if asked and found.get("mix.unknown", "keep") != "keep":
        found.setdefault("knowledge.questions", asked)
    return found


def with_share(shares: Mapping[str, float], wanted: Share, arm: str = "") -> dict[str, float]:
    """Shares of which the named kinds have ``wanted.to`` together.

    Both groups keep their proportions, the others being ``wanted.instead`` where it names some; what is in neither
    keeps its share. Kinds that have no share yet are given equal ones.

    Raises:
        InputError: all other kinds have no share, so that nothing can take the place; or those of ``instead`` have less
            than must be given up.
    """
    where = f"arm {arm}" if arm else "share"
    inside = {kind: shares.get(kind, 0.0) for kind in wanted.kinds}
    named = {kind: shares.get(kind, 0.0) for kind in wanted.instead if kind not in inside}
    outside = named or {kind: share for kind, share in shares.items() if kind not in inside}
    aside = {kind: share for kind, share in shares.items() if kind not in inside and kind not in outside}
    left = 1 - wanted.to - sum(aside.values())
    if left < -1e-9:
        what = f"{', '.join(outside)} have too small a share to make room for {', '.join(wanted.kinds)}"
        raise InputError(what, where, "Name more kinds under instead, or none")
    if left > 1e-9 and not sum(outside.values()) and not named:
        what = f"no other kind has a share that could take what {', '.join(wanted.kinds)} leave"
        raise InputError(what, where, "Give another kind a share under [mix]")
    found = dict(aside)
    for group, total in ((outside, max(0.0, left)), (inside, wanted.to)):
        held = group if sum(group.values()) else dict.fromkeys(group, 1.0)
        found |= {kind: total * share / sum(held.values()) for kind, share in held.items()}
    rounded = {kind: round(share, 4) for kind, share in found.items()}
    largest = max(rounded, key=lambda kind: rounded[kind])
    rounded[largest] = round(rounded[largest] + 1 - sum(rounded.values()), 4)  # they add up to 1, as the recipe demands
    return rounded


def value_at(recipe: Mapping[str, Any], key: str) -> Any:
    """The recipe's value of a dotted key; None where it has none."""
    value: Any = recipe
    for part in key.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def on_model(recipe: Mapping[str, Any], model: str) -> dict[str, Any]:
    """What is set so that a recipe is for this model: its name, and where it is not the recipe's own the defaults of
    what belongs to that one."""
    if model == value_at(recipe, "model.name"):
        return {"model.name": model}
    other = {key: default for key, default in OF_ONE_MODEL.items() if value_at(recipe, key) not in (None, default)}
    return {"model.name": model} | other


def online_apart(recipe: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """What of the recipe is taken back where an arm, by its ``own`` changes, tunes online."""
    if own.get("preference.method") not in ONLINE:
        return {}
    return {key: None for key in FOR_PAIRS if key not in own and value_at(recipe, key) is not None}
