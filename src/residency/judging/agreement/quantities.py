"""Figures as a sentence gives them: value, unit, what they are counted by, and whether they bound from above or below.

Two figures are the same when their values agree in a common unit: 24-hour and 24 hours, 1 g and 1,000 mg, two and 2.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace

_UNITS = {
    # spellings: (kind, size in the kind's base unit)
    "kg kilogram kilograms kilo kilos": ("mass", 1e6),
    "g gram grams gm": ("mass", 1e3),
    "mg milligram milligrams": ("mass", 1.0),
    "microgram micrograms mcg µg μg ug": ("mass", 1e-3),
    "nanogram nanograms ng": ("mass", 1e-6),
    "litre litres liter liters l": ("volume", 1e3),
    "dl decilitre decilitres deciliter deciliters": ("volume", 100.0),
    "ml millilitre millilitres milliliter milliliters cc": ("volume", 1.0),
    "mol mole moles": ("amount", 1e3),
    "mmol millimole millimoles": ("amount", 1.0),
    "micromol micromole micromoles µmol μmol umol": ("amount", 1e-3),
    "nmol nanomole nanomoles": ("amount", 1e-6),
    "pmol picomole picomoles": ("amount", 1e-9),
    "unit units iu": ("activity", 1.0),
    "% percent": ("share", 0.01),
    "seconds sec secs": ("time", 1 / 60),
    "minute minutes min mins": ("time", 1.0),
    "hour hours hourly hr hrs h": ("time", 60.0),
    "day days": ("time", 1440.0),
    "week weeks": ("time", 10080.0),
    "month months": ("months", 1.0),
    "year years": ("months", 12.0),
    "m metre metres meter meters": ("length", 1e3),
    "cm centimetre centimetres centimeter centimeters": ("length", 10.0),
    "mm millimetre millimetres millimeter millimeters": ("length", 1.0),
    "inch inches": ("length", 25.4),
    "mmhg": ("mmHg", 1.0),
    "kpa": ("kPa", 1.0),
    "cmh2o": ("cmH2O", 1.0),
    "kcal calorie calories": ("kcal", 1.0),
    "mbq": ("MBq", 1.0),
    "°c": ("°C", 1.0),
    "°f": ("°F", 1.0),
}
UNITS = {spelling: unit for spellings, unit in _UNITS.items() for spelling in spellings.split()}
"""Each spelling's kind and size."""
WORDS = {
    name: value for value, name in enumerate("two three four five six seven eight nine ten eleven twelve".split(), 2)
}
"""Number words that stand for a figure wherever they stand; "one", "a" and "an" do so only before a unit."""
ALIKE = {
    2: re.compile(r"\b(?:both|twice|double|doubled|doubles|pair|second|2nd|half|either)\b"),
    3: re.compile(r"\b(?:thrice|triple|triad|third|thirds)\b"),
    4: re.compile(r"\b(?:quarters?|fourth|tetrad)\b"),
    5: re.compile(r"\bfifths?\b"),
    10: re.compile(r"\btenths?\b"),
}
"""Words by which a text may hold a small figure that a sentence spells as a number word."""

_MORE_THAN = "more|greater|longer|older|higher|later|larger|wider|heavier"
_LESS_THAN = "less|fewer|shorter|younger|lower|earlier|smaller|narrower|lighter"
_BEFORE = (
    rf"(?P<over>(?<!not )(?<!no )(?:{_MORE_THAN}) than|above|over|exceed\w*|at least|minimum of|beyond|"
    rf"(?:not|no) (?:{_LESS_THAN}) than|not below|[>≥])|"
    rf"(?P<under>(?<!not )(?<!no )(?:{_LESS_THAN}) than|below|under|at most|up to|maximum of|within|"
    rf"(?:not|no) (?:{_MORE_THAN}) than|not above|not exceed\w*|[<≤])"
)
_UNIT = "|".join(sorted(map(re.escape, UNITS), key=len, reverse=True))
_FIGURE = re.compile(
    rf"(?:(?:{_BEFORE})\s?(?:about |approximately |around |the |an age of )?)?"
    r"(?:\b(?P<label>grade|type|stage|class|category|level|phase|zone|factor|score)s?\s)?"
    rf"(?:(?<![\w.])(?P<number>\d+(?:[.,]\d+)*)|\b(?P<word>one|an?|{'|'.join(WORDS)})\b(?=[ -]))"
    rf"(?:[ -]?(?:(?P<unit>{_UNIT}|per cent)(?![\w])(?P<per>(?:/(?:{_UNIT})\b)*"
    rf"(?: (?:per|an?|each|every) (?:{_UNIT}|kilogram|square metre)\b| (?:daily|hourly)\b)?)"
    rf"|\s?(?P<ratio>per|in|of|out of|in every) (?P<whole>\d+(?:[,.]\d+)*|{'|'.join(WORDS)})\b(?!\s?(?:{_UNIT})\b)))?"
    r"(?P<after> (?:or|and) (?:more|over|above|older|higher|greater|less|under|below|younger|fewer|lower)\b)?"
)
_ANY = re.compile(rf"\d|\b(?:{'|'.join(WORDS)}|(?:one|an?)[ -](?:{_UNIT})|one in)\b")
_MORE = re.compile("more|over|above|older|higher|greater")
_JOINED = re.compile(r"\s?(?:-|–|to|and|or|,)\s?$")


