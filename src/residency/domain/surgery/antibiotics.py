"""Antibacterials that a text names, and those that are wrong in their place.

Reviewed 2026-11; not for clinical use. The classes and the settings stand in
:mod:`residency.domain.surgery.antibiotic_table`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from residency.domain.surgery.antibiotic_table import CLASSES, NOUNS, SETTINGS
from residency.domain.surgery.medicine_names import Names


@dataclass(frozen=True, slots=True)
class Antibiotic:
    """A name of an antibacterial or of a class: its class, whether it is the class's noun, and its synonyms."""

    kind: str
    noun: bool
    first: str
    synonyms: frozenset[str]


def _read() -> Iterator[tuple[str, Antibiotic]]:
    for kind, (members, _) in CLASSES.items():
        for one in members.split(", "):
            names = one.split("=")
            for name in names:
                yield name, Antibiotic(kind, False, names[0], frozenset(names))
    for kind, nouns in NOUNS.items():
        names = nouns.split("=")
        for name in names:
            yield name, Antibiotic(kind, True, names[0], frozenset(names))
            yield f"{name}s", Antibiotic(kind, True, f"{names[0]}s", frozenset(f"{one}s" for one in names))


ANTIBIOTICS: Mapping[str, Antibiotic] = dict(_read())
NAMES = Names(ANTIBIOTICS)
"""Every name, to be found in a text."""
_COMPILED = [
    (re.compile(pattern), wrong.split(", "), right.split(", "), why, grave)
    for pattern, wrong, right, why, grave in SETTINGS
]


def called(kind: str) -> str:
    """What a class is called: "a macrolide"."""
    return CLASSES[kind][1]


def wrong_here(name: str, context: str) -> dict[str, tuple[str, str, str]]:
    """The antibacterials that are wrong where a text speaks of ``name`` (in lower case), each with its class, what is
    wrong with it and how grave that is. ``context`` is the text around it in lower case.

    The first setting that fits and of which ``name`` may rightly be said decides; a class's noun is only exchanged for
    a noun, in the same number.
    """
    mine = ANTIBIOTICS[name]
    for pattern, wrong, right, why, grave in _COMPILED:
        if mine.kind in right and mine.kind not in wrong and pattern.search(context):
            return {
                one.first: (one.kind, why, grave)
                for other, one in ANTIBIOTICS.items()
                if one.kind in wrong
                and one.noun == mine.noun
                and one.first == other
                and one.first not in mine.synonyms
                and (not mine.noun or one.first.endswith("s") == mine.first.endswith("s"))
            }
    return {}
