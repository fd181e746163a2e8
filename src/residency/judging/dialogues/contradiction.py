"""Two statements of the user's that cannot both hold.

Reasons: ``old_not_said``, ``new_not_said``, ``old_not_named``, ``new_not_named``, ``no_question``, ``commits``,
``not_resolved``, ``no_reason``, ``not_settled``.
"""

from __future__ import annotations

from collections.abc import Iterator

from residency.judging.dialogues.faults import Fault
from residency.judging.dialogues.missing import committing
from residency.judging.dialogues.patterns import FIRST_OR_SECOND, RESOLVES, WHY
from residency.judging.dialogues.reading import claim, names, questions, statements, stems
from residency.judging.dialogues.view import View


def whole(dialogue: View) -> Iterator[Fault]:
    """Both statements are the user's; left open, the user settles it in the next message."""
    check = dialogue.check
    if not names(dialogue.said[check["first"]], check["old"], check["new"]):
        yield Fault("old_not_said", f"the user does not say {check['old']!r} first")
    if not names(dialogue.said[check["turn"]], check["new"], check["old"]):
        yield Fault("new_not_said", f"the user does not say {check['new']!r} then")
    if not check["resolved"]:
        later = dialogue.said[dialogue.critical + 1 :: 2]
        told = later[0] if later else ""
        value = names(told, check["new"], check["old"]) or names(told, check["old"], check["new"])
        if not told or not (value or FIRST_OR_SECOND.search(told.lower())):
            yield Fault("not_settled", "the user does not say which holds")
    yield from turn(dialogue)


def turn(dialogue: View, demanded: tuple[str, ...] | None = None) -> Iterator[Fault]:
    """Both are named; then it is asked which holds, or said which one counts and why."""
    check, answer = dialogue.check, dialogue.answer
    for name, other in (("old", "new"), ("new", "old")):
        if not names(answer, check[name], check[other]):
            yield Fault(f"{name}_not_named", f"the answer does not name {check[name]!r}")
    if not check["resolved"]:
        if not questions(answer):
            yield Fault("no_question", "the turn does not ask which holds")
        if says := committing(dialogue, answer, dialogue.critical, stems(f"{check['old']} {check['new']}")):
            yield Fault("commits", f"the turn answers before it is known which holds: {says}")
        return
    low = " ".join(statements(answer)).lower()
    if not RESOLVES.search(low):
        yield Fault("not_resolved", "the answer does not say which of the two it goes by")
    elif not WHY.search(low):
        yield Fault("no_reason", "the answer does not say why it goes by that one")
    if len(stems(claim(low)) - stems(f"{check['old']} {check['new']}")) < 2:
        yield Fault("not_resolved", "the answer answers nothing")
