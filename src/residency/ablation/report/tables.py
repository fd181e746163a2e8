"""The rows of the report's tables."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median
from typing import Any

from residency.ablation.analysis.cautions import is_off, shares_got, shares_set
from residency.ablation.question import Arm, Question
from residency.ablation.records import Trained

SFT = "sft"

MEASURES = {"base": "the base model, untrained", "sft": "what SFT left", "final": "what preference tuning left"}
HOLDS = {
    "steps": "the same number of steps",
    "labelled_tokens": "the same number of learnt tokens",
    "compute": "the same computing",
    "nothing": "nothing held equal",
}


@dataclass(frozen=True)
class Described:
    """What an arm is: its values in the recipe, what of it is measured, and how often it was trained."""

    name: str
    says: str
    changes: Sequence[str]
    measures: str
    holds: str
    trainings: int
    control: bool


@dataclass(frozen=True)
class Cost:
    """What the trainings of an arm took on one proxy, each on average: seconds of its own stages, and those of a full
    run, borrowed stages included, as they took where they were run. ``shared`` names the arms of other questions that
    are the same training."""

    question: str
    arm: str
    proxy: str
    trainings: int
    seconds: float
    full: float | None
    borrowed: Sequence[str]
    shared: Sequence[str]

    @property
    def part(self) -> float | None:
        """Its own seconds as a share of a full run's."""
        return self.seconds / self.full if self.full else None


@dataclass(frozen=True)
class Extra:
    """What one ``kind`` of training that borrowed stages took: the medians of its own ``seconds`` and of a ``full``
    run's, over so many ``trainings``."""

    kind: str
    seconds: float
    full: float
    trainings: int


@dataclass(frozen=True)
class Run:
    """How one training came out. ``steps`` are those that were made and the one that was kept, of SFT and of preference
    tuning; ``learnt`` are the tokens of a pass over its examples. What was not counted is
    empty."""

    arms: Sequence[str]
    proxy: str
    seed: int
    steps: Sequence[tuple[str, str]]
    learnt: str
    examples: str
    shares: Sequence[str]
    seconds: float
    held: str


def described(question: Question, trained: Sequence[Trained]) -> list[Described]:
    """Every arm of the question, those that were not run among them."""
    counts = {arm.name: sum(one.question == question.name and one.arm == arm.name for one in trained)
              for arm in question.arms}  # fmt: skip
    return [
        Described(
            arm.name,
            arm.says,
            changes_as_text(arm),
            MEASURES[arm.measures],
            HOLDS[arm.hold or question.hold],
            counts[arm.name],
            arm.name == question.control,
        )
        for arm in question.arms
    ]


def changes_as_text(arm: Arm) -> list[str]:
    """What it sets, a line each; empty where it is as the recipe."""
    found = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in arm.set.items()]
    if arm.share is not None:
        found.append(f"{' + '.join(arm.share.kinds)}: {arm.share.to:.0%} of all examples")
    if arm.after:
        found.append(f"trained on from the model of {arm.after}")
    return found


def costs(trained: Sequence[Trained]) -> list[Cost]:
    """A row for each arm and proxy, in the order of the trainings."""
    typical = _typical(trained)
    groups: dict[tuple[str, str, str], list[Trained]] = {}
    for one in trained:
        groups.setdefault((one.question, one.arm, one.proxy), []).append(one)
    found = []
    for (question, arm, proxy), group in groups.items():
        cells = {one.cell for one in group}
        others = [f"{one.question}/{one.arm}" for one in trained
                  if one.cell in cells and (one.question, one.arm) != (question, arm)]  # fmt: skip
        found.append(
            Cost(
                question,
                arm,
                proxy,
                len(group),
                fmean(sum(one.seconds.values()) for one in group),
                _mean([_full(one, typical) for one in group]),
                list(dict.fromkeys(stage for one in group for stage in one.borrowed)),
                list(dict.fromkeys(others)),
            )
        )
    return found


