"""Asks a judge model about the criteria of open answers that rules do not decide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from residency.evaluation.item import GIVEN, Answers, Item, texts
from residency.judging.criteria.grading import Verdict
from residency.judging.criteria.judged import Case, CriterionJudge
from residency.judging.settings import JudgeSettings


def judged(
    cases: Sequence[tuple[Item, Answers]], settings: JudgeSettings, cache: Path
) -> Iterator[tuple[str, dict[str, Any]]]:
    """What the judge says of each item's answers, by the item's id; nothing for an item that it is not asked about.

    A judgement is ``grader`` (the judge's name) and ``said``: for each sample by the criterion's place whether it is
    ``met`` (None where it was not decided) and ``why``.

    Raises:
        ServerError: the judge's server cannot be used.
    """
    asked = [
        (item, sample, place, Case(tuple(item.first.messages), text, one["criterion"], item.expect["reference"]))
        for item, answers in cases
        for sample, text in enumerate(texts(answers, GIVEN))
        for place, one in enumerate(item.expect["rubric"])
        if item.expect.get("judge_all") or not one.get("check")
    ]
    judge = CriterionJudge(settings, cache)
    found: dict[str, dict[str, Any]] = {}
    for (item, sample, place, _), (met, why) in zip(asked, judge.decide([case for *_, case in asked]), strict=True):
        judgement = found.setdefault(item.id, {"grader": judge.name, "said": {}})
        judgement["said"].setdefault(str(sample), {})[str(place)] = {"met": met, "why": why}
    yield from found.items()


def verdicts(judgement: Mapping[str, Any] | None, sample: int) -> dict[int, Verdict]:
    """The judge's verdicts on one sample by the criterion's place; none without a judgement."""
    if judgement is None:
        return {}
    said = judgement["said"].get(str(sample), {})
    return {int(place): Verdict(one["met"], judgement["grader"], one["why"]) for place, one in said.items()}
