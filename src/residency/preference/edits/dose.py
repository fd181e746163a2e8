"""Wrong doses: another figure of the ladder, outside what is usual of that medicine for anybody."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from residency.domain.surgery.figures import DOSE_WORDS, DOSES
from residency.preference.edits.dosing import Usual, usual
from residency.preference.edits.edit import Edit, Operator, Refusal
from residency.preference.edits.places import few, lowered, named, put, sentence_at
from residency.preference.edits.quantities import Quantity, joined, on_ladder, quantities, stands

KIND = "dose"
DOSE_WORDS_PATTERN = re.compile("|".join(rf"\b{re.escape(before)}\b" for before, *_ in DOSE_WORDS))
_CATHETER = re.compile(r"\b(?:catheter|epidural|spinal)\b")
LEAST, MOST = 4.0, 10.0
"""How many times as large or as small a wrong dose is: at least as much as nobody would argue about, and at most what
could still be a slip of the pen."""


def dose(text: str, question: str, rng: random.Random) -> Iterator[Edit | Refusal]:
    """Every dose with a figure outside the usual range of its medicine in its place."""
    yield from _words(text)
    for quantity in quantities(text):
        known = usual(text, question, quantity)
        if known is None or quantity.spelt:
            continue
        reason = known if isinstance(known, str) else sentence_at(text, quantity.start).doubt(quantity.start)
        if reason or isinstance(known, str):
            yield Refusal(KIND, reason)
            continue
        yield from _changes(text, quantity, known, rng)


def _words(text: str) -> Iterator[Edit | Refusal]:
    """Doses that are told in words."""
    for found in DOSE_WORDS_PATTERN.finditer(lowered(text)):
        for before, after, of, more in DOSE_WORDS:
            if found[0] != before:
                continue
            sentence = sentence_at(text, found.start())
            reason = sentence.doubt(found.start())
            if not re.search(of, sentence.low):
                reason = "no medicine is named with the dose"
            elif _CATHETER.search(sentence.low):
                reason = "each dose has its own interval from a catheter"
            elif after in sentence.low:
                reason = "the sentence tells of both doses"
            if reason:
                yield Refusal(KIND, reason)
                continue
            why = f"It is {before} that is right here; {after} would be {'far too much' if more else 'too little'}."
            yield put(
                text, *found.span(), after, kind=KIND, severity="dangerous" if more else "major", why=why,
                direction="higher" if more else "lower",
            )  # fmt: skip


def _changes(text: str, quantity: Quantity, known: Usual, rng: random.Random) -> Iterator[Edit | Refusal]:
    ladder = on_ladder(quantity.ends, DOSES, LEAST, MOST)
    if known.fluid and not quantity.unit.lower().endswith(("kg", "h", "percent")):
        ladder = [new for new in ladder if _times(quantity, new) in (0.1, 10.0)]
        wrong = ladder
    else:
        wrong = [new for new in ladder if min(new) > known.high or max(new) < known.low]
    afters = {joined(quantity, new): new for new in wrong}
    drawn = few([after for after in afters if not stands(text, after)], rng)
    if not drawn:
        reason = "no wrong figure of the ladder" if not ladder else "every other figure may be a usual dose"
        yield Refusal(KIND, reason if quantity.ends[0] in DOSES else "the figure is on no ladder")
    before, unit = text[quantity.start : quantity.end], text[quantity.unit_at : quantity.unit_end]
    for after in drawn:
        times = _times(quantity, afters[after])
        over = times > 1
        much = f"{_about(times)} times" if over else f"{_share(1 / times)} of"
        limit = "above anything that is" if over else "below anything that is"
        said = f"{after} {unit} of {_called(known)} is {much} the dose of {before} {unit}"
        why = f"{said}, which is the right one here." if known.fluid else f"{said} that is right here, {limit} usual."
        yield put(
            text, quantity.start, quantity.end, after, kind=KIND, severity="dangerous" if over else "major",
            why=named(why), direction="higher" if over else "lower",
        )  # fmt: skip


def _times(quantity: Quantity, new: tuple[float, ...]) -> float:
    return round(new[0] / quantity.ends[0], 3)


def _share(part: float) -> str:
    whole = round(part)
    names = {4: "a quarter", 5: "a fifth", 8: "an eighth", 10: "a tenth"}
    return names.get(whole, f"1/{whole}") if abs(part - whole) < 0.05 else f"about 1/{whole}"


def _about(times: float) -> str:
    return f"{times:g}" if times.is_integer() else f"about {times:.0f}"


def _called(known: Usual) -> str:
    return known.medicine.upper() if known.medicine in ("lmwh", "ufh", "pcc", "txa", "gtn", "kcl") else known.medicine


TEXT_OPERATORS: dict[str, Operator] = {KIND: dose}
