"""Cautions: one that the answer needs is left out, or one that belongs to another subject is put in.

What is left out of one answer is put into another, so that each caution stands as often in a chosen side as in a
rejected one: the lesson is which caution an answer needs, and not that answers with cautions are better.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from residency.core.records import Pair, Question
from residency.core.text import content_stems
from residency.preference.behaviours.making import Draw, Gold, gold_text
from residency.preference.edits.caution import omitted_cautions
from residency.preference.edits.edit import Edit, Refusal
from residency.preference.material import Material

TYPE, MISPLACED = "caution", "misplaced"
NEAR = 0.2
"""A caution of whose content words a text holds more than this share may be about its subject too."""
LEAST_STEMS = 4
"""Content words of a caution that is understood by itself."""
_LEANS = re.compile(
    r"\b(?:its?|they|them|their|this|these|those|such|both|either|neither|also|then|therefore|thus|otherwise|hence|"
    r"however|instead|she|he|her|his|here|the (?:\w+ )?(?:same|other|latter|former|procedure|operation|"
    r"condition|disease|disorder|drug|test|diagnosis|surgery|treatment|patient))\b",
    re.IGNORECASE,
)
"""Words of a sentence that speaks of something said before it, or of whatever it stands beside."""


def caution(material: Material, draw: Draw) -> Iterator[Pair | Refusal]:
    """Each caution that stands alone, left out of its own text and put at the end of another topic's."""
    taken: list[tuple[Question, Edit]] = []
    others: list[Question] = []
    for question in material.plain:
        found: list[Edit] = []
        for one in omitted_cautions(gold_text(question)):
            if isinstance(one, Refusal):
                yield one
            elif _stands_alone(one.before):
                found.append(one)
            else:
                yield Refusal(TYPE, "the caution does not stand alone")
        if found:
            taken.append((question, draw(TYPE, "which", question["id"]).choice(found)))
        else:
            others.append(question)
    draw(TYPE, "hosts").shuffle(others)
    yield from _both_ways(taken, others, draw)


def _both_ways(taken: list[tuple[Question, Edit]], others: list[Question], draw: Draw) -> Iterator[Pair | Refusal]:
    for question, edit in taken:
        said = edit.before.strip()
        place = next((place for place, host in enumerate(others) if _foreign(said, question, host)), None)
        if place is None:
            yield Refusal(TYPE, "no text of another subject is left to put it in")
            continue
        host = others.pop(place)
        end = len(gold_text(host).rstrip())
        why = f'It brings in a caution that is about something else: "{said}"'
        yield Gold(question, draw).against(edit)
        yield Gold(host, draw).against(Edit(TYPE, MISPLACED, end, end, "", f" {said}", "minor", why))


def _stands_alone(said: str) -> bool:
    sentence = said.strip()
    return (
        sentence[:1].isupper()
        and sentence.endswith(".")
        and len(set(content_stems(sentence))) >= LEAST_STEMS
        and not _LEANS.search(sentence)
    )


def _foreign(said: str, owner: Question, host: Question) -> bool:
    """Whether a caution is of another topic than a text, and speaks of nothing that the text speaks of."""
    text = gold_text(host).rstrip()
    if owner["topic"] == host["topic"] or not text.endswith("."):
        return False
    stems = set(content_stems(said))
    return len(stems & set(content_stems(f"{host['question']} {text}"))) <= NEAR * len(stems)
