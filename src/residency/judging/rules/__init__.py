"""The embedded scorer: what rules can decide of the rubric, with no model at all.

Rules read words. They know what is right only from the references, so that a right answer in other words scores low,
and what they reach against people's grades stands in ``docs/judging.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from residency.judging.answers import is_abstention
from residency.judging.checker import Checker
from residency.judging.citations import score_citations
from residency.judging.item import Item
from residency.judging.labels import Winner
from residency.judging.rubric import KEYS, Scores, overall
from residency.judging.rules import conduct, content
from residency.judging.scorers import Compared, Scored
from residency.judging.settings import SupportSettings

TIE = 0.02
"""Overall scores, and values of an item, that lie closer than this are no difference."""
NO_CHOICE = "the choice of an option could not be read"
NOTHING = "there is nothing to hold the answer against"


@dataclass(frozen=True)
class Rules:
    """Scores by rules. ``checker`` is the support checker that looks for invented facts, with further layers where it
    has them."""

    checker: Checker = field(default_factory=lambda: Checker(SupportSettings()))
    name: str = "rules"

    def score(self, item: Item, answer: str) -> Scores:
        """The value of each rubric item; None for what rules cannot decide here."""
        found: Scores = dict.fromkeys(KEYS)
        found["abstention"] = conduct.abstention(item, answer)
        found["clarity"] = conduct.clarity(item, answer)
        if item.abstain:  # what stands beyond the passages is not judged further
            return found
        found["option"] = content.option(item, answer)
        found["rationale" if item.letter else "correctness"] = content.agreement(item, answer)
        found["guideline"] = conduct.escalation(item, answer)
        found["differentials"] = content.differentials(item, answer)
        if not is_abstention(answer):
            found["overconfidence"] = conduct.certainty(item, answer)
            found["invented"] = content.invented(item, answer, self.checker)
            if item.passages:
                found["citation"] = score_citations(answer, item.passages, item.question).f1
        return found

    def score_many(self, cases: Sequence[tuple[Item, str]]) -> list[Scored]:
        """The same for several, with the overall score; that of an MCQ whose choice cannot be read is None,
        unless it abstains needlessly, which is a failure and no fault of reading."""
        return [self._scored(item, answer) for item, answer in cases]

    def compare_many(self, cases: Sequence[tuple[Item, str, str]]) -> list[Compared]:
        """The better of two answers by their overall scores."""
        return [self._compared(*case) for case in cases]

    def _scored(self, item: Item, answer: str) -> Scored:
        found = self.score(item, answer)
        if item.letter and found["option"] is None and found["abstention"] != 0:
            return Scored(found, None, NO_CHOICE)
        total = overall(found)
        return Scored(found, total, "" if total is not None else NOTHING)

    def _compared(self, item: Item, first: str, second: str) -> Compared:
        one, two = self._scored(item, first), self._scored(item, second)
        rubric = {key: _better(one.rubric[key], two.rubric[key]) for key in KEYS}
        value = _better(one.overall, two.overall)
        if value is None:
            return Compared(None, rubric, one.reason or two.reason)
        winner: Winner = "tie" if value == 0.5 else "first" if value else "second"
        return Compared(winner, rubric)


def _better(one: float | None, two: float | None) -> float | None:
    if one is None or two is None:
        return None
    return 0.5 if abs(one - two) < TIE else float(one > two)
