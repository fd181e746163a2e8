"""Faults of a switch of mode."""

from __future__ import annotations

import copy
import random

from benchmarks.planted_dialogue_faults.given import (
    CHECK,
    FOREIGN,
    changed,
    check_of,
    critical,
    shaped,
    strange,
    text_at,
)
from residency.core.prompt import KEY_POINT, NOT_SAID, body
from residency.core.records import Conversation


def old_form_kept(row: Conversation, rng: random.Random) -> Conversation | None:
    """The answer after the switch has the form before it."""
    return changed(row, (critical(row), shaped(body(text_at(row, critical(row))), row["mode"])))


def no_form(row: Conversation, rng: random.Random) -> Conversation | None:
    """The answer after the switch has no form."""
    return changed(row, (critical(row), body(text_at(row, critical(row)))))


def both_forms(row: Conversation, rng: random.Random) -> Conversation | None:
    """The answer after the switch has both forms."""
    return changed(row, (critical(row), f"{KEY_POINT} {body(text_at(row, critical(row)))}\n{CHECK}"))


def new_form_early(row: Conversation, rng: random.Random) -> Conversation | None:
    """The answer before the switch has the new form already."""
    place = check_of(row)["turn"] - 1
    return changed(row, (place, shaped(body(text_at(row, place)), str(check_of(row)["mode"]))))


def other_facts(row: Conversation, rng: random.Random) -> Conversation | None:
    """The answer after the switch is about something else."""
    text = strange(row, FOREIGN, rng)
    return changed(row, (critical(row), shaped(text, str(check_of(row)["mode"])))) if text else None


def nothing_to_switch(row: Conversation, rng: random.Random) -> Conversation | None:
    """The mode from then on is the one from the beginning."""
    made = copy.deepcopy(row)
    made["expect"]["check"]["mode"] = row["mode"]
    return made


def announced_only(row: Conversation, rng: random.Random) -> Conversation | None:
    """The switch is announced and the answer left out."""
    text = f"{NOT_SAID} nothing.\nI switch to the other style from here on."
    return changed(row, (critical(row), shaped(text, str(check_of(row)["mode"]))))
