"""A figure of another case in the place of a case's own: what a user misreads, and never what an answer rests on."""

from __future__ import annotations

from dataclasses import dataclass

from residency.core.records import Question
from residency.dialogue.material import Material
from residency.domain.surgery.case_facts import FactKind, values_stated


@dataclass(frozen=True)
class Altered:
    """A case with one figure, ``true``, replaced by another record's, ``false``, both as one says them.

    ``facts`` are the case's own, ``altered`` those with the false figure, ``question`` what is asked of it and
    ``record`` the one that states the false figure.
    """

    kind: FactKind
    true: str
    false: str
    facts: str
    altered: str
    question: str
    record: Question


def altered_figure(material: Material) -> Altered | None:
    """The material's case with a figure of another case of its split; None where no figure can be exchanged."""
    case = material.library.case(material.question)
    if case is None:
        return None
    facts = " ".join(case.facts)
    found: list[Altered] = []
    for kind, match in values_stated(facts):
        start, end = match.span("value")
        other = material.library.other_figure(material.question, kind, match["value"], material.rng)
        if other is None:
            continue
        record, value = other
        altered = f"{facts[:start]}{value}{facts[end:]}"
        if match["value"] not in altered and value not in facts:
            altered = altered.replace(f"An {value}", f"A {value}").replace(f"A {value}", f"{_article(value)} {value}")
            found.append(Altered(kind, match["value"], value, facts, altered, case.question, record))
    # An age is in nearly every case; what was measured is the better choice where there is any.
    measured = [one for one in found if one.kind.name != "age"]
    return material.rng.choice(measured or found) if found else None


def _article(age: str) -> str:
    return "An" if age.startswith("8") or age in ("11", "18") else "A"
