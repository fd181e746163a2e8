"""All personal data in a text that somebody typed, each place once."""

from __future__ import annotations

from collections.abc import Iterator

from residency.judging.personal import detect, typed
from residency.judging.personal.detect import Found

# One character for one, so that places hold in the text as it was typed: spaces and dashes that only look otherwise.
_PLAIN = {
    **dict.fromkeys((0x09, 0xA0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000), " "),
    **dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2212), "-"),
    **{0xFF10 + digit: str(digit) for digit in range(10)},
    0xFF20: "@",
}


def find_personal(text: str) -> tuple[Found, ...]:
    """The places of ``text`` that may say who somebody is, in order; none overlaps another.

    Where two findings overlap, one span holds both, with the kind of the longer (an
    NHS number's, where both are the same number). Help lines and offices' addresses are
    left out, lone surnames after a title and lone postcodes are not: a question is shown to its writer, who knows.
    """
    plain = text.translate(_PLAIN)
    merged: list[Found] = []
    for found in sorted(_all(plain), key=lambda one: (one.start, -one.end)):
        if merged and found.start < merged[-1].end:
            last = merged[-1]
            longer = max(last, found, key=lambda one: (one.end - one.start, one.kind == "nhs_number"))
            start, end = last.start, max(last.end, found.end)
            merged[-1] = Found(start, end, longer.kind, plain[start:end], longer.what, longer.sure)
        else:
            merged.append(found)
    return tuple(Found(one.start, one.end, one.kind, text[one.start : one.end], one.what, one.sure) for one in merged)


def _all(text: str) -> Iterator[Found]:
    yield from detect.names_and_births(text)
    yield from detect.record_numbers(text)
    yield from (found for found in detect.phones(text) if not detect.is_free(found.text))
    yield from (found for found in detect.emails(text) if not detect.is_role(found.text))
    yield from detect.addresses(text)
    yield from typed.names(text)
    yield from typed.births(text)
    yield from typed.numbers(text)
    yield from typed.places(text)
