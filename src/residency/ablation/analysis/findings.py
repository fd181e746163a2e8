"""The contrasts of one question, read arm by arm."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from residency.ablation.question import Axis, Outcome, Question
from residency.ablation.records import Contrast


@dataclass(frozen=True)
class Findings:
    """What was found of a question on one proxy.

    ``titles`` names metrics for readers; ``higher_is_better`` says which way each is good. ``places`` are those of
    arms on the axis of doses.
    """

    question: Question
    contrasts: Sequence[Contrast]
    titles: Mapping[str, str]
    higher_is_better: Mapping[str, bool]
    places: Mapping[str, float] = field(default_factory=dict)

    @property
    def axis(self) -> Axis:
        """The first axis that the change is hoped to move: the one that is spoken of."""
        return next(axis for axis in self.question.axes if axis.role == "benefit")

    @property
    def leading(self) -> list[Contrast]:
        """The contrasts on this axis of the arms that decide (``Question.leads``)."""
        lead = [one for one in self.contrasts if one.metric == self.axis.metric]
        return [one for one in lead if self.question.leads(one.arm)]

    def gain(self, one: Contrast) -> float:
        """The difference, positive where the arm is better."""
        value = one.difference.value or 0.0
        return value if self.higher_is_better[one.metric] else -value

    def gains(self, one: Contrast) -> tuple[float, float] | None:
        """Its interval, positive where the arm is better."""
        low, high = one.difference.low, one.difference.high
        if low is None or high is None:
            return None
        return (low, high) if self.higher_is_better[one.metric] else (-high, -low)

    def costs(self, arm: str) -> list[Contrast]:
        """The other axes on which the arm is worse than the control."""
        others = (one for one in self.contrasts if one.arm == arm and one.metric != self.axis.metric)
        return [one for one in others if one.verdict == "worse"]

    def better(self, free: bool) -> list[Contrast]:
        """The arms that are better than the control, free of costs or not."""
        return [one for one in self.leading if one.verdict == "better" and not (free and self.costs(one.arm))]

    @property
    def outcome(self) -> Outcome:
        """Better or at a cost where an arm is; worse where none is better and one is worse; no difference where this
        was shown of every arm; otherwise undecided."""
        verdicts = {one.verdict for one in self.leading}
        if "better" in verdicts:
            return "better" if self.better(free=True) else "at_a_cost"
        if "worse" in verdicts:
            return "worse"
        return "no_difference" if verdicts == {"no_difference"} else "undecided"

    def says(self, arm: str) -> str:
        """The arm in a few words."""
        return self.question.arm(arm).says

    def dose(self, arm: str) -> float:
        """The arm's dose; infinite where it has none."""
        return self.places.get(arm, math.inf)

    def ends_with_sft(self, arm: str) -> bool:
        """Whether the arm leaves out the preference tuning that others of the question have."""
        finals = any(self.question.arm(one.arm).measures == "final" for one in self.leading)
        return finals and self.question.arm(arm).measures == "sft"

    def title(self, metric: str) -> str:
        """The metric as readers know it."""
        return self.titles.get(metric, metric)
