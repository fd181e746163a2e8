"""A caution left out, or one put in that does not hold."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from residency.domain.surgery.false_cautions import FALSE_CAUTIONS
from residency.domain.surgery.stated_cautions import CLAUSES, STATED, STRONG, TIED
from residency.preference.edits.edit import Edit, Operator, Refusal, Severity
from residency.preference.edits.prose import Statement, statements

KIND = "caution"
_I = re.IGNORECASE
_OMITTED, _MISPLACED = "omitted", "misplaced"
_STATED, _STRONG, _TIED = re.compile(STATED, _I), re.compile(STRONG, _I), re.compile(TIED)
_CLAUSE = re.compile("|".join(CLAUSES), _I)


def _literals(pattern: str) -> tuple[str, ...]:
    """A piece of plain text for each alternative of a pattern, without which that alternative finds nothing."""
    plain = re.sub(r"\(\?:[^()]*\)\??|\\w[+*]|.\?", "#", pattern.removeprefix(r"\b(?:").removesuffix(r")\b"))
    return tuple(max(re.findall(r"[a-z0-9' -]+", one.lower()), key=len) for one in plain.split("|"))


_KEYS = [(entry, _literals(entry.about.pattern)) for entry in FALSE_CAUTIONS]
_STUDY = re.compile(
    r"\b(?:trials?|stud(?:y|ies)|research\w*|would|wrong\w*|times too|too (?:high|low|late|early)|understates?)\b", _I
)
_FRAME = re.compile(
    r"^(?P<noun>[A-Z][\w -]*?)(?P<plural>s)? (?:must be avoided|(?:is|are) contraindicated) (?P<to>in|after)\b"
)
_ANYONE = re.compile(r"\banyone(?P<verb> who (?:takes|is|has been|has))?\b(?! but)")
_PLURAL = {
    "": "",
    " who takes": " who take",
    " who is": " who are",
    " who has been": " who have been",
    " who has": " who have",
}
_AGE = re.compile(r"(?<=over the age of )\d\d")
_AGES = ("60", "65", "70", "75", "80")
_LONGEST = 320


def wrong_cautions(text: str, question: str, rng: random.Random) -> Iterator[Edit | Refusal]:
    """Texts without one of their cautions, or with one that is false."""
    told = statements(text)
    for place, statement in enumerate(told):
        if match := _STATED.search(statement.text):
            yield from _omitted(text, told, place, match[0])
    yield from _misplaced(text, question, told, rng)


def _omitted(text: str, told: tuple[Statement, ...], place: int, found: str) -> Iterator[Edit | Refusal]:
    statement = told[place]
    severity: Severity = "dangerous" if _STRONG.search(statement.text) else "major"
    clause = _CLAUSE.search(statement.text)
    if _STUDY.search(statement.text):
        yield Refusal(KIND, "no caution for the reader's patient")
    elif clause:
        start, end = statement.start + clause.start(), statement.start + clause.end()
        why = f'It leaves out what limits the advice: "{clause[0].strip(" ,")}".'
        yield Edit(KIND, _OMITTED, start, end, text[start:end], "", severity, why)
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
        yield Edit(KIND, _OMITTED, start, statement.end, text[start : statement.end], "", severity, why)


def _misplaced(text: str, question: str, told: tuple[Statement, ...], rng: random.Random) -> Iterator[Edit | Refusal]:
    whole, low = f"{question}\n{text}", text.lower()
    for entry, keys in _KEYS:
        if not any(key in low for key in keys) or not entry.about.search(text):
            continue
        if entry.unless.search(whole):
            yield Refusal(KIND, "the text speaks of what the false caution is about")
            continue
        for place, statement in enumerate(told):
            if not entry.about.search(statement.text) or not statement.text.endswith("."):
                continue
            if place + 1 < len(told) and _TIED.match(told[place + 1].text):
                continue
            if _STUDY.search(statement.text) or statement.text.count("  "):
                continue
            says = _varied(entry.says, rng)
            yield Edit(KIND, _MISPLACED, statement.end, statement.end, "", f" {says}", "major", entry.why)
            break
        else:
            yield Refusal(KIND, "no place for a sentence about it")


def _varied(says: str, rng: random.Random) -> str:
    """A false caution in one of the wordings that true ones have, and with one of the ages that are no limit."""

    def framed(found: re.Match[str]) -> str:
        be = "are" if found["plural"] and not found["noun"].endswith("i") else "is"
        said = rng.choice((f"{be} contraindicated", "must be avoided", "should be avoided", f"{be} not recommended"))
        return f"{found['noun']}{found['plural'] or ''} {said} {found['to']}"

    says = _AGE.sub(lambda found: rng.choice(_AGES), _FRAME.sub(framed, says))
    if rng.random() < 0.5:
        return _ANYONE.sub(lambda found: "patients" + _PLURAL[found["verb"] or ""], says)
    return says


TEXT_OPERATORS: dict[str, Operator] = {KIND: wrong_cautions}
