"""Wrong classes: an antibacterial that does not act here or must not be given, and a class with another purpose."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from functools import lru_cache

from residency.domain.surgery import antibiotics, drug_classes
from residency.domain.surgery.medicine_names import Mention, Names
from residency.preference.edits.edit import Edit, Operator, Refusal, Severity
from residency.preference.edits.places import few, in_mark, lowered, named, put, sentence_at
from residency.preference.edits.statements import refusal

KIND = "drug_class"
_NOUNS = Names(drug_classes.NOUNS)
_PART = re.compile(
    r"[ -](?:allerg\w+|resist\w+|label\w*|sensitiv\w+|stewardship|class\w*|group|induced|ointments?|drops?|free|"
    r"only|withdrawal|"
    r"refractory|sparing|dependent|abuse|receptors?)\b|/"
)
_HEADED = re.compile(r"(?:non-|anabolic |topical |another |other |different |sex |further )$")
_SPECTRUM = re.compile(r"\bspectrum(?: \w+){0,2} $")
_CLASS_AND_MEMBER = re.compile(r"\b(?:class|group|famil\w+|generation|allerg\w+|cross-react\w+)\b")


@lru_cache(maxsize=64)
def _antibiotics(text: str) -> tuple[Mention, ...]:
    return tuple(antibiotics.NAMES.find(lowered(text)))


@lru_cache(maxsize=64)
def _classes(text: str) -> tuple[Mention, ...]:
    return tuple(_NOUNS.find(lowered(text)))


def drug_class(text: str, question: str, rng: random.Random) -> Iterator[Edit | Refusal]:
    """Every antibacterial with one of a class that is wrong here, and every class that is named with another."""
    yield from _wrong_antibiotics(text, question, rng)
    yield from _wrong_classes(text, question, rng)


def _wrong_antibiotics(text: str, question: str, rng: random.Random) -> Iterator[Edit | Refusal]:
    found = _antibiotics(text)
    here = {antibiotics.ANTIBIOTICS[one.name].first for one in found}
    for mention in found:
        sentence = sentence_at(text, mention.start)
        reason = sentence.doubt(mention.start) or _part(text, mention)
        wrong = {} if reason else antibiotics.wrong_here(mention.name, sentence.low)
        if not wrong and not reason:
            wrong = antibiotics.wrong_here(mention.name, f"{question.lower()} {lowered(text)}")
        choices = {after: told for after, told in wrong.items() if after not in here}
        if reason or not choices:
            yield Refusal(KIND, reason or "no class is surely wrong here")
            continue
        before = text[mention.start : mention.end]
        for after in few(sorted(choices), rng):
            kind, why, grave = choices[after]
            noun = antibiotics.ANTIBIOTICS[mention.name].noun
            what = "" if noun else f" ({antibiotics.called(kind)})"
            severity: Severity = "dangerous" if grave == "dangerous" else "major"
            told = f"{named(after)}{what} must not stand in the place of {before.lower()}: {why}."
            yield put(text, mention.start, mention.end, after, kind=KIND, severity=severity, why=told)


def _part(text: str, mention: Mention) -> str:
    before = lowered(text)[max(0, mention.start - 12) : mention.start]
    if _PART.match(text, mention.end) or _HEADED.search(before) or in_mark(text, mention.start, mention.end):
        return "the name is part of another term"
    return ""


def _wrong_classes(text: str, question: str, rng: random.Random) -> Iterator[Edit | Refusal]:
    found = _classes(text)
    here = {drug_classes.NOUNS[one.name][0] for one in found}
    for mention in found:
        sentence = sentence_at(text, mention.start)
        reason = _part(text, mention)
        reason = reason or refusal(sentence, question, mention.start - sentence.start, mention.end - sentence.start)
        if _CLASS_AND_MEMBER.search(sentence.low):
            reason = reason or "the sentence tells of classes"
        if reason:
            yield Refusal(KIND, reason)
            continue
        kind = drug_classes.NOUNS[mention.name][0]
        context = f"{question.lower()} {sentence.low}"
        choices = {noun: other for noun, other in drug_classes.others(mention.name, context) if other not in here}
        before = text[mention.start : mention.end].lower()
        if _SPECTRUM.search(sentence.low[: mention.start - sentence.start]):
            choices = {noun: other for noun, other in choices.items() if other in ("antifungal", "antiviral")}
        if not choices:
            yield Refusal(KIND, "the others may serve the same purpose here")
        for after in few(sorted(choices), rng):
            theirs, mine = drug_classes.CLASSES[choices[after]][1], drug_classes.CLASSES[kind][1]
            held, fails = f"{before} (the class that {mine})", f"{after} (the class that {theirs})"
            told = f"The statement holds for {held}, and not for {fails}."
            severity: Severity = "dangerous" if kind in ("antibiotic", "vasopressor", "anticoagulant") else "major"
            yield put(text, mention.start, mention.end, after, kind=KIND, severity=severity, why=told)


TEXT_OPERATORS: dict[str, Operator] = {KIND: drug_class}
