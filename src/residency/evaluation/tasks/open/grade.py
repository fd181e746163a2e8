"""Grades open answers: by their reference, and by their rubric."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from residency.evaluation.item import GIVEN, Answers, Graded, Item, Metrics, fault_of, mean, texts
from residency.evaluation.tasks.modes import mode_metrics
from residency.evaluation.tasks.open.judged import verdicts
from residency.judging import item as judged_item
from residency.judging.closeness import Closeness
from residency.judging.criteria.grading import as_rows, marked
from residency.judging.healthbench import of_dict
from residency.judging.key_facts import key_facts
from residency.judging.overlap import key_fact_recall, token_f1
from residency.judging.rules.conduct import overconfidence
from residency.judging.rules.content import differentials


def grade(item: Item, answers: Answers, judgement: Mapping[str, Any] | None = None) -> Graded:
    """The metrics of an open question's answers, the mean over the samples, and how its rubric was decided.

    ``details`` are of the first sample: ``rubric`` holds each criterion with its verdict, ``tags`` the score of each
    tag, ``grader`` who decided, ``left_out`` and ``undecided`` how many criteria nobody did.
    """
    if fault := fault_of(answers, GIVEN):
        return Graded({}, "errored", {"fault": fault})
    found = [_graded(item, text, judgement, sample) for sample, text in enumerate(texts(answers, GIVEN))]
    names = dict.fromkeys(name for metrics, _ in found for name in metrics)
    return Graded({name: mean([metrics.get(name) for metrics, _ in found]) for name in names}, "ok", found[0][1])


def _graded(
    item: Item, output: str, judgement: Mapping[str, Any] | None, sample: int
) -> tuple[Metrics, dict[str, Any]]:
    expect = item.expect
    metrics: Metrics = {}
    if expect["reference"]:
        metrics |= _by_reference(expect, output)
    criteria = [of_dict(row) for row in expect["rubric"]]
    said = verdicts(judgement, sample)
    rubric = marked(criteria, output, expect["question"], expect["reference"], expect["example_tags"], said)
    metrics["open.rubric"] = rubric.score
    details: dict[str, Any] = {
        "grader": rubric.grader,
        "rubric": as_rows(criteria, rubric),
        "tags": rubric.tags,
        "left_out": rubric.left_out,
        "undecided": rubric.undecided,
    }
    return metrics | mode_metrics(output, item.mode, unseen_tag=expect["unseen_tag"]), details


def _by_reference(expect: Mapping[str, Any], output: str) -> Metrics:
    question, reference = expect["question"], expect["reference"]
    asked = judged_item.Item("", question, (reference,), tuple(expect["key_facts"]))
    facts = key_facts(output, reference, question, expect["key_facts"])
    found: Metrics = {
        "open.token_f1": token_f1(output, reference),
        "open.key_fact_recall": key_fact_recall(output, expect["key_facts"]),
        "open.key_fact_precision": facts.precision,
        "open.contradicted": facts.contradicted,
        "open.overconfidence": overconfidence(asked, output),
    }
    named = differentials(asked, output)
    if named is not None:
        found["open.differentials"] = named
    if expect.get("closeness"):
        found["open.closeness"] = _closeness().score_many([(output, [reference], question)])[0]
    return found


@cache
def _closeness() -> Closeness:
    return Closeness()
