"""A quantity of an answer changed on purpose: the span that changed and what stood there are returned with the text."""

from __future__ import annotations

import random
import re
from typing import Any

from residency.core.text import numbers

Corrupted = tuple[str, dict[str, Any]]
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
# "10", "2,000", "70-90", "5 to 10"; no part of a ratio, a power, a citation, a name or another number.
_QUANTITY = re.compile(
    rf"(?<![\w.,/:^\[–-])(?P<low>{_NUMBER})(?:(?P<to>\s?[–-]\s?|\sto\s)(?P<high>{_NUMBER}))?(?![\w\]/:^]|[.,]\d|-year)"
)
_LABELLED = re.compile(
    r"\b(?:(?:grades?|types?|class|stages?|categor(?:y|ies)|levels?|figure|table)\s|pH\b[\w\s]{0,15})$", re.IGNORECASE
)
_PER_CENT = re.compile(r"\s?(?:%|per\s?cent)")
# Doses go wrong by a tenfold, other figures by less.
_DOSE = re.compile(r"\s?(?:mg|micrograms?|g|ml|units?|mmol|litres?)\b", re.IGNORECASE)
YEARS = range(1900, 2101)


def wrong_number(answer: str, rng: random.Random) -> Corrupted | None:
    """One quantity, or both ends of a range, changed to a half or twice, a dose also to a tenth or ten times; None
    when there is none that can be (a year, a grade and a pH cannot; no share above 100%, no half of a whole)."""
    held = set(numbers(answer))
    changes = [
        (place, after)
        for place in _QUANTITY.finditer(answer)
        if not _LABELLED.search(answer[max(0, place.start() - 30) : place.start()])
        for factor in ((0.1, 0.5, 2.0, 10.0) if _DOSE.match(answer, place.end()) else (0.5, 2.0))
        if (after := _scaled(place, factor)) is not None and held.isdisjoint(numbers(after))
    ]
    if not changes:
        return None
    place, after = rng.choice(changes)
    text = answer[: place.start()] + after + answer[place.end() :]
    return text, {"type": "wrong_number", "before": place[0], "after": after, "span": list(place.span())}


def _scaled(place: re.Match[str], factor: float) -> str | None:
    """The quantity times ``factor``, written as it was; None when that is no possible quantity."""
    ends = [end for end in (place["low"], place["high"]) if end]
    scaled = []
    for end in ends:
        value = float(end.replace(",", "")) * factor
        whole = end.isdigit() or "," in end
        if end.isdigit() and int(end) in YEARS and len(ends) == 1:
            return None
        if value == 0 or (whole and not value.is_integer()):
            return None
        if value > 100 and _PER_CENT.match(place.string, place.end()):
            return None
        plain = f"{value:.6f}".rstrip("0").rstrip(".")
        scaled.append(f"{int(value):,}" if value.is_integer() and ("," in end or value >= 10_000) else plain)
    return (place["to"] or "").join(scaled)
