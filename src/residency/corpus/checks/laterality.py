"""The check that question, answer and rationale mean the same side of the body."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from residency.corpus.checks.base import Check, Finding
from residency.corpus.checks.fields import the
from residency.corpus.checks.parts import Parts, lower, parts, sentence_spans
from residency.corpus.reading.shapes import Draft
from residency.corpus.settings import CorpusSettings
from residency.domain.surgery.laterality import DIFFER, DIFFER_FOR, DOUBTFUL, STRUCTURES

_SIDE = r"left|right|lt|rt"
_NAMES = {f"s{place}": name for place, name in enumerate(STRUCTURES)}
_STRUCTURE = re.compile(
    r"\b(?:" + "|".join(f"(?P<{group}>{STRUCTURES[name]})" for group, name in _NAMES.items()) + r")\b"
)
# A side before its structure ("left lower lobe of the lung", "right- and left-sided hernias"), across few words and
# none that begins another phrase; or behind it ("the kidney on the left", "testis (right)").
_BEFORE = re.compile(
    rf"\b(?P<first>{_SIDE})\b\.?(?:[- ]sided?)?(?:(?:,| and| or|/)\s?-?(?:the )?(?P<second>{_SIDE})\b(?:[- ]sided?)?)?"
    r"(?:\s+of (?:the|his|her))?[\s-]+(?:(?!(?:the|a|an|and|or|is|was|are|were|has|had|to|in|on|at|for|with|by|from|"
    r"that|"
    rf"which|who|when|after|before|untreated|alone|open|behind|{_SIDE})\b)[a-z][a-z'-]*\s+(?:of (?:the )?)?){{0,3}}$"
)
_BEHIND = re.compile(rf"(?:\s[a-z]+)?\s(?:\(|on (?:the|his|her) )(?P<first>{_SIDE})(?=\b(?! hand\b))")
_EXCEPT, _DOUBTFUL = re.compile(DIFFER), re.compile(DOUBTFUL)
_EXCEPT_FOR = {name: re.compile(rf"\b(?:{pattern})\b") for name, pattern in DIFFER_FOR.items()}
WINDOW = 60  # characters before a structure in which its side may stand


@dataclass(frozen=True, slots=True)
class Sided:
    """A structure with its side as a text names it."""

    side: str
    said: str
    span: tuple[int, int]


def sides(text: str) -> dict[str, list[Sided]]:
    """For each structure that a text gives a side, where it does."""
    low = lower(text)
    found: dict[str, list[Sided]] = defaultdict(list)
    if "left" not in low and "right" not in low and not re.search(r"\b[lr]t\b", low):
        return found
    for match in _STRUCTURE.finditer(low):
        near = low[max(0, match.start() - WINDOW) : match.start()]
        side = _BEFORE.search(near)
        start = match.start() - len(near) + side.start() if side else match.start()
        end = match.end()
        if side is None and (side := _BEHIND.match(low, match.end())):
            end = side.end()
        if side is not None:
            for name in {value for value in side.groupdict().values() if value}:
                whole = {"lt": "left", "rt": "right"}.get(name, name)
                found[_NAMES[match.lastgroup or ""]].append(Sided(whole, text[start:end], (start, end)))
    return found


def _laterality_conflict(draft: Draft, settings: CorpusSettings) -> Iterable[Finding]:
    row = parts(draft)
    return _across_turns(row) if draft.messages else _across(row)


def _across(row: Parts) -> Iterator[Finding]:
    question = row.draft.question or ""
    asked, key = sides(question), dict[str, list[Sided]]()
    for where, text in row.said:
        said = sides(text)
        context = lower(f"{question}\n{text}")
        if where == "rationale":  # it may say why another option's side is wrong
            others = {name for _, option in row.others for name in sides(option)}
            said = {name: places for name, places in said.items() if name not in others}
            yield from _conflicts(key, said, where, context, "the key")
        yield from _conflicts(asked, said, where, context, "the question")
        key = said


def _across_turns(row: Parts) -> Iterator[Finding]:
    """What the assistant says against all that the user has said before it."""
    asked: dict[str, list[Sided]] = defaultdict(list)
    context = ""
    for where, message in row.draft.numbered:
        context = f"{context}\n{lower(message['content'])}"
        found = sides(message["content"])
        if message["role"] == "assistant":
            found = _stated(found, message["content"])
        if message["role"] == "user":
            for name, places in found.items():
                asked[name] += places
        elif message["role"] == "assistant" and found:
            yield from _conflicts(asked, found, where, context, "the user")


def _stated(found: Mapping[str, list[Sided]], text: str) -> dict[str, list[Sided]]:
    """Without the sides that the text only asks about ("And the other leg?")."""
    asked = [span for span in sentence_spans(text) if text[slice(*span)].rstrip().endswith("?")]
    stated = {
        name: [place for place in places if not any(start <= place.span[0] < end for start, end in asked)]
        for name, places in found.items()
    }
    return {name: places for name, places in stated.items() if places}


def _conflicts(
    asked: Mapping[str, list[Sided]], said: Mapping[str, list[Sided]], where: str, context: str, source: str
) -> Iterator[Finding]:
    """The structures that ``asked`` puts on one side and ``said`` on the other, unless something in the context
    explains it or ``said`` speaks of the first side too."""
    both = {place.side for places in said.values() for place in places}
    for name in asked.keys() & said.keys():
        one, other = {place.side for place in asked[name]}, {place.side for place in said[name]}
        if len(one) > 1 or one & both or not other or _explained(name, context):
            continue
        first, second = asked[name][0], said[name][0]
        doubt = first.said.endswith("ectomy") and not second.said.endswith("ectomy")  # the organ that is left
        doubt = doubt or _DOUBTFUL.search(context) is not None
        detail = f"{source} says {first.said!r} and {the(where)} {second.said!r}"
        yield Finding(detail, where, second.span, "possible" if doubt else "likely")


def _explained(name: str, context: str) -> bool:
    special = _EXCEPT_FOR.get(name)
    return bool(_EXCEPT.search(context) or (special and special.search(context)))


CHECKS: tuple[Check, ...] = (
    Check(
        "laterality_conflict",
        "warns",
        "Question and answer name opposite sides",
        "A model that learns to change sides will do so with a patient's side as well.",
        _laterality_conflict,
        ("(?i)left| lt", "(?i)right| rt"),
    ),
)
