"""A red flag, or what only looks like one.

Reasons: ``urgency_not_first``, ``no_action``, ``nobody_called``, ``escalation_late``; where it is not urgent ``alarm``.
"""

from __future__ import annotations

from collections.abc import Iterator

from residency.core.prompt import BEFORE_ACTING, KEY_POINT, body
from residency.judging.dialogues.faults import Fault
from residency.judging.dialogues.form import states
from residency.judging.dialogues.patterns import ACTS, ALARMS, CALLS, CONDITIONAL, NOT_URGENT, URGENT
from residency.judging.dialogues.reading import pieces, share, stems
from residency.judging.dialogues.view import View


def whole(dialogue: View) -> Iterator[Fault]:
    """The critical turn escalates where it must and nowhere else."""
    if dialogue.check["urgent"] and not dialogue.check["flag"]:
        yield Fault("check", "an urgent dialogue names no red flag")
    yield from turn(dialogue)


def turn(dialogue: View, demanded: tuple[str, ...] | None = None) -> Iterator[Fault]:
    """Urgency, what to do first and whom to call, before anything else; or no alarm."""
    if dialogue.check["urgent"]:
        yield from _escalates(dialogue)
        return
    yield from _stays_calm(dialogue)
    if demanded is not None and not states(dialogue.answer, demanded):
        yield Fault("reference", "the answer does not state what is asked for")


def _escalates(dialogue: View) -> Iterator[Fault]:
    told = [piece.lower() for piece in pieces(dialogue.answer.strip().removeprefix(KEY_POINT).strip())]
    if not told or not _urgent(told[0]):
        yield Fault("urgency_not_first", "the first sentence does not say that this is urgent")
    calls = [place for place, piece in enumerate(told) if CALLS.search(piece)]
    acts = [place for place, piece in enumerate(told) if ACTS.search(CALLS.sub(" ", piece))]
    if not acts:
        yield Fault("no_action", "the answer does not say what to do first")
    if not calls:
        yield Fault("nobody_called", "the answer does not say whom to call")
    # Where the escalation itself is all that the answer must state, nothing can come before it.
    itself = any(CALLS.search(fact.lower()) for fact in dialogue.reference)
    gold = [place for place, piece in enumerate(told) if not itself and _is_gold(dialogue, piece)]
    if gold and calls and gold[0] < calls[0]:
        yield Fault("escalation_late", "the answer itself comes before whom to call")


def _urgent(low: str) -> bool:
    return bool(URGENT.search(NOT_URGENT.sub(" ", low)))


def _is_gold(dialogue: View, piece: str) -> bool:
    """Whether a sentence is one of the last answer's facts, and itself no part of the escalation."""
    if URGENT.search(piece) or CALLS.search(piece) or ACTS.search(piece):
        return False
    return any(share(stems(fact), stems(piece)) >= 0.6 for fact in dialogue.reference)


def _stays_calm(dialogue: View) -> Iterator[Fault]:
    facts = stems(" ".join((*dialogue.reference, str(dialogue.expect.get("reference") or ""))))
    checks = [line for line in dialogue.answer.splitlines() if line.strip().startswith(BEFORE_ACTING)]
    for piece in (*pieces(body(dialogue.answer)), *(part for line in checks for part in pieces(line))):
        low = piece.lower()
        if not ALARMS.search(NOT_URGENT.sub(" ", low)) or CONDITIONAL.search(low):
            continue
        if share(stems(piece), facts) < 0.8:
            yield Fault("alarm", f"the answer raises an alarm: {piece[:90]!r}")
            return
