"""Wrong units: the figure stands, and its unit is one at least four times as large or as small."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from residency.domain.surgery.figures import PARTNERS, SIZES, TIMES
from residency.preference.edits.dosing import Usual, unit_of, usual
from residency.preference.edits.edit import Edit, Operator, Refusal, Severity
from residency.preference.edits.limits import loose_floor
from residency.preference.edits.places import few, named, put, sentence_at
from residency.preference.edits.quantities import Quantity, quantities

KIND = "unit"
LEAST = 4.0
LARGEST = 50
"""Litres beyond which nobody would believe a volume."""
_AGE_BEFORE = re.compile(
    r"\b(?:aged?|ages?(?: of)?|older than|younger than|child\w*|infants?|bab(?:y|ies))(?: \w+){0,3} $|\b(?:over|"
    r"under|at) $"
)
_AGE_AFTER = re.compile(
    r"[ -](?:old|of age|ago)\b| (?:or|and) (?:over|older|younger)\b|[ -](?:survival|history)\b|['’]"
)
_A_DAY = re.compile(r" (?:a|an|per|each|every) (?:day|week|month|hour)\b| daily\b| weekly\b")
_OTHER_RANGE = re.compile(r"\d ?(?:\w+)? ?(?:to|and|or|–|-) $")
_ON = re.compile(r" (?:to|or|and|–) (?:\d|one|two|three|four|five|six|seven|eight|nine|ten|twelve)\b")
_URGENT = re.compile(
    r"\b(?:within|urgen\w+|emergenc\w+|immediate\w*|sepsis|septic|shock|theatre|perforat\w+|isch\w+|torsion|"
    r"burns?|dose)\b"
)


def unit(text: str, question: str, rng: random.Random) -> Iterator[Edit | Refusal]:
    """Every figure's unit with each of its partners in its place, where the result is plainly wrong."""
    for quantity in quantities(text):
        name = _name(quantity)
        if name not in PARTNERS:
            continue
        known = usual(text, question, quantity)
        reason = sentence_at(text, quantity.start).doubt(quantity.start) or _refused(text, quantity, name)
        if reason:
            yield Refusal(KIND, reason)
            continue
        right = known if isinstance(known, Usual) and not known.fluid else None
        loose = loose_floor(sentence_at(text, quantity.start), quantity.start)
        afters = [
            one
            for one in PARTNERS[name]
            if _wrong(quantity, name, one, right) and not (loose and SIZES[one] < SIZES[name])
        ]
        if not afters:
            yield Refusal(KIND, "the other unit gives a usual dose, or one that nobody would believe")
        for after in few(afters, rng):
            yield _edit(text, quantity, name, after)


def _name(quantity: Quantity) -> str:
    if quantity.unit in PARTNERS:
        return quantity.unit
    low = quantity.unit.lower()
    return low.rstrip("s") if low.rstrip("s") in TIMES else unit_of(quantity)


def _refused(text: str, quantity: Quantity, name: str) -> str:
    if name in TIMES:
        before = text[max(0, quantity.start - 40) : quantity.start].lower()
        if _AGE_BEFORE.search(before) or _AGE_AFTER.match(text, quantity.unit_end):
            return "an age, or a time long past"
        if _A_DAY.match(text, quantity.unit_end):
            return "a time that comes again in another"
    if _OTHER_RANGE.search(text[: quantity.start]) or _ON.match(text, quantity.unit_end):
        return "one end of a range"
    return ""


def _wrong(quantity: Quantity, name: str, after: str, known: Usual | None) -> bool:
    times = SIZES[after] / SIZES[name]
    if not (times >= LEAST or 1 / times >= LEAST):
        return False
    if after == "litres" and max(quantity.ends) > LARGEST:
        return False
    ends = [end * times for end in quantity.ends]
    return known is None or min(ends) > known.high or max(ends) < known.low


def _edit(text: str, quantity: Quantity, name: str, after: str) -> Edit:
    larger = SIZES[after] > SIZES[name]
    before = text[quantity.unit_at : quantity.unit_end]
    new = after
    if name in TIMES and (before.lower().endswith("s")):
        new = f"{after}s"
    elif after == "litres" and quantity.written[-1] in ("1", "one"):
        new = "litre"
    gap = quantity.gap
    sentence = sentence_at(text, quantity.start)
    urgent = _URGENT.search(sentence.low) is not None
    dose = name.split("/")[0] in ("mg", "micrograms", "microgram", "g", "mL", "mmol", "litre", "litres")
    severity: Severity = "dangerous" if larger and (dose or (name in TIMES and urgent)) else "major"
    figure = text[quantity.start : quantity.end]
    times = max(SIZES[after] / SIZES[name], SIZES[name] / SIZES[after])
    much = f"about {times:,.0f} times as {'long' if name in TIMES else 'much'}"
    much = much if larger else f"only about 1/{times:,.0f} of that"
    why = named(f"{figure}{gap}{before} is right here; {figure}{gap}{new} is {much}.")
    start = quantity.unit_at
    if not gap and len(new) > 3 and len(before) <= 3:
        new = f" {new}"
    return put(
        text, start, quantity.unit_end, new, kind=KIND, severity=severity, why=why,
        direction="larger" if larger else "smaller",
    )  # fmt: skip


TEXT_OPERATORS: dict[str, Operator] = {KIND: unit}
