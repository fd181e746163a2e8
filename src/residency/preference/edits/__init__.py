"""Mistakes made in a text on purpose, each a typed edit. What they exchange is data of the domain pack."""

from __future__ import annotations

from residency.preference.edits import dose, drug, drug_class, interval, number, route, unit
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
    )
    for name, operator in module.TEXT_OPERATORS.items()
}
"""The operators by the type of their mistakes."""
