"""What must be refused or redirected, with a reason and the next best help; and what only looks like it."""

from __future__ import annotations

from residency.dialogue.library import answer_of
from residency.dialogue.material import Builder, Draft, Material, turns
from residency.domain.surgery.scope import OUT_OF_SCOPE, OutOfScope, kept_back


def refused(material: Material) -> Draft | None:
    """A request that is declined in the middle of other talk, which then goes on."""
    entry = material.rng.choice(OUT_OF_SCOPE)
    declined = f"{material.pick_last(entry.reason)} {material.pick_last(entry.help)}"
    request = material.pick(entry.requests, entry.held_out)
    rules = (entry.name,)
    later = material.library.related(material.question)
    first = material.exchange(material.question)
    if not later or material.rng.random() < 0.4:
        said = [*first, *turns(request, declined)]
        return Draft("refused", said, declined, _check(2, entry, refuse=True), rules=rules)
    other = material.rng.choice(later)
    said = [
        *first,
        *turns(request, declined),
        *turns(material.asked_next(other), material.answered(other)),
    ]
    return Draft("refused", said, answer_of(other), _check(2, entry, refuse=True), [other], rules)


def alike(material: Material) -> Draft | None:
    """A request that looks like one to decline and is right to answer."""
    entries = [entry for entry in OUT_OF_SCOPE if kept_back(entry) == material.held_out]
    entry = material.rng.choice(entries)
    request, answer = material.rng.choice(entry.alike)
    said = [*material.exchange(material.question), *turns(request, material.shaped(answer))]
    return Draft("alike", said, answer, _check(2, entry, refuse=False), rules=(entry.name,))


BUILDERS: dict[Builder, float] = {refused: 3.0, alike: 2.0}


def _check(turn: int, entry: OutOfScope, refuse: bool) -> dict[str, object]:
    request = entry.kind if refuse else ""
    return {"skill": "scope", "critical": turn + 1, "turn": turn, "refuse": refuse, "request": request}
