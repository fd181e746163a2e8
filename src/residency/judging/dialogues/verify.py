"""Which checks a dialogue goes through."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from residency.core.records import Conversation
from residency.judging.dialogues import contradiction, correction, followup, form, missing, safety, scope, switch
from residency.judging.dialogues.claims import unsupported
from residency.judging.dialogues.faults import Fault
from residency.judging.dialogues.view import View, view

WHOLE: Mapping[str, Callable[[View], Iterator[Fault]]] = {
    "followup": followup.whole,
    "correction": correction.whole,
    "missing": missing.whole,
    "contradiction": contradiction.whole,
    "safety": safety.whole,
    "scope": scope.whole,
    "switch": switch.whole,
}
TURN: Mapping[str, Callable[[View, tuple[str, ...]], Iterator[Fault]]] = {
    "followup": followup.turn,
    "correction": correction.turn,
    "missing": missing.turn,
    "contradiction": contradiction.turn,
    "safety": safety.turn,
    "scope": scope.turn,
    "switch": switch.turn,
}


def verify(row: Conversation, sources: Mapping[str, str]) -> list[Fault]:
    """The faults of a whole dialogue; empty where it is good.

    Args:
        row: a dialogue. Its ``expect["check"]`` says where its skill shows; one that cannot be read is itself a fault.
        sources: the full text of each parent record and domain rule by id (``rule:NAME`` for rules).
    """
    found = form.roles(row)
    found += form.texts(row)
    if any(fault.reason in ("roles", "turn_count") for fault in found):
        return found
    dialogue = view(row)
    if isinstance(dialogue, Fault):
        return [*found, dialogue]
    found += WHOLE[dialogue.skill](dialogue)
    found += form.last_answer(dialogue)
    found += unsupported(dialogue, sources)
    return list(dict.fromkeys(found))


def verify_turn(row: Conversation, answer: str) -> list[Fault] | None:
    """The faults of ``answer``, were it said in the place of the critical turn: only what the skill demands there, and
    that it is no empty, repeated or rambling text. None where the row's check cannot be read.

    Where the critical turn must state something, it is what the row's own does: for the last turn the key facts.
    """
    dialogue = None if form.roles(row) else view(row)
    if dialogue is None or isinstance(dialogue, Fault):
        return None
    said = dialogue.replaced(answer)
    found = list(form.turn(said))
    if not any(fault.reason == "empty" for fault in found):
        found += TURN[dialogue.skill](said, dialogue.demanded())
    return list(dict.fromkeys(found))