@dataclass(frozen=True, slots=True)
class Quantity:
    """One figure.

    ``size`` is in the base unit of ``kind`` ("" without a unit); ``per`` holds the kinds that it is counted by (mass,
    volume); ``rate`` the minutes of a rate (0 without); ``bound`` is 1 for at least, -1 for at most, else 0;
    ``label`` is the word that makes it a name ("grade"); ``spelt`` a number word; ``place`` its offset, and ``start``
    to ``end`` all that belongs to it.
    """

    text: str
    size: float
    kind: str
    per: frozenset[str]
    rate: float
    bound: int
    label: str
    spelt: bool
    place: int
    start: int
    end: int

    def agrees(self, other: Quantity) -> bool:
        """Whether both say the same, as far as both say it."""
        if self.kind and other.kind:
            if self.kind != other.kind or not math.isclose(self.size, other.size, rel_tol=1e-6):
                return False
            if self.per != other.per or (self.rate and other.rate and self.rate != other.rate):
                return False
        elif self.text != other.text:
            return False
        return self.bound * other.bound >= 0 and (not self.label or not other.label or self.label == other.label)

    def comparable(self, other: Quantity) -> bool:
        """Whether the one could stand where the other does."""
        return self.kind == other.kind and self.label == other.label and self.bound * other.bound >= 0


def plain(number: str) -> str:
    """A number without thousands commas and zeros at a fraction's end."""
    number = re.sub(r",(?=\d{3}\b)", "", number).replace(",", ".")
    return number.rstrip("0").rstrip(".") if "." in number else number


def _value(number: str) -> float:
    first, *rest = plain(number).split(".")
    return float(f"{first}.{''.join(rest)}") if rest else float(first)


def quantities(sentence: str) -> tuple[Quantity, ...]:
    """The figures of a sentence in lower case, in order. "One", "a" and "an" count only before a unit, or in "one in
    ten". The first of two joined figures ("5 to 10 mg") has the unit of the second."""
    found: list[Quantity] = []
    if not _ANY.search(sentence):
        return ()
    ended = 0
    for match in _FIGURE.finditer(sentence):
        if match["word"] in ("one", "a", "an") and not (match["unit"] or match["ratio"]):
            continue
        one = _quantity(match)
        if one.kind and found and not found[-1].kind and _JOINED.fullmatch(sentence, ended, one.place):
            size = found[-1].size * _factor(match)
            found[-1] = replace(found[-1], size=size, kind=one.kind, per=one.per, rate=one.rate)
        found.append(one)
        ended = match.end()
    return tuple(found)


def _unit(spelling: str) -> tuple[str, float]:
    return UNITS["%" if spelling == "per cent" else spelling]


def _factor(match: re.Match[str]) -> float:
    """What the figure is to be multiplied by: its unit's size, or one over the whole of "in ten"."""
    if match["unit"]:
        return _unit(match["unit"])[1]
    whole = _value(str(WORDS.get(match["whole"], match["whole"])))
    return 1 / whole if whole else 1.0


def _quantity(match: re.Match[str]) -> Quantity:
    number, word = match["number"], match["word"]
    text = plain(number) if number else str(WORDS.get(word, 1))
    size, kind, per, rate = _value(text), "", set[str](), 0.0
    if match["unit"]:
        kind = _unit(match["unit"])[0]
        size *= _factor(match)
        for name in re.findall(r"[^\W\d_]+", match["per"] or ""):
            other, minutes = UNITS.get({"daily": "day", "hourly": "hour"}.get(name, name), ("", 0.0))
            if other == "time":
                rate = minutes
            elif other:
                per.add(other)
    elif match["ratio"]:
        factor = _factor(match)
        if match["ratio"] == "per" or size * factor <= 1:
            kind, size = "share", size * factor
    bound = (match["over"] is not None) - (match["under"] is not None)
    if match["after"]:
        bound = 1 if _MORE.search(match["after"]) else -1
    start = match.start("number") if number else match.start("word")
    return Quantity(
        text, size, kind, frozenset(per), rate, bound, match["label"] or "", not number, start, *match.span()
    )
