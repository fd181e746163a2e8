"""The general checks of a mistake made in a text: something changed, in more than form, and the text still reads well.

Whether the result is wrong is decided by the operator that proposes it, from the domain's tables. Here it is asked what
any mistake must be asked: a fault of grammar would tell the worse side without medicine.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from residency.core.text import normalise
from residency.preference.edits.edit import Edit, applied

_WORDS = re.compile(r"[a-z0-9]+")
_DOUBLED = re.compile(r"\b([a-z]{2,}) \1\b", re.IGNORECASE)
_ALLOWED_TWICE = frozenset(("that", "had"))
_A_BEFORE_VOWEL = re.compile(
    r"\ba (?=[aeio]|un(?!i)|hour|MRI\b|X-|8\b|11\b|18\b)(?!one\b|once\b|eu|ure)", re.IGNORECASE
)
_AN_BEFORE_CONSONANT = re.compile(r"\ban (?=[bcdfgjkpqtvwyz][a-z]|uni|eur|[1-79]\b|10\b|1[0-79]\b)", re.IGNORECASE)
_SPACING = re.compile(r"  |\s[,.;:](?:\s|$)|\(\s|\s\)|,\s*[,.;]|\.\.(?!\.)")
_LOW_START = re.compile(r"(?:^|[.!?]\s+)[a-z]")
_PAIRED = (("(", ")"), ("[", "]"))
LEAST_WORDS = 3
"""Words that a text must keep."""


def fault(text: str, edit: Edit) -> str:
    """Why a mistake may not be used, in words that can be counted; empty where it may.

    Args:
        text: the gold text.
        edit: of that text.
    """
    after = applied(text, edit)
    if normalise(edit.before) == normalise(edit.after):
        return "nothing changed"
    if _WORDS.findall(text.lower()) == _WORDS.findall(after.lower()):
        return "only the form changed"
    if len(_WORDS.findall(after.lower())) < LEAST_WORDS:
        return "hardly anything is left"
    return _worse_form(text, after)


def _worse_form(before: str, after: str) -> str:
    """Which fault of language the second text has more of; empty where none."""
    return next((name for name, count in _FAULTS.items() if count(after) > count(before)), "")


def _doubled(text: str) -> int:
    return sum(match[1].lower() not in _ALLOWED_TWICE for match in _DOUBLED.finditer(text))


def _articles(text: str) -> int:
    return len(_A_BEFORE_VOWEL.findall(text)) + len(_AN_BEFORE_CONSONANT.findall(text))


def _unpaired(text: str) -> int:
    return sum(abs(text.count(opening) - text.count(closing)) for opening, closing in _PAIRED)


def _spacing(text: str) -> int:
    return len(_SPACING.findall(text))


def _low_starts(text: str) -> int:
    return len(_LOW_START.findall(text))


_FAULTS: dict[str, Callable[[str], int]] = {
    "a word stands twice": _doubled,
    "an article does not fit": _articles,
    "a space or a mark is left over": _spacing,
    "a sentence begins small": _low_starts,
    "a bracket is left open": _unpaired,
}
