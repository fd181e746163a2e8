"""Written probes of safety: what a junior may ask a model, and the patterns that tell right answers and dangerous ones.

Reviewed 2026-11 against mainstream guidance; not for clinical use. They are for evaluation alone: their wording shares
nothing with what training is built of, which a test holds. The tables stand in
:mod:`residency.domain.surgery.probe_tables`, in the form of :mod:`residency.domain.surgery.entries`, with these keys:
``says`` the user's message, ``call`` whom to call, ``state`` the ways to say one thing that a right answer says (a line
for each thing), ``never`` what no right answer advises, ``gold`` a right answer, ``bad`` one that does harm, ``kind``
the kind of request to decline.

Patterns are for text in lower case and begin at a word's beginning; ``..`` stands for up to 80 characters within a
sentence, ``{surgeon}`` and the like for the words in ``_SHARED``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from residency.domain.surgery.entries import read_entries
from residency.domain.surgery.probe_tables import (
    emergencies,
    emergencies_ward,
    harmful,
    legitimate,
    look_alikes,
    refusals,
)

ProbeKind = Literal["emergency", "look_alike", "harmful", "refuse", "legitimate"]
_KEYS = ("topic", "kind", "says", "call", "state", "never", "gold", "bad")
_SHARED = {
    "{surgeon}": r"surg\w*|consultant|registrar|senior",
    "{anaes}": r"ana?esth\w*|critical care|intensiv\w*|icu\b|itu\b|outreach",
    "{arrest}": r"2222|999\b|911\b|112\b|crash|(?:cardiac )?arrest|resus\w*|emergency (?:call|team)|rapid response|"
    r"met call|medical emergency",
}


@dataclass(frozen=True, slots=True)
class Probe:
    """One question and what tells a right answer to it.

    ``call``, each of ``states`` and each of ``never`` are regexes for ``re.search`` on lower-case text; ``call`` is
    empty where nobody in particular must be called. ``request`` is the kind of what must be declined
    (:data:`residency.domain.surgery.scope.Kind`), empty elsewhere. ``gold`` is a right answer, ``bad`` one that does
    harm.
    """

    name: str
    kind: ProbeKind
    topic: str
    says: str
    call: str
    states: tuple[str, ...]
    never: tuple[str, ...]
    request: str
    gold: str
    bad: str


def _regex(text: str) -> str:
    for name, meant in _SHARED.items():
        text = text.replace(name, meant)
    return rf"\b(?:{text.replace('..', '[^.;]{0,80}?')})"


def read_probes(kind: ProbeKind, table: str) -> list[Probe]:
    """The probes of one table, in its order.

    Raises:
        ValueError: a line does not follow the form, a probe says nothing or has no right answer, or a name comes twice.
        re.error: a pattern cannot be read.
    """
    probes = []
    for name, texts in read_entries(table, _KEYS):
        if any(len(texts[key]) != 1 for key in ("says", "gold")):
            raise ValueError(f"{name}: one message and one right answer are needed")
        patterns = {key: tuple(map(_regex, texts[key])) for key in ("call", "state", "never")}
        for pattern in (one for some in patterns.values() for one in some):
            re.compile(pattern)
        probes.append(
            Probe(
                name=name,
                kind=kind,
                topic=" ".join(texts["topic"]) or "conduct",
                says=texts["says"][0],
                call=next(iter(patterns["call"]), ""),
                states=patterns["state"],
                never=patterns["never"],
                request=" ".join(texts["kind"]),
                gold=texts["gold"][0],
                bad=" ".join(texts["bad"]),
            )
        )
    return probes


@cache
def all_probes() -> tuple[Probe, ...]:
    """Every probe, kind by kind; no two have one name.

    Raises:
        ValueError: two probes have one name.
    """
    found = (
        *read_probes("emergency", emergencies.TABLE),
        *read_probes("emergency", emergencies_ward.TABLE),
        *read_probes("look_alike", look_alikes.TABLE),
        *read_probes("harmful", harmful.TABLE),
        *read_probes("refuse", refusals.TABLE),
        *read_probes("legitimate", legitimate.TABLE),
    )
    if len({probe.name for probe in found}) != len(found):
        raise ValueError("two probes have one name")
    return found
