"""SliCK's categories (Gekhman et al. 2024, 2405.05904), with luck taken into account.

In the paper a fact is *highly known* where greedy answers are always right, over several sets of exemplars, *maybe
known* where they sometimes are, *weakly known* where only sampled answers sometimes are, and *unknown* where no answer
is right. There the answers are matched exactly and hardly ever right by luck. Here an MCQ of four options is right by
luck once in four times, and an open answer where it says what fits many questions. So "sometimes" means: oftener than
luck would, by a binomial test. Where luck is 0 this is the paper's definition.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from scipy.stats import binom

Category = Literal["highly_known", "maybe_known", "weakly_known", "unknown", "undecided"]
CATEGORIES: tuple[Category, ...] = ("highly_known", "maybe_known", "weakly_known", "unknown", "undecided")
KNOWN: tuple[Category, ...] = ("highly_known", "maybe_known", "weakly_known")


@dataclass(frozen=True)
class Tally:
    """How many of ``n`` answers to one question were right."""

    right: int = 0
    n: int = 0

    @property
    def rate(self) -> float:
        """The share that was right; 0 where there is no answer."""
        return self.right / self.n if self.n else 0.0


def sort_fact(greedy: Tally, sampled: Tally, chance: float, luck: float) -> Category:
    """The category of one fact.

    Args:
        greedy: the answers at temperature 0, one for each set of exemplars.
        sampled: those at a higher temperature; none where the greedy ones are enough to tell.
        chance: how often an answer is right by luck.
        luck: the probability below which so many right answers are not put down to luck.
    """
    if beyond_luck(greedy, chance, luck):
        return "highly_known" if greedy.right == greedy.n else "maybe_known"
    return "weakly_known" if beyond_luck(sampled, chance, luck) else "unknown"


def beyond_luck(tally: Tally, chance: float, luck: float) -> bool:
    """Whether luck alone would give as many right answers with a probability below ``luck``."""
    return tally.right > 0 and float(binom.sf(tally.right - 1, tally.n, chance)) < luck
