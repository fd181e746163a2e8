"""Cases: questions about a patient, taken apart into what is known and what is asked."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

from residency.core.text import sentences
from residency.domain.surgery.case_facts import not_said

_ASKS = re.compile(
    r"^(?:what|which|who|whom|whose|when|where|why|how|is|are|was|can|could|should|does|do|did|must|may|would|will|has|"
    r"have|name|list|describe|outline|besides|by|in|at|after|before|for|from|until|within|on|if)\b",
    re.IGNORECASE,
)
_PATIENT = re.compile(
    r"\b(?:\d+[- ](?:year|month|week|day|hour)s?[- "
    r"]old|patient|he|she|his|her|man|woman|boy|girl|child|baby|infant|toddler|"
    r"newborn|adult|smoker|labourer|worker)\b",
    re.IGNORECASE,
)
_MANY = re.compile(r"\bpatients|\bpeople|\badults\b|\bchildren\b|\bwomen\b|\bmen\b", re.IGNORECASE)
FEWEST, MOST = 1, 8  # statements of a case
NAMED = 3  # things not said that are named at most


@dataclass(frozen=True)
class Case:
    """What a question says of a patient, a sentence each, and what it asks."""

    facts: tuple[str, ...]
    question: str


def read_case(text: str) -> Case | None:
    """A question's facts and its question; None when no patient is described before one question."""
    parts = sentences(text)
    if len(parts) < FEWEST + 1 or len(parts) > MOST + 1 or not parts[-1].endswith("?") or not _ASKS.match(parts[-1]):
        return None
    facts = tuple(parts[:-1])
    if any(fact.endswith(("?", ":")) or "\n" in fact for fact in facts) or not _PATIENT.search(facts[0]):
        return None
    return None if _MANY.search(facts[0]) and len(facts) == 1 else Case(facts, parts[-1])


def known_lines(text: str, rng: random.Random) -> tuple[str, str]:
    """What a CLINICAL answer says of a case before it answers: what is known, and what is not said.

    Returns:
        The two lines without their labels; both empty where the text is no case.
    """
    case = read_case(text)
    if case is None:
        return "", ""
    first, *rest = (fact.rstrip(".") for fact in case.facts)
    known = "; ".join([first, *(_inside(fact) for fact in rest)])
    open_kinds = not_said(text)
    chosen = sorted(rng.sample(range(len(open_kinds)), min(NAMED, len(open_kinds))))
    return f"{known}.", f"{', '.join(open_kinds[place].label for place in chosen)}." if chosen else ""


def _inside(sentence: str) -> str:
    """A sentence as it stands after a semicolon: names and abbreviations keep their capital."""
    word = sentence.split(" ", 1)[0].strip(",.;:")
    common = word in _COMMON or (len(word) > 3 and word[1:].islower() and word.lower() in _NOUNS)
    return sentence[0].lower() + sentence[1:] if common else sentence


_COMMON = frozenset(
    "A An The He She His Her It They There No One Two Three Four Five Six Seven Eight Nine Ten On In At After Before "
    "During "
    "This That These Those Her Some All Both Its".split()
)
_NOUNS = frozenset(
    "pulse blood temperature saturation bleeding renal antibiotics fluids ultrasound imaging resuscitation sepsis core "
    "platelets potassium sodium calcium adjusted creatinine lactate white examination perfusion electrolytes sepsis "
    "analgesia urine chloride bicarbonate magnesium phosphate albumin stool manometry endoscopy".split()
)
