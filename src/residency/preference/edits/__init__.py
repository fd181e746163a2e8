"""Mistakes made in a text on purpose, each a typed edit. What they exchange is data of the domain pack."""

from __future__ import annotations

from residency.preference.edits import (
    certainty,
    differential,
    dose,
    drug,
    drug_class,
    indication,
    interval,
    investigation,
    number,
    route,
    side,
    step,
    step_order,
    structure,
    timing,
    unit,
)
from residency.preference.edits.edit import Operator

TEXT_OPERATORS: dict[str, Operator] = {
    name: operator
    for module in (
        drug,
        drug_class,
        dose,
        unit,
        route,
        interval,
        number,
        step_order,
        step,
        side,
        structure,
        investigation,
        timing,
        indication,
        differential,
        certainty,
    )
    for name, operator in module.TEXT_OPERATORS.items()
}
"""The operators by the type of their mistakes."""
