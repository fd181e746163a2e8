"""Closed ladders of figures, unit by unit, and units that are taken for one another.

Reviewed 2026-11; not for clinical use. A wrong figure is drawn from the ladder on which the right one stands, so that
over a bank of questions each figure is as likely to be the right one as the wrong one.
"""

from __future__ import annotations

from collections.abc import Mapping


def _ladder(text: str) -> tuple[float, ...]:
    return tuple(map(float, text.split()))


DOSES = _ladder(
    "0.05 0.1 0.15 0.2 0.25 0.3 0.4 0.5 0.6 0.8 1 1.5 2 2.5 3 4 5 6 7.5 8 10 12 15 20 25 30 40 50 60 70 75 80 100 120 "
    "125 150 200 250 300 400 500 600 700 750 800 1000 1200 1250 1500 2000 2500 3000 4000 5000 6000 8000 10000 12000 "
    "15000 20000 25000 30000 40000 50000"
)
"""Figures of doses, of any unit."""
OTHERS: Mapping[str, tuple[float, ...]] = {
    "%": _ladder("0.1 0.2 0.5 1 2 3 4 5 6 8 10 12 15 20 25 30 35 40 45 50 55 60 65 70 75 80 85 90 95"),
    "mmHg": _ladder("5 10 12 15 20 25 30 35 40 50 60 70 80 90 100 110 120 130 140 150 160 170 180 200 220"),
    "mmol/L": _ladder(
        "0.5 0.8 1 1.5 1.9 2 2.5 3 3.5 4 5 5.5 6 6.5 7 8 9 10 11 12 15 18 20 25 30 40 50 60 70 80 90 100 110 120 "
        "125 130 "
        "135 140 145 150 154 160"
    ),
    "g/L": _ladder("0.5 1 1.5 2 3 4 5 10 20 25 30 35 40 50 60 70 80 90 100 105 110 120 130 140 150"),
    "mg/L": _ladder("1 2 3 5 10 15 20 30 40 50 75 100 120 150 200 250 300 400 500"),
    "mg/dL": _ladder("1 2 3 5 6 8 10 15 20 25 30 40 50 60 70 80 100 110 120 125 126 130 140 150 160 180 200 240 300"),
    "cm": _ladder("0.5 1 1.5 2 2.5 3 3.5 4 4.5 5 5.5 6 7 8 10 12 15 20 25 30 40 50 60 75 100"),
    "mm": _ladder("0.5 1 1.5 2 3 4 5 6 7 8 9 10 12 15 20 25 30 40 50 60 80 100"),
    "kg": _ladder("1 2 3 5 10 15 20 25 30 40 50 60 70 80 100 120"),
    "mL": _ladder("1 2 5 10 15 20 25 30 40 50 60 75 100 150 200 250 300 400 500 600 800 1000 1200 1500 2000 3000"),
    "mL/min": _ladder("10 15 20 25 30 40 45 50 60 75 80 90 100 120"),
    "beats/min": _ladder("30 40 50 60 80 90 100 110 120 130 140 150 180"),
    "litres": _ladder("0.5 1 1.5 2 2.5 3 4 5 6 8 10 12 15 20"),
    "kcal": _ladder("5 10 15 20 25 30 35 40 50 60 100 200 500 1000 1200 1500 2000 2500 3000"),
    "°C": _ladder("28 30 32 34 35 36 37 38 39 40 41 42"),
    "": _ladder("1 2 3 4 5 6 8 10 12 15 20 25 30 40 50 60 80 100 120 150 200 300 400 500"),
}
"""Figures that are no dose, by unit; "" is for counts."""

