"""A wrong manoeuvre: something else is done, or another operation."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from residency.domain.surgery.manoeuvres import ACTS, AMERICAN, CARE, CHOSEN, DESCRIBED, LOOSE, OPERATIONS
from residency.preference.edits.edit import Edit, Operator, Refusal
from residency.preference.edits.prose import Statement, alternatives, american, clause, edit, in_list, statements

KIND = "step"
_I = re.IGNORECASE
_BE = r"\b(?:is|are|be|then|and|first|carefully|gently|surgically|immediately|usually|not|never) "
_ACT = re.compile(
    (
        rf"{_BE}(?P<word>{'|'.join(word for word, _, _ in ACTS)}|cooling)\b(?! (?:(?:by|to) (?:\d|the)|into|among|"
        r"and taken|first|back|over|between)\b)"
    ),
    _I,
)
_ACTS = [(re.compile(word, _I), other, re.compile(needs, _I)) for word, other, needs in ACTS]
_DENIED = re.compile(
    (
        r"\b(?:not|never|no|nor|neither|cannot|without|may|can|might|could|whether|would|rather|some|"
        r"after being|wrong\w*|before being|as (?:little|much)|was|were)\b"
    ),
    _I,
)
_WHEN = re.compile(r"\b(?:before|after|once|when|until|where|following|during) [^,.;]*$", _I)
_LEFT = re.compile(r"\s*(?:[.,;]|$)| (?:on|in|after|at|before|when|for|until|daily|as soon)\b")
_CLASS_OF: dict[str, list[str]] = {}
for _name, _members in OPERATIONS.items():
    for _member in _members:
        for _spelt in {_member, AMERICAN.get(_member, _member)}:
            _CLASS_OF.setdefault(_spelt, []).append(_name)
_BRITISH = {ours: word for word, ours in AMERICAN.items()}
_OPERATION = re.compile(
    rf"(?<![\w-])(?P<word>{alternatives(list(_CLASS_OF))})\b(?! (?:clips?|scars?|specimen|wound))", _I
)
_CARE = re.compile(rf"(?<![\w-])(?P<word>{'|'.join(word for word, _, _ in CARE)})(?![\w-])", _I)
_CARES = [(re.compile(word, _I), other, re.compile(needs, _I)) for word, other, needs in CARE]
_UNSURE = re.compile(
    r"\b(?:not|never|no|nor|without|unless|or|whether|would|rather|wrong\w*|avoid|instead|don't)\b", _I
)
_DESCRIBED = re.compile(DESCRIBED, _I)
_CHOSEN = re.compile(CHOSEN, _I)
_LOOSE = re.compile(LOOSE, _I)


def wrong_steps(text: str, question: str, rng: random.Random) -> Iterator[Edit | Refusal]:
    """Another thing done than what should be."""
    whole = f"{question}\n{text}".lower()
    for statement in statements(text):
        yield from _acts(text, statement, _ACT, _ACTS, _DENIED)
        yield from _acts(text, statement, _CARE, _CARES, _UNSURE)
        yield from _operations(text, statement, whole)


_Table = list[tuple[re.Pattern[str], str, re.Pattern[str]]]


def _acts(
    text: str, statement: Statement, acts: re.Pattern[str], table: _Table, denied: re.Pattern[str]
) -> Iterator[Edit | Refusal]:
    for match in acts.finditer(statement.text):
        if denied.search(clause(statement.text, *match.span("word"))) or _WHEN.search(
            statement.text[: match.start("word")]
        ):
            yield Refusal(KIND, "said under a condition or denied")
            continue
        for word, other, needs in table:
            if word.fullmatch(match["word"]) and needs.search(statement.text) and other not in statement.text.lower():
                if other.startswith("left") and not _LEFT.match(statement.text, match.end()):
                    yield Refusal(KIND, "the wrong act does not fit the sentence")
                    continue
                span = (statement.start + match.start("word"), statement.start + match.end("word"))
                why = f'The right act is "{match["word"].lower()}"; "{other}" is its opposite or another act.'
                yield edit(KIND, text, span, other, "dangerous", why)


def _operations(text: str, statement: Statement, whole: str) -> Iterator[Edit | Refusal]:
    for match in _OPERATION.finditer(statement.text):
        word = match["word"].lower()
        if in_list(statement.text, match.start("word"), match.end("word")):
            yield Refusal(KIND, "one of a list")
        elif loose := _LOOSE.search(clause(statement.text, *match.span("word"))):
            yield Refusal(KIND, f"the other may be right too: {loose[0].lower()}")
        elif _WHEN.search(statement.text[: match.start()]):
            yield Refusal(KIND, "only the time of what is done")
        elif "a cancer treatment" in _CLASS_OF[word] and not _DESCRIBED.search(statement.text):
            yield Refusal(KIND, "a treatment of cancer, of which another may be right too")
        elif not _CHOSEN.search(statement.text):
            yield Refusal(KIND, "nothing is chosen in the statement")
        else:
            for name in _CLASS_OF[word]:
                for other in OPERATIONS[name]:
                    after = AMERICAN.get(other, other) if american(text) else other
                    if other == _BRITISH.get(word, word) or after in whole:
                        continue
                    span = (statement.start + match.start("word"), statement.start + match.end("word"))
                    why = (
                        f"The treatment meant is {word}; {after} ({name} too) is a different one and does "
                        "not treat this."
                    )
                    yield edit(KIND, text, span, after, "dangerous", why)


TEXT_OPERATORS: dict[str, Operator] = {KIND: wrong_steps}
