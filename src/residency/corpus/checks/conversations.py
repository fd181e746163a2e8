"""Checks of a conversation's turns: their order, and whether each says something.

A conversation is a list of ``{"role", "content"}`` (with ``tool_calls`` where a turn calls tools). Other names of
roles (``human``, ``gpt``, ...) count as what they stand for. Turns are counted from 1 as the file has them, system
messages among them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from residency.corpus.checks.base import Check, Finding, Severity
from residency.corpus.reading.turns import INSTRUCTS, KNOWN_ROLES, Turn, beginning, role_of, turn_text

Find = Callable[[Sequence[Turn]], Iterator[Finding]]
SHOWN = 80  # characters of a turn that a detail quotes


def _unknown_role(turns: Sequence[Turn]) -> Iterator[Finding]:
    for number, role in enumerate(_roles(turns), 1):
        if role not in KNOWN_ROLES:
            yield Finding(f"turn {number} has the role {role[:40]!r}, which no chat template knows", f"turn {number}")


def _empty_turn(turns: Sequence[Turn]) -> Iterator[Finding]:
    for number, (turn, role) in enumerate(zip(turns, _roles(turns), strict=True), 1):
        calls = role == "assistant" and turn.get("tool_calls")
        if turn_text(turn) == "" and not calls and role != "tool":
            yield Finding(f"turn {number} ({role}) is empty", f"turn {number}")


def _turn_not_text(turns: Sequence[Turn]) -> Iterator[Finding]:
    for number, (turn, role) in enumerate(zip(turns, _roles(turns), strict=True), 1):
        if turn_text(turn) is None:
            yield Finding(f"turn {number} ({role}) holds something else than text", f"turn {number}")


def _tool_turn(turns: Sequence[Turn]) -> Iterator[Finding]:
    for number, (turn, role) in enumerate(zip(turns, _roles(turns), strict=True), 1):
        if role == "tool" or turn.get("tool_calls") or turn.get("function_call"):
            yield Finding(f"turn {number} is a tool's, or calls one", f"turn {number}")


def _system_in_the_middle(turns: Sequence[Turn]) -> Iterator[Finding]:
    roles = _roles(turns)
    opening = next((place for place, role in enumerate(roles) if role not in INSTRUCTS), len(roles))
    for number, role in enumerate(roles[opening:], opening + 1):
        if role in INSTRUCTS:
            yield Finding(f"turn {number} is a {role} message after the conversation has begun", f"turn {number}")


def _broken_role_order(turns: Sequence[Turn]) -> Iterator[Finding]:
    """A conversation that the user does not open, but for a greeting, or a tool's answer that no call asked for."""
    told, begins = beginning(turns)
    said = [(number, turn, role) for number, (turn, role) in enumerate(zip(turns, _roles(turns), strict=True), 1)]
    said = [entry for entry in said[begins:] if entry[2] not in INSTRUCTS]
    if not said:
        yield Finding(
            "nothing follows the assistant's greeting"
            if begins > told
            else "there is no turn of a user or an assistant"
        )
    elif said[0][2] == "assistant":
        number, turn, _ = said[0]
        says = f" and does more than greet: {text[:SHOWN]!r}" if (text := turn_text(turn)) else ""
        yield Finding(f"the assistant speaks first{says}", f"turn {number}")
    elif said[0][2] == "tool":
        yield Finding("the tool speaks first", f"turn {said[0][0]}")
    for (_, before, role_before), (number, _, role) in pairwise(said):
        asked = role_before == "tool" or (role_before == "assistant" and bool(before.get("tool_calls")))
        if role == "tool" and not asked:
            yield Finding(f"turn {number} is a tool's, and no call stands before it", f"turn {number}")
        elif role == "user" and role_before == "assistant" and before.get("tool_calls"):
            yield Finding(f"turn {number} is the user's, where a tool's answer is due", f"turn {number}")


def _consecutive_turns(turns: Sequence[Turn]) -> Iterator[Finding]:
    _, begins = beginning(turns)
    numbered = list(enumerate(_roles(turns), 1))[begins:]
    said = [(number, role) for number, role in numbered if role not in INSTRUCTS]
    for (_, before), (number, role) in pairwise(said):
        if role == before and role in ("user", "assistant"):
            yield Finding(f"turn {number} is the {role}'s, as is the one before", f"turn {number}")


def _unanswered_turn(turns: Sequence[Turn]) -> Iterator[Finding]:
    roles = _roles(turns)
    if roles and roles[-1] in ("user", "tool"):
        says = f": {text[:SHOWN]!r}" if (text := turn_text(turns[-1])) else ""
        yield Finding(
            f"the last turn, {len(roles)}, is the {roles[-1]}'s, and nothing answers it{says}", f"turn {len(roles)}"
        )


def _greeting_first(turns: Sequence[Turn]) -> Iterator[Finding]:
    for number in range(*beginning(turns)):
        text = turn_text(turns[number]) or ""
        yield Finding(f"turn {number + 1}, the assistant's, only greets: {text[:SHOWN]!r}", f"turn {number + 1}")


def _roles(turns: Sequence[Turn]) -> list[str]:
    return [role_of(turn) for turn in turns]


def _check(name: str, severity: Severity, title: str, means: str, find: Find) -> Check:
    return Check(name, severity, title, means, lambda draft, settings: find(draft.turns))


CHECKS: tuple[Check, ...] = (
    _check(
        "unknown_role",
        "blocks",
        "Turn with an unknown role",
        "No chat template can render the turn.",
        _unknown_role,
    ),
    _check(
        "broken_role_order",
        "blocks",
        "Turns in an impossible order",
        "At inference the user speaks first and a tool answers a call, so the model learns what it will never meet.",
        _broken_role_order,
    ),
    _check(
        "consecutive_turns",
        "blocks",
        "Two turns of one role in a row",
        "A chat template refuses such turns, or the model learns to answer itself.",
        _consecutive_turns,
    ),
    _check(
        "empty_turn",
        "blocks",
        "Empty turn",
        "The model learns to say nothing, or to answer nothing.",
        _empty_turn,
    ),
    _check(
        "turn_not_text",
        "blocks",
        "Turn with something else than text",
        "What an image or an object says is lost, and the answer to it then seems to come from nowhere.",
        _turn_not_text,
    ),
    _check(
        "system_in_the_middle",
        "blocks",
        "System message in the middle",
        "Templates drop it or move it to the front, so that training shows what inference never will.",
        _system_in_the_middle,
    ),
    _check(
        "tool_turn",
        "blocks",
        "Call of a tool, or a tool's answer",
        "Tools have no place in the prompt yet, so that the model would learn an empty turn where it was to call one.",
        _tool_turn,
    ),
    _check(
        "unanswered_turn",
        "warns",
        "Last turn without an answer",
        "The last question has no target to learn, so that it is left out; the turns before it count.",
        _unanswered_turn,
    ),
    _check(
        "greeting_first",
        "informs",
        "Greeting of the assistant before any question",
        "At inference the user speaks first, so that the greeting is left out; the conversation after it counts.",
        _greeting_first,
    ),
)
