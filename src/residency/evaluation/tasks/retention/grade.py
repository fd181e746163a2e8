"""Grades general prompts by the instructions that they give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from residency.evaluation.item import GIVEN, Answers, Graded, Item, Metrics, fault_of, mean, texts
from residency.evaluation.tasks.retention.mcqs import grade_mcq
from residency.judging.instructions import loose, strict

READINGS = {"strict": strict, "loose": loose}


def grade(item: Item, answers: Answers, judgement: Mapping[str, Any] | None = None) -> Graded:
    """Of a general MCQ, its letter. Of a general prompt, whether an answer follows its instructions, all of them and
    each; the mean over samples where there are some."""
    if "letters" in item.expect:
        return grade_mcq(item, answers)
    asked = item.expect["instructions"]
    fault = fault_of(answers, GIVEN)
    said = [] if fault else texts(answers, GIVEN)
    metrics: Metrics = {}
    details: dict[str, Any] = {"kinds": [one["kind"] for one in asked], **({"fault": fault} if fault else {})}
    details["cut"] = any(turn["finish"] == "length" for answer in answers.get(GIVEN, ()) for turn in answer["said"])
    for name, read in READINGS.items():
        followed = [read(asked, text) for text in said]
        metrics[f"retention.prompt_{name}"] = mean([float(all(one)) for one in followed])
        metrics[f"retention.instruction_{name}"] = mean([_share(one) for one in followed])
        details[name] = [mean([float(one[place]) for one in followed]) for place in range(len(asked))]
    return Graded(metrics, "errored" if fault else "ok", details)


def _share(followed: Sequence[bool]) -> float:
    return sum(followed) / len(followed)
