"""Grades later turns, by their reference and by the rules of the skill that they ask for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from residency.evaluation.item import Answers, Graded, Item, Metrics, fault_of, texts
from residency.evaluation.tasks.followup.items import GIVEN
from residency.judging.dialogues import verify_turn
from residency.judging.overlap import key_fact_recall, token_f1


def grade(item: Item, answers: Answers, judgement: Mapping[str, Any] | None = None) -> Graded:
    """The metrics of one turn."""
    if fault := fault_of(answers, GIVEN):
        return Graded({}, "errored", {"fault": fault})
    output = texts(answers, GIVEN)[0]
    metrics: Metrics = {
        "followup.token_f1": token_f1(output, item.expect["reference"]),
        "followup.key_fact_recall": key_fact_recall(output, item.expect["key_facts"]),
    }
    dialogue = item.expect["dialogue"]
    if dialogue is None:
        return Graded(metrics)
    faults = verify_turn(dialogue, output)
    shown = None if faults is None else float(not faults)
    return Graded(
        metrics | {"skill.shown": shown, f"skill.{dialogue['skill']}": shown},
        details={"faults": [f"{fault.reason}: {fault.says}" for fault in faults or ()]},
    )
