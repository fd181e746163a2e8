"""How often something is done: wordings of one kind, and how many times a day each is.

Reviewed 2026-11; not for clinical use. A wording is only exchanged for one of the same kind that is at least ``LEAST``
times as often or as seldom, so that no acceptable regimen comes out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

LEAST = 3.0
FAR = 60.0
"""How many times as often or as seldom a wrong interval is: at least as much as nobody would argue about, and at most
what a reader would still take for meant."""
FIGURE = 4.0
"""The same for another figure of one unit ("every 6 hours")."""
_COUNTS: Mapping[str, int] = {"once": 1, "twice": 2, "three times": 3, "four times": 4, "six times": 6}
_PERIODS: Mapping[str, float] = {"hour": 24, "day": 1, "week": 1 / 7, "month": 1 / 30, "year": 1 / 365}
_ADVERBS: Mapping[str, float] = {
    "hourly": 24,
    "daily": 1,
    "weekly": 1 / 7,
    "monthly": 1 / 30,
    "yearly": 1 / 365,
    "annually": 1 / 365,
}
_NUMBERS = "one two three four five six seven eight nine ten eleven twelve".split()
_UNITS: Mapping[str, float] = {
    "minutes": 1440,
    "hours": 24,
    "days": 1,
    "weeks": 1 / 7,
    "months": 1 / 30,
    "years": 1 / 365,
}
_WORD = "|".join(_NUMBERS)
PATTERN = re.compile(
    r"(?<![\w-])(?:"
    r"(?P<count>once|twice|(?:two|three|four|six) times) (?:(?P<by>daily|weekly|monthly|yearly)|"
    r"(?P<each>a|per|each|every) (?P<period>hour|day|week|month|year))|"
    rf"every (?P<number>\d+|{_WORD})(?:(?P<to> to |-| or )(?P<second>\d+|{_WORD}))? (?P<unit>minutes|hours|days|"
    rf"weeks|months|years)|"
    r"every (?:other )?(?P<single>hour|day|week|month|year)|"
    rf"(?P<prefix>two|three|four|six|eight|twelve|\d+)-(?P<suffix>hourly|weekly|monthly|yearly)|"
    r"(?P<adverb>hourly|daily|weekly|monthly|yearly|annually)"
    r")(?![\w-])"
)
"""A frequency in lower case."""
RATE = re.compile(r" (?P<each>an?|per|each) (?P<period>minute|hour|day|week|month)(?![\w-])")
"""What turns an amount into a rate: "500 mL a day"."""
_NEXT: Mapping[str, tuple[str, ...]] = {
    "minute": ("hour",),
    "hour": ("minute", "day"),
    "day": ("hour", "week"),
    "week": ("day", "month"),
    "month": ("week", "day"),
}
_LENGTHS: Mapping[str, float] = {**_PERIODS, "minute": 1440}


def alternatives(said: str) -> dict[str, float]:
    """The wrong wordings of the same kind for one that ``PATTERN`` matches, each with how many times as often it is."""
    found = PATTERN.fullmatch(said)
    if found is None:
        return {}
    rates = _rates(found)
    mine = rates.get(said)
    if mine is None:
        return {}
    times = {other: rate / mine for other, rate in rates.items()}
    return {other: factor for other, factor in times.items() if LEAST <= factor <= FAR or LEAST <= 1 / factor <= FAR}


def other_rates(found: re.Match[str]) -> dict[str, float]:
    """The wrong rates for one that ``RATE`` matches, each with how many times as much it is."""
    each, period = found["each"], found["period"]
    rates = {}
    for other in _NEXT[period]:
        said = ("an" if other == "hour" else "a") if each in ("a", "an") else each
        rates[f" {said} {other}"] = _LENGTHS[other] / _LENGTHS[period]
    return rates


def _rates(found: re.Match[str]) -> dict[str, float]:
    """The times a day of the wording itself and of all others of its kind."""
    if found["count"]:
        said, count = found["count"], {"two times": 2}.get(found["count"]) or _COUNTS[found["count"]]
        counts = {**_COUNTS, said: count}
        if found["by"]:
            by = {f"{one} {found['by']}": number * _ADVERBS[found["by"]] for one, number in counts.items()}
            usual = ("daily", "weekly", "monthly") if count == 1 else ("daily", "weekly")
            return by | {f"{said} {adverb}": count * _ADVERBS[adverb] for adverb in usual}
        tail = f"{found['each']} {found['period']}"
        by = {f"{one} {tail}": number * _PERIODS[found["period"]] for one, number in counts.items()}
        return by | {
            f"{said} {found['each']} {period}": count * rate for period, rate in _PERIODS.items() if period != "hour"
        }
    if found["number"]:
        return _every(found)
    if found["single"]:
        other = "other " if "other " in found[0] else ""
        return {f"every {other}{period}": rate for period, rate in _PERIODS.items()}
    if found["prefix"]:
        return {
            f"{found['prefix']}-{adverb}": rate
            for adverb, rate in _ADVERBS.items()
            if adverb not in ("daily", "annually")
        }
    return dict(_ADVERBS)


def _every(found: re.Match[str]) -> dict[str, float]:
    number = _number(found["number"])
    figures = f"{found['number']}{found['to'] or ''}{found['second'] or ''}"
    rates = {f"every {figures} {unit}": rate / number for unit, rate in _UNITS.items()}
    if not found["second"]:
        for other in (2, 3, 4, 6, 8, 10, 12, 24):
            if not max(other / number, number / other) >= FIGURE or (
                other > len(_NUMBERS) and not found["number"].isdigit()
            ):
                continue
            word = str(other) if found["number"].isdigit() else _NUMBERS[other - 1]
            rates[f"every {word} {found['unit']}"] = _UNITS[found["unit"]] / other
    return rates


def _number(said: str) -> int:
    return int(said) if said.isdigit() else _NUMBERS.index(said) + 1
