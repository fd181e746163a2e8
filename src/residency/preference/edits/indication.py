"""A statement turned round: indicated for contraindicated, increases for decreases, should for should not."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from residency.domain.surgery.reversals import ADVICE, COURSE, NEEDS, OPEN, REASONS
from residency.preference.edits.edit import Edit, Operator, Refusal, Severity
from residency.preference.edits.prose import Statement, edit, first_words, in_list, statements

KIND = "indication"
_I = re.IGNORECASE
_ADVICE = re.compile("|".join(f"(?P<r{place}>(?<![\\w-]){pattern})" for place, (pattern, _) in enumerate(ADVICE)), _I)
_NOT_ALWAYS = re.compile(
    r"(?:not|no|never|only|always|routinely be (?:used|given|done)|alone|just|rather|merely)\b", _I
)
_OTHER: dict[str, str] = {}
for _one, _two in COURSE:
    _OTHER[_one], _OTHER[_two] = _two, _one
_COURSE = re.compile(
    r"(?<![\w-])(?P<word>"
    + "|".join(word + NEEDS.get(word, "") for word in sorted(_OTHER, key=len, reverse=True))
    + r")(?![\w-])",
    _I,
)
_FIRST_WORDS = first_words(_OTHER)
_ADVISES = frozenset(
    (
        "should must not recommended advised indicated contraindicated needed required necessary preferred safe "
        "unsafe avoided"
    ).split()
)
_REASONS = re.compile(REASONS, _I)
_OPEN = re.compile(OPEN, _I)
_DENIED = re.compile(r"\b(?:not|no|never|neither|nor|without|cannot|unlikely)\b", _I)
_RESEARCH = re.compile(r"\b(?:research|clinical trials)\b", _I)
_HARM = re.compile(
    (
        r"\b(?:must|contraindicated|bleed\w*|death|fatal|shock|perforat\w+|never|danger\w*|emergenc\w+|potassium|"
        r"kalaemia)\b"
    ),
    _I,
)


def turned_round(text: str, question: str, rng: random.Random) -> Iterator[Edit | Refusal]:
    """Advice and findings as their opposites."""
    if _RESEARCH.search(question):
        return
    for statement in statements(text):
        if statement.text.endswith("?"):
            continue
        yield from _advice(text, statement)
        yield from _courses(text, statement)


def _advice(text: str, statement: Statement) -> Iterator[Edit | Refusal]:
    if statement.words.isdisjoint(_ADVISES):
        return
    for match in _ADVICE.finditer(statement.text):
        if _REASONS.search(statement.text):
            yield Refusal(KIND, "the statement gives its reason, which would speak against it")
        elif _OPEN.search(statement.text) or _NOT_ALWAYS.match(statement.text, match.end()):
            yield Refusal(KIND, "the statement leaves it open")
        else:
            put = ADVICE[int(str(match.lastgroup)[1:])][1]
            after = put.replace("{0}", match[0]).replace("{be}", match[0].split()[0])
            why = f'The advice is turned round: it is "{_around(statement, match)}".'
            yield edit(KIND, text, _span(statement, match), after, _severity(statement, "dangerous"), why)


def _courses(text: str, statement: Statement) -> Iterator[Edit | Refusal]:
    if statement.words.isdisjoint(_FIRST_WORDS):
        return
    for match in _COURSE.finditer(statement.text):
        other = _OTHER[match["word"].lower()]
        if re.search(rf"\b{other}\b", statement.text, _I):
            yield Refusal(KIND, "both are named in the statement")
        elif _OPEN.search(statement.text):
            yield Refusal(KIND, "the statement leaves it open")
        elif other.startswith(("hyper", "hypo")) and in_list(statement.text, match.start(), match.end()):
            yield Refusal(KIND, "one of a list")
        elif _DENIED.search(statement.text):
            yield Refusal(KIND, "the statement is a denial")
        else:
            why = f'The opposite holds: it is "{_around(statement, match)}", and not "{other}".'
            yield edit(KIND, text, _span(statement, match), other, _severity(statement, "major"), why)


def _around(statement: Statement, match: re.Match[str]) -> str:
    """The words from before the match to after it, for the reader of the reason."""
    head = statement.text[: match.start()].split()[-4:]
    return " ".join([*head, *statement.text[match.start() :].split()[:6]]).rstrip(".;,")


def _span(statement: Statement, match: re.Match[str]) -> tuple[int, int]:
    return statement.start + match.start(), statement.start + match.end()


def _severity(statement: Statement, most: Severity) -> Severity:
    return "dangerous" if _HARM.search(statement.text) else ("major" if most == "dangerous" else most)


TEXT_OPERATORS: dict[str, Operator] = {KIND: turned_round}
