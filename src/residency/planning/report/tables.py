"""Which choices are shown: of each model and method the cheapest, and of the one that is advised each device."""

from __future__ import annotations

from residency.planning.choice import Choice
from residency.planning.job import Range
from residency.planning.plan import Plan


def by_model(plan: Plan) -> list[Choice]:
    """The first choice of each model and method, which is the cheapest that fits; in the order of the choices."""
    found: dict[tuple[str, str], Choice] = {}
    for one in plan.choices:
        found.setdefault((one.model.name, one.method.name), one)
    return list(found.values())


def by_device(plan: Plan) -> list[Choice]:
    """The model and method that are advised, on each kind of device on which they fit."""
    if plan.advice is None:
        return []
    best = plan.advice.choice
    return [
        one
        for one in plan.choices
        if one.model.name == best.model.name and one.fit != "no" and one.method.name == best.method.name
    ]


def ends(found: Range | None) -> str:
    """A range in short: likely (low-high)."""
    if found is None:
        return "-"
    return f"{short(found.likely)} ({short(found.low)}-{short(found.high)})"


def short(value: float) -> str:
    """Two digits where they matter."""
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}" if value >= 0.95 else f"{value:.2f}"
