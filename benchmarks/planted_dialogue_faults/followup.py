"""Faults of a follow-up."""

from __future__ import annotations

import random

from benchmarks.planted_dialogue_faults.given import QUESTIONS, changed, check_of, critical, replaced, strange, text_at
from residency.core.records import Conversation
from residency.core.text import content_stems


def referent_restored(row: Conversation, rng: random.Random) -> Conversation | None:
    """The follow-up names what it refers to."""
    turn, referent = check_of(row)["turn"], check_of(row)["referent"]
    return changed(row, (turn, f"{text_at(row, turn)} I mean this: {referent}."))


def whole_question(row: Conversation, rng: random.Random) -> Conversation | None:
    """The follow-up leans on nothing."""
    text = strange(row, QUESTIONS, rng)
    return changed(row, (check_of(row)["turn"], text)) if text else None


def referent_gone(row: Conversation, rng: random.Random) -> Conversation | None:
    """Nothing before the follow-up names what it refers to."""
    gone = frozenset(content_stems(check_of(row)["referent"]))
    return changed(row, *((place, replaced(text_at(row, place), gone)) for place in range(check_of(row)["turn"])))


def answer_before_again(row: Conversation, rng: random.Random) -> Conversation | None:
    """The critical turn is the answer before it."""
    return changed(row, (critical(row), text_at(row, critical(row) - 2)))
