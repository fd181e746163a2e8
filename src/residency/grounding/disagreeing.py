"""The words of an answer over passages that disagree, or over one that contradicts what is usually taught.

What is not followed stands only as the word of the passage that says it, with that passage's date and mark.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from residency.core.records import Passage
from residency.core.text import mid_sentence
from residency.grounding.align import Sentences
from residency.grounding.material import Material

Settled = Literal["newer", "superseded", "undated"]
"""Whether the newer passage is to be followed, or the dates settle nothing: the newer one is superseded itself, or a
date is missing."""

MONTHS = "January February March April May June July August September October November December".split()
_PLAIN_BEGINNINGS = frozenset("The A An Most Many Some All Every Each Patients Adults Women Men Children".split())
"""After these a sentence is a statement and no order, so that it may follow "says that"."""
_STATEMENT = re.compile(
    r"(?:(?:In|After|Before|During|For|With|At|On|Among|From|Under) [^,]{3,80}, )?"
    r"(?:(?!(?:if|when|where|while|that|which|who|whose|unless|until|after|before|as|because)\b)[\w'’/%().-]+ ){1,14}?"
    r"(?:is|are|was|were|can|cannot|may|should|must|would|will|has|have|needs|supports|suggests|prompts|means|follows|"
    r"reduces|lowers|raises|exceeds|risks|helps|carries|includes|suits|affects|causes|indicates|calls)\b"
)


@dataclass(frozen=True)
class Disagreement:
    """Two statements of which only one can hold, each with its passage, between the rest of the answer.

    Args:
        old: the passage that is not followed, or, where nothing is ``settled``, one of the two.
        new: the other; None where ``old`` stands alone against what is usually taught.
        said_old: what ``old`` says.
        said_new: what ``new`` says, or the usual teaching.
        before: the answer's sentences before this one, with the ids of their passages.
        after: those after it.
        settled: what the dates settle.
    """

    old: Passage
    new: Passage | None
    said_old: str
    said_new: str
    before: Sentences = ()
    after: Sentences = ()
    settled: Settled = "newer"


def told(one: Disagreement, material: Material, passages: Sequence[Passage]) -> str:
    """The whole answer, in the gold answer's order, without its mode's form."""
    clash = _alone(one, material, passages) if one.new is None else _of_two(one, one.new, material, passages)
    parts = [material.cited(one.before, passages), clash, material.cited(one.after, passages)]
    return " ".join(part for part in parts if part)


def said_date(date: str) -> str:
    """An ISO date as a month or a year in words; "" for none."""
    year, _, rest = date.partition("-")
    month = int(rest[:2]) if rest[:2].isdigit() else 0
    return f"{MONTHS[month - 1]} {year}" if 1 <= month <= 12 else year


def _leads(one: Disagreement, material: Material) -> bool:
    """Whether the first sentence said becomes the key point, which then must tell what holds."""
    return material.mode == "EXAM" and not one.before


def _of_two(one: Disagreement, new: Passage, material: Material, passages: Sequence[Passage]) -> str:
    rng = material.rng
    marks = {"old": _mark(one.old, passages), "new": _mark(new, passages)}
    if one.settled != "newer":
        both = [_dated(one.old, one.said_old, material, passages), _dated(new, one.said_new, material, passages)]
        if not one.old["date"] and not new["date"]:
            first, second = rng.sample([(one.old, one.said_old), (new, one.said_new)], 2)
            both = [_dated(*first, material, passages), _says("both_undated", *second, material, passages)]
        else:
            rng.shuffle(both)
        why = material.say("superseded" if one.settled == "superseded" else "no_date", **marks)
        return " ".join([material.say("unsettled"), *both, why, material.say("check")])
    decide = material.say("marked" if one.old.get("superseded_by") else "decide", **marks)
    if _leads(one, material) or rng.random() < 0.4:
        plain = material.cited(((one.said_new, (new["id"],)),), passages)
        return " ".join([plain, _says("still", one.old, one.said_old, material, passages), decide])
    both = [
        _says("older", one.old, one.said_old, material, passages),
        _says("newer", new, one.said_new, material, passages),
    ]
    if rng.random() < 0.5:
        both.reverse()
    return " ".join([material.say("disagree"), *both, decide])


def _alone(one: Disagreement, material: Material, passages: Sequence[Passage]) -> str:
    purpose = "alone" if one.old["date"] else "alone_undated"
    passage = _says(purpose, one.old, one.said_old, material, passages)
    usual = _usual(one.said_new, material)
    verify = material.say("verify")
    if _leads(one, material) or material.rng.random() < 0.3:
        return " ".join([material.say("teaching", usual=usual), passage, verify])
    return " ".join([passage, material.say("contradicts", usual=usual), verify])


def _dated(passage: Passage, said: str, material: Material, passages: Sequence[Passage]) -> str:
    return _says("dated" if passage["date"] else "undated", passage, said, material, passages)


def _says(purpose: str, passage: Passage, said: str, material: Material, passages: Sequence[Passage]) -> str:
    """What a passage says as its own word, with its date and its mark; between quotation marks only what stands there
    word for word."""
    verbatim = said.removesuffix(".") in passage["text"]
    if _may_follow_that(said) or (not verbatim and _is_statement(said)):
        form = "that"
    else:
        form = "quote" if verbatim else "substance"
    says = material.say(form, said=_inside(said, material) if form == "that" else said.removesuffix("."))
    says = f"{says[0].lower()}{says[1:]} {_mark(passage, passages)}"
    return material.say(purpose, date=said_date(passage["date"]), says=says)


def _usual(said: str, material: Material) -> str:
    """The usual teaching as it stands after "is". It is nobody's own words, so that it has no quotation marks."""
    if _may_follow_that(said) or _is_statement(said):
        return f"that {_inside(said, material)}"
    return f"this: {said.removesuffix('.')}"


def _may_follow_that(said: str) -> bool:
    """Whether a statement reads well after "says that" without a look at its verb."""
    return said.split()[0] in _PLAIN_BEGINNINGS and ";" not in said


def _is_statement(said: str) -> bool:
    """Whether a sentence has its verb where a statement has it, and not at its head as an order does."""
    return bool(_STATEMENT.match(said)) and ";" not in said


def _inside(said: str, material: Material) -> str:
    return mid_sentence(said.removesuffix("."), material.index.names)


def _mark(passage: Passage, passages: Sequence[Passage]) -> str:
    return f"[{[one['id'] for one in passages].index(passage['id']) + 1}]"
