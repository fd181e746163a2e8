"""Whether follow-ups need what was said before: the base model must find the answer likelier after it than without it.

A verifier that reads words sees that a follow-up does not name its subject. It does not see that the answer would be
the same whatever the subject is, or that the question gives it away; a model does. A module of its own, since it needs
torch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from residency.chat import gain
from residency.chat.settings import ChatSettings
from residency.core.prompt import body, conversation
from residency.core.records import HELD_OUT, Conversation
from residency.generation.settings import ModelSettings


def gains(
    rows: Sequence[Conversation],
    model: ModelSettings,
    chat: ChatSettings,
    cache: Path,
    advance: Callable[[int], None] = lambda steps: None,
) -> dict[str, float]:
    """By row id, how much likelier each follow-up's answer is after its history than without it, in nats a token.

    Args:
        rows: dialogues; those of other skills, and held-out ones, are passed over.
        model: the base model, loaded when a value is not on disk.
        chat: how it is spoken to.
        cache: a JSON Lines file of the values found so far, which is added to.
        advance: told how many rows are done.
    """
    asked = [row for row in rows if row["skill"] == "followup" and row["split"] not in HELD_OUT and _check(row)]
    return gain.gains([_compared(row) for row in asked], model, chat, cache, advance)


def _compared(row: Conversation) -> gain.Compared:
    turn, answer = _check(row)["turn"], row["messages"][_check(row)["critical"]]["content"]
    after, than = row["messages"][: turn + 1], row["messages"][turn : turn + 1]
    return gain.Compared(row["id"], body(answer), conversation(row["mode"], after), conversation(row["mode"], than))


def needless(found: Mapping[str, float], least: float) -> set[str]:
    """The ids of follow-ups whose answer is not likelier by ``least`` nats a token after their history."""
    return {name for name, value in found.items() if value < least}


def _check(row: Conversation) -> Mapping[str, int]:
    check: Mapping[str, int] = row["expect"].get("check", {})
    return check
