"""Grades open answers against their reference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from residency.evaluation.item import Answers, Graded, Item, Metrics, fault_of, texts
from residency.evaluation.tasks.modes import mode_metrics
from residency.evaluation.tasks.open.items import GIVEN
from residency.judging.overlap import key_fact_recall, token_f1


def grade(item: Item, answers: Answers, judgement: Mapping[str, Any] | None = None) -> Graded:
    """The metrics of one open answer."""
    if fault := fault_of(answers, GIVEN):
        return Graded({}, "errored", {"fault": fault})
    output = texts(answers, GIVEN)[0]
    metrics: Metrics = {
        "open.token_f1": token_f1(output, item.expect["reference"]),
        "open.key_fact_recall": key_fact_recall(output, item.expect["key_facts"]),
    }
    return Graded(metrics | mode_metrics(output, item.mode, unseen_tag=item.expect["unseen_tag"]))
