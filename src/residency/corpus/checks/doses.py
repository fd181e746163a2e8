"""The check of doses against plausible ranges."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from residency.corpus.checks import dose_words as say
from residency.corpus.checks.amounts import Dose, first_words, mentions, read_doses
from residency.corpus.checks.base import Check, Finding, Sure
from residency.corpus.checks.parts import Parts, lower, parts
from residency.corpus.reading.shapes import Draft
from residency.corpus.settings import CorpusSettings
from residency.domain.surgery.doses import LOCAL, RANGES, Plausible

SLACK = 1.001  # rounding is no fault
REPEATS = 6  # single doses a day, where the table gives no most in a day
BEFORE = 40  # characters before an amount in which a word makes it a level and no dose


def implausible(dose: Dose) -> str | None:
    """What is wrong with a dose, in words; None when it is plausible or nothing is known about such doses."""
    ranges = _ranges(dose, dose.basis)
    if not ranges:
        return None
    unit = ranges[0]
    low, high = min(row.low for row in ranges), max(row.high for row in ranges)
    known = [row.daily for row in ranges if row.daily is not None]
    daily = max(known) if len(known) == len(ranges) else high if dose.most else high * REPEATS
    single = f"plausible {_figure(low, unit)} to {_shown(high, unit)}"
    whole = dose.total or dose.most
    if dose.high * SLACK < low:
        return f"{_shown(dose.high, unit)}, {single}"
    if whole and dose.low > daily * SLACK:
        return f"{_shown(dose.low, unit)}, plausible up to {_shown(daily, unit)} a day"
    if not whole and dose.high > high * SLACK:
        when = " a day" if dose.times == 1 else " at a time" if dose.times else ""
        return f"{_shown(dose.high, unit)}{when}, {single}"
    if dose.per_day is not None and dose.per_day > daily * SLACK:
        return f"{_shown(dose.per_day, unit)} a day, plausible up to {_shown(daily, unit)}"
    return _too_fast(dose)


def _ranges(dose: Dose, basis: str) -> list[Plausible]:
    """The drug's ranges for such a dose: those for its route, else those for no route, else all but the local ones."""
    fitting = [row for row in RANGES[dose.drug] if row.kind == dose.kind and row.basis == basis]
    own = [row for row in fitting if dose.route in row.routes]
    if own or dose.route in LOCAL:
        return own
    general = [row for row in fitting if not row.routes]
    return general if dose.route and general else [row for row in fitting if not row.routes & LOCAL]


def _too_fast(dose: Dose) -> str | None:
    """Electrolytes kill by their rate: an amount over a time is held against the range of rates."""
    rates = _ranges(dose, "h") if dose.kind == "mmol" and not dose.basis else []
    if not rates or not dose.hours:
        return None
    rate, most = dose.low / dose.hours, max(row.high for row in rates)
    return f"{_shown(rate, rates[0])}, plausible up to {_shown(most, rates[0])}" if rate > most * SLACK else None


def _figure(value: float, unit: Plausible) -> str:
    """A value in the unit of the table: 5,000 or 0.03."""
    return f"{value / unit.size:,.6f}".rstrip("0").rstrip(".")


def _shown(value: float, unit: Plausible) -> str:
    return f"{_figure(value, unit)} {unit.unit}"


def _dose_out_of_range(draft: Draft, settings: CorpusSettings) -> Iterable[Finding]:
    row = parts(draft)
    likely = row.digits and say.QUICK.search(row.low)
    if not likely and (" gram" in row.low or " unit" in row.low):
        likely = say.QUICK_WORDS.search(row.low)
    return _out_of_range(row) if likely else ()


def _out_of_range(row: Parts) -> Iterator[Finding]:
    drugs = {asked: _only_drug(asked) for asked, _ in row.answered}
    drug = drugs.get(row.draft.question or "", "")
    wrong_options = {_size(dose) for _, text in row.others for dose in read_doses(text, drug)}
    places = [(part, "") for part in row.asked] + [(part, drugs[asked]) for asked, part in row.answered]
    for (where, text), drug in places:
        low = lower(text)
        for dose in read_doses(text, drug):
            detail = None if _is_told(dose, low) else implausible(dose)
            if detail and not (where == "rationale" and _size(dose) in wrong_options):
                yield Finding(f"{dose.drug} {dose.said}: {detail}", where, dose.span, _sure(dose, low))


def _only_drug(question: str) -> str:
    """The drug that a question names, when it names one alone."""
    named = mentions(lower(question))
    return named[0].name if len({RANGES[mention.name][0].drug for mention in named}) == 1 else ""


def _size(dose: Dose) -> tuple[float, str, str]:
    return dose.low, dose.kind, dose.basis


def _is_told(dose: Dose, low: str) -> bool:
    """Whether the text tells of a level, of what food holds or of a poisoning, and does not say what to give."""
    before = low[max(dose.sentence[0], dose.span[0] - BEFORE) : dose.span[0]]
    return bool(say.LEVEL.search(before) or say.NOT_GIVEN.search(low, *dose.sentence))


def _sure(dose: Dose, low: str) -> Sure:
    return "possible" if dose.carried or say.DOUBTED.search(low, *dose.sentence) else "likely"


CHECKS: tuple[Check, ...] = (
    Check(
        "dose_out_of_range",
        "warns",
        "Dose outside the plausible range",
        "A model repeats the dose that it read, and a tenfold slip of the pen can kill.",
        _dose_out_of_range,
        (
            rf"(?i)[0-9][\s-]?{say.UNIT}(?:[^a-z]|$)| gram| unit",
            rf"(?i)(?-u:\b)(?:{'|'.join(map(re.escape, sorted(first_words())))})",
        ),
    ),
)
