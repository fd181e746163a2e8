"""Checks for what may identify a person: flagged with its place for a person to judge, and never changed.

What is found is decided by :mod:`residency.judging.personal.detect`, for rows as for what is typed to the assistant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from residency.corpus.checks.base import Check, Finding
from residency.corpus.checks.parts import LONG_NUMBER, parts, texts
from residency.corpus.reading.shapes import Draft
from residency.corpus.settings import CorpusSettings
from residency.judging.personal import written
from residency.judging.personal.detect import Found, addresses, emails, names_and_births, phones, record_numbers

Finder = Callable[[Draft, CorpusSettings], Iterable[Finding]]


def _name_dob(draft: Draft, settings: CorpusSettings) -> Iterable[Finding]:
    row = parts(draft)
    births = row.digits and ("birth" in row.low or "born" in row.low or "dob" in row.low or "d.o.b" in row.low)
    return _findings(draft, lambda text: names_and_births(text, births))


def _by(detect: Callable[[str], Iterator[Found]]) -> Finder:
    return lambda draft, settings: _findings(draft, detect)


def _findings(draft: Draft, detect: Callable[[str], Iterator[Found]]) -> Iterator[Finding]:
    for where, text in texts(draft):
        for found in detect(text):
            yield Finding(f"{found.what}, {found.text!r}", where, (found.start, found.end), found.sure)


_LEAKS = "A model may give it to anyone who asks, and a bank that holds it may not be lawful to train on or to share."

CHECKS: tuple[Check, ...] = (
    Check("privacy_name_dob", "warns", "Name or date of birth", _LEAKS, _name_dob, (written.NAME_NEEDS,)),
    Check("privacy_record_number", "warns", "Record number", _LEAKS, _by(record_numbers), (LONG_NUMBER,)),
    Check("privacy_phone", "warns", "Telephone number", _LEAKS, _by(phones), (LONG_NUMBER,)),
    Check("privacy_address", "warns", "Postal address", _LEAKS, _by(addresses), (written.HOUSE.pattern,)),
    Check("privacy_email", "warns", "E-mail address", _LEAKS, _by(emails), ("@",)),
)
