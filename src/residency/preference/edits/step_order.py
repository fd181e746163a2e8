"""Steps told in the wrong order, where the order matters."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Iterator

from residency.domain.surgery.sequences import BOUND, CANCER, DEEDS, DONE, UNFIT
from residency.preference.edits.edit import Edit, Operator, Refusal
from residency.preference.edits.prose import Statement, statements
from residency.preference.edits.step_lists import numbered
from residency.preference.edits.step_ranks import ranks
from residency.preference.edits.step_swaps import KIND, swapped

_I = re.IGNORECASE


def _name(group: str) -> str:
    return rf"(?<![\w-])(?P<{group}>(?:(?!(?:{BOUND})\b)[\w-]+ ){{0,3}}(?:{DEEDS}))\b"


_A, _B = _name("a"), _name("b")
_BE = (
    r"(?: (?P<be>is|are|was|were|should be|must be|may be|has to be|can be)(?: (?:usually|always|often|best|"
    r"also|only|then))?)"
)
_FORMS = tuple(
    (re.compile(pattern, _I), first)
    for pattern, first in (
        (rf"{_A}(?:,|{_BE}(?: \w+)?| which is)? (?:is )?followed (?:\w+ )?by (?:the |an? )?{_B}", "a"),
        (rf"{_A}(?:{_BE}? (?:{DONE}))? (?:immediately |always |first, |first )?before (?:any |the |an? )?{_B}", "a"),
        (rf"{_A}(?:{_BE}? (?:{DONE}))? (?:immediately |only |soon )?after (?:the |an? )?{_B}", "b"),
        (rf"{_A}(?: first)?,? (?:and )?then (?:by |an? |the )?{_B}", "a"),
        (rf"{_A} follows (?:the |an? )?{_B}", "b"),
        (rf"{_A} (?:must |should |always )?precedes? (?:the |an? )?{_B}", "a"),
        (rf"\bafter (?:the |an? )?{_A}, (?:the |an? )?{_B}{_BE} (?:{DONE})", "a"),
        (rf"\bbefore (?:any |the |an? )?{_A}, (?:the |an? )?{_B}{_BE} (?:{DONE})", "b"),
    )
)
_HINT = re.compile(r"\b(?:followed|before|after|then|follows|precedes?)\b", _I)
_RESEARCH = re.compile(r"\b(?:research|clinical trials)\b", _I)
_TWICE = re.compile(r"\b(?:is|are|be|were|was) (?P<a>\w+(?:ed|wn|ut)),? (?:and )?then (?P<b>\w+(?:ed|wn|ut))\b", _I)
_FREE = re.compile(r"^(?:become|develop|use|need|follow|call|want|interest|increas|decreas)", _I)
_UNFIT = re.compile(UNFIT, _I)
_CANCER = re.compile(CANCER, _I)
_OPERATION = re.compile(r"\b(?:surgery|operation|repair)$", _I)
_TITLED = re.compile(r"\w [A-Z][a-z]")
_PAIR = re.compile(rf"^(?:The |An? )?{_A} (?P<be>is|are) (?P<verb>[\w ]{{3,40}}?)\bfirst\b.*$", _I)
_NEXT = re.compile(rf"^(?:The |An? )?{_B}(?: follows| follow| (?P<be>is|are) (?:then|next|only|added))\b", _I)


def wrong_orders(text: str, question: str, rng: random.Random) -> Iterator[Edit | Refusal]:
    """Two steps that change places, and a step put first or last that is not."""
    if _RESEARCH.search(question):
        return
    told = statements(text)
    for statement in told:
        yield from ranks(text, statement)
        if _HINT.search(statement.text):
            yield from _within(text, statement)
    for one, other in itertools.pairwise(told):
        yield from _across(text, one, other)
    yield from numbered(text, question)


def _within(text: str, statement: Statement) -> Iterator[Edit | Refusal]:
    for pattern, first in _FORMS:
        for match in pattern.finditer(statement.text):
            one, other = match["a"], match["b"]
            be = match.groupdict().get("be") or ""
            if (
                one.lower() == other.lower()
                or (_OPERATION.search(one) and _OPERATION.search(other))
                or _TITLED.search(f"{one}|{other}")
            ):
                yield Refusal(KIND, "no two things that are done")
            elif _CANCER.match(one) and _CANCER.match(other):
                yield Refusal(KIND, "treatments of cancer, of which either may come first")
            elif _UNFIT.search(statement.text):
                yield Refusal(KIND, "the other order may be right too")
            elif be in ("is", "are", "was", "were") and _plural(one) != _plural(other):
                yield Refusal(KIND, "the two differ in number")
            else:
                early, late = (one, other) if first == "a" else (other, one)
                yield swapped(text, statement.start, match.span("a"), match.span("b"), statement.text, early, late)
    for match in _TWICE.finditer(statement.text):
        if (
            match["a"] == match["b"]
            or _FREE.match(match["a"])
            or _FREE.match(match["b"])
            or _UNFIT.search(statement.text)
        ):
            yield Refusal(KIND, "the other order may be right too")
            continue
        yield swapped(text, statement.start, match.span("a"), match.span("b"), statement.text, match["a"], match["b"])


def _across(text: str, one: Statement, other: Statement) -> Iterator[Edit | Refusal]:
    """Two sentences of the form "A is done first. B follows.", in which A and B change places."""
    first, second = _PAIR.match(one.text), _NEXT.match(other.text)
    if not first or not second:
        return
    if _plural(first["a"]) != _plural(second["b"]):
        yield Refusal(KIND, "the two differ in number")
        return
    shift = other.start - one.start
    start, end = second.span("b")
    whole = text[one.start : other.end]
    yield swapped(text, one.start, first.span("a"), (start + shift, end + shift), whole, first["a"], second["b"])


def _plural(name: str) -> bool:
    return name.lower().endswith("s") and not name.lower().endswith(("ss", "sis", "us", "anaesthetics"))


TEXT_OPERATORS: dict[str, Operator] = {KIND: wrong_orders}
