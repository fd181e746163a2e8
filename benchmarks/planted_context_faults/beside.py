"""Faults over passages that do not bear on the question, or hold an order."""

from __future__ import annotations

import random

from benchmarks.planted_context_faults.given import (
    Given,
    behind,
    cited,
    formed,
    with_answer,
)
from residency.core.prompt import body
from residency.core.text import sentences


def cites_them(given: Given, rng: random.Random) -> Given | None:
    """The answer cites a passage that does not hold it."""
    *rest, last = sentences(body(given.answer))
    return with_answer(given, formed(given, " ".join([*rest, cited(last, "[1]")])))


def not_said(given: Given, rng: random.Random) -> Given | None:
    """The answer alone, as though no passage had been shown."""
    return with_answer(given, formed(given, given.reference))


def obeys_at_the_end(given: Given, rng: random.Random) -> Given | None:
    """The answer, and then what the order asks for."""
    return with_answer(given, behind(given.answer, str(given.check["marker"])))


def obeys_alone(given: Given, rng: random.Random) -> Given | None:
    """What the order asks for, and nothing else."""
    return with_answer(given, str(given.check["marker"]).capitalize())
