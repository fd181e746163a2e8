"""The wrong investigation where one is chosen."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from residency.domain.surgery.investigations import CHOSEN, CLASSES, CONTRAST, LOOSE, MODIFIED, NAMED, SAME, TELLS
from residency.preference.edits.edit import Edit, Operator, Refusal
from residency.preference.edits.prose import alternatives, american, clause, edit, first_words, in_list, statements

KIND = "investigation"
_I = re.IGNORECASE
_CLASSES_OF: dict[str, list[str]] = {}
_AS_WRITTEN = {member.lower(): member for members in CLASSES.values() for member in members}
for _name, _members in CLASSES.items():
    for _member in _members:
        _CLASSES_OF.setdefault(_member.lower(), []).append(_name)
_HEAD = (
    r"(?=\s*(?:[.;:)]|$)|,| (?!(?:guid\w+|suite|list|findings?|results?|report\w*|units?|levels? of|"
    r"proven|criteria|tests?|probe|scan\w*|examination|angio\w+|venography|enterography|colono\w+|urography|"
    r"pulmonary|defects?|changes?|surgical|clearance|and\b|\()))"
)
_TEST = re.compile(rf"(?<![\w(-])(?P<word>{alternatives(list(_CLASSES_OF))})\b{_HEAD}", _I)
_CLASS_NAMED = {member.lower(): (name, member) for name, members in NAMED.items() for member in members}
_NAMED = re.compile(
    rf"\W*(?P<word>{alternatives(list(_CLASS_NAMED))}) ?: (?=(?:An?|The|Removal|Looking|Checking)\b)", _I
)
_FIRST_WORDS = first_words([*_CLASSES_OF, *_CLASS_NAMED])
_TELLING = frozenset(("imaging", "a scan", "scans", "a way to tissue"))
_TELLS = re.compile(TELLS, _I)
_CHOSEN = re.compile(CHOSEN, _I)
_LOOSE = re.compile(LOOSE, _I)
_MODIFIED = re.compile(MODIFIED, _I)
_CONTRAST = re.compile(CONTRAST, _I)


def wrong_investigations(text: str, question: str, rng: random.Random) -> Iterator[Edit | Refusal]:
    """Another test where one is chosen or where what it does is told."""
    whole = f"{question}\n{text}".lower()
    for statement in statements(text):
        if statement.words.isdisjoint(_FIRST_WORDS):
            continue
        if match := _NAMED.match(statement.text):
            yield from _misnamed(text, statement.start, match, whole)
        for match in _TEST.finditer(statement.text):
            word = match["word"].lower()
            start, end = match.span("word")
            if in_list(statement.text, start, end) or statement.text.count(";") > 1:
                yield Refusal(KIND, "one of a list")
            elif loose := _LOOSE.search(clause(statement.text, start, end)):
                yield Refusal(KIND, f"another test may be right too: {loose[0].lower()}")
            elif not (
                _CHOSEN.search(statement.text)
                or (_TELLING.isdisjoint(_CLASSES_OF[word]) and _TELLS.search(statement.text))
            ):
                yield Refusal(KIND, "no test is chosen in the statement")
            elif _MODIFIED.search(statement.text[max(0, start - 24) : start]) or (
                _CONTRAST.search(statement.text) and "imaging" in _CLASSES_OF[word]
            ):
                yield Refusal(KIND, "its wording fits no other test")
            else:
                yield from _others(text, word, (statement.start + start, statement.start + end), whole)


def _others(text: str, word: str, span: tuple[int, int], whole: str) -> Iterator[Edit]:
    for name in _CLASSES_OF[word]:
        for other in CLASSES[name]:
            if other.lower() == word or any({_AS_WRITTEN[word], other} <= same for same in SAME):
                continue
            after = other.replace("haemoglobin", "hemoglobin") if american(text) else other
            if re.search(rf"\b{re.escape(after.lower())}", whole):
                continue
            why = f"The test meant is {_AS_WRITTEN[word]}; {after} does not answer this question, or not first."
            yield edit(KIND, text, span, after, "major", why)


def _misnamed(text: str, offset: int, match: re.Match[str], whole: str) -> Iterator[Edit]:
    """The description of one test under the name of another, of those that the text does not describe."""
    name, written = _CLASS_NAMED[match["word"].lower()]
    for other in NAMED[name]:
        if other == written or f"{other.lower()} :" in whole or f"{other.lower()}:" in whole:
            continue
        why = f"What is described is {written}; {other} ({name} too) is another test."
        span = (offset + match.start("word"), offset + match.end("word"))
        yield edit(KIND, text, span, other, "major", why)


TEXT_OPERATORS: dict[str, Operator] = {KIND: wrong_investigations}
