"""Citations that do not hold: the wrong passage, or a cited sentence that no passage supports."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from residency.core.prompt import KEY_POINT, body
from residency.core.records import Conversation, Pair
from residency.core.text import content_stems, sentences
from residency.judging.citations import cite, cited_numbers, strip_citations
from residency.judging.contexts import verify_context
from residency.judging.support import support
from residency.preference.behaviours.making import Draw, Mistake, made
from residency.preference.edits.edit import Refusal
from residency.preference.material import Material

TYPE, FOREIGN = "citation", "unsupported"
UNSOUND = "the verifier finds a fault in the chosen side"
SILENT = 0.4
"""A passage that holds more than this share of a sentence's content words may say the same in other words."""
LEAST_STEMS = 4
"""Content words of a sentence that is a claim of its own."""


_LEANS = re.compile(
    r"\b(?:its?|they|them|their|this|these|those|such|both|either|neither|also|then|therefore|thus|otherwise|hence|"
    r"however|instead|she|he|her|his|the (?:same|other|latter|former))\b",
    re.IGNORECASE,
)
"""Words of a sentence that may not be understood beside others than its own."""


@dataclass(frozen=True, slots=True)
class _Cited:
    """A cited sentence of a context example's answer."""

    row: Conversation
    text: str
    marks: tuple[int, ...]

    @property
    def bare(self) -> str:
        return strip_citations(self.text).removeprefix(KEY_POINT).strip()


def citation(material: Material, draw: Draw) -> Iterator[Pair | Refusal]:
    """Each context example with one citation moved."""
    for row in material.context:
        if verify_context(row, row["messages"][-1]["content"], material.shown(row)):
            yield Refusal(TYPE, UNSOUND)
        else:
            yield from _moved(row, material)


def unsupported(material: Material, draw: Draw) -> Iterator[Pair | Refusal]:
    """Each context example with one sentence exchanged for another answer's."""
    usable = []
    for row in material.context:
        if verify_context(row, row["messages"][-1]["content"], material.shown(row)):
            yield Refusal(FOREIGN, UNSOUND)
        else:
            usable.append(row)
    yield from _exchanged(usable, material, draw)


def _cited(row: Conversation) -> list[_Cited]:
    said = sentences(body(row["messages"][-1]["content"]))
    return [_Cited(row, text, tuple(marks)) for text in said if (marks := cited_numbers(text))]


def _moved(row: Conversation, material: Material) -> Iterator[Pair | Refusal]:
    """A sentence's citations moved to a passage that does not speak of it; every candidate, so that over a set each
    number can stand as often on either side."""
    texts, answer, question = material.texts_of(row), row["messages"][-1]["content"], row["expect"]["question"]
    number = 0
    for one in _cited(row):
        wrong = [n for n, text in enumerate(texts, 1) if n not in one.marks and _silent(text, one.bare, question)]
        for mark in wrong if len(one.marks) == 1 else ():
            number += 1
            rejected = answer.replace(one.text, cite(strip_citations(one.text), [mark]), 1)
            why = f"Passage [{mark}] does not say what it is cited for; [{one.marks[0]}] does."
            mistake = Mistake(TYPE, "", f"[{one.marks[0]}]", f"[{mark}]", "major", why, context=True)
            yield _checked(row, rejected, mistake, number, material)
    if not number:
        yield Refusal(TYPE, "no passage shown that is silent on a sentence with one citation")


def _exchanged(rows: list[Conversation], material: Material, draw: Draw) -> Iterator[Pair | Refusal]:
    """A sentence exchanged for one of the same topic's, about another subject, under the same citation. The sentences
    of a topic go round, by length, so that each is put in as often as it is taken out."""
    by_topic: dict[str, list[_Cited]] = defaultdict(list)
    for row in rows:
        found = [one for one in _cited(row)[1:] if _stands_alone(one.bare)]
        if not found:
            yield Refusal(FOREIGN, "the answer has no second claim that stands alone")
            continue
        by_topic[row["topic"]].append(draw(FOREIGN, "sentence", row["id"]).choice(found))
    for topic in sorted(by_topic):
        ring = sorted(by_topic[topic], key=lambda one: (len(one.bare), one.row["id"]))
        for one, other in zip(ring, [*ring[1:], *ring[:1]], strict=True):
            yield _foreign(one, other, material)


def _stands_alone(sentence: str) -> bool:
    return len(set(content_stems(sentence))) >= LEAST_STEMS and not _LEANS.search(sentence)


def _foreign(one: _Cited, other: _Cited, material: Material) -> Pair | Refusal:
    row = one.row
    texts, question = material.texts_of(row), row["expect"]["question"]
    answer = row["messages"][-1]["content"]
    if other.row["parents"][-1] == row["parents"][-1] or other.bare in answer:
        return Refusal(FOREIGN, "the foreign sentence is not foreign")
    if not all(_silent(text, other.bare, question) for text in [*texts, strip_citations(answer)]):
        return Refusal(FOREIGN, "a passage shown may support the foreign sentence")
    rejected = answer.replace(one.text, cite(other.bare, one.marks), 1)
    why = f"No passage shown says this: {other.bare}"
    mistake = Mistake(FOREIGN, "", one.bare, other.bare, "major", why, context=True)
    return _checked(row, rejected, mistake, 1, material)


def _silent(text: str, claim: str, question: str) -> bool:
    found = support(text, claim, given=question)
    return not found.supported and found.overlap <= SILENT


def _checked(row: Conversation, rejected: str, mistake: Mistake, number: int, material: Material) -> Pair | Refusal:
    found = verify_context(row, rejected, material.shown(row)) or []
    if not any(fault.reason == "unsupported" for fault in found):
        return Refusal(mistake.type, "the verifier does not find the mistake in the rejected side")
    sides = (row["messages"][-1]["content"], rejected)
    return made(row, row["mode"], row["messages"][:-1], sides, mistake, number)
