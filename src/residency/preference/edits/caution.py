"""A caution left out. What is put in elsewhere, so that cautions stand on both sides, is ``behaviours/caution.py``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from residency.domain.surgery.stated_cautions import CLAUSES, STATED, STRONG, TIED
from residency.preference.edits.edit import Edit, Refusal, Severity
from residency.preference.edits.prose import Statement, statements

KIND = "caution"
_I = re.IGNORECASE
OMITTED = "omitted"
_STATED, _STRONG, _TIED = re.compile(STATED, _I), re.compile(STRONG, _I), re.compile(TIED)
_CLAUSE = re.compile("|".join(CLAUSES), _I)


_STUDY = re.compile(
    r"\b(?:trials?|stud(?:y|ies)|research\w*|would|wrong\w*|times too|too (?:high|low|late|early)|understates?)\b", _I
)
_LONGEST = 320


def omitted_cautions(text: str) -> Iterator[Edit | Refusal]:
    """The text without one of its cautions, each in turn."""
    told = statements(text)
    for place, statement in enumerate(told):
        if match := _STATED.search(statement.text):
            yield from _omitted(text, told, place, match[0])


def _omitted(text: str, told: tuple[Statement, ...], place: int, found: str) -> Iterator[Edit | Refusal]:
    statement = told[place]
    severity: Severity = "dangerous" if _STRONG.search(statement.text) else "major"
    clause = _CLAUSE.search(statement.text)
    if _STUDY.search(statement.text):
        yield Refusal(KIND, "no caution for the reader's patient")
    elif clause:
        start, end = statement.start + clause.start(), statement.start + clause.end()
        why = f'It leaves out what limits the advice: "{clause[0].strip(" ,")}".'
        yield Edit(KIND, OMITTED, start, end, text[start:end], "", severity, why)
    elif len(told) < 2 or place == 0:
        yield Refusal(KIND, "the caution is the whole of the answer or its first sentence")
    elif len(statement.text) > _LONGEST or not statement.text.endswith("."):
        yield Refusal(KIND, "no sentence of its own")
    elif place + 1 < len(told) and _TIED.match(told[place + 1].text):
        yield Refusal(KIND, "the next sentence leans on it")
    else:
        before = text[told[place - 1].end : statement.start]
        start = statement.start - len(before) if not before.strip() else statement.start
        why = f'It leaves out a caution that the patient needs: "{statement.text}"'
        yield Edit(KIND, OMITTED, start, statement.end, text[start : statement.end], "", severity, why)
