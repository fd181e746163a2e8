"""Contexts in which a passage states something false: RGB's counterfactual robustness.

One statement that a key fact rests on is altered in the one passage that holds it, by the material of
:mod:`residency.domain.surgery.altering` with which contexts that disagree are built for training. What is altered is
shown as the word of a passage alone, and never as an answer.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from residency.core.records import Passage
from residency.judging.editions import other_edition
from residency.judging.support import THRESHOLD, support

NO_STATEMENT = "no key fact that a passage could state falsely"


@dataclass(frozen=True)
class Erring:
    """Passages as shown, the ``number`` of the one that errs, from 1, what it says and what holds."""

    passages: list[Passage]
    number: int
    false: str
    true: str


def erring(shown: Sequence[Passage], facts: Sequence[str], question: str, rng: random.Random) -> Erring | None:
    """The context with an error in it; None where no key fact stands in one passage alone and can be altered."""
    supported = [(fact, _supporters(fact, shown, question)) for fact in facts]
    passages = {passage["id"]: passage for passage in shown}
    found = other_edition(supported, passages, question, THRESHOLD, rng)
    if found is None:
        return None
    altered = [
        cast(Passage, {**passage, "text": found.text}) if passage["id"] == found.passage["id"] else passage
        for passage in shown
    ]
    number = [passage["id"] for passage in shown].index(found.passage["id"]) + 1
    return Erring(altered, number, found.said_otherwise, found.said)


def _supporters(fact: str, shown: Sequence[Passage], question: str) -> tuple[str, ...]:
    return tuple(passage["id"] for passage in shown if support(passage["text"], fact, THRESHOLD, question).supported)
