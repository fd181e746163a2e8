"""Faults of abstentions: the withheld answer is given, or nothing is named."""

from __future__ import annotations

import random

from benchmarks.planted_context_faults.given import (
    SILENT,
    Given,
    behind,
    cited,
    formed,
    new_here,
    with_answer,
)
from residency.core.text import sentences


def answered(given: Given, rng: random.Random) -> Given | None:
    """The withheld answer in place of the abstention."""
    return with_answer(given, formed(given, given.reference))


def answered_after_all(given: Given, rng: random.Random) -> Given | None:
    """The abstention, and then the withheld answer."""
    fact = next((one for one in sentences(given.reference) if new_here(given, one)), "")
    return with_answer(given, behind(given.answer, fact)) if fact else None


def answered_with_marks(given: Given, rng: random.Random) -> Given | None:
    """The abstention, and then the withheld answer as though a passage held it."""
    fact = next((one for one in sentences(given.reference) if new_here(given, one)), "")
    return with_answer(given, behind(given.answer, cited(fact, "[1]"))) if fact else None


def answered_by_the_way(given: Given, rng: random.Random) -> Given | None:
    """The withheld answer within a sentence of the abstention."""
    fact = next((one for one in sentences(given.reference) if new_here(given, one)), "")
    said = f"The passages do not say so, but {fact[:1].lower()}{fact[1:]}"
    return with_answer(given, formed(given, f"{said} Please retrieve guidance on that.")) if fact else None


def nothing_named(given: Given, rng: random.Random) -> Given | None:
    """Only that the passages do not answer."""
    return with_answer(given, formed(given, SILENT)) if given.check.get("wanted") else None


def of_nobody(given: Given, rng: random.Random) -> Given | None:
    """Not a word on whom the passages are about."""
    if given.check.get("near_miss") != "population":
        return None
    return with_answer(given, formed(given, f"{SILENT} Please retrieve another passage."))
