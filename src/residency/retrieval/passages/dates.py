"""Dates as documents write them, in ISO 8601 as far as they are known."""

from __future__ import annotations

import re
from datetime import date

from residency.core.text import normalise

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            *("jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july"),
            *("aug august", "sep sept september", "oct october", "nov november", "dec december"),
        ),
        1,
    )
    for name in names.split()
}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_FORMS = tuple(
    re.compile(form)
    for form in (
        rf"(?:d:)?{_YEAR}(?P<month>\d\d)(?P<day>\d\d)(?:\d{{4,6}}.*|t.*)?",
        rf"{_YEAR}[-/.](?P<month>\d{{1,2}})(?:[-/.](?P<day>\d{{1,2}}))?(?:[t ]\d.*)?",
        rf"{_YEAR}",
        rf"(?:\w+day,? )?{_DAY}[ -](?:of )?(?P<name>{_MONTH})\.?,?[ -]{_YEAR}",
        rf"(?P<name>{_MONTH})\.? {_DAY},? {_YEAR}",
        rf"(?P<name>{_MONTH})\.?,?[ -]{_YEAR}",
        rf"{_YEAR} (?P<name>{_MONTH})\.?(?: {_DAY})?",
        rf"(?P<day>\d{{1,2}})[-/.](?P<month>\d{{1,2}})[-/.]{_YEAR}",
        rf"(?P<month>\d{{1,2}})[-/.]{_YEAR}",
    )
)
_WRITTEN = (
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)? )?(?:{_MONTH})\.?(?: \d{{1,2}},)? (?:19|20)\d\d|(?:19|20)\d\d(?:-\d\d){{0,2}}"
)
_WRITTEN += r"|\d{1,2}[/.]\d{1,2}[/.](?:19|20)\d\d"
_LABELS = (
    r"last (?:updated|reviewed|revised|modified)|date of (?:last )?(?:update|review|revision)|updated|reviewed|revised",
    r"(?:date of )?(?:publication|issue)(?: date)?|(?:date )?(?:published|issued)|effective(?: date| from)?|date",
)
_LABELLED = tuple(re.compile(rf"\b(?:{label})(?: on)?\s*:?\s+({_WRITTEN})\b", re.IGNORECASE) for label in _LABELS)
_VERSION = re.compile(r"\bversion(?: number)?:?\s+v?(\d+(?:\.\d+){0,2})\b", re.IGNORECASE)


def iso_date(text: str) -> tuple[str, bool]:
    """A date as ISO, as far as it is known ("2024", "2024-05", "2024-05-31"), and whether all of it was understood.

    A day and a month that could each be the other (03/04/2024) leave the year alone. Of what cannot be read, a single
    year is kept; without one the date is empty.
    """
    plain = normalise(text)
    if not plain:
        return "", True
    for form in _FORMS:
        if not (match := form.fullmatch(plain)):
            continue
        parts = match.groupdict()
        month = _MONTHS[parts["name"]] if parts.get("name") else int(parts.get("month") or 0)
        day = int(parts.get("day") or 0)
        if form is _FORMS[7]:
            if month > 12 >= day:
                day, month = month, day
            elif day <= 12 and day != month:
                return parts["year"], False
        if written := _valid(int(parts["year"]), month, day):
            return written, True
    years = set(re.findall(r"\b(?:19|20)\d\d\b", plain))
    return (years.pop() if len(years) == 1 else ""), False


def _valid(year: int, month: int, day: int) -> str:
    try:
        date(year, month or 1, day or 1)
    except ValueError:
        return ""
    return "-".join([f"{year}", *([f"{month:02}"] if month else []), *([f"{day:02}"] if month and day else [])])


def said_in(text: str) -> tuple[str, str]:
    """The date and the version that the beginning of a document states, empty where it states none: "Last updated:
    March 2024", "Version 2.1". The date of an update counts before that of publication."""
    found = ""
    for label in _LABELLED:
        if match := label.search(text):
            found, understood = iso_date(match[1])
            if understood and found:
                break
            found = ""
    version = _VERSION.search(text)
    return found, version[1] if version else ""
