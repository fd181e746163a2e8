"""What passes between running arms, concluding and telling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from residency.ablation.question import Outcome, Question
from residency.judging.statistics import Difference, Estimate, Item

Verdict = Literal["better", "worse", "no_difference", "undecided"]
"""Of one arm on one metric: better or worse than the control, or within the margin either way, or none of these."""


@dataclass(frozen=True)
class Trained:
    """One training of an arm, measured.

    ``cell`` names the folder that holds it; arms that ask for the same training share one. ``model`` is the same where
    the same training came of other settings, and empty where ``cell`` says it. ``seconds`` are those of its stages that
    ran for it, ``borrowed`` the stages that another had done. ``counts`` are of its manifests: ``tokens`` and
    ``labelled`` (of one pass over the training rows), ``passes``, ``steps``, ``pairs``, where there are such;
    ``kept_step`` and ``preference_kept_step`` are the steps that were kept as the best.
    """

    question: str
    arm: str
    proxy: str
    repeat: int
    cell: str
    results: Sequence[Item]
    seconds: Mapping[str, float] = field(default_factory=dict)
    borrowed: Sequence[str] = ()
    counts: Mapping[str, Any] = field(default_factory=dict)
    model: str = ""


@dataclass(frozen=True)
class Contrast:
    """An arm against its question's control on one metric, item by item and repeat by repeat.

    ``difference`` is arm minus control; its interval holds at the settings' confidence for this comparison alone, and
    ``adjusted`` is Holm's p over the question's family. ``verdict`` follows from both. ``seen`` is the smallest
    true difference that would have been shown four times in five. ``between`` is the standard deviation of the
    difference between repeats, or with one repeat what the interval takes for it; None where the interval speaks of
    items and not of trainings.
    """

    question: str
    arm: str
    control: str
    proxy: str
    metric: str
    role: str
    margin: float
    difference: Difference
    adjusted: float | None
    verdict: Verdict
    seen: float | None
    repeats: int
    between: float | None
    arm_score: Estimate | None = None
    control_score: Estimate | None = None


@dataclass(frozen=True)
class Answer:
    """What a question came to, on one proxy. ``arm`` is the one that is suggested, empty where nothing is; ``changes``
    are the recipe's values that follow, by dotted key. ``doses`` are the places of arms on the question's axis of
    doses, the recipe's own among them."""

    question: Question
    proxy: str
    outcome: Outcome
    sentence: str
    arm: str
    changes: Mapping[str, Any]
    contrasts: Sequence[Contrast]
    notes: Sequence[str] = ()
    """What its reader must know: arms that did not run and why, arms that were the same, seeds that there were."""
    beside: Sequence[str] = ()
    """What came of the questions beside the main one, a sentence each."""
    cautions: Sequence[str] = ()
    """What stands in the way of reading it as it is meant: an arm whose training was undone, a share that the bank did
    not suffice for."""
    doses: Mapping[str, float] = field(default_factory=dict)
