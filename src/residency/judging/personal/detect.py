"""Detectors of personal data, one for each kind: the data gate's own, and the base of what is looked for elsewhere.

A clinic's telephone line is no one's secret, so numbers and addresses of public bodies are only ``possible``, as
are lone surnames; eponyms are no names. Patterns find what is written in the usual ways, and no more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from residency.domain.surgery.eponyms import EPONYMS
from residency.judging.personal import written

Kind = Literal[
    "name",
    "date_of_birth",
    "nhs_number",
    "record_number",
    "social_security_number",
    "national_insurance_number",
    "phone",
    "email",
    "address",
    "postcode",
]
Sure = Literal["certain", "likely", "possible"]
NEAR = 100  # characters around a number in which a public body's name makes it public
OLDEST = 1900  # who was born before is in the history books


@dataclass(frozen=True, slots=True)
class Found:
    """Characters ``start`` to ``end`` of a text, what stands there, in one word (``kind``) and in words (``what``), and
    how far that can be trusted without a look."""

    start: int
    end: int
    kind: Kind
    text: str
    what: str
    sure: Sure


def valid_nhs_number(digits: str) -> bool:
    """Whether ten digits end in the check digit of an NHS number (weights 10 to 2, modulo 11)."""
    if len(digits) != 10 or not digits.isascii() or not digits.isdigit():
        return False
    total = sum(weight * int(digit) for weight, digit in zip(range(10, 1, -1), digits, strict=False))
    return (11 - total % 11) % 11 == int(digits[9])


def names_and_births(text: str, births: bool = True) -> Iterator[Found]:
    """Dates of birth, with the name before them, and names after a title or a label.

    Args:
        text: where to look.
        births: whether ``text`` may hold a date of birth, where the caller knows that it does not.
    """
    born = [found for found in written.BIRTH.finditer(text) if _alive(found["date"])] if births else []
    for found in born:
        name = written.BEFORE_BIRTH.search(text, max(0, found.start() - NEAR), found.start())
        start = name.start() if name else found.start()
        yield _found("date_of_birth", "a date of birth", text, (start, found.end()), "certain")
    for found in written.TITLED.finditer(text):
        if sure := _named(found, text, bool(born)):
            yield _found("name", "a name", text, found.span(), sure)
    for found in written.LABELLED.finditer(text):
        yield _found("name", "a name", text, found.span(found.lastgroup or "name"), "likely")


def record_numbers(text: str) -> Iterator[Found]:
    """Numbers after a label, and NHS numbers by their form and check digit."""
    seen: set[int] = set()
    for found in written.RECORD.finditer(text):
        holds = found["label"].lower().startswith("nhs") and valid_nhs_number(re.sub(r"\D", "", found["id"]))
        seen.add(found.start("id"))
        kind: Kind = "nhs_number" if holds else "record_number"
        yield _found(kind, "a record number", text, found.span(), "certain" if holds else "likely")
    for found in written.NHS.finditer(text):
        if found.start() not in seen and valid_nhs_number(found.group().replace(" ", "")):
            yield _found("nhs_number", "an NHS number by its form and check digit", text, found.span(), "likely")


def phones(text: str) -> Iterator[Found]:
    """Telephone numbers as they are written in Britain, in America and with a country's code."""
    for found in written.PHONE.finditer(text):
        number = found.group().strip()
        if 9 <= sum(char.isdigit() for char in number) <= 15 and not valid_nhs_number(number.replace(" ", "")):
            public = is_free(number) or _public(text, *found.span())
            yield _found("phone", "a telephone number", text, found.span(), "possible" if public else "likely")


def is_free(number: str) -> bool:
    """Whether a telephone number is one that is free to call, as help lines are."""
    return written.FREE.match(number) is not None


def emails(text: str) -> Iterator[Found]:
    """E-mail addresses."""
    for found in written.EMAIL.finditer(text):
        sure: Sure = "possible" if is_role(found.group()) else "likely"
        yield _found("email", "an e-mail address", text, found.span(), sure)


def is_role(address: str) -> bool:
    """Whether an e-mail address is that of an office, and no person's."""
    return bool(written.ROLE.match(address)) or address.lower().endswith((".gov", ".org", ".edu", ".int"))


def addresses(text: str) -> Iterator[Found]:
    """Streets with a house's number, and British postcodes where no street stands before them."""
    streets = list(written.STREET.finditer(text))
    for found in streets:
        sure: Sure = "possible" if _public(text, *found.span()) else "likely"
        yield _found("address", "a street address", text, found.span(), sure)
    for found in written.POSTCODE.finditer(text):
        if not any(abs(found.start() - street.end()) < NEAR for street in streets):
            yield _found("postcode", "a postcode", text, found.span(), "possible")


def _found(kind: Kind, what: str, text: str, span: tuple[int, int], sure: Sure) -> Found:
    return Found(*span, kind, text[span[0] : span[1]], what, sure)


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


def _public(text: str, start: int, end: int) -> bool:
    return bool(written.PUBLIC.search(text, max(0, start - NEAR), end + NEAR))