PARTNERS: Mapping[str, tuple[str, ...]] = {
    "mg": ("micrograms", "g"),
    "micrograms": ("mg",),
    "microgram": ("mg",),
    "g": ("mg",),
    "mL": ("litres",),
    "litre": ("mL",),
    "litres": ("mL",),
    "mg/kg": ("micrograms/kg", "g/kg"),
    "micrograms/kg": ("mg/kg",),
    "mmol/L": ("mg/dL",),
    "mg/dL": ("mmol/L",),
    "mg/L": ("g/L",),
    "g/L": ("mg/L", "g/dL"),
    "mL/min": ("mL/hour",),
    "mL/h": ("mL/min",),
    "mL/hour": ("mL/minute",),
    "mmol/hour": ("mmol/minute",),
    "mg/h": ("mg/min",),
    "mL/kg/h": ("mL/kg/min",),
    "micrograms/L": ("mg/L",),
    "mmHg": ("kPa",),
    "kPa": ("mmHg",),
    "cm": ("mm",),
    "mm": ("cm",),
    "second": ("minute", "hour"),
    "minute": ("hour", "second"),
    "hour": ("day", "minute"),
    "day": ("week", "hour", "month"),
    "week": ("month", "day"),
    "month": ("year", "week", "day"),
    "year": ("month", "week"),
}
"""The units that a slip could put in a unit's place, each of which is at least four times as large or as small."""
SIZES: Mapping[str, float] = {
    "mg": 1.0,
    "micrograms": 1e-3,
    "microgram": 1e-3,
    "g": 1e3,
    "mg/kg": 1.0,
    "micrograms/kg": 1e-3,
    "g/kg": 1e3,
    "mL": 1.0,
    "litre": 1e3,
    "litres": 1e3,
    "mmol/L": 18.0,
    "mg/dL": 1.0,
    "mg/L": 1.0,
    "g/L": 1e3,
    "g/dL": 1e4,
    "micrograms/L": 1e-3,
    "mL/min": 60.0,
    "mL/minute": 60.0,
    "mL/h": 1.0,
    "mL/hour": 1.0,
    "mmol/hour": 1.0,
    "mmol/minute": 60.0,
    "mg/h": 1.0,
    "mg/min": 60.0,
    "mL/kg/h": 1.0,
    "mL/kg/min": 60.0,
    "mmHg": 1.0,
    "kPa": 7.5,
    "cm": 10.0,
    "mm": 1.0,
    "second": 1.0,
    "minute": 60.0,
    "hour": 3600.0,
    "day": 86400.0,
    "week": 604800.0,
    "month": 2629800.0,
    "year": 31557600.0,
}
"""How large each unit is beside its partners (of mmol/L and mg/dL, as for glucose)."""
TIMES = frozenset("second minute hour day week month year".split())
SPELLINGS: Mapping[str, str] = {
    "ml": "mL",
    "mcg": "micrograms",
    "µg": "micrograms",
    "μg": "micrograms",
    "microgram": "micrograms",
    "liter": "litre",
    "liters": "litres",
    "l": "litres",
    "percent": "%",
    "per cent": "%",
    "iu": "units",
    "unit": "units",
    "bpm": "beats/min",
}
"""Other writings of a unit."""

_HEPARIN = r"lmwh|heparin|enoxaparin|dalteparin|anticoagula"
_CLEARED = r"lmwh|heparin|enoxaparin|dalteparin|digoxin|gentamicin|vancomycin|opioid|morphine"
DOSE_WORDS: tuple[tuple[str, str, str, bool], ...] = (
    ("treatment-dose", "prophylactic-dose", _HEPARIN, False),
    ("prophylactic-dose", "treatment-dose", _HEPARIN, True),
    ("treatment dose", "prophylactic dose", _HEPARIN, False),
    ("prophylactic dose", "treatment dose", _HEPARIN, True),
    ("a reduced dose", "an increased dose", _CLEARED, True),
    ("an increased dose", "a reduced dose", _CLEARED, False),
    ("low-dose", "high-dose", r"aspirin|heparin|prednis|steroid|methotrexate|hormon|estrogen", True),
    ("high-dose", "low-dose", r"proton pump|steroid|prednis|methylpred|antibiotic|immunoglobulin", False),
    ("low doses", "high doses", r"aspirin|heparin|prednis|steroid|methotrexate", True),
    ("high doses", "low doses", r"steroid|prednis|methylpred|anti-inflam|pyridoxine|antibiotic|immun", False),
    ("lowest dose", "highest dose", r"hormon|estrogen|steroid|medicine|opioid", True),
)
"""Doses in words: what stands there, what is wrong there, of which medicines, and whether it is more."""

FLUID_RANGES: Mapping[str, tuple[float, float]] = {
    "mL/kg": (4, 65),
    "mL": (20, 6000),
    "mL/kg/h": (0.5, 12),
    "mL/kg/percent": (2, 6),
}
"""Volumes of fluid that are given somewhere to somebody: beyond them a volume is wrong for everybody."""
