"""Faults of answers of which the context holds a half."""

from __future__ import annotations

import random

from benchmarks.planted_context_faults.given import (
    Given,
    behind,
    cited,
    formed,
    new_here,
    with_answer,
)
from residency.core.prompt import body
from residency.core.text import MARK, sentences


def missing_supplied(given: Given, rng: random.Random) -> Given | None:
    """What the passages do not hold is said nevertheless."""
    fact = next((one for one in given.check["missing"] if new_here(given, one)), "")
    return with_answer(given, behind(given.answer, fact)) if fact else None


def missing_supplied_with_marks(given: Given, rng: random.Random) -> Given | None:
    """What the passages do not hold is said as though they held it."""
    fact = next((one for one in given.check["missing"] if new_here(given, one)), "")
    return with_answer(given, behind(given.answer, cited(fact, "[1]"))) if fact else None


def gap_unnamed(given: Given, rng: random.Random) -> Given | None:
    """The half that is there, and nothing of the other."""
    return with_answer(given, formed(given, " ".join(one for one in sentences(body(given.answer)) if MARK.search(one))))


def half_lost(given: Given, rng: random.Random) -> Given | None:
    """The gap alone is named."""
    return with_answer(
        given, formed(given, " ".join(one for one in sentences(body(given.answer)) if not MARK.search(one)))
    )
