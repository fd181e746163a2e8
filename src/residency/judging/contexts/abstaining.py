"""Abstentions: the context looks right and does not hold the answer.

Reasons: ``answers`` (it does not say so in its first two sentences), ``withheld_given``, ``uncited``,
``nothing_named`` (it does not say what is missing), ``population`` (a text on other patients, and the answer says
neither on whom it is nor on whom it is not).
"""

from __future__ import annotations

from collections.abc import Iterator

from residency.core.text import content_stems, sentences
from residency.judging.answers import is_abstention
from residency.judging.contexts.claims import claims_without_citation, lacks, speaks_of_texts, well_cited
from residency.judging.contexts.facts import gives_away
from residency.judging.contexts.patterns import ABOUT_TEXT, SEEKS, populations
from residency.judging.contexts.view import View, content
from residency.judging.dialogues.faults import Fault
from residency.judging.dialogues.lexicon import GENERAL


def abstention(view: View) -> Iterator[Fault]:
    """Says that the passages do not hold the answer and what to look for; what it says besides, it cites."""
    yield from well_cited(view)
    if not abstains(view):
        yield Fault("answers", "the answer does not say that the passages do not hold it")
    wanted = str(view.check.get("wanted") or "")
    yield from gives_away(view, sentences(str(view.row["expect"].get("reference") or "")), wanted)
    yield from claims_without_citation(view)
    if wanted and not _names_what(view, wanted):
        yield Fault("nothing_named", "the answer does not say what is missing, nor what to look for")
    if view.check.get("near_miss") == "population" and not _tells_of_whom(view):
        yield Fault("population", "the answer does not say of whom the passages speak, or of whom they do not")


def abstains(view: View) -> bool:
    """Whether one of the first two sentences, and none behind a cited one, says that the texts do not hold it."""
    if is_abstention(view.answer):
        return True
    for place, part in enumerate(view.said[:2]):
        if place and view.said[0].cites:
            return False
        if lacks(part.low) and ABOUT_TEXT.search(part.low):
            return True
    return False


def _names_what(view: View, wanted: str) -> bool:
    """Whether a sentence that says what is missing or asks for it names something of it."""
    whole = f"{wanted} {view.question}"
    telling, groups = frozenset(content_stems(whole)) - GENERAL, populations(whole.lower())
    return any(
        (lacks(part.low) or SEEKS.search(part.low) or speaks_of_texts(part))
        and (content(part.bare) & telling or populations(part.low) & groups)
        for part in view.said
    )


def _tells_of_whom(view: View) -> bool:
    asked = populations(f"{view.question} {view.check.get('wanted') or ''}".lower())
    shown = populations("\n".join(view.texts).lower())
    telling = frozenset(content_stems(view.question)) - frozenset(content_stems("\n".join(view.texts))) - GENERAL
    for part in view.said:
        if not (lacks(part.low) or speaks_of_texts(part) or part.cites):
            continue
        if populations(part.low) & (asked | shown) if asked else content(part.bare) & telling:
            return True
    return False
