"""Arguing for one option against another, so that the argument for the wrong one is made as that for the key is."""

from __future__ import annotations

import random
import re
from collections.abc import Collection, Iterator
from itertools import pairwise

from residency.core.records import Question
from residency.core.text import mid_sentence, normalise
from residency.domain.surgery.cases import read_case
from residency.domain.surgery.referents import tidy
from residency.preference.behaviours.making import say

_WORD = re.compile(r"\d[\d.,]*\d%?|\d%?|[^\W_]+(?:[.'’-][^\W_]+)*")
_NAMES_OTHERS = re.compile(r"\b(?:all|none|both|neither|any) of (?:the|these)\b|\babove\b|\b[A-H] (?:and|or) [A-H]\b")
_EXCEPTION = re.compile(
    r"\b(?:not|except|least|false|incorrect|never|untrue|wrong|odd|avoid\w*|contraindicat\w+)\b", re.I
)
_BEFORE = re.compile(r"\b(?P<article>an?) $", re.IGNORECASE)
_BEGINS = re.compile(r"(?:^|[.!?]\s+|\n)$")
_SOUNDS_VOWEL = re.compile(r"[AEIOaeio]|u(?!ni|ro|se|su|ter|ri)|[FHLMNRSX][A-Z0-9]|8|1[18]\b")
_COMPARES = re.compile(r"\b(?:(?:rather|other|more|less) than|instead of)(?: an?| the)? $", re.IGNORECASE)
_DOUBLED = re.compile(r"\b(\w+) \1\b", re.IGNORECASE)

NO_OTHER = "no other option that stands for itself"


def rivals(question: Question) -> list[str]:
    """The letters of the wrong options that speak for themselves; empty where the key speaks of other options."""
    options, key = question["options"], question["answer"]
    if _NAMES_OTHERS.search(options[key]):
        return []
    return [
        letter
        for letter, text in options.items()
        if normalise(text) != normalise(options[key]) and not _NAMES_OTHERS.search(text)
    ]


def asks_for_exception(question: Question) -> bool:
    """Whether an MCQ asks for what does not hold, so that to argue for an option would be to argue against it."""
    return bool(_EXCEPTION.search(tidy(question["question"]).rpartition(". ")[2]))


def exchanged(text: str, one: str, other: str, names: Collection[str]) -> str | None:
    """A rationale in which ``one`` stands wherever ``other`` did and the other way round; None where it does not name
    both in so many words, or where a sentence would no longer be right English.

    Args:
        text: the rationale.
        one: an option.
        other: another.
        names: words that keep their capital within a sentence.
    """
    if _plural(one) != _plural(other):
        return None
    spans = [(*span, other) for span in _mentions(text, one)], [(*span, one) for span in _mentions(text, other)]
    if not all(spans):
        return None
    places = sorted([*spans[0], *spans[1]])
    if any(end > start for (_, end, _), (start, _, _) in pairwise(places)):
        return None
    parts, done = [], 0
    for start, end, option in places:
        before = text[done:start]
        if _COMPARES.search(text[:start]):
            return None  # what it is compared with speaks of the other one's likes
        said = option.rstrip(".")
        if _BEGINS.search(text[:start]):
            said = said[:1].upper() + said[1:]
        else:
            said = mid_sentence(said, names)
            if article := _BEFORE.search(before):
                right = "an" if _SOUNDS_VOWEL.match(said) else "a"
                before = before[: article.start()] + (right.title() if article[0][0] == "A" else right) + " "
        parts += [before, said]
        done = end
    result = "".join([*parts, text[done:]])
    return None if _DOUBLED.search(result) and not _DOUBLED.search(text) else result


def _mentions(text: str, option: str) -> Iterator[tuple[int, int]]:
    """Where a text names an option word for word, and not as a part of a rate or of another word."""
    wanted = [word.lower() for word in _WORD.findall(option)]
    found = list(_WORD.finditer(text))
    said = [word[0].lower() for word in found]
    place = 0
    while wanted and place + len(wanted) <= len(said):
        last = place + len(wanted)
        if said[place:last] == wanted and text[found[last - 1].end() :][:1] not in ("/", "-", "–", "%"):
            yield found[place].start(), found[last - 1].end()
            place = last
        else:
            place += 1


def _plural(option: str) -> bool:
    head = re.split(r" (?:of|with|without|in|on|at|by|for|to|from|after|before) ", option.strip(" ."))[0]
    return " and " in head or bool(re.search(r"(?<![isu])s$", head))


def framed(
    question: Question,
    pairs: list[tuple[str, str]],
    rng: random.Random,
    away: Collection[str] = (),
    told: bool = False,
) -> list[str] | None:
    """One argument for the first option of each pair against the second, in one wording; None where the question
    cannot be argued from.

    Args:
        question: an MCQ.
        pairs: texts of two options each.
        rng: for the wording.
        away: arguments that were used before and are not to be repeated.
        told: whether what is known of the case stands in the answer already.
    """
    if asks_for_exception(question):
        return None
    case = read_case(tidy(question["question"]))
    facts = " ".join(case.facts) if case else ""
    purpose = ("argue_known" if told else "argue_case") if case else "argue"
    for _ in range(8):
        seed = rng.random()
        said = [say(purpose, random.Random(seed), x=x.rstrip("."), y=y.rstrip("."), facts=facts) for x, y in pairs]
        if not {*said} & {*away}:
            return said
    return None
