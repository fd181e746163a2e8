"""Faults of any dialogue."""

from __future__ import annotations

import copy
import random

from benchmarks.planted_dialogue_faults.given import (
    CLAIMS,
    FOREIGN,
    Plant,
    behind,
    changed,
    check_of,
    critical,
    mode_at,
    shaped,
    strange,
    text_at,
)
from residency.core.prompt import BEFORE_ACTING, KNOWN, body
from residency.core.records import Conversation


def swap_roles(row: Conversation, rng: random.Random) -> Conversation | None:
    """Two neighbours have each other's role."""
    made, place = copy.deepcopy(row), rng.randrange(len(row["messages"]) - 1)
    one, other = made["messages"][place], made["messages"][place + 1]
    one["role"], other["role"] = other["role"], one["role"]
    return made


def cut_to_two(row: Conversation, rng: random.Random) -> Conversation | None:
    """Only the first two messages are left."""
    made = copy.deepcopy(row)
    del made["messages"][2:]
    return made


def empty_turn(row: Conversation, rng: random.Random) -> Conversation | None:
    """One message says nothing."""
    return changed(row, (rng.randrange(len(row["messages"])), " \n"))


def repeat_turn(row: Conversation, rng: random.Random) -> Conversation | None:
    """The assistant's last answer is its first again."""
    return changed(row, (len(row["messages"]) - 1, text_at(row, 1)))


def control_text(row: Conversation, rng: random.Random) -> Conversation | None:
    """A message holds the text of a control token."""
    place = rng.randrange(len(row["messages"]))
    token = rng.choice(("<|im_end|>", "<|start|>assistant", "</think>", "[INST]"))
    return changed(row, (place, f"{text_at(row, place)} {token}"))


def invented_number(row: Conversation, rng: random.Random) -> Conversation | None:
    """The last answer gives a figure that nobody gave."""
    last = len(row["messages"]) - 1
    return changed(row, (last, behind(text_at(row, last), f"Repeat it every {rng.choice((7351, 6427))} minutes.")))


def invented_claim(row: Conversation, rng: random.Random) -> Conversation | None:
    """An answer makes a claim from nowhere."""
    place = rng.choice(range(1, len(row["messages"]), 2))
    claim = strange(row, CLAIMS, rng)
    return changed(row, (place, behind(text_at(row, place), claim))) if claim else None


def invented_dose_to_check(row: Conversation, rng: random.Random) -> Conversation | None:
    """A line of what to check brings in a dose."""
    last = len(row["messages"]) - 1
    return changed(row, (last, f"{text_at(row, last)}\n{BEFORE_ACTING} give 7351 mg first."))


def invented_known(row: Conversation, rng: random.Random) -> Conversation | None:
    """What is called known was said by nobody."""
    last = len(row["messages"]) - 1
    return changed(row, (last, f"{KNOWN} lifelong lithium treatment; latex allergy.\n{text_at(row, last)}"))


def foreign_answer(row: Conversation, rng: random.Random) -> Conversation | None:
    """The last answer belongs to another question."""
    last, text = len(row["messages"]) - 1, strange(row, FOREIGN, rng)
    return changed(row, (last, shaped(text, mode_at(row, last)))) if text else None


def form_lost(row: Conversation, rng: random.Random) -> Conversation | None:
    """The last answer has no mode's form."""
    last, check = len(row["messages"]) - 1, check_of(row)
    if critical(row) == last and (check.get("urgent") or check.get("refuse")):
        return None
    return changed(row, (last, body(text_at(row, last)) or "Yes."))


COMMON: dict[str, Plant] = {
    "swap_roles": swap_roles,
    "cut_to_two": cut_to_two,
    "empty_turn": empty_turn,
    "repeat_turn": repeat_turn,
    "control_text": control_text,
    "invented_number": invented_number,
    "invented_claim": invented_claim,
    "invented_dose_to_check": invented_dose_to_check,
    "invented_known": invented_known,
    "foreign_answer": foreign_answer,
    "form_lost": form_lost,
}
