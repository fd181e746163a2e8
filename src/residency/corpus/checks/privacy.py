"""Checks for what may identify a person: flagged with its place for a person to judge, and never changed.

A clinic's telephone line is no one's secret, so numbers and addresses of public bodies are only ``possible``, as
are lone surnames; eponyms are no names. Patterns find what is written in the usual ways, and no more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from residency.corpus.checks import identifiers as written
from residency.corpus.checks.base import Check, Finding, Sure
from residency.corpus.checks.parts import LONG_NUMBER, Part, Parts, parts, texts
from residency.corpus.reading.shapes import Draft
from residency.corpus.settings import CorpusSettings
from residency.domain.surgery.eponyms import EPONYMS

NEAR = 100  # characters around a number in which a public body's name makes it public
OLDEST = 1900  # who was born before is in the history books


def valid_nhs_number(digits: str) -> bool:
    """Whether ten digits end in the check digit of an NHS number (weights 10 to 2, modulo 11)."""
    if len(digits) != 10 or not digits.isascii() or not digits.isdigit():
        return False
    total = sum(weight * int(digit) for weight, digit in zip(range(10, 1, -1), digits, strict=False))
    return (11 - total % 11) % 11 == int(digits[9])


def _name_dob(draft: Draft, settings: CorpusSettings) -> Iterable[Finding]:
    row = parts(draft)
    births = row.digits and ("birth" in row.low or "born" in row.low or "dob" in row.low or "d.o.b" in row.low)
    return _names_and_births(row, births)


def _names_and_births(row: Parts, births: bool) -> Iterator[Finding]:
    for where, text in texts(row.draft):
        born = [found for found in written.BIRTH.finditer(text) if _alive(found["date"])] if births else []
        for found in born:
            name = written.BEFORE_BIRTH.search(text, max(0, found.start() - NEAR), found.start())
            start = name.start() if name else found.start()
            yield Finding(f"a date of birth, {text[start : found.end()]!r}", where, (start, found.end()), "certain")
        for found in written.TITLED.finditer(text):
            if sure := _named(found, text, bool(born)):
                yield Finding(f"a name, {found.group()!r}", where, found.span(), sure)
        for found in written.LABELLED.finditer(text):
            group = found.lastgroup or "name"
            yield Finding(f"a name, {found[group]!r}", where, found.span(group), "likely")


def _alive(date: str) -> bool:
    year = written.YEAR.search(date)
    return year is None or int(year.group()) >= OLDEST


def _named(found: re.Match[str], text: str, born: bool) -> Sure | None:
    """How surely a title and a name are a patient's; None for eponyms, authors and words in a title's capitals."""
    words = found["name"].split()
    if words[0] in written.NOT_NAMES or (len(words) == 1 and (found["own"] or words[0] in EPONYMS)):
        return None
    if found["title"] in ("Miss", "Master") and re.search(
        r"[A-Z]\w* $", text[max(0, found.start() - 30) : found.start()]
    ):
        return None
    if born:
        return "certain"
    if found["title"] in ("Dr", "Prof", "Professor"):
        near = text[max(0, found.start() - NEAR) : found.end() + NEAR]
        return None if words[-1] in EPONYMS or written.AUTHOR.search(near) else "possible"
    return "likely" if len(words) > 1 else "possible"


def _record_number(draft: Draft, settings: CorpusSettings) -> Iterable[Finding]:
    return _record_numbers(parts(draft))


def _record_numbers(row: Parts) -> Iterator[Finding]:
    for where, text in texts(row.draft):
        seen: set[int] = set()
        for found in written.RECORD.finditer(text):
            holds = found["label"].lower().startswith("nhs") and valid_nhs_number(re.sub(r"\D", "", found["id"]))
            seen.add(found.start("id"))
            yield Finding(f"a record number, {found.group()!r}", where, found.span(), "certain" if holds else "likely")
        for found in written.NHS.finditer(text):
            if found.start() not in seen and valid_nhs_number(found.group().replace(" ", "")):
                yield Finding(
                    f"an NHS number by its form and check digit, {found.group()!r}", where, found.span(), "likely"
                )


def _phone(draft: Draft, settings: CorpusSettings) -> Iterable[Finding]:
    return _phones(parts(draft))


def _phones(row: Parts) -> Iterator[Finding]:
    for (where, text), found in _written(written.PHONE, row):
        number = found.group().strip()
        if 9 <= sum(char.isdigit() for char in number) <= 15 and not valid_nhs_number(number.replace(" ", "")):
            public = written.FREE.match(number) or _public(text, *found.span())
            yield Finding(f"a telephone number, {number!r}", where, found.span(), "possible" if public else "likely")


def _written(pattern: re.Pattern[str], row: Parts) -> Iterator[tuple[Part, re.Match[str]]]:
    """Each text of the row with each place in it that the pattern matches."""
    return ((part, found) for part in texts(row.draft) for found in pattern.finditer(part[1]))


def _public(text: str, start: int, end: int) -> bool:
    return bool(written.PUBLIC.search(text, max(0, start - NEAR), end + NEAR))


def _email(draft: Draft, settings: CorpusSettings) -> Iterable[Finding]:
    return _emails(parts(draft))


def _emails(row: Parts) -> Iterator[Finding]:
    for (where, _), found in _written(written.EMAIL, row):
        address = found.group()
        public = written.ROLE.match(address) or address.lower().endswith((".gov", ".org", ".edu", ".int"))
        yield Finding(f"an e-mail address, {address!r}", where, found.span(), "possible" if public else "likely")


def _address(draft: Draft, settings: CorpusSettings) -> Iterable[Finding]:
    return _addresses(parts(draft))


def _addresses(row: Parts) -> Iterator[Finding]:
    for where, text in texts(row.draft):
        streets = list(written.STREET.finditer(text))
        for found in streets:
            sure: Sure = "possible" if _public(text, *found.span()) else "likely"
            yield Finding(f"a street address, {found.group()!r}", where, found.span(), sure)
        for found in written.POSTCODE.finditer(text):
            if not any(abs(found.start() - street.end()) < NEAR for street in streets):
                yield Finding(f"a postcode, {found.group()!r}", where, found.span(), "possible")


_LEAKS = "A model may give it to anyone who asks, and a bank that holds it may not be lawful to train on or to share."

CHECKS: tuple[Check, ...] = (
    Check("privacy_name_dob", "warns", "Name or date of birth", _LEAKS, _name_dob, (written.NAME_NEEDS,)),
    Check("privacy_record_number", "warns", "Record number", _LEAKS, _record_number, (LONG_NUMBER,)),
    Check("privacy_phone", "warns", "Telephone number", _LEAKS, _phone, (LONG_NUMBER,)),
    Check("privacy_address", "warns", "Postal address", _LEAKS, _address, (written.HOUSE.pattern,)),
    Check("privacy_email", "warns", "E-mail address", _LEAKS, _email, ("@",)),
)
