"""Wrong routes: one by which the medicine does not act, or harms."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from residency.domain.surgery.routes import RULES, SHORT, SPELLINGS, WORDINGS
from residency.preference.edits.edit import Edit, Operator, Refusal
from residency.preference.edits.places import Sentence, few, in_mark, lowered, put, spans

KIND = "route"
NEAR = 60
"""Characters between an adverb of route and what is given."""
_ROUTE = re.compile(rf"(?<![\w-])(?:{'|'.join(sorted(map(re.escape, SPELLINGS), key=len, reverse=True))})(?![\w-])")
_WORD = re.compile(r"\b(?:oral|iv|im|intra\w+|subcut\w+|topical\w*|rectal\w*|by mouth|into a|under the)\b")
_NO_ROUTE = re.compile(
    r" ?(?:cavity|cancer|hygiene|intake|health|perception|mucos\w+|ulcer\w*|surg\w+|exam\w*|bleeding|pyelogram|urogram|"
    r"route|\(iv\)|and|or|then|collagen|disease|mass|biopsy|tube|cannula\w*|drug users?|syringe)\b| \("
)
_BY_INJECTION = re.compile(r" (?:injections?|infusions?|drip)\b(?! of\b)")
_PHRASES = {phrase for *_, phrase in WORDINGS.values()}
_OR_THERE = re.compile(
    r" (?:or|and) (?:by|into|under|through|muscle|a|an|the|taken)\b|(?<=the skin) (?:of|in|around|defect|that|and)\b"
)
_TWO = re.compile(
    r"\b(?:oral|intravenous|topical|rectal|subcutaneous|intramuscular)(?:ly)? (?:and|or|then|plus) $|\b(?:type|"
    r"types|stage|grade|class|nerve|factor|[ivx]+,?) $"
)


def route(text: str, question: str, rng: random.Random) -> Iterator[Edit | Refusal]:
    """Every route with one in its place that is ineffective or harmful for what is given."""
    if not _WORD.search(lowered(text)):
        return
    for sentence in spans(text):
        for found in _ROUTE.finditer(sentence.low):
            said, form = SPELLINGS[found[0]]
            written = sentence.text[found.start() : found.end()]
            if found[0] in ("iv", "im") and not written.isupper():
                continue
            start, end = sentence.start + found.start(), sentence.start + found.end()
            reason = _refused(text, sentence, found)
            if reason:
                yield Refusal(KIND, reason)
                continue
            wrong, given = _wrong(sentence, found, said, form, f"{question.lower()} {lowered(text)}")
            afters = {_written(other, form, written): other for other in wrong}
            kept = {after: other for after, other in afters.items() if after and not _elsewhere(sentence, other)}
            if not kept:
                yield Refusal(KIND, "no route is surely wrong for what is given here")
            for after in few(sorted(kept), rng):
                why, deadly = wrong[kept[after]]
                told = (
                    f"The {WORDINGS[kept[after]][0]} route is wrong for {given} here: {why}. The right one is {said}."
                )
                yield put(
                    text, start, end, after, kind=KIND, severity="dangerous" if deadly else "major", why=told
                )  # fmt: skip


def _refused(text: str, sentence: Sentence, found: re.Match[str]) -> str:
    alone = _NO_ROUTE if found[0] not in _PHRASES else _OR_THERE
    if alone.match(sentence.low, found.end()) or _TWO.search(sentence.low[: found.start()]):
        return "the word names no route, or one of two"
    if in_mark(text, sentence.start + found.start(), sentence.start + found.end()):
        return "the word stands in a citation"
    return sentence.doubt(sentence.start + found.start())


def _wrong(
    sentence: Sentence, found: re.Match[str], said: str, form: int, context: str
) -> tuple[dict[str, tuple[str, bool]], str]:
    """The wrong routes for what is given, and what is given: the words behind an adjective, or before an adverb."""
    adverb = form > 0 or _BY_INJECTION.match(sentence.low, found.end()) is not None
    if adverb:
        near = sentence.low[max(0, found.start() - NEAR) : found.start()]
    else:
        near = re.split(r"[,;.()]", sentence.low[found.end() : found.end() + 45])[0]
    wrong: dict[str, tuple[str, bool]] = {}
    given = ""
    for rule in RULES:
        if said not in rule.wrong or (rule.where and not rule.where.search(context)):
            continue
        things = list(rule.of.finditer(near))
        thing = (things[-1] if adverb else things[0]) if things else None
        if thing is None or (not adverb and len(near[: thing.start()].removeprefix(" injections of").split()) > 2):
            continue
        given = given or thing[0]
        if given == thing[0]:
            wrong |= {other: told for other, told in rule.wrong[said].items() if other not in wrong}
    return wrong, given


def _written(other: str, form: int, like: str) -> str:
    if like.isupper():
        return SHORT.get(other, WORDINGS[other][0])
    return WORDINGS[other][form]


def _elsewhere(sentence: Sentence, other: str) -> bool:
    """Whether the sentence names the wrong route already, and so might speak of it."""
    return any(word and word in sentence.low for word in (*WORDINGS[other], *(["orally"] if other == "oral" else [])))


TEXT_OPERATORS: dict[str, Operator] = {KIND: route}
