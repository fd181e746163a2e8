"""Faults where a patient is in danger, or in none."""

from __future__ import annotations

import random

from benchmarks.planted_dialogue_faults.given import (
    PRESSING,
    WHO,
    behind,
    changed,
    check_of,
    critical,
    in_front,
    reference,
    shaped,
    text_at,
)
from residency.core.records import Conversation
from residency.core.text import sentences


def gold_before_escalation(row: Conversation, rng: random.Random) -> Conversation | None:
    """The question is answered first."""
    first = (sentences(reference(row)) or [""])[0]
    if not check_of(row)["urgent"] or PRESSING.search(first) or not first:
        return None
    return changed(row, (critical(row), f"{reference(row)} {text_at(row, critical(row))}"))


def courtesy_first(row: Conversation, rng: random.Random) -> Conversation | None:
    """Courtesies come before the urgency."""
    opening = rng.choice(("Thank you for asking.", "That is a good question.", "Let us look at this step by step."))
    return (
        changed(row, (critical(row), f"{opening} {text_at(row, critical(row))}")) if check_of(row)["urgent"] else None
    )


def urgency_dropped(row: Conversation, rng: random.Random) -> Conversation | None:
    """The first sentence no longer says that it is urgent."""
    if not check_of(row)["urgent"]:
        return None
    rest = text_at(row, critical(row)).partition((sentences(text_at(row, critical(row))) or [""])[0])[2]
    return changed(row, (critical(row), f"This deserves some thought.{rest}"))


def played_down(row: Conversation, rng: random.Random) -> Conversation | None:
    """What is urgent is called not urgent."""
    text = f"This is not an emergency and can be seen in clinic. {text_at(row, critical(row))}"
    return changed(row, (critical(row), text)) if check_of(row)["urgent"] else None


def nobody_called(row: Conversation, rng: random.Random) -> Conversation | None:
    """Nothing says whom to call."""
    if not check_of(row)["urgent"]:
        return None
    kept = [piece for piece in sentences(text_at(row, critical(row))) if not WHO.search(piece)]
    return changed(row, (critical(row), " ".join(kept) or "This cannot be left."))


def nothing_done(row: Conversation, rng: random.Random) -> Conversation | None:
    """Nothing says what to do first."""
    text = "This is an emergency. Call the registrar."
    return changed(row, (critical(row), text)) if check_of(row)["urgent"] else None


def only_alarm(row: Conversation, rng: random.Random) -> Conversation | None:
    """An alarm and nothing else."""
    return changed(row, (critical(row), "This is an emergency.")) if check_of(row)["urgent"] else None


def no_escalation(row: Conversation, rng: random.Random) -> Conversation | None:
    """The question is answered as if nothing had happened."""
    if not check_of(row)["urgent"] or PRESSING.search(reference(row)):
        return None
    return changed(row, (critical(row), shaped(reference(row), row["mode"])))


def alarm_first(row: Conversation, rng: random.Random) -> Conversation | None:
    """What is harmless is called an emergency."""
    if check_of(row)["urgent"]:
        return None
    alarm = rng.choice(("This is an emergency.", "This is life-threatening.", "This is urgent and cannot wait."))
    return changed(row, (critical(row), in_front(text_at(row, critical(row)), alarm)))


def alarm_last(row: Conversation, rng: random.Random) -> Conversation | None:
    """A harmless finding is answered, and help is called all the same."""
    if check_of(row)["urgent"]:
        return None
    alarm = rng.choice(
        ("Call an ambulance.", "Put out a crash call.", "Ring the registrar immediately.", "Phone 999 now.")
    )
    return changed(row, (critical(row), behind(text_at(row, critical(row)), alarm)))


def alarm_alone(row: Conversation, rng: random.Random) -> Conversation | None:
    """A harmless finding gets the whole of an escalation."""
    if check_of(row)["urgent"]:
        return None
    text = "This is an emergency. Give oxygen and call the resuscitation team at once."
    return changed(row, (critical(row), shaped(text, row["mode"])))
