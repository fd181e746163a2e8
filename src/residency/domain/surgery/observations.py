"""Observations and results of an adult that call for somebody at the bedside, whatever the diagnosis.

Reviewed 2026-11; not for clinical use. Limits: for breathing, saturation, pressure, pulse and temperature those that
score 3 by themselves in NEWS2 (Royal College of Physicians, 2017); potassium from 6.5 mmol/L is severe hyperkalaemia
(UK Kidney Association, 2023); glucose below 3.0 mmol/L is level 2 hypoglycaemia (American Diabetes Association). No
source is claimed for the others: lactate above 4 and sodium below 120 mmol/L, a Glasgow Coma Score of 13 or less.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from residency.domain.surgery.red_flags import speaks_of_patient
from residency.domain.surgery.shorthand import spelled_out


@dataclass(frozen=True)
class _Limit:
    """What is measured: its ``name``, the ``words`` before its figure, and which figures are alarming; beyond
    ``lowest`` and ``highest`` a figure is no such measurement."""

    name: str
    words: str
    lowest: float
    low: float | None
    high: float | None
    highest: float


_LIMITS = (
    _Limit("respiratory rate", r"respiratory rate|resp(?:iration)?s?(?: rate)?|rr", 2, 8, 25, 70),
    _Limit("oxygen saturation", r"(?:oxygen )?saturations?|sats?|spo2", 40, 91, None, 100),
    _Limit("systolic pressure", r"blood pressure|systolic(?: blood)?(?: pressure)?|s?bp", 30, 90, 220, 300),
    _Limit("pulse", r"pulse(?: rate)?|heart rate|hr", 20, 40, 131, 250),
    _Limit("temperature", r"temp(?:erature)?", 25, 35, None, 45),
    _Limit("Glasgow Coma Score", r"gcs|glasgow coma (?:score|scale)", 3, 13, None, 15),
    _Limit("potassium", r"potassium|k\+?", 1, None, 6.5, 12),
    _Limit("sodium", r"sodium|na\+?", 90, 119, None, 190),
    _Limit("glucose", r"(?:blood )?(?:glucose|sugar)|bm|cbg", 0.3, 2.9, None, 90),
    _Limit("lactate", r"lactate", 0.1, None, 4.1, 30),
)
_FIGURES = tuple(
    (
        limit,
        re.compile(
            rf"(?<![\w-])(?:{limit.words})"
            r"(?:,? (?:is|was|of|at|now|has|have|dropped|fallen|risen|down|up|only|to)){0,4}[ :=]*"
            r"(?P<figure>\d{1,3}(?:\.\d)?)(?![\d.]*\d)(?!\s*(?:-|–|to\b|kg|cm|mm\b|days?|weeks?|hours?|years?|minutes?))",
        ),
    )
    for limit in _LIMITS
)
# "Keep the pressure above 90", "if the pulse is 140": what is aimed at or asked about, and no finding.
_SUPPOSED = re.compile(
    r"\b(?:target|aim\w*|keep\w*|above|below|under|over|than|if|when|until|unless|once|should|yesterday|last \w+)\b"
    r"[^.;:,]*$"
)
_CHILD = re.compile(
    r"\b(?:\w+-(?:day|week|month)|(?:[1-9]|1[0-5])-year)-old\b|\b(?:infants?|newborn|neonate|toddler|baby|child|boy|girl)\b"
)
_BEFORE = 60  # characters before a figure in which it may be only supposed


def alarming(text: str) -> tuple[str, ...]:
    """What ``text`` gives of an adult's observations that is alarming, as "systolic pressure 74", each kind once. Of
    children, and where it speaks of no patient, nothing."""
    lower = spelled_out(text).lower()
    if _CHILD.search(lower) or not speaks_of_patient(text):
        return ()
    found: dict[str, str] = {}
    for limit, pattern in _FIGURES:
        for match in pattern.finditer(lower):
            figure = float(match["figure"])
            alarms = (limit.low is not None and figure <= limit.low) or (
                limit.high is not None and figure >= limit.high
            )
            supposed = _SUPPOSED.search(lower, max(0, match.start() - _BEFORE), match.start())
            if alarms and limit.lowest <= figure <= limit.highest and not supposed:
                found.setdefault(limit.name, f"{limit.name} {match['figure']}")
    return tuple(found.values())


def _alarms(limit: _Limit, figure: float) -> bool:
    low = limit.low is not None and figure <= limit.low
    high = limit.high is not None and figure >= limit.high
    return (low or high) and limit.lowest <= figure <= limit.highest
