"""What every scorer offers, be it rules or a judge model; people give the same as labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from residency.judging.item import Item
from residency.judging.labels import Winner
from residency.judging.rubric import Scores


@dataclass(frozen=True)
class Scored:
    """An answer's value on each rubric item, the overall score, and where that is None the ``reason``."""

    rubric: Scores
    overall: float | None
    reason: str = ""


@dataclass(frozen=True)
class Compared:
    """Which of two answers is better, overall and on each rubric item (1 the first, 0 the second, 0.5 neither, None not
    judged); ``winner`` is None where it was not decided, for ``reason``."""

    winner: Winner | None
    rubric: Scores
    reason: str = ""


class Scorer(Protocol):
    """Scores answers on the rubric. ``name`` stands in every label that it gives."""

    @property
    def name(self) -> str: ...

    def score(self, item: Item, answer: str) -> Scores:
        """The value of each rubric item, between 0 and 1; None for what cannot be judged."""

    def score_many(self, cases: Sequence[tuple[Item, str]]) -> list[Scored]:
        """The same for several, in order, with the overall scores."""

    def compare_many(self, cases: Sequence[tuple[Item, str, str]]) -> list[Compared]:
        """Which of two answers is better, for several items, in order."""
