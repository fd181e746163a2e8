"""The wrong structure, of the same class as the right one."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from residency.domain.surgery.structures import AMERICAN, CLASSES, HEAD, LEAD, LOOSE
from residency.preference.edits.edit import Edit, Operator, Refusal, Severity
from residency.preference.edits.prose import alternatives, american, edit, first_words, in_list, statements

KIND = "structure"
_I = re.IGNORECASE
_BRITISH = {ours: word for word, ours in AMERICAN.items()}
_CLASSES_OF: dict[str, list[str]] = {}
for _name, _members in CLASSES.items():
    for _member in _members:
        for _spelt in {_member, AMERICAN.get(_member, _member)}:
            _CLASSES_OF.setdefault(_spelt, []).append(_name)
_WORD = re.compile(rf"\b(?P<word>{alternatives(list(_CLASSES_OF))})\b{HEAD}", _I)
_LEAD = re.compile(rf"{LEAD}$", _I)
_FIRST_WORDS = first_words(_CLASSES_OF)
_FIRST = re.compile(r"^\W*$")
_LOOSE = re.compile(LOOSE, _I)
_OPERATES = re.compile(
    r"\b(?:operat\w+|incis\w+|excis\w+|resect\w+|\w+(?:ectomy|otomy|ostomy)|divid\w+|drain\w*|injur\w+|ligat\w+|"
    r"repair\w*|clip\w*|protect\w*|damag\w+|preserv\w+)\b",
    _I,
)


def wrong_structures(text: str, question: str, rng: random.Random) -> Iterator[Edit | Refusal]:
    """A structure for another of its class, where the statement holds for the first alone."""
    whole = f"{question}\n{text}".lower()
    for statement in statements(text):
        if statement.words.isdisjoint(_FIRST_WORDS):
            continue
        for match in _WORD.finditer(statement.text):
            lead = statement.text[max(0, match.start() - 24) : match.start()]
            if not _FIRST.match(lead) and not _LEAD.search(lead):
                continue
            if in_list(statement.text, match.start("word"), match.end("word")):
                yield Refusal(KIND, "one of a list")
                continue
            if loose := _LOOSE.search(statement.text):
                yield Refusal(KIND, f"the statement is not of it alone: {loose[0].lower()}")
                continue
            word = match["word"].lower()
            others = [
                (name, other)
                for name in _CLASSES_OF[word]
                for other in CLASSES[name]
                if other != _BRITISH.get(word, word) and not re.search(rf"\b{other}\b", whole)
            ]
            if not others:
                yield Refusal(KIND, "every other structure of its class is in the text")
            severity: Severity = "dangerous" if _OPERATES.search(statement.text) else "major"
            for name, other in others:
                after = AMERICAN.get(other, other) if american(text) else other
                why = (
                    f"What is said here is true of the {word} and not of the {after}, another member of its "
                    f"class ({name})."
                )
                span = (statement.start + match.start("word"), statement.start + match.end("word"))
                yield edit(KIND, text, span, after, severity, why)


TEXT_OPERATORS: dict[str, Operator] = {KIND: wrong_structures}
