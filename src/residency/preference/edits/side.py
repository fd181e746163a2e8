"""The wrong side, or the wrong direction from a landmark."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from residency.domain.surgery.directions import FIXED, NO_MATTER, PAIRED, PAIRS
from residency.preference.edits.edit import Edit, Operator, Refusal, Severity
from residency.preference.edits.prose import Statement, edit, first_words, statements

KIND = "side"
_I = re.IGNORECASE
_SIDE = re.compile(r"\b(?:left|right)(?=-sided?\b| |-hand)", _I)
_GAP = r"(?:-sided?)?(?:-hand)? (?:\w+ )?"
_FIXED = re.compile(rf"\b(?:left|right){_GAP}(?:{FIXED})", _I)
_PAIRED = re.compile(rf"\b(?:left|right){_GAP}(?:{PAIRED})\b", _I)
_TO = re.compile(r"\b(?:to|on) the (?:left|right)(?= (?:of|side of (?:the|your) (?:abdomen|belly|heart))\b)", _I)
_NO_MATTER = re.compile(NO_MATTER, _I)
_OPERATES = re.compile(
    r"\b(?:operat\w+|incis\w+|excis\w+|resect\w+|\w+(?:ectomy|otomy|ostomy)|divid\w+|drain\w*|marked|consent|"
    r"needle\w*|tubes?|ligat\w+|repair\w*|clip\w*|explor\w+)\b",
    _I,
)
_DIRECTIONS = [
    (
        re.compile(rf"{left}\b(?P<word>{one}|{other})\b{right}", _I),
        {one: other, other: one},
        re.compile(rf"\b(?:{one}|{other})\b", _I),
    )
    for one, other, left, right in PAIRS
]
_FELT = frozenset(("upper", "lower", "above", "below"))
_AND = re.compile(r"(?: [\w-]+){1,2},? (?:and|or)\b")
_SYMPTOM = re.compile(r"\b(?:pain\w*|may|can|or|discomfort|ache\w*|numb\w*|swelling|signs?|symptoms?)\b", _I)
_FIRST_WORDS = first_words(word for one, other, *_ in PAIRS for word in (one, other))


def wrong_sides(text: str, question: str, rng: random.Random) -> Iterator[Edit | Refusal]:
    """Left for right and the like, where the other is wrong."""
    asked = question.lower()
    for statement in statements(text):
        if not statement.words.isdisjoint(("left", "right")):
            yield from _lefts(text, statement, asked)
        if not statement.words.isdisjoint(_FIRST_WORDS):
            yield from _directions(text, statement)


def _lefts(text: str, statement: Statement, asked: str) -> Iterator[Edit | Refusal]:
    found = list(_SIDE.finditer(statement.text))
    both = len({match[0].lower() for match in found}) > 1
    for match in found:
        tight = _FIXED.match(statement.text, match.start()) or _TO.match(statement.text, max(0, match.start() - 7))
        if not tight and not _PAIRED.match(statement.text, match.start()):
            continue
        word = match[0].lower()
        other = "right" if word == "left" else "left"
        if both or f"{other} and {word}" in statement.text.lower():
            yield Refusal(KIND, "both sides are named")
        elif _NO_MATTER.search(statement.text):
            yield Refusal(KIND, "the side may not matter")
        elif not tight and not re.search(rf"\b{word}\b", asked):
            yield Refusal(KIND, "one of two organs, and the question names no side")
        else:
            yield _edit(text, statement, match.start(), match.end(), word, other)


def _directions(text: str, statement: Statement) -> Iterator[Edit | Refusal]:
    for pattern, others, either in _DIRECTIONS:
        for match in pattern.finditer(statement.text):
            word = match["word"].lower()
            if others[word] in {one.lower() for one in either.findall(statement.text)}:
                yield Refusal(KIND, "both directions are named")
            elif _NO_MATTER.search(statement.text):
                yield Refusal(KIND, "the side may not matter")
            elif word in _FELT and (_SYMPTOM.search(statement.text) or _AND.match(statement.text, match.end())):
                yield Refusal(KIND, "one of several places where it may be felt")
            else:
                yield _edit(text, statement, match.start("word"), match.end("word"), word, others[word])


def _edit(text: str, statement: Statement, start: int, end: int, word: str, other: str) -> Edit:
    severity: Severity = "dangerous" if _OPERATES.search(statement.text) else "major"
    rest = re.match(r"(?:-sided?)?(?: [\w-]+){0,2}", statement.text[end:])
    named = (word + (rest[0] if rest else "")).strip()
    why = f'The text means "{named}"; "{other}" sends the reader to the wrong place.'
    return edit(KIND, text, (statement.start + start, statement.start + end), other, severity, why)


TEXT_OPERATORS: dict[str, Operator] = {KIND: wrong_sides}
