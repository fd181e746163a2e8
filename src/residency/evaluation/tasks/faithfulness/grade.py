"""Grades answers over a context, by the rules of its skill, by their citations, and by both errors of abstaining."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from residency.evaluation.item import Answers, Graded, Item, Metrics, fault_of, texts
from residency.evaluation.tasks.faithfulness.items import BOTH_WAYS, GIVEN, skill_of
from residency.judging.answers import is_abstention
from residency.judging.citations import score_citations
from residency.judging.contexts import verify_context


def grade(item: Item, answers: Answers, judgement: Mapping[str, Any] | None = None) -> Graded:
    """The metrics of one answer over a context."""
    if fault := fault_of(answers, GIVEN):
        return Graded({}, "errored", {"fault": fault})
    output = texts(answers, GIVEN)[0]
    faults = verify_context(item.expect["context"], output, item.expect["shown"])
    shown = None if faults is None else float(not faults)
    metrics: Metrics = {"grounding.shown": shown, f"grounding.{skill_of(item)}": shown}
    if skill_of(item) in BOTH_WAYS:
        metrics |= _both_ways(item, output)
    return Graded(metrics, details={"faults": [f"{fault.reason}: {fault.says}" for fault in faults or ()]})


def _both_ways(item: Item, output: str) -> Metrics:
    """The citations of an answer to a context that holds it, and both errors of abstaining: they are of questions asked
    both ways alone."""
    abstains = is_abstention(output)
    if item.expect["abstain"]:
        found: Metrics = {"faithfulness.score": float(abstains), "faithfulness.abstention_recall": float(abstains)}
        near_miss = bool(item.expect["context"]["expect"].get("check", {}).get("near_miss"))
        return found | ({"faithfulness.near_miss_abstention": float(abstains)} if near_miss else {})
    citations = score_citations(output, item.expect["passages"], item.expect["question"])
    return {
        "faithfulness.score": 0.0 if abstains else citations.f1,
        "faithfulness.false_abstention": float(abstains),
        "faithfulness.citation_recall": None if abstains else citations.recall,
        "faithfulness.citation_precision": None if abstains else citations.precision,
        "faithfulness.cites": None if abstains else float(citations.citations > 0),
    }
