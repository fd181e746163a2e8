"""HealthBench's scores: what an answer earns of a rubric's points, by tag, and what many answers earn together.

Source of the formula: Arora et al. 2025, "HealthBench" (arXiv 2505.08775), and ``healthbench_eval.py`` of
openai/simple-evals. An example's score is the sum of the points of the criteria met, those with negative points
included, over the sum of the positive points: it may be below 0 and never above 1. The score of several examples is
their mean, clipped to [0, 1].
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from residency.core.stage import seeded

RESAMPLES = 1000


@dataclass(frozen=True)
class Criterion:
    """One criterion of a rubric.

    ``criterion`` says in words what an answer does that meets it; meeting one with negative ``points`` is a fault.
    ``check`` says how rules decide it (:mod:`residency.judging.criteria.rules`); an empty one only a judge can decide.
    """

    criterion: str
    points: float
    tags: tuple[str, ...] = ()
    check: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The criterion as plain JSON values, in HealthBench's own shape where there is no check."""
        plain: dict[str, Any] = {"criterion": self.criterion, "points": self.points, "tags": list(self.tags)}
        return plain | ({"check": dict(self.check)} if self.check else {})


def of_dict(row: Mapping[str, Any]) -> Criterion:
    """A criterion from plain JSON values that were checked before."""
    return Criterion(row["criterion"], row["points"], tuple(row.get("tags", ())), row.get("check") or {})


def example_score(criteria: Sequence[Criterion], met: Sequence[bool | None]) -> float | None:
    """The points met over the positive points there are, at most 1 and perhaps below 0.

    Args:
        criteria: of one answer.
        met: whether the answer meets each; None for one that was not decided, which is left out of both sums.

    Returns:
        None where no criterion with positive points was decided.
    """
    decided = [(one.points, is_met) for one, is_met in zip(criteria, met, strict=True) if is_met is not None]
    possible = sum(points for points, _ in decided if points > 0)
    if not possible:
        return None
    return sum(points for points, is_met in decided if is_met) / possible


def scores_by_tag(
    criteria: Sequence[Criterion], met: Sequence[bool | None], example_tags: Iterable[str] = ()
) -> dict[str, float]:
    """One answer's score for each tag: that of the criteria that carry the tag, and for the tags of the example itself
    its whole score. A tag without a decided criterion of positive points has none."""
    whole = example_score(criteria, met)
    found = {} if whole is None else dict.fromkeys(example_tags, whole)
    for tag in dict.fromkeys(tag for one in criteria for tag in one.tags):
        own = [(one, is_met) for one, is_met in zip(criteria, met, strict=True) if tag in one.tags]
        score = example_score([one for one, _ in own], [is_met for _, is_met in own])
        if score is not None:
            found[tag] = score
    return found


def clipped_mean(scores: Sequence[float]) -> float | None:
    """The mean of examples' scores, clipped to [0, 1]; None for no example."""
    return min(1.0, max(0.0, float(np.mean(scores)))) if len(scores) else None


def bootstrap_std(scores: Sequence[float], seed: int = 0) -> float | None:
    """The standard deviation of the clipped mean over examples drawn again with replacement, as HealthBench reports it;
    None for no example. Examples are taken for independent; an interval over clusters is the report's."""
    if not len(scores):
        return None
    rng = np.random.default_rng(seeded(seed, "healthbench").getrandbits(64))
    values = np.asarray(scores, float)
    means = values[rng.integers(0, len(values), (RESAMPLES, len(values)))].mean(axis=1)
    return float(np.clip(means, 0, 1).std())
