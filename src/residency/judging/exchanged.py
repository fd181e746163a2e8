"""Whether a text says of one thing what a sentence says of another: the medicine, its class, its route or its rate, the
investigation, the operation, the structure.

Words alone do not tell it: a sentence with one drug in another's place shares nearly all its words with the right one.
So names are looked up in the domain pack, and two that are of one kind and not of one thing are told apart. Names that
the pack does not hold, and two that may mean the same (CT, CT angiography), are not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Literal

from residency.core.text import content_stems, sentences
from residency.domain.surgery import drug_classes, intervals, investigations, manoeuvres, medicines, routes, structures

Exchange = Literal["", "another", "wrong"]
"""Nothing exchanged; for another of its kind that may serve as well; for one that does not."""
REST = 0.7
"""Share of the sentence's other words that must stand in the same place of the text."""
_NO_ROUTE = frozenset({"im", "into a vein", "into a muscle", "under the skin"})


def exchanged(text: str, sentence: str, given: str = "") -> Exchange:
    """How the place of ``text`` that is most like ``sentence`` names something else in its stead.

    Args:
        text: an answer or a reference.
        sentence: one claim of the other.
        given: the question; of two things that it names itself, either may be spoken of.
    """
    stems, place = _stems(sentence), nearest(text, sentence)
    if not place or not stems:
        return ""
    found: list[Exchange] = []
    asked = {name for _, name, _ in _names(given)} if given else set()
    mine, theirs = _names(sentence), _names(place)
    for kind, name, said in mine:
        others = [(other, word) for one, other, word in theirs if one == kind]
        if not others or any(_same(kind, name, other) for other, _ in others):
            continue
        rest = stems - _stems(said)
        if not rest or len(rest & _stems(place)) < REST * len(rest):
            continue
        new = [other for other, _ in others if not any(_same(kind, other, own) for one, own, _ in mine if one == kind)]
        found += [_KINDS[kind](name, other) for other in new if not {name, other} <= asked]
    return "wrong" if "wrong" in found else "another" if "another" in found else ""


def nearest(text: str, sentence: str) -> str:
    """The sentence of ``text`` that shares most content words with ``sentence``; empty for no text."""
    stems = _stems(sentence)
    return max(sentences(text), key=lambda piece: len(stems & _stems(piece)), default="")


@lru_cache(maxsize=8192)
def _stems(text: str) -> frozenset[str]:
    return frozenset(content_stems(text))


@lru_cache(maxsize=8192)
def _names(text: str) -> tuple[tuple[str, str, str], ...]:
    """What a text names: the kind, the name as the pack holds it, and the words of the text; each once."""
    low = text.lower()
    return tuple(dict.fromkeys(_found(low)))


def _found(low: str) -> Iterator[tuple[str, str, str]]:
    for mention in medicines.NAMES.find(low):
        yield "medicine", mention.name, low[mention.start : mention.end]
    for match in _CLASS.finditer(low):
        yield "class", drug_classes.NOUNS[match[0]][0], match[0]
    for match in _ROUTE.finditer(low):
        yield "route", routes.SPELLINGS[match[0]][0], match[0]
    for match in intervals.PATTERN.finditer(low):
        yield "rate", match[0], match[0]
    for kind, (pattern, _) in _MEMBERS.items():
        for match in pattern.finditer(low):
            yield kind, match[0], match[0]


def _any(words: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted({word.lower() for word in words}, key=lambda word: (-len(word), word))
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w-])")


_CLASS = _any(drug_classes.NOUNS)
_ROUTE = _any(set(routes.SPELLINGS) - _NO_ROUTE)


def _members(
    classes: Mapping[str, tuple[str, ...]], spelt: Mapping[str, str]
) -> tuple[re.Pattern[str], Mapping[str, frozenset[str]]]:
    """A pattern for the members of all classes, and the classes of each; American spellings are members too."""
    of: dict[str, set[str]] = {}
    for kind, members in classes.items():
        for member in members:
            for word in {member.lower(), spelt.get(member, member).lower()}:
                of.setdefault(word, set()).add(kind)
    return _any(of), {word: frozenset(kinds) for word, kinds in of.items()}


_MEMBERS = {
    "investigation": _members(investigations.CLASSES, {}),
    "operation": _members(manoeuvres.OPERATIONS, manoeuvres.AMERICAN),
    "structure": _members(structures.CLASSES, structures.AMERICAN),
}
_TWINS = {
    frozenset({one, other.lower()})
    for table in (manoeuvres.AMERICAN, structures.AMERICAN)
    for one, other in table.items()
}
_MAY_BOTH = {frozenset(map(str.lower, pair)) for pair in investigations.SAME}


def _same(kind: str, one: str, other: str) -> bool:
    """Whether two names of a kind may be of one thing."""
    if one == other:
        return True
    if kind == "medicine":
        return medicines.same(one, other)
    if kind in _MEMBERS:
        mine, theirs = _stems(one), _stems(other)
        return mine <= theirs or theirs <= mine or frozenset({one, other}) in _TWINS | _MAY_BOTH
    return False


def _medicine(one: str, other: str) -> Exchange:
    shared = {role.name for role in medicines.roles_of(one)} & {role.name for role in medicines.roles_of(other)}
    return "another" if shared else "wrong"


def _class(one: str, other: str) -> Exchange:
    nouns = [noun for noun, (kind, _) in drug_classes.NOUNS.items() if kind == one]
    return "wrong" if any(kind == other for noun in nouns for _, kind in drug_classes.others(noun, "")) else ""


def _rate(one: str, other: str) -> Exchange:
    return "wrong" if other in intervals.alternatives(one) else "another"


def _member(kind: str) -> Callable[[str, str], Exchange]:
    of = _MEMBERS[kind][1]
    return lambda one, other: "wrong" if of[one] & of[other] else ""


_KINDS: Mapping[str, Callable[[str, str], Exchange]] = {
    "medicine": _medicine,
    "class": _class,
    "route": lambda one, other: "wrong",
    "rate": _rate,
    **{kind: _member(kind) for kind in _MEMBERS},
}