def extra_arms(trained: Sequence[Trained]) -> list[Extra]:
    """Those that borrow SFT and those that train it themselves apart; an untrained model is neither."""
    typical = _typical(trained)
    cells = {one.cell: one for one in trained if one.borrowed}.values()
    kinds = (("that begins where another's SFT ended", "borrowed"), ("with an SFT of its own", "seconds"))
    found = []
    for kind, place in kinds:
        rows = [(sum(one.seconds.values()), full) for one in cells
                if SFT in getattr(one, place) and (full := _full(one, typical))]  # fmt: skip
        if rows:
            found.append(Extra(kind, median(own for own, _ in rows), median(full for _, full in rows), len(rows)))
    return found


def trained_as(questions: Sequence[Question], trained: Sequence[Trained], recipe: Mapping[str, Any]) -> list[Run]:
    """Every training, each once, the untrained model left out; ``recipe`` holds all values of the recipe."""
    known = {one.name: one for one in questions}
    groups: dict[str, list[Trained]] = {}
    for one in trained:
        if one.question in known and known[one.question].arm(one.arm).measures != "base":
            groups.setdefault(one.cell, []).append(one)
    return [_run(known[group[0].question], group, recipe) for group in groups.values()]


def _run(question: Question, group: Sequence[Trained], recipe: Mapping[str, Any]) -> Run:
    one, arm = group[0], question.arm(group[0].arm)
    counts, got = one.counts, shares_got(one)
    wanted = shares_set(arm, recipe) if recipe else {}
    kinds = [kind for kind in dict.fromkeys((*wanted, *got)) if wanted.get(kind) or got.get(kind)]
    shares = [_share(kind, got.get(kind, 0.0), wanted.get(kind, 0.0) if wanted else None, one) for kind in kinds]
    of_sft = _whole(counts.get("steps")), _whole(counts.get("kept_step"))
    of_pairs = _whole(counts.get("preference_steps")), _whole(counts.get("preference_kept_step"))
    return Run(
        list(dict.fromkeys(f"{each.question} / {each.arm}" for each in group)),
        one.proxy,
        one.repeat + 1,
        (of_sft, of_pairs),
        _whole(counts.get("labelled")),
        _whole(counts.get("rows")),
        shares if got else [],
        sum(one.seconds.values()),
        _held(question, arm),
    )


def _share(kind: str, got: float, wanted: float | None, one: Trained) -> str:
    off = wanted is not None and is_off(got, wanted, one)
    return f"{kind} {got:.0%}{f' ({wanted:.0%} set)' if off else ''}"


def _held(question: Question, arm: Arm) -> str:
    """What was held equal to which arm; empty where nothing was."""
    hold = arm.hold or question.hold
    target = arm.like if hold == "compute" and arm.like else question.control
    return "" if hold == "nothing" or arm.name == target else f"{HOLDS[hold]} as {target}"


def _whole(count: Any) -> str:
    return f"{count:,}" if isinstance(count, int) else ""


def total_seconds(trained: Sequence[Trained]) -> tuple[float, int]:
    """Seconds of all trainings, shared ones once, and how many there were."""
    cells = {one.cell: sum(one.seconds.values()) for one in trained}
    return sum(cells.values()), len(cells)


def _typical(trained: Sequence[Trained]) -> Mapping[tuple[str, str], float]:
    """Median seconds of a stage where it was run, by proxy."""
    found: dict[tuple[str, str], list[float]] = {}
    for one in {one.cell: one for one in trained}.values():
        for stage, seconds in one.seconds.items():
            if stage not in one.borrowed:
                found.setdefault((one.proxy, stage), []).append(seconds)
    return {key: median(values) for key, values in found.items()}


def _full(one: Trained, typical: Mapping[tuple[str, str], float]) -> float | None:
    """Seconds of a run that borrows nothing; None where a stage was never seen to run."""
    borrowed = [typical.get((one.proxy, stage)) for stage in one.borrowed]
    known = [seconds for seconds in borrowed if seconds is not None]
    return sum(one.seconds.values()) + sum(known) if len(known) == len(borrowed) else None


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known and len(known) == len(values) else None
