"""Faults where the user contradicts themselves."""

from __future__ import annotations

import random

from benchmarks.planted_dialogue_faults.given import changed, check_of, critical, mode_at, reference, shaped, text_at
from residency.core.records import Conversation


def only_new_named(row: Conversation, rng: random.Random) -> Conversation | None:
    """Only the second statement is named."""
    return changed(row, (critical(row), f"One thing does not fit: {check_of(row)['new']}. Which holds?"))


def only_old_named(row: Conversation, rng: random.Random) -> Conversation | None:
    """Only the first statement is named."""
    return changed(row, (critical(row), f"One thing does not fit: {check_of(row)['old']}. Which holds?"))


def neither_named(row: Conversation, rng: random.Random) -> Conversation | None:
    """The assistant only hints at it."""
    return changed(row, (critical(row), "Something in what you told me does not fit together. Which holds?"))


def conflict_overlooked(row: Conversation, rng: random.Random) -> Conversation | None:
    """The assistant answers as if nothing were."""
    return changed(row, (critical(row), shaped(reference(row), mode_at(row, critical(row)))))


def which_not_asked(row: Conversation, rng: random.Random) -> Conversation | None:
    """Both are named; nothing is asked and nothing resolved."""
    check = check_of(row)
    both = f"You said {check['old']}. You also said {check['new']}."
    if check["resolved"]:
        return changed(row, (critical(row), both))
    return changed(row, (critical(row), f"{both} These do not fit together."))


def answered_while_open(row: Conversation, rng: random.Random) -> Conversation | None:
    """The answer comes with the question which holds."""
    if check_of(row)["resolved"]:
        return None
    return changed(row, (critical(row), f"{text_at(row, critical(row))} {reference(row)}"))


def first_unsaid(row: Conversation, rng: random.Random) -> Conversation | None:
    """The user had not said the first thing."""
    return changed(row, (check_of(row)["first"], "I have a question about somebody on the ward."))


def second_unsaid(row: Conversation, rng: random.Random) -> Conversation | None:
    """The user does not say the second thing."""
    return changed(row, (check_of(row)["turn"], "Thank you, and what then?"))


def never_settled(row: Conversation, rng: random.Random) -> Conversation | None:
    """The user does not say which holds."""
    if check_of(row)["resolved"]:
        return None
    return changed(row, (critical(row) + 1, "Please go on."))
