"""Plausible doses of drugs in surgical and perioperative practice, by name.

Reviewed 2026-11; not for clinical use. The figures, and how to read and extend them, stand in
:mod:`residency.domain.surgery.dose_table`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from residency.domain.surgery.dose_table import TABLE

UNITS: Mapping[str, tuple[str, float]] = {
    "nanograms": ("mg", 1e-6),
    "micrograms": ("mg", 1e-3),
    "mg": ("mg", 1.0),
    "g": ("mg", 1e3),
    "units": ("units", 1.0),
    "mmol": ("mmol", 1.0),
    "ml": ("ml", 1.0),
    "MBq": ("MBq", 1.0),
}
"""A unit's kind (mass, units of activity, amount, volume, radioactivity) and its size in that kind's base unit."""

LOCAL = frozenset("intrathecal epidural topical inhaled nasal patch buccal depot eye joint tumescent".split())
"""Routes and forms whose doses say nothing about a drug's other doses."""

_RANGE = re.compile(r"(?:([a-z/]+) )?([\d.]+)-([\d.]+) (\w+)((?:/\w+)*)(?: \(([\d.]+) a day\))?")


@dataclass(frozen=True, slots=True)
class Plausible:
    """One range of one drug.

    ``low`` to ``high`` is a single dose and ``daily`` the most in a day (None where the table gives none), in
    the base unit of ``kind`` (mg, units, mmol, ml, MBq); ``basis`` is "kg" for doses by body weight, "h" for
    rates an hour, "kg h" for both. ``unit`` is the table's own, and ``size`` what one of it is in the base unit.
    """

    drug: str
    routes: frozenset[str]
    kind: str
    basis: str
    low: float
    high: float
    daily: float | None
    unit: str
    size: float


def basis_of(per: tuple[str, ...]) -> tuple[str, float]:
    """What a dose is counted by, from ("kg", "min") and the like, and the factor that makes a rate hourly."""
    hourly = "h" in per or "min" in per
    return " ".join(["kg"] * ("kg" in per) + ["h"] * hourly), 60.0 if "min" in per else 1.0


def read_table(table: str) -> dict[str, list[Plausible]]:
    """The ranges by each drug's every name.

    Raises:
        ValueError: a line does not follow the table's form.
    """
    ranges: dict[str, list[Plausible]] = {}
    for line in table.strip().replace("\n  ", " ").splitlines():
        names, _, rest = line.partition(": ")
        if not line.startswith("#"):
            drug = names.partition(", ")[0]
            found = [_range(drug, part) for part in rest.split("; ")]
            ranges |= dict.fromkeys(names.split(", "), found)
    return ranges


def _range(drug: str, text: str) -> Plausible:
    match = _RANGE.fullmatch(text)
    if match is None:
        raise ValueError(f"{drug}: {text!r} is no range")
    routes, low, high, unit, per, daily = match.groups()
    kind, size = UNITS[unit]
    basis, hourly = basis_of(tuple(per.split("/")))
    size *= hourly
    limits = float(low) * size, float(high) * size, float(daily) * size if daily else None
    return Plausible(drug, frozenset((routes or "").split("/")) - {""}, kind, basis, *limits, unit + per, size)


RANGES = read_table(TABLE)
