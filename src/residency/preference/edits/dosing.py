"""Whose dose a figure is, and which doses of that medicine are usual for anybody."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from residency.domain.surgery.doses import RANGES, UNITS, basis_of
from residency.domain.surgery.figures import FLUID_RANGES, SPELLINGS
from residency.domain.surgery.medicine_names import Mention, Names
from residency.preference.edits.places import lowered, sentence_at
from residency.preference.edits.quantities import Quantity

REACH = 90
"""The most characters between a medicine and its dose."""
_NAMES = Names(RANGES)
_FLUID = re.compile(
    r"\b(?:crystalloids?|saline|fluids?|bolus(?:es)?|hartmann['’]?s|ringer['’]?s|sodium chloride|parkland|drinks?|"
    r"water|rehydration solution|infus\w+ of)\b"
)
_LEVEL = re.compile(
    r"\b(?:levels?|concentrations?|serum|plasma|blood glucose|urine|excret\w+|contain\w*|holds?|loss|loses?|output\w*|"
    r"drain\w*|clearance|density|residual|diet\w*|food\w*|intake|calories)\b"
)
_OF = re.compile(r"(?: of)?(?: (?:about|a|an|intravenous|oral|soluble|\d+(?:\.\d+)? ?(?:%|per cent)))* ")
_WHOLE = re.compile(r"\s?(?:a day|daily|per day|each day|in (?:24|twenty-four) hours|/day|in total)\b")


@dataclass(frozen=True, slots=True)
class Usual:
    """The medicine of a dose, and the lowest and the highest dose that is usual for anybody, in the dose's own unit."""

    medicine: str
    low: float
    high: float
    fluid: bool = False


@lru_cache(maxsize=64)
def medicines(text: str) -> tuple[Mention, ...]:
    """The medicines with known doses that a text names, in order."""
    return tuple(_NAMES.find(lowered(text)))


def unit_of(quantity: Quantity) -> str:
    """The unit in one writing."""
    head, *per = quantity.unit.split("/")
    return "/".join([SPELLINGS.get(head.lower(), head), *("h" if one == "hour" else one for one in per)])


def usual(text: str, question: str, quantity: Quantity) -> Usual | str | None:
    """What is usual where ``quantity`` is a dose; a reason where it is one of which nothing is known; None where it is
    no dose."""
    unit = unit_of(quantity)
    head, *per = unit.split("/")
    if head not in {*UNITS, "mL", "litres"} or {"L", "dL", "mL", "litre"} & set(per):
        return None
    sentence = sentence_at(text, quantity.start)
    before = sentence.low[: quantity.start - sentence.start]
    if _LEVEL.search(before[-60:]) and not re.search(r"\bdrinks?\b", before[-60:]):
        return None
    name = _owner(text, question, quantity)
    if name is not None:
        known = _range(name, head, per, bool(_WHOLE.match(text, quantity.unit_end)))
        if known is not None:
            return known
    if unit in FLUID_RANGES and _FLUID.search(sentence.low):
        low, high = FLUID_RANGES[unit]
        return Usual("fluid", low, high, fluid=True)
    if name is None:
        return None if head in ("mL", "litres", "g", "units") else "no medicine is named with the dose"
    return "no usual dose of that kind is known"


def _owner(text: str, question: str, quantity: Quantity) -> str | None:
    """The medicine before the figure in its sentence, else one right behind it, else the only one that the sentence or
    the question names."""
    sentence = sentence_at(text, quantity.start)
    inside = [one for one in medicines(text) if sentence.start <= one.start < sentence.end]
    behind = next((one for one in inside if one.start >= quantity.unit_end), None)
    if behind and _OF.fullmatch(lowered(text)[quantity.unit_end : behind.start]):
        return behind.name
    earlier = [one for one in inside if one.end <= quantity.start and quantity.start - one.end <= REACH]
    if earlier:
        return earlier[-1].name
    asked = {RANGES[one.name][0].drug for one in medicines(question)}
    return asked.pop() if not inside and len(asked) == 1 else None


def _range(name: str, head: str, per: list[str], whole: bool) -> Usual | None:
    kind, size = UNITS["ml" if head == "mL" else head] if head != "litres" else ("ml", 1000.0)
    basis, hourly = basis_of(tuple(one for one in per if one != "day"))
    size *= hourly
    rows = [row for row in RANGES[name] if row.kind == kind and row.basis == basis]
    if not rows:
        return None
    high = max(max(row.high, row.daily or 0.0) if whole or "day" in per else row.high for row in rows)
    return Usual(name, min(row.low for row in rows) / size, high / size)
