"""Wrong intervals: how often something is given, measured or repeated, at least three times too often or too seldom."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from residency.domain.surgery.figures import TIMES as UNITS_OF_TIME
from residency.domain.surgery.intervals import PATTERN, RATE, alternatives, other_rates
from residency.preference.edits.dosing import medicines
from residency.preference.edits.edit import Edit, Operator, Refusal, Severity
from residency.preference.edits.places import Sentence, few, in_mark, lowered, put, sentence_at, spans
from residency.preference.edits.quantities import quantities

KIND = "interval"
_QUICK = re.compile(r"(?:daily|hourly|weekly|monthly|yearly|annual|every|once|twice|times)\b|-hour|-month")
_NO_INTERVAL = re.compile(
    r" ?(?:activit\w+|life|lives|living|basis|routine\w*|skills?|functions?|tasks?|habits?|schedule|diary|"
    r"calories|limit|"
    r"requirement|value|income|incidence|cases|deaths?|number)\b"
)
_CLINICAL = re.compile(
    r"\b(?:dos\w+|mg|observ\w+|tests?|exam\w*|screen\w*|scans?|blood|visits?|monitor\w*|treat\w*|inject\w*|"
    r"check\w*|follow\w*|"
    r"fluids?|kcal|water|drinks?|hormones?|measur\w+|aspirat\w+)\b"
)
# More of a good habit is no mistake.
_HABIT = re.compile(r"\b(?:fish|fruits?|eat\w*|diets?|foods?|brush\w*|floss\w*|wash\w*|active|exercis\w*|activit\w+)\b")
_OF_DAYS = re.compile(
    r"\b(?:activities of|your|their|his|her|people'?s|person's|ordinary|normal|everyday|almost|million|percent|per) $"
)


def interval(text: str, question: str, rng: random.Random) -> Iterator[Edit | Refusal]:
    """Every frequency with another of its kind in its place."""
    if not _QUICK.search(lowered(text)):
        yield from _rates(text, rng)
        return
    for sentence in spans(text):
        for found in PATTERN.finditer(sentence.low):
            start, end = sentence.start + found.start(), sentence.start + found.end()
            reason = sentence.doubt(start)
            if _NO_INTERVAL.match(sentence.low, found.end()) or _OF_DAYS.search(sentence.low[: found.start()]):
                reason = "the words tell of no repeated act"
            if in_mark(text, start, end) or re.search(
                r"\b(?:cases?|people|united states|worldwide|dies|deaths?|americans?|million|account)\b", sentence.low
            ):
                reason = "the sentence counts people"
            if reason:
                yield Refusal(KIND, reason)
                continue
            changes = alternatives(found[0])
            if _HABIT.search(sentence.low):
                changes = {after: times for after, times in changes.items() if times < 1}
            if sentence.low[: found.start()].endswith(" or "):
                changes = {after: times for after, times in changes.items() if after.split()[0] == found[0].split()[0]}
            if not changes:
                yield Refusal(KIND, "no other interval of its kind")
            for after in few(sorted(changes), rng):
                yield _edit(text, sentence, (start, end), after, changes[after])
    yield from _rates(text, rng)


def _rates(text: str, rng: random.Random) -> Iterator[Edit | Refusal]:
    """Amounts over a time, with another time."""
    for quantity in quantities(text):
        found = RATE.match(lowered(text), quantity.unit_end)
        if found is None or quantity.unit.lower().rstrip("s") in UNITS_OF_TIME:
            continue
        sentence = sentence_at(text, quantity.start)
        reason = sentence.doubt(quantity.start)
        if quantity.unit.lower() in ("%", "per cent", "percent"):
            reason = "a share over a time"
        if reason:
            yield Refusal(KIND, reason)
            continue
        changes = other_rates(found)
        for after in few(sorted(changes), rng):
            place = found.start() + 1, found.end()
            yield _edit(text, sentence, place, after.strip(), changes[after])


def _edit(text: str, sentence: Sentence, place: tuple[int, int], after: str, times: float) -> Edit:
    often = times > 1
    drug = any(sentence.start <= one.start < sentence.end for one in medicines(text))
    clinical = drug or _CLINICAL.search(sentence.low)
    severity: Severity = "dangerous" if often and drug else "major" if clinical else "minor"
    much = f"about {times:,.0f} times as often" if often else f"only about 1/{1 / times:,.0f} as often"
    before = text[slice(*place)]
    why = f"It is {before.lower()} that is right here; {after} would be {much}."
    return put(
        text, *place, after, kind=KIND, severity=severity, why=why, direction="more often" if often else "less often"
    )  # fmt: skip


TEXT_OPERATORS: dict[str, Operator] = {KIND: interval}
