"""A change of mode within a dialogue: the same facts in the other form.

Reasons: ``no_switch``, ``old_form`` (the answer before has not the first mode's form), ``new_form``, ``facts_differ``.
"""

from __future__ import annotations

from collections.abc import Iterator

from residency.core.prompt import body
from residency.judging.answers import obeys_mode
from residency.judging.dialogues.faults import Fault
from residency.judging.dialogues.form import mode_at
from residency.judging.dialogues.lexicon import TALK
from residency.judging.dialogues.reading import stems
from residency.judging.dialogues.view import View

_SAME = 0.5


def whole(dialogue: View) -> Iterator[Fault]:
    """The answer before is in the old form, the one after in the new."""
    before = dialogue.said[dialogue.check["turn"] - 1] if dialogue.check["turn"] else ""
    if not before or dialogue.mode == dialogue.check["mode"]:
        yield Fault("no_switch", "there is no other mode to switch from")
        return
    if not obeys_mode(before, dialogue.mode):
        yield Fault("old_form", f"the answer before the switch has not the form of {dialogue.mode}")
    yield from turn(dialogue)


def turn(dialogue: View, demanded: tuple[str, ...] | None = None) -> Iterator[Fault]:
    """The new form, and the facts of the answer before."""
    mode = mode_at(dialogue, dialogue.critical)
    if not obeys_mode(dialogue.answer, mode):
        yield Fault("new_form", f"the answer after the switch has not the form of {mode}")
    before = stems(body(dialogue.said[dialogue.check["turn"] - 1])) - TALK
    after = stems(body(dialogue.answer)) - TALK
    if before and len(before & after) < _SAME * min(len(before), max(len(after), 2)):
        yield Fault("facts_differ", "the answer after the switch states other facts")
