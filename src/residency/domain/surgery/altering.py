"""Other figures and other advice that an older or a mistaken text could well give in a statement's place.

Reviewed 2026-11; not for clinical use. What is changed here is only ever shown as the word of a text, beside what
holds. The edits are few on purpose: each leaves a statement that a reader would take for guidance, so that anatomy,
definitions and mechanisms are left alone (many of the words in :mod:`residency.domain.surgery.opposites`, and the
faults that ``benchmarks/planting.py`` plants, would make nonsense of a statement).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

LADDER = (
    "1 2 3 5 10 15 20 25 30 40 50 60 80 100 150 200 250 300 400 500 600 800 1000 1200 1500 2000 2500 3000 4000 5000"
).split()
"""Round figures in order: another figure is one or two steps away."""
STEPS = (-2, -1, 1, 2)
ROUND = {
    "minute": "1 2 3 5 10 15 20 30 45 60 90 120",
    "hour": "1 2 3 4 6 8 12 24 48 72",
    "day": "1 2 3 4 5 7 10 14 21 28 30 60 90",
    "week": "1 2 3 4 6 8 10 12 16 20 24",
    "month": "1 2 3 4 6 9 12 18 24 36",
    "mmol/L": "1 2 3 4 5 6 7 8 9 10 11 12 14 16 18 20",
    "g/L": "60 70 80 90 100 110 120 130",
    "mmHg": "15 20 25 30 35 40 50 55 60 65 70 75 80 85 90 95 100 110 120 130 140 150 160 170 180",
    "year": "1 2 3 5 10 15 20 25 30 35 40 45 50 55 60 65 70 75 80",
}
"""Round figures of the units in which steps go otherwise: of time, and of what is measured in a patient."""
MEASURED = frozenset(("mmol/L", "g/L", "mmHg"))
"""Units of which a figure two steps away may be one that nobody lives with."""
_UNITS = (
    "mg/kg|mg|micrograms/kg|micrograms|g/L|mmol/L|mmol|mL/kg/h|mL/kg|mL|ml/kg|ml|litres?|units/kg|units|mmHg|cm|mm|"
    "minutes?|hours?|days?|weeks?|months?|years?"
)
_NAMES = frozenset("minute hour day week month year litre".split())
_SPELT = "one two three four five six seven eight nine ten eleven twelve".split()
_FIGURE = re.compile(
    rf"(?<![\w.,/:<>=^-])(?P<number>\d+(?:\.\d+)?|{'|'.join(_SPELT)})(?P<gap> |-)(?P<unit>{_UNITS})(?![\w/]|-old)"
)
_ANY_FIGURE = re.compile(rf"(?<![\w.,])(?:\d[\d.,]*|{'|'.join(_SPELT)})[ -]?(?P<unit>{_UNITS})(?![\w/])")
_CLAUSE_ENDS = re.compile(r"[;:]|\. ")
_RANGE = re.compile(r"(?:\d|\b(?:" + "|".join(_SPELT) + r")\b)(?:[ -]?\w+)?\s*(?:to|and|or|[–-])\s*$")
_RANGE_GOES_ON = re.compile(r"^\s*(?:\(\s*\d|(?:to|,? ?or|and|[–-])\s*(?:\d|(?:" + "|".join(_SPELT) + r")\b))")

_DONE = (
    "recommended|given|used|offered|removed|drained|repaired|started|stopped|continued|delayed|repeated|performed|done|"
    "excised|avoided|left|closed|explored|transfused|bridged|prescribed|placed"
)
_ADVICE = "recommended|advised|indicated|contraindicated|preferred"
_WORDS: tuple[tuple[str, str], ...] = (
    (rf"\b(?P<cut>should) (?P<tail>(?:routinely )?be (?:{_DONE})|have|receive|undergo)\b", "should not "),
    (rf"\b(?P<cut>should not) (?P<tail>(?:routinely )?be (?:{_DONE})|have|receive|undergo)\b", "should "),
    (rf"\b(?P<cut>must not) (?P<tail>be (?:{_DONE}))\b", "may "),
    (rf"\b(?P<cut>is|are) not (?P<tail>(?:usually |routinely )?(?:{_ADVICE}))\b", "{cut} "),
    (rf"\b(?P<cut>is|are) (?P<tail>(?:usually |routinely )?(?:{_ADVICE}))\b", "{cut} not "),
    (r"\b(?P<cut>before) (?P<tail>(?:imaging|CT|antibiotics|discharge)\b)", "after "),
    (r"\b(?P<cut>oral) (?P<tail>(?:antibiotics?|route|iron|fluids?|steroids?)\b)", "intravenous "),
    (r"\b(?P<cut>intravenous) (?P<tail>(?:antibiotics?|iron|steroids?)\b)", "oral "),
    (
        r"\b(?P<cut>early) (?P<tail>(?:surgery|operation|repair|cholecystectomy|feeding|drainage|exploration)\b)",
        "delayed ",
    ),
    (r"\b(?P<cut>delayed) (?P<tail>(?:surgery|operation|repair|closure|cholecystectomy|drainage)\b)", "early "),
    (
        r"\b(?P<cut>open) (?P<tail>(?:surgery|operation|repair|approach|cholecystectomy|appendicectomy)\b)",
        "laparoscopic ",
    ),
    (r"\b(?P<cut>laparoscopic) (?P<tail>(?:surgery|operation|repair|approach)\b)", "open "),
    (r"\b(?P<cut>urgent|emergency) (?P<tail>(?:repair|endoscopy)\b)", "elective "),
)
_ARTICLE = re.compile(r"\b([Aa]n?) $")
_REASONS = re.compile(r"\b(?:because|since|as it|so that|so|in order to|to (?:prevent|avoid|reduce|allow|protect))\b")
_COMPILED = [(re.compile(pattern), put) for pattern, put in _WORDS]
_OPENINGS = re.compile(r"(?:not|no|never|nor|neither|unless|without|except|only|rather|hardly|seldom)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Alteration:
    """A place of a sentence and what could stand there: ``before`` becomes ``after``."""

    start: int
    before: str
    after: str

    @property
    def figure(self) -> bool:
        return bool(_FIGURE.match(self.before))

    def made_in(self, sentence: str) -> str:
        """``sentence`` with the alteration, and with the article that goes with it."""
        before, after = sentence[: self.start], sentence[self.start + len(self.before) :]
        if match := _ARTICLE.search(before):
            before = f"{before[: match.start()]}{match[1][0]}{'n' * (self.after[:1] in 'aeiou')} "
        return before + self.after + after


def alterations(sentence: str) -> list[Alteration]:
    """Every plausible alteration of a sentence: figures first, each in order of place."""
    return [*_figures(sentence), *_words(sentence)]


def _figures(sentence: str) -> Iterator[Alteration]:
    """Another round figure with the same unit; none of a range, whose ends hang together, nor of two figures of one
    unit in one clause ("more than 5 mm and up to 10 mm"), whose order holds them together."""
    for match in _FIGURE.finditer(sentence):
        number, unit = match["number"], match["unit"].rstrip("s")
        if _RANGE.search(sentence[: match.start()]) or _RANGE_GOES_ON.match(sentence[match.end() :]):
            continue
        if _has_neighbour(sentence, match):
            continue
        spelt = number in _SPELT
        digits = str(_SPELT.index(number) + 1) if spelt else number
        ladder = ROUND[unit].split() if unit in ROUND else LADDER
        if digits not in ladder:
            continue
        at = ladder.index(digits)
        for step in STEPS[1:3] if unit in MEASURED else STEPS:
            if 0 <= at + step < len(ladder):
                other = ladder[at + step]
                small = spelt and int(other) <= len(_SPELT)
                yield Alteration(match.start(), match[0], _with(match, _SPELT[int(other) - 1] if small else other))


def _has_neighbour(sentence: str, match: re.Match[str]) -> bool:
    """Whether another figure of the same unit stands in the figure's clause."""
    unit = match["unit"].lower().rstrip("s")
    return any(
        other.start() != match.start()
        and other["unit"].lower().rstrip("s") == unit
        and not _CLAUSE_ENDS.search(sentence[min(other.end(), match.end()) : max(other.start(), match.start())])
        for other in _ANY_FIGURE.finditer(sentence)
    )


def _with(match: re.Match[str], number: str) -> str:
    """A figure with another number, its unit in the singular or plural that goes with it."""
    unit = match["unit"]
    if match["gap"] == " " and unit.rstrip("s") in _NAMES:
        unit = unit.rstrip("s") + ("" if number in ("1", "one") else "s")
    return f"{number}{match['gap']}{unit}"


def _words(sentence: str) -> Iterator[Alteration]:
    """Advice turned round, and words of time and way whose other may stand in their place; none in a sentence that
    gives its reason, which would speak against it."""
    if _REASONS.search(sentence):
        return
    for pattern, put in _COMPILED:
        for match in pattern.finditer(sentence):
            if not _OPENINGS.match(sentence, match.end()):
                yield Alteration(match.start(), match[0], put.replace("{cut}", match["cut"]) + match["tail"])
