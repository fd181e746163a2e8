"""The shorthand of notes spelled out ("45F c/o RLQ pain, BP 70/p"), so that what looks for findings reads it as well.

The spelled-out text is for finding alone: no dialogue and no answer is made of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_YEARS = r"(?:[- ]?(?:y(?:ea)?rs?[- ]old|y ?/ ?o|y\.? ?o\.?)[ ,]*)"
_SEX = {"m": "man", "f": "woman", "male": "man", "female": "woman", "man": "man", "woman": "woman"}
# "45F" counts where a sentence begins; "62 yo M" and "40 y.o. male" anywhere.
_PATIENT = re.compile(
    rf"(?P<age>\b\d{{1,3}})(?:{_YEARS}(?P<told>male|female|man|woman|M|F)?(?![\w/])|"
    r"(?:(?<=\A\d)|(?<=\A\d\d)|(?<=[.!?]\s\d)|(?<=[.!?]\s\d\d)) ?(?P<sex>M|F)\b)"
)
_WORDS: tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...] = (
    (r"\bS?BP(?: is| of|:)? (?=\d)", "blood pressure "),
    (r"\b(?:HR|PR)(?: is| of|:)? (?=\d)", "pulse "),
    (r"\b(?:SpO2|SaO2|O2 sats?|[Ss]ats?)(?: is| of|:)? (?=\d)", "saturation "),
    (r"\b(?:T|[Tt]emp\.?)(?: is| of|:)? (?P<f>1\d\d(?:\.\d)?)(?: ?°? ?F\b)?", lambda found: _celsius(found["f"])),
    (r"\b(?:T|[Tt]emp\.?)(?: is| of|:)? (?=[34]\d)", "temperature "),
    (r"\bc/o\b", "complains of"),
    (r"\bs/p\b", "after"),
    (r"\bw/o\b", "without"),
    (r"\bw/ ?", "with "),
    (r"\bh/o\b|\bHx of\b", "history of"),
    (r"\bSOB\b", "short of breath"),
    (r"\bGSW\b", "gunshot wound"),
    (r"\bMVC\b", "motor vehicle collision"),
    (r"\babd\b", "abdominal"),
    (r"\bRUQ\b", "right upper quadrant"),
    (r"\bLUQ\b", "left upper quadrant"),
    (r"\bRLQ\b", "right lower quadrant"),
    (r"\bLLQ\b", "left lower quadrant"),
)


def describes(text: str) -> bool:
    """Whether ``text`` tells of a patient in shorthand, as "45F" or "62 yo M"."""
    return _PATIENT.search(text) is not None


def spelled_out(text: str) -> str:
    """``text`` with the patient, the observations and the usual abbreviations in words; Fahrenheit as Celsius."""
    full = _PATIENT.sub(_patient, text)
    for short, meant in _WORDS:
        full = re.sub(short, meant, full)
    return full


def _patient(found: re.Match[str]) -> str:
    sex = _SEX.get((found["told"] or found["sex"] or "").lower(), "patient")
    return f"A {found['age']}-year-old {sex}"


def _celsius(fahrenheit: str) -> str:
    return f"temperature {(float(fahrenheit) - 32) / 1.8:.1f}"
