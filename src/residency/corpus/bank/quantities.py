"""Figures with units in running text, as ranges that can be compared.

"30-60 minutes", "up to 24 hours", "two days", "7 g/dL" and "at least 5 cm" become a dimension and a range in base
units (grams, litres, seconds, metres, mmHg). A comparison opens the range to its side; "about" widens it. Ages of
people are left out, as they say who is treated and not how.
"""

from __future__ import annotations

import math
import re
from typing import NamedTuple

ABOUT = 0.15  # by which "about" widens a figure
EXACT = 1e-9  # what conversion may add
SLACK = 0.1  # between different units ("3 months", "12 weeks") figures this near count as the same

_UNITS: dict[str, dict[str, float]] = {
    "mass": {
        "kg kilogram kilograms kilogramme kilogrammes": 1e3,
        "g gm gram grams gramme grammes": 1,
        "mg milligram milligrams": 1e-3,
        "µg μg mcg microgram micrograms": 1e-6,
    },
    "volume": {
        "L l litre litres liter liters": 1,
        "dL dl": 0.1,
        "mL ml millilitre millilitres milliliter milliliters": 1e-3,
    },
    "time": {
        "second seconds sec secs": 1,
        "minute minutes min mins": 60,
        "hour hours h hr hrs hourly": 3600,
        "day days daily": 86400,
        "week weeks weekly": 7 * 86400,
        "month months": 30.4 * 86400,
        "year years": 365 * 86400,
    },
    "length": {"mm millimetre millimetres": 1e-3, "cm centimetre centimetres": 1e-2, "inch inches": 0.0254},
    "pressure": {"mmHg": 1, "cmH2O": 0.7356, "kPa": 7.5006},
    "amount": {"mmol": 1e-3, "mol": 1},
    "%": {"% percent": 1},
    "°C": {"°C": 1},
    "units": {"unit units IU": 1},
}
_KNOWN = {
    name: (dimension, size)
    for dimension, own in _UNITS.items()
    for names, size in own.items()
    for name in names.split()
}
_WORDS = dict(
    zip(
        "one two three four five six seven eight nine ten twelve fifteen twenty thirty forty sixty ninety".split(),
        (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 30, 40, 60, 90),
        strict=True,
    )
)
_MOST = (
    "up to|at most|no more than|not more than|not exceeding|no longer than|less than|fewer than|under|below|within|"
    "maximum of|before|<|≤"
)
_LEAST = (
    "at least|no less than|not less than|more than|greater than|longer than|over|above|exceeding|exceeds|beyond|"
    "minimum of|after|from|>|≥"
)
_NUMBER = rf"\d+(?:[.,]\d+)*|(?<![A-Za-z])(?:{'|'.join(_WORDS)})(?![A-Za-z])"
_UNIT = "|".join(re.escape(name) for name in sorted(_KNOWN, key=len, reverse=True))
_QUANTITY = re.compile(
    rf"(?:(?P<most>(?i:{_MOST}))|(?P<least>(?i:{_LEAST}))|(?P<about>(?i:about|around|approximately|roughly|nearly|~)))?"
    rf"\s*(?<![\w.])(?P<one>(?i:{_NUMBER}))(?:\s*(?:-|–|to|and|or)\s*(?P<two>(?i:{_NUMBER})))?"
    rf"[\s-]?(?P<unit>{_UNIT})(?![A-Za-z0-9])"
    rf"(?P<per>(?:\s?/\s?|\s+per\s+|\s+an?\s+(?=hour|day|week|minute))(?:{_UNIT})(?![A-Za-z0-9])"
    rf"(?:\s?/\s?(?:{_UNIT})(?![A-Za-z0-9]))?)?"
    r"(?P<more>\s+(?:or|and)\s+(?:more|over|above|longer|older|greater|higher))?"
    r"(?P<less>\s+(?:or|and)\s+(?:less|under|below|shorter|younger|lower|fewer))?"
)
_AGE = re.compile(r"[\s-](?:old|of\s+age)\b", re.I)
_AGED = re.compile(r"\b(?:aged?|age\s+of|older\s+than|younger\s+than)\s+(?:\w+\s+){0,2}$", re.I)


class Quantity(NamedTuple):
    """A range from ``low`` to ``high`` in base units of ``dimension``, which is ``mass/volume`` where one is divided by
    another; ``unit`` and ``text`` as they stand."""

    dimension: str
    low: float
    high: float
    unit: str
    text: str


def quantities(text: str) -> list[Quantity]:
    """The figures with units in a text, in order; ages are left out."""
    found = []
    for match in _QUANTITY.finditer(text):
        dimension, size = _KNOWN[match["unit"]]
        if dimension == "time" and _is_age(text, match):
            continue
        unit = match["unit"]
        for part in re.findall(_UNIT, match["per"] or ""):
            below, divisor = _KNOWN[part]
            dimension, size, unit = f"{dimension}/{below}", size / divisor, f"{unit}/{part}"
        low, high = _range(match)
        found.append(Quantity(dimension, low * size, high * size, unit, match.group().strip()))
    return found


def differ(one: Quantity, other: Quantity, limits: bool = False) -> bool:
    """Whether two figures of one dimension cannot both hold; with ``limits`` also whether they are open to the same
    side and end at different figures ("within 1 hour", "within 3 hours")."""
    if one.dimension != other.dimension:
        return False
    slack = 0.0 if one.unit == other.unit else SLACK
    low, high = sorted((one, other), key=lambda quantity: (quantity.low, quantity.high))
    if limits and one.high == other.high == math.inf:
        return low.low * (1 + slack) < high.low * (1 - EXACT)
    if limits and one.low == other.low == 0.0:
        return low.high * (1 + slack) < high.high * (1 - EXACT)
    return low.high * (1 + slack) < high.low * (1 - EXACT)


def _is_age(text: str, match: re.Match[str]) -> bool:
    over = match["unit"].startswith("year") and re.search(
        "over|older|under|younger", match["more"] or match["less"] or ""
    )
    return bool(over or _AGE.match(text, match.end()) or _AGED.search(text[: match.start("one")]))


def _range(match: re.Match[str]) -> tuple[float, float]:
    first = _value(match["one"])
    low, high = sorted((first, _value(match["two"]) if match["two"] else first))
    if match["most"] or match["less"]:
        low = 0.0
    if match["least"] or match["more"]:
        high = math.inf
    if match["about"]:
        low, high = low * (1 - ABOUT), high * (1 + ABOUT)
    return low, high


def _value(number: str) -> float:
    if number.lower() in _WORDS:
        return float(_WORDS[number.lower()])
    plain = re.sub(r",(?=\d{3}(?!\d))", "", number).replace(",", ".")
    whole, *rest = plain.split(".")
    return float(f"{whole}.{''.join(rest)}" if rest else whole)
