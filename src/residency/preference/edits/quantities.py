"""Figures with their units as a text holds them, and the figures of a closed ladder that may stand in their place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from residency.preference.edits.places import in_mark, lowered, sentence_at

SPELT = "one two three four five six seven eight nine ten eleven twelve".split()
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_WORD = "|".join(SPELT)
_UNIT = (
    r"(?:mg|micrograms?|mcg|[µμ]g|nanograms?|ng|kg|g|mmol|mol|mL|ml|litres?|liters?|L|IU|units?|MBq|kcal|kPa|"
    r"mmHg|cm|mm|"
    r"beats|breaths|bpm|J|seconds?|minutes?|hours?|days?|weeks?|months?|years?)"
    r"(?:/(?:kg|hour|h|min(?:ute)?|day|dL|L|litre|mL|ml|m2|percent)){0,2}(?![\w/])"
    r"|%|per\s?cent\b|/min(?:ute)?\b|°C"
)
# "10 mg", "2,000 mL", "70-90%", "5 to 10 days", "six hours"; no part of a ratio, a power, a citation or a name.
_QUANTITY = re.compile(
    rf"(?<![\w.,/:^\[–×-])(?P<low>{_NUMBER}|\b(?:{_WORD})\b)"
    rf"(?:(?P<to>\s?[–-]\s?|\s(?:to|or|and)\s)(?P<high>{_NUMBER}|\b(?:{_WORD})\b))?"
    rf"(?P<gap>[ \u00a0-]?)(?P<unit>{_UNIT})(?![\]^])",
    re.IGNORECASE,
)
_QUICK = re.compile(rf"\d|\b(?:{_WORD}) ", re.IGNORECASE)
_LABELLED = re.compile(
    r"\b(?:(?:grades?|types?|class|stages?|categor(?:y|ies)|levels?|figure|table|phase|step|factor|chromosome|"
    r"scale|day|"
    r"days|week|weeks)\s|pH\b[\w\s]{0,15}|between\s(?:[\w.]+\s){1,2}and\s|\d[\d.]*%?(?:\s*\w{1,8})?\s+(?:to|and|or)\s+|"
    r"[\d]\s?[x×]\s?)$",
    re.IGNORECASE,
)
_GOES_ON = re.compile(r"\s*(?:to|or|and|–|-)\s*\d|\s*\(\s*\d|-year|\s?[x×=]\s?\d")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure, or both ends of a range, with its unit. ``start`` to ``end`` is the figure's place, ``unit_at`` to
    ``unit_end`` the unit's; ``ends`` are the values, ``written`` what they are written as."""

    start: int
    end: int
    unit_at: int
    unit_end: int
    ends: tuple[float, ...]
    written: tuple[str, ...]
    to: str
    gap: str
    unit: str

    @property
    def spelt(self) -> bool:
        return not self.written[0][0].isdigit()


@lru_cache(maxsize=64)
def quantities(text: str) -> tuple[Quantity, ...]:
    """Every figure with a unit that could be changed: no label ("grade 3"), pH, ratio, power or part of a longer range,
    and none in a citation mark."""
    return tuple(_read(text)) if _QUICK.search(text) else ()


def _read(text: str) -> Iterator[Quantity]:
    for found in _QUANTITY.finditer(text):
        start = found.start("low")
        if _LABELLED.search(text[max(0, start - 40) : start]) or _GOES_ON.match(text, found.end()):
            continue
        if in_mark(text, *found.span()) or (found["unit"] == "L" and found["gap"] == "-"):
            continue
        written = tuple(end for end in (found["low"], found["high"]) if end)
        if (found["unit"] == "G") or "=" in sentence_at(text, start).text:
            continue
        yield Quantity(
            start,
            found.end("high") if found["high"] else found.end("low"),
            found.start("unit"),
            found.end("unit"),
            tuple(map(value, written)),
            written,
            found["to"] or "",
            found["gap"],
            found["unit"],
        )


def value(written: str) -> float:
    """What a figure says: "1,500", "2.5" or "six"."""
    low = written.lower()
    return float(SPELT.index(low) + 1) if low in SPELT else float(low.replace(",", ""))


def figure(number: float, like: str) -> str:
    """A number written as ``like`` is: with its commas, or in words where it is in words and can be."""
    if not like[0].isdigit() and number in range(1, len(SPELT) + 1):
        word = SPELT[int(number) - 1]
        return word.capitalize() if like[0].isupper() else word
    plain = f"{number:.6f}".rstrip("0").rstrip(".")
    return f"{int(number):,}" if number.is_integer() and ("," in like or number >= 10_000) else plain


def stands(text: str, written: str) -> bool:
    """Whether a figure stands in a text already."""
    return re.search(rf"(?<![\d.,]){re.escape(written)}(?![\d]|[.,]\d)", lowered(text)) is not None


def on_ladder(ends: Sequence[float], ladder: Sequence[float], least: float, most: float) -> list[tuple[float, ...]]:
    """The members of a ladder (for a range, both ends by the same factor) that are at least ``least`` and at most
    ``most`` times as large or as small; none where the figure itself is no member."""
    if any(end not in ladder for end in ends):
        return []
    first = ends[0]
    found = []
    for other in ladder:
        factor = other / first
        if not (least <= factor <= most or least <= 1 / factor <= most):
            continue
        new = (other, *(round(end * factor, 6) for end in ends[1:]))
        if all(end in ladder for end in new):
            found.append(new)
    return found


def joined(quantity: Quantity, new: Sequence[float]) -> str:
    """New ends written as the old ones were."""
    return quantity.to.join(figure(end, like) for end, like in zip(new, quantity.written, strict=True))
