"""Naming the half of an answer that a context does not hold, in words that the question justifies."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from residency.core.text import content_stems, sentences
from residency.domain.surgery.aspects import Aspect, asked, asks_what_to_do, told

_PARTS = re.compile(
    r",? and (?:also )?(?=(?:what|how|which|when|where|why|whether|who|whom|is|are|was|does|do|did|can|could|should|"
    r"may|must|will|would|for (?:how|what)|at what|by (?:what|how)|with (?:what|which)|on which|in which|from)\b)",
    re.IGNORECASE,
)
_BOTH = re.compile(r"\b\w+ed and (?:\w+ )?\w+ed\b")  # "How is tetanus recognised and treated?"
_LIST = re.compile(r" - |: [A-Z]|[“”\"]|\(see\b", re.IGNORECASE)
LEAST_PART, LONGEST_CLAIM = 3, 45  # words


@dataclass(frozen=True)
class Missing:
    """What is missing, by name: a kind of thing ("the dose"), or a part of the question as it stands."""

    aspect: str = ""
    part: str = ""
    place: str = ""

    @property
    def name(self) -> str:
        """The words by which an answer names it."""
        return self.aspect or self.part


def parts_of(question: str) -> list[str]:
    """The parts of a question's last sentence, without its question mark; one where it asks one thing."""
    pieces = sentences(question)
    if not pieces or not pieces[-1].endswith("?"):
        return []
    parts = [part.strip() for part in _PARTS.split(pieces[-1].rstrip("?")) if part.strip()]
    return parts if all(len(part.split()) >= LEAST_PART for part in parts) else [pieces[-1].rstrip("?")]


def name_missing(question: str, present: Sequence[str], missing: Sequence[str], shown: Sequence[str]) -> Missing | None:
    """A name for what ``missing`` tells and ``present`` does not; None where the question justifies none.

    Args:
        question: as it is asked.
        present: the gold sentences that the context holds.
        missing: those that it does not hold.
        shown: the other sentences of the passages that hold the answer, which must not tell what is said to be missing.
    """
    if any(_LIST.search(claim) or len(claim.split()) > LONGEST_CLAIM for claim in (*present, *missing)):
        return None  # a list run together tells of several kinds of things
    parts = parts_of(question)
    elsewhere = {aspect.name for sentence in (*present, *shown) for aspect in told(sentence)}
    if len(parts) == 2:
        return _by_part(parts, present, missing) or _by_kind(parts, missing, elsewhere)
    if len(parts) != 1:
        return None
    kinds = [aspect for aspect in _shared(missing) if aspect.name not in elsewhere]
    wanted = asked(parts[0])
    if _BOTH.search(parts[0]) and any(aspect in wanted for claim in present for aspect in told(claim)):
        named = [aspect for aspect in kinds if aspect in wanted]
        return Missing(aspect=named[0].name) if named else None
    # A question about what to do asks for the operation, the drugs, ... as well; but what the missing sentence tells
    # besides must not stand in the context, or the name would miss its point.
    told_there = {aspect.name for claim in missing for aspect in told(claim) if aspect.acts}
    if not asks_what_to_do(parts[0]) or told_there & elsewhere:
        return None
    acts = [aspect for aspect in kinds if aspect.acts]
    return Missing(aspect=acts[0].name) if acts else None


def _by_kind(parts: Sequence[str], missing: Sequence[str], elsewhere: set[str]) -> Missing | None:
    """The part of a question in two that asks for a kind of thing for which the other does not, where the missing
    sentences tell it and nothing shown does."""
    kinds = {aspect.name for aspect in _shared(missing)} - elsewhere
    own = [{aspect.name for aspect in asked(part)} for part in parts]
    found = [place for place in (0, 1) if (own[place] - own[1 - place]) & kinds]
    return _part(parts, found[0]) if len(found) == 1 else None


def _part(parts: Sequence[str], place: int) -> Missing:
    text = parts[place].rpartition(": ")[2]
    return Missing(part=text[:1].lower() + text[1:], place=("first", "second")[place])


def _by_part(parts: Sequence[str], present: Sequence[str], missing: Sequence[str]) -> Missing | None:
    """The part of a question in two that the missing sentences answer and those present do not."""
    own = [set(content_stems(part)) for part in parts]
    for place in (0, 1):
        other = 1 - place
        away = [_fit(claim, parts[place], own[place] - own[other]) for claim in missing]
        away_other = [_fit(claim, parts[other], own[other] - own[place]) for claim in missing]
        here = [_fit(claim, parts[place], own[place] - own[other]) for claim in present]
        here_other = [_fit(claim, parts[other], own[other] - own[place]) for claim in present]
        toward = [a - b for a, b in zip(away, away_other, strict=True)]
        apart = all(difference >= 0 for difference in toward) and any(difference > 0 for difference in toward)
        if apart and all(a <= b for a, b in zip(here, here_other, strict=True)) and any(here_other):
            return _part(parts, place)
    return None


def _fit(claim: str, part: str, own: set[str]) -> int:
    """How much a sentence looks like the answer to a part: by words that only this part has, and by kind."""
    kinds = {aspect.name for aspect in asked(part)} & {aspect.name for aspect in told(claim)}
    return len(own & set(content_stems(claim))) + 2 * bool(kinds)


def _shared(missing: Sequence[str]) -> list[Aspect]:
    """The kinds that every missing sentence tells."""
    common = set.intersection(*({aspect.name for aspect in told(claim)} for claim in missing))
    return [aspect for aspect in told(missing[0]) if aspect.name in common]
