"""The same question asked about patients of whom its passage does not speak."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from residency.core.records import Passage
from residency.core.text import sentences
from residency.domain.surgery.cases import read_case
from residency.domain.surgery.danger import in_danger
from residency.domain.surgery.populations import POPULATIONS, Population, named_in

_ASKS = re.compile(
    r"^(?:how (?:is|are|should|soon|long|much|quickly|fast|would|do you)|(?:which|what) (?:\w+ ){0,3}(?:drugs?|"
    r"antibiotics?|antifungals?|scans?|tests?|imaging|treatments?|regimen|doses?|operation|approach|prophylaxis|fluids?|follow-up|"
    r"options?|analges\w+|anaesthe\w+)|what (?:should be|is|are) (?:done|the (?:\w+ )?(?:treatments?|dose|management))|"
    r"should|is it safe|when (?:is|are|should|may)|for how|does\b[^?]*\bneed|must|outline|what now)",
    re.IGNORECASE,
)
_NOT = re.compile(
    r"\b(?:differ\w*|compar\w+|why|evidence|mean|count|counted|belongs?|explain\w*|consent|harms?|relate\w*|recogni\w+|staged|"
    r"told|signs?|called|classif\w*|measured|calculated|assessed|chosen|if|normally|surveillance|recorded|inherited|"
    r"research|clinical trials?|people|affected|risk|hit|safety|outlook|lead|leads|stop\w*|healthy|fit|seen|limited)\b",
    re.IGNORECASE,
)
_MAN = re.compile(r"\b(?:man|boy|he|his|him)\b", re.IGNORECASE)
_WOMAN = re.compile(r"\b(?:woman|girl|she|her)\b", re.IGNORECASE)
_SOMEONE = re.compile(r"\b(?:patients?|someone|person|people|adults?|m[ae]n|wom[ae]n|smoker|child\w*|I|my|you)\b")
_AGED = re.compile(r"\b\d+[- ](?:year|month|week|day)s?[- ]old\b")
_ENDS_OPEN = re.compile(
    r"\b(?:treated|managed|given|repaired|closed|diagnosed|investigated|prevented|used|started|handled|done|scanned|"
    r"drained|removed|controlled|needed)\?$"
)
EMERGENCY = re.compile(
    r"\b(?:unstable|(?<!electric )shock(?:ed)?(?! index| wave)|stridor|"
    r"collaps\w*|arrest\w*|exsanguinat\w*|dying|rupture\w*|pulseless|(?:no|without a) pulse|"
    r"not breathing|can no longer move|bleeding continues|torsion|untwist\w*|tension pneumothorax)\b",
    re.IGNORECASE,
)
_ADULT = re.compile(r"\b(in)( an)? adults?\b(?=\?| with\b)", re.IGNORECASE)


@dataclass(frozen=True)
class OtherPopulation:
    """A question about another population than that of its passages."""

    question: str
    population: Population


def for_another_population(
    question: str, answer: str, passages: Sequence[Passage], held_out: bool, rng: random.Random
) -> OtherPopulation | None:
    """The question asked of patients of whom neither it nor ``passages`` speak, and for whom the answer may be another.

    Args:
        question: as the bank asks it.
        answer: the sentences that answer it.
        passages: those that will be shown.
        held_out: whether the wordings for evaluation are used.
        rng: where chance comes from.

    Returns:
        None where no such question can be asked in natural words.
    """
    case = read_case(question)
    asked = sentences(question)[-1] if question.strip() else ""
    if (case is None and len(sentences(question)) > 1) or in_danger(question) or EMERGENCY.search(question):
        return None
    if not _ASKS.match(asked) or _NOT.search(asked):
        return None
    child = POPULATIONS[0]
    shown = "\n".join(f"{passage['title']}\n{passage['text']}" for passage in passages).lower()
    if child.mentions.search(shown):  # what is said of children is seldom asked of the other groups
        return None
    if _ADULT.search(question) and not child.mentions.search(question.lower()):
        swapped = _ADULT.sub(lambda m: f"{m[1]} a child" if m[2] else f"{m[1]} children", question, count=1)
        return OtherPopulation(swapped, child)
    if named_in(question) or (case is None and _AGED.search(question)):
        return None
    fitting = [
        one
        for one in POPULATIONS
        if not one.mentions.search(shown) and one.matters(question, answer) and (case is None or one is not child)
    ]
    if not fitting:
        return None
    chosen = rng.choice(fitting)
    facts = chosen.held_out_facts if held_out else chosen.facts
    inside = chosen.held_out_inside if held_out else chosen.inside
    if case is not None:
        who = "He" if _MAN.search(case.facts[0]) else "She" if _WOMAN.search(case.facts[0]) else "The patient"
        fact = rng.choice(facts).replace("{He}", who)
        return OtherPopulation(" ".join([*case.facts, f"{fact}.", case.question]), chosen)
    if _ENDS_OPEN.search(question) and "," not in question and not _SOMEONE.search(question):
        return OtherPopulation(f"{question[:-1]} {rng.choice(inside)}?", chosen)
    return OtherPopulation(f"{rng.choice(facts).replace('{He}', 'My patient')}. {question}", chosen)
