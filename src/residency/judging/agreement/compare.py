"""Holds a sentence that was read against a text that was read: the first disagreement found, by kind.

Every check weighs two sorts of places in the text against each other, those that say the same as the sentence and those
that say something else, by how many of the words around the place in question they share. It finds fault only where
the second are clearly more alike, and alike enough to be the place that the sentence was taken from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from residency.judging.agreement.clauses import Clause
from residency.judging.agreement.denial import BEGIN
from residency.judging.agreement.quantities import ALIKE, Quantity
from residency.judging.agreement.reading import Said, read_text

NEAR = 30.0
"""Letters over which a word's weight for a place falls to a half."""


@dataclass(frozen=True)
class Weights:
    """By how much the other places must be more alike, and which share of the most possible they must reach."""

    margin: float
    share: float


FIGURES = Weights(1.3, 0.5)
DENIALS = Weights(1.25, 0.5)
POINTED = Weights(1.5, 0.6)
SIDES = Weights(1.25, 0.35)
SPELT = 0.75
"""The share for a figure that is spelt and has no unit."""
BOTH_FIGURES, BOTH_SIDES = 1.4, 2.0
"""By how much the other figure or opposite must be more alike where one sentence of the text has both."""
CLOSE = 0.25
"""The share of the claim's words that a sentence of the text must hold to be looked at."""
TAKEN = 0.4
"""The share that it must hold for what it denies or affirms to count against the claim."""
AROUND = 0.3
"""The weight of a word outside the clause in question."""
LEAST_ASIDE = 2
"""Words of what "without" denies that the text must affirm."""
MOST_FIGURES = 30
"""Figures of one sentence that are looked at."""


def likeness(claim: Said, at: int, said: Said, place: int, without: str) -> float:
    """How much of what stands around ``at`` in the claim stands around ``place`` in a sentence of the text."""
    total = 0.0
    places = said.places
    for one, start in claim.words:
        if one in places and one != without:
            away = start - at if start > at else at - start
            for other in places[one]:
                if -away <= other - place <= away:
                    break
            else:
                away = min([abs(other - place) for other in places[one]])
            total += NEAR / (NEAR + away)
    return total


def most(claim: Said, at: int, without: str) -> float:
    """The likeness of the claim to itself."""
    return sum([NEAR / (NEAR + abs(start - at)) for one, start in claim.words if one != without])


def figures(claim: Said, text: Sequence[Said], close: Sequence[Said], given: str) -> str:
    """A figure that the text gives otherwise, or for something else; "" when there is none.

    A number word without a unit is found to be wrong only where the text has another number word in its very place:
    "the two arms" need no figure.
    """
    for one in claim.quantities[:MOST_FIGURES]:
        if not _given_rightly(claim, one, text, close) and not _asked(one, given):
            return claim.text[one.start : one.end].strip()
    return ""


def _asked(one: Quantity, given: str) -> bool:
    return bool(given) and any(one.text == other.text for said in read_text(given) for other in said.quantities)


def _given_rightly(claim: Said, one: Quantity, text: Sequence[Said], close: Sequence[Said]) -> bool:
    """Whether the text gives a figure of the claim, and no other figure in its place."""
    loose = one.spelt and one.kind in ("", "share")
    same = rival = 0.0
    for said in close:
        here = there = 0.0
        for other in said.quantities:
            if one.agrees(other):
                here = max(here, likeness(claim, one.place, said, other.place, ""))
            elif (other.spelt or not loose) and (one.comparable(other) or one.text == other.text):
                there = max(there, likeness(claim, one.place, said, other.place, ""))
        if there <= BOTH_FIGURES * here:  # the sentence speaks of both
            there = 0.0
        same, rival = max(same, here), max(rival, there)
    if same or any(one.agrees(other) for said in text for other in said.quantities):
        return rival <= FIGURES.margin * same or rival < FIGURES.share * most(claim, one.place, "")
    if not loose:
        return False
    alike = ALIKE.get(int(one.text))
    if alike is not None and any(alike.search(said.text) for said in text):
        return True
    return rival < SPELT * most(claim, one.place, "")


def sides(claim: Said, text: Sequence[Said], given: str) -> str:
    """A word whose opposite the text has in its place; "" when there is none."""
    if not claim.opposed:
        return ""
    own = {(number, member) for number, member, *_ in claim.opposed}
    for number, member, one, at, word in claim.opposed:
        same = other = 0.0
        for said in text:
            here = there = 0.0
            for of_set, other_member, opposite, place, _ in said.opposed:
                if of_set != number:
                    continue
                if other_member == member:
                    here = max(here, likeness(claim, at, said, place, one))
                elif (of_set, other_member) not in own and _denies(claim, one) == _denies(said, opposite):
                    there = max(there, likeness(claim, at, said, place, one))
            if there <= BOTH_SIDES * here:  # the sentence speaks of both
                there = 0.0
            same, other = max(same, here), max(other, there)
        if other > SIDES.margin * same and other >= SIDES.share * most(claim, at, one):
            if any(number == n and member == m for said in read_text(given) for n, m, *_ in said.opposed):
                continue
            return word
    return ""


def _denies(said: Said, one: str) -> bool:
    held = said.by_polarity
    return one in held[True, False] or one in held[True, True]


