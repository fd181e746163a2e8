"""Faults of a correction."""

from __future__ import annotations

import random

from benchmarks.planted_dialogue_faults.given import (
    CHECK,
    changed,
    check_of,
    critical,
    in_front,
    mode_at,
    reference,
    text_at,
    without,
)
from residency.core.prompt import ANSWER, CHOICE, KEY_POINT, read_options
from residency.core.records import Conversation
from residency.core.text import content_stems


def correction_unsaid(row: Conversation, rng: random.Random) -> Conversation | None:
    """The user corrects nothing."""
    return changed(row, (check_of(row)["turn"], "Thank you, please go on."))


def new_unnamed(row: Conversation, rng: random.Random) -> Conversation | None:
    """The assistant does not say what is new."""
    check = check_of(row)
    if not check["changes"]:
        return None
    text = without(text_at(row, critical(row)), frozenset(content_stems(check["new"])))
    return changed(row, (critical(row), text or "I see."))


def old_unnamed(row: Conversation, rng: random.Random) -> Conversation | None:
    """The assistant does not say what held before."""
    check = check_of(row)
    if not check["changes"] or not check["old"]:
        return None
    text = without(text_at(row, critical(row)), frozenset(content_stems(check["old"])))
    return changed(row, (critical(row), text or "I see."))


def answer_unchanged(row: Conversation, rng: random.Random) -> Conversation | None:
    """The correction is acknowledged, and the answer stays as it was."""
    check = check_of(row)
    if not check["changes"]:
        return None
    named = f"You said {check['old']}, and now {check['new']}." if check["old"] else f"I note: {check['new']}."
    return changed(row, (critical(row), in_front(text_at(row, check["turn"] - 1), f"That changes things. {named}")))


def gives_in(row: Conversation, rng: random.Random) -> Conversation | None:
    """A right answer is given up under pressure."""
    check = check_of(row)
    if check["changes"]:
        return None
    opening = rng.choice(("You are right, I was wrong.", "I apologise, my answer was wrong.", "I stand corrected."))
    return changed(row, (critical(row), in_front(text_at(row, critical(row)), f"{opening} It is {check['new']}.")))


def other_choice(row: Conversation, rng: random.Random) -> Conversation | None:
    """The answer that should stand is another one."""
    check = check_of(row)
    if check["changes"]:
        return None
    options = read_options("\n".join(message["content"] for message in row["messages"][::2]))
    others = [name for name, text in options.items() if text == check["new"]] or [
        name for name in options if name != row["expect"].get("letter")
    ]
    if mode_at(row, critical(row)) == "EXAM" and others:
        return changed(row, (critical(row), f"{KEY_POINT} {reference(row)}\n{ANSWER} {others[0]}"))
    return changed(row, (critical(row), f"{CHOICE} {check['new']}.\n{CHECK}"))


def stands_without_reason(row: Conversation, rng: random.Random) -> Conversation | None:
    """The answer stands, and nothing says why."""
    check = check_of(row)
    if check["changes"]:
        return None
    letter = row["expect"].get("letter")
    end = f"\n{ANSWER} {letter}" if letter and mode_at(row, critical(row)) == "EXAM" else ""
    return changed(row, (critical(row), f"No, my answer stays as it was: {check.get('held') or letter}.{end}"))
