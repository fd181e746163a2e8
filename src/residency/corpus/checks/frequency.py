"""How often and over how long a dose is given, and the value of a number as it is written."""

from __future__ import annotations

import re

from residency.corpus.checks import dose_words as say


def number(written: str) -> float:
    """The value of a figure or a word: "1,500", "5 000", "0.5", "0·5", "0,5" or "half a"."""
    if written in say.WORDS:
        return say.WORDS[written]
    plain = re.sub(r"[,\s](?=\d{3}(?!\d))", "", written) if not written.startswith("0,") else written
    return float(plain.replace(",", ".").replace("·", "."))


def _least(written: str) -> float:
    return min(map(number, say.COUNTED.findall(written)))


def _most(written: str) -> float:
    return max(map(number, say.COUNTED.findall(written)))


def times_a_day(often: re.Match[str] | None) -> float | None:
    """Doses a day, at the least, by a match of ``INTERVAL``: "every four to six hours" is four. None when the
    match gives an amount a day, or says nothing about the day."""
    if often is None or often["long"] or often["total"]:
        return None
    if hours := often["every"] or often["hourly"]:
        longest = _most(hours)
        return max(1.0, 24 / longest) if longest else None
    if often["once"]:
        return 1.0
    named = (often["count"] or often["short"] or "").replace(".", "")
    return float(say.TIMES[named]) if named in say.TIMES else _least(named)


def hours_of(over: re.Match[str] | None) -> float | None:
    """Over how many hours, at the most, a match of ``OVER_TIME`` says that a dose is given."""
    if over is None:
        return None
    longest = _most(over["time"])
    return longest / 60 if over["unit"] == "min" else longest