def turned(claim: Said, text: Sequence[Said], close: Sequence[Said]) -> str:
    """A word that stands in one of the two with the beginning that turns it round, in the other without; "" when there
    is none."""
    for word, base in claim.turned:
        if not any(word in said.forms for said in text) and _stands(claim, word, base, close):
            return word
    for said in close:
        for word, base in said.turned:
            if (
                base in claim.forms
                and not any(base in other.forms for other in text)
                and _stands(claim, base, word, close)
            ):
                return base
    return ""


def _stands(claim: Said, mine: str, theirs: str, text: Sequence[Said]) -> bool:
    """Whether a sentence of the text has ``theirs`` where the claim has ``mine``."""
    one = claim.forms[mine]
    at = claim.places[one][0]
    least = SIDES.share * most(claim, at, one)
    held = [(said, said.forms[theirs]) for said in text if theirs in said.forms]
    return any(
        _polarity(claim, one) == _polarity(said, other)
        and likeness(claim, at, said, said.places[other][0], one) >= least
        for said, other in held
    )


def _polarity(said: Said, one: str) -> list[bool]:
    return [one in stems for stems in said.by_polarity.values()]


def denials(claim: Said, text: Sequence[Said]) -> str:
    """What the claim denies and the text affirms, or the other way round; "" when there is nothing.

    What hangs on a clause that denies ("does not show which organ is injured") is not looked at.
    """
    before = False
    for clause in claim.clauses:
        hangs, before = before and not clause.denied and clause.first in BEGIN, clause.denied
        if hangs:
            continue
        rest = claim.stems - clause.stems
        same = other = 0.0
        for said in text:
            mine, theirs = _for_and_against(claim, clause, said)
            around = AROUND * len(rest & said.stems)
            same = max(same, mine + around if mine else 0.0)
            other = max(other, theirs + around if theirs else 0.0)
        least = DENIALS.share * (len(clause.stems) + AROUND * len(rest))
        if other > DENIALS.margin * same and other >= least:
            return "the text affirms what it denies" if clause.denied else "the text denies it"
    return ""


def _for_and_against(claim: Said, clause: Clause, said: Said) -> tuple[int, int]:
    """How many words of a clause a sentence of the text says as it does, and how many the other way round.

    A clause said with reserve is held only against such clauses: all else is for it. A word that both deny counts
    twice, as few words are denied. A denial of the text that the claim carries over elsewhere is none of what its other
    clauses affirm.
    """
    held = said.by_polarity
    opposing = held[not clause.denied, clause.reserved]
    against = len(clause.stems & opposing)
    if len(claim.stems & said.stems) < TAKEN * len(claim.stems) or (clause.aside and against < LEAST_ASIDE):
        against = 0
    agreeing = len(clause.stems & held[clause.denied, clause.reserved])
    agreeing += len(clause.stems & (held[True, not clause.reserved] | held[False, not clause.reserved]))
    if clause.denied:
        agreeing += len(clause.stems & (held[True, False] | held[True, True]))
        if not clause.heads.isdisjoint(said.heads):
            agreeing = max(agreeing, against)
    elif not opposing.isdisjoint(claim.by_polarity[True, False] | claim.by_polarity[True, True]):
        against = 0
    return agreeing, against


def pointed(claim: Said, text: Sequence[Said]) -> str:
    """A word that one of the two denies ("without a scan") and the other affirms in the same place; "" when there is
    none."""
    plain = claim.by_polarity[False, False] - claim.under
    denied = plain & frozenset[str]().union(*[said.pointed for said in text])
    for one in sorted(claim.pointed | denied):
        same: list[Said] = []
        other: list[Said] = []
        for said in text:
            if one in said.places:
                if one in claim.pointed:
                    opposed = one in said.by_polarity[False, False] and not said.heads
                else:
                    opposed = one in said.pointed and not _carries(claim, one, said)
                (other if opposed else same).append(said)
        rival = _alike(claim, one, other)
        least = POINTED.share * most(claim, claim.places[one][0], one)
        if other and rival >= least and rival > POINTED.margin * _alike(claim, one, same):
            return one
    return ""


def _carries(claim: Said, one: str, said: Said) -> bool:
    """Whether the claim denies what the sentence denies along with ``one``."""
    return any(not claim.heads.isdisjoint(clause.heads) for clause in said.clauses if one in clause.stems)


def _alike(claim: Said, one: str, text: Sequence[Said]) -> float:
    """The likeness of the place of ``one`` in the text that is most like its place in the claim."""
    at = claim.places[one][0]
    return max([likeness(claim, at, said, place, one) for said in text for place in said.places[one]], default=0.0)


Kind = Literal["figures", "denial", "opposites"]


def disagreement(claim: Said, text: Sequence[Said], given: str) -> tuple[Kind, str] | None:
    """The first disagreement: its kind and a reason for people; None when there is none."""
    least = CLOSE * len(claim.stems)
    close = [said for said in text if len(claim.stems & said.stems) >= least]
    if claim.quantities and (found := figures(claim, text, close, given)):
        return "figures", f"the text does not give {found!r} for this"
    if found := denials(claim, close):
        return "denial", found
    if found := pointed(claim, close):
        return "denial", f"of {found!r}, the one affirms what the other denies"
    if found := sides(claim, close, given) or turned(claim, text, close):
        return "opposites", f"the text says the opposite of {found!r}"
    return None
