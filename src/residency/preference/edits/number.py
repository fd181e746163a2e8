"""Wrong figures that are no doses: limits, percentages, measurements and counts."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from residency.domain.surgery.figures import OTHERS, TIMES
from residency.preference.edits.dosing import unit_of, usual
from residency.preference.edits.edit import Edit, Operator, Refusal, Severity
from residency.preference.edits.limits import limit_at
from residency.preference.edits.places import Sentence, few, in_mark, put, sentence_at, spans
from residency.preference.edits.quantities import Quantity, figure, joined, on_ladder, quantities, stands, value

KIND = "number"
LEAST, MOST = 2.5, 6.0
WARMER = 2.0
"""Degrees by which a wrong temperature differs, since figures of temperature are no ratios."""
YEARS = range(1900, 2101)
_SAME = {"/min": "beats/min", "/minute": "beats/min", "breaths/min": "beats/min", "mL/minute": "mL/min", "L": "litres"}
_URGENT = re.compile(
    r"\b(?:emergenc\w+|urgen\w+|immediate\w*|at once|life|shock|sepsis|septic|haemorrhage|coma|theatre)\b"
)
# A count behind a word that sets a limit: "at least 12 nodes", "an INR above 8".
_COUNT = re.compile(
    r"(?P<limit>\b(?:at least|at most|more than|fewer than|less than|greater than|above|below|exceeds|up to|maximum of|"
    r"minimum of|a total of|a score of)) (?P<number>\d+(?:\.\d)?)(?![\d.,/%:^°–-]\d?|\s?(?:%|per|to|and|or|in|x|"
    r"×|[–-])\b|\w)"
)
_NO_COUNT = re.compile(
    r"\b(?:glasgow|gcs|apgar|ages?|aged|years?|old|people|adults?|wom[ae]n|m[ae]n|children|ph|ratio|grade)\b"
)


def number(text: str, question: str, rng: random.Random) -> Iterator[Edit | Refusal]:
    """Every figure that is no dose and no time with another figure of its ladder, at least twice or half as large."""
    for quantity in quantities(text):
        unit = _unit(quantity)
        if unit in TIMES or usual(text, question, quantity) is not None:
            continue
        yield from _changes(text, quantity, unit, rng)
    yield from _counts(text, rng)


@lru_cache(maxsize=8)
def _in_sentences(text: str) -> Counter[tuple[int, str]]:
    """How many figures of a unit stand in the sentence that begins at a place."""
    return Counter((sentence_at(text, one.start).start, _unit(one)) for one in quantities(text))


def _unit(quantity: Quantity) -> str:
    unit = unit_of(quantity)
    return unit.rstrip("s") if unit.rstrip("s") in TIMES else _SAME.get(unit, unit)


def _changes(text: str, quantity: Quantity, unit: str, rng: random.Random) -> Iterator[Edit | Refusal]:
    sentence = sentence_at(text, quantity.start)
    reason = sentence.doubt(quantity.start)
    if unit not in OTHERS:
        reason = "no ladder for the unit"
    elif _in_sentences(text)[sentence.start, unit] > 1:
        reason = "other figures of the unit hang together with it"
    if reason:
        yield Refusal(KIND, reason)
        return
    ladder = OTHERS[unit]
    news: list[tuple[float, ...]]
    if unit == "°C":
        alone = len(quantity.ends) == 1 and quantity.ends[0] in ladder
        news = [(one,) for one in ladder if alone and abs(one - quantity.ends[0]) >= WARMER]
    else:
        news = on_ladder(quantity.ends, ladder, LEAST, MOST)
    afters = [after for after in (joined(quantity, new) for new in news) if not stands(text, after)]
    shown = text[quantity.end : quantity.unit_end]
    yield from _edits(text, sentence, (quantity.start, quantity.end), afters, shown, rng)


def _edits(
    text: str, sentence: Sentence, place: tuple[int, int], afters: list[str], unit: str, rng: random.Random
) -> Iterator[Edit | Refusal]:
    before = text[slice(*place)]
    limit = limit_at(text, sentence, place[0], place[1] + len(unit))
    if limit == "bound" or not afters:
        yield Refusal(KIND, "a bound that only describes" if limit == "bound" else "the figure is on no ladder")
        return
    first = value(_first(before))
    severity: Severity = "dangerous" if limit and _URGENT.search(sentence.low) else "major"
    what = "The limit" if limit else "The figure"
    puts = "a patient would be put on the wrong side of it" if limit else "the difference is too large to be a rounding"
    for after in few(afters, rng):
        why = f"{what} is {before}{unit}, not {after}{unit}: {puts}."
        over = value(_first(after)) > first
        yield put(
            text, *place, after, kind=KIND, severity=severity, why=why, direction="higher" if over else "lower"
        )  # fmt: skip


def _first(written: str) -> str:
    """The first figure of a range."""
    return re.split(r"\s?[–-]\s?| (?:to|or|and) ", written)[0]


def _counts(text: str, rng: random.Random) -> Iterator[Edit | Refusal]:
    taken = {quantity.start for quantity in quantities(text)}
    for sentence in spans(text):
        for found in _COUNT.finditer(sentence.text):
            start, end = sentence.start + found.start("number"), sentence.start + found.end("number")
            written = found["number"]
            reason = sentence.doubt(start)
            if start in taken or in_mark(text, start, end):
                continue
            if _NO_COUNT.search(sentence.low) or value(written) in YEARS:
                reason = "an age, a year, a pH or a scale with an end"
            if reason:
                yield Refusal(KIND, reason)
                continue
            news = on_ladder((value(written),), OTHERS[""], LEAST, MOST)
            afters = [after for (new,) in news if not stands(text, after := figure(new, written))]
            yield from _edits(text, sentence, (start, end), afters, "", rng)


TEXT_OPERATORS: dict[str, Operator] = {KIND: number}
