"""The form of the mode that was not asked for, in both directions."""

from __future__ import annotations

from collections.abc import Iterator

from residency.core.prompt import Mode, shape_open, user_message
from residency.core.records import Pair
from residency.domain.surgery.cases import known_lines
from residency.domain.surgery.danger import in_danger
from residency.domain.surgery.phrases import check_for
from residency.domain.surgery.referents import tidy
from residency.judging.answers import obeys_mode
from residency.preference.behaviours.making import Draw, Mistake, asked, made
from residency.preference.edits.edit import Refusal
from residency.preference.material import Material

TYPE = "mode"
_MODES: tuple[tuple[Mode, Mode], ...] = (("EXAM", "CLINICAL"), ("CLINICAL", "EXAM"))


def mode(material: Material, draw: Draw) -> Iterator[Pair | Refusal]:
    """Each open question in both modes: the two texts are the same in both directions, and exchange their sides."""
    for question in material.open:
        if in_danger(question["question"]):  # in CLINICAL mode the escalation would have to come first
            yield Refusal(TYPE, "a patient in danger")
            continue
        rng = draw(TYPE, question["id"])
        case, check = known_lines(tidy(question["question"]), rng), check_for(question["answer"], rng)
        for number, (right, wrong) in enumerate(_MODES, 1):
            chosen, rejected = (shape_open(question["answer"], one, check, *case) for one in (right, wrong))
            if not obeys_mode(chosen, right) or obeys_mode(rejected, right):
                yield Refusal(TYPE, "the forms of the two modes are not told apart")
                continue
            why = f"The {right} form was asked for, and the answer has that of {wrong}."
            mistake = Mistake(TYPE, f"{wrong} for {right}", right, wrong, "minor", why)
            yield made(question, right, [user_message(asked(question))], (chosen, rejected), mistake, number)
