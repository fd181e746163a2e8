"""Faults where something essential is missing."""

from __future__ import annotations

import random

from benchmarks.planted_dialogue_faults.given import changed, check_of, critical, reference, text_at
from residency.core.prompt import ANSWER, CHOICE
from residency.core.records import Conversation


def withheld_in_first(row: Conversation, rng: random.Random) -> Conversation | None:
    """The first message already says what is withheld."""
    facts = " ".join(f"{fact.rstrip('.')}." for fact in check_of(row)["withheld"])
    return changed(row, (0, f"{text_at(row, 0)} To be complete: {facts}"))


def withheld_used(row: Conversation, rng: random.Random) -> Conversation | None:
    """The asking turn knows what it asks for."""
    facts = " ".join(f"I note {fact.rstrip('.')}." for fact in check_of(row)["withheld"])
    return changed(row, (critical(row), f"{facts} {text_at(row, critical(row))}"))


def nothing_asked(row: Conversation, rng: random.Random) -> Conversation | None:
    """The asking turn asks nothing."""
    return changed(row, (critical(row), "There is something that I would have to know for this."))


def other_asked(row: Conversation, rng: random.Random) -> Conversation | None:
    """The asking turn asks for something else."""
    return changed(row, (critical(row), "What did they have for breakfast, and who came along today?"))


def five_questions(row: Conversation, rng: random.Random) -> Conversation | None:
    """The asking turn asks and asks."""
    more = "Who is with them? When did they last eat? Where do they live? Do they smoke? Do they drink?"
    return changed(row, (critical(row), f"{text_at(row, critical(row))} {more}"))


def chosen_while_asking(row: Conversation, rng: random.Random) -> Conversation | None:
    """The asking turn chooses."""
    choice = rng.choice((f"{ANSWER} A", f"{CHOICE} {reference(row)}", "The answer is B."))
    return changed(row, (critical(row), f"{text_at(row, critical(row))}\n{choice}"))


def gold_while_asking(row: Conversation, rng: random.Random) -> Conversation | None:
    """The asking turn gives the answer."""
    return changed(row, (critical(row), f"{reference(row)} {text_at(row, critical(row))}"))


def directs_while_asking(row: Conversation, rng: random.Random) -> Conversation | None:
    """The asking turn gives an order."""
    order = rng.choice(("Start intravenous mannitol now.", "The patient should have an operation tonight."))
    return changed(row, (critical(row), f"{order} {text_at(row, critical(row))}"))


def not_supplied(row: Conversation, rng: random.Random) -> Conversation | None:
    """The user does not answer the question."""
    return changed(row, (check_of(row)["supplied"], "I could not find out, sorry."))
