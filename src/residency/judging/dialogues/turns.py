"""Any turn of a dialogue, judged by what that turn is for.

The turn that shows the dialogue's skill passes its skill's rules or does not: its score is 1 or 0. Any other turn
scores the share of its facts that the answer states: of the last turn the reference's, of an earlier one those that
the dialogue's own answer states there. It scores 0 where it is empty, runs in circles, repeats a message or holds
control text, and where it chooses another option than the dialogue's own answer does (reason ``letter``). The form of a
mode is told apart and takes nothing from the score, but where a change of form is the skill.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

from residency.core.prompt import Mode, body
from residency.core.records import Conversation, Message
from residency.core.text import content_stems
from residency.judging.answers import obeys_mode, parse_letter
from residency.judging.dialogues import form
from residency.judging.dialogues.faults import Fault
from residency.judging.dialogues.reading import statements
from residency.judging.dialogues.verify import verify_turn
from residency.judging.dialogues.view import View, view
from residency.judging.overlap import key_fact_recall


@dataclass(frozen=True)
class TurnScore:
    """How one answer does in its place: ``score`` from 0 to 1, None where the turn has nothing to be held against; why
    it lost; and ``formed``, whether it has its mode's form, None where the dialogue's own answer has it not."""

    score: float | None
    faults: tuple[Fault, ...] = ()
    formed: bool | None = None


def critical_turn(row: Conversation) -> int | None:
    """The place of the message that shows the dialogue's skill; None where its check names none that can be read."""
    found = None if form.roles(row) else view(row)
    return found.critical if isinstance(found, View) else None


def can_be_scored(row: Conversation, place: int) -> bool:
    """Whether an answer at this place can be held against anything."""
    seen = _seen(row, place)
    return place == critical_turn(row) or bool(_facts(seen, place) or _letter(seen, place))


def score_turn(row: Conversation, place: int, answer: str, own: Sequence[str] = ()) -> TurnScore:
    """How ``answer`` does as the message at ``place``, an odd one.

    Args:
        row: messages, user and assistant by turns. Without a readable ``check`` no turn shows a skill.
        place: of the answer among the messages.
        answer: what was said there.
        own: what the model had said before in place of the row's own answers, where the history is real.
    """
    row = _with_own(row, own)
    seen = _seen(row, place)
    formed = obeys_mode(answer, _mode(row, place)) if obeys_mode(seen.said[place], _mode(row, place)) else None
    if place == critical_turn(row):
        found = verify_turn(row, answer)
        return TurnScore(None if found is None else float(not found), tuple(found or ()), formed)
    faults = tuple(form.turn(seen.replaced(answer)))
    letter = _letter(seen, place)
    if letter and not form.chooses(answer, letter, seen.options):
        faults += (Fault("letter", f"the answer does not choose {letter}"),)
    facts = _facts(seen, place)
    if faults or not facts:
        return TurnScore(0.0 if faults else (1.0 if letter else None), faults, formed)
    return TurnScore(key_fact_recall(answer, facts), (), formed)


def _with_own(row: Conversation, own: Sequence[str]) -> Conversation:
    messages = list(row["messages"])
    for number, text in enumerate(own):
        messages[2 * number + 1] = cast(Message, {**messages[2 * number + 1], "content": text})
    return cast(Conversation, {**row, "messages": messages})


def _seen(row: Conversation, place: int) -> View:
    """The whole dialogue, as though the turn at ``place`` were the one that counts."""
    said = tuple(str(message["content"]) for message in row["messages"])
    return View(said, row["mode"], row["expect"], {"skill": "", "critical": place})


def _mode(row: Conversation, place: int) -> Mode:
    found = None if form.roles(row) else view(row)
    return form.mode_at(found, place) if isinstance(found, View) else row["mode"]


def _letter(seen: View, place: int) -> str:
    """The option that the dialogue's own answer chooses, if it chooses one."""
    options = replace(seen, said=seen.said[:place]).options
    if not options:
        return ""
    given = seen.expect.get("letter") if place == seen.last else None
    return given if isinstance(given, str) else parse_letter(seen.said[place], options) or ""


def _facts(seen: View, place: int) -> tuple[str, ...]:
    """What an answer there must state: no questions, and nothing without a content word. A key fact that is not found
    in the dialogue's own answer is worded too far from it to be found in another; where none is, its sentences are."""
    own = seen.said[place]
    stated = tuple(fact for fact in statements(body(own)) if content_stems(fact))
    if place != seen.last:
        return stated
    return tuple(fact for fact in seen.reference if key_fact_recall(own, [fact])) or stated
