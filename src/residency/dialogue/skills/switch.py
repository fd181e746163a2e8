"""The mode changes in the middle: the same facts in the other form."""

from __future__ import annotations

from residency.core.prompt import Mode
from residency.core.text import sentences
from residency.dialogue.library import answer_of
from residency.dialogue.material import Builder, Draft, Material, turns

LEAST_SENTENCES = 2  # of an answer, so that the two forms differ in more than a mark


def same_question(material: Material) -> Draft | None:
    """The question is answered again in the other mode; sometimes another follows there."""
    question = material.question
    if len(sentences(answer_of(question))) < LEAST_SENTENCES:
        return None
    mode: Mode = "CLINICAL" if material.mode == "EXAM" else "EXAM"
    if material.library.in_danger(question):
        return None  # in CLINICAL mode the escalation would have to come first, and the facts would not be the same
    said = [
        *material.exchange(question),
        *turns(material.say(f"to_{mode.lower()}"), material.answered(mode=mode)),
    ]
    check = {"skill": "switch", "critical": 3, "turn": 2, "mode": mode}
    later = material.library.related(question)
    if not later or material.rng.random() < 0.5:
        return Draft("same_question", said, answer_of(question), check).choosing(question)
    other = material.rng.choice(later)
    said += turns(material.asked_next(other), material.answered(other, mode=mode))
    return Draft("same_question", said, answer_of(other), check, [other]).choosing(other)


BUILDERS: dict[Builder, float] = {same_question: 1.0}
