"""Grades exam questions: the letter that is written, and the one that is likeliest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from residency.evaluation.item import Answers, Graded, Item, Metrics, fault_of, mean, texts
from residency.evaluation.tasks.exam.items import GIVEN, LETTERS
from residency.evaluation.tasks.modes import mode_metrics
from residency.judging.answers import parse_letter


def grade(item: Item, answers: Answers, judgement: Mapping[str, Any] | None = None) -> Graded:
    """The metrics of one MCQ. An unparsed letter is not a wrong one."""
    letter, letters = item.expect["letter"], item.expect["letters"]
    scored = next((answer["letters"] for answer in answers.get(LETTERS, ()) if answer["letters"]), None)
    likeliest = letters[max(range(len(scored)), key=scored.__getitem__)] if scored else None
    metrics: Metrics = {"exam.accuracy_likelihood": None if likeliest is None else float(likeliest == letter)}
    if fault := fault_of(answers, GIVEN):
        return Graded(metrics, "errored", {"fault": fault})
    said = texts(answers, GIVEN)
    read = [parse_letter(text, letters) for text in said]
    metrics |= {
        "exam.accuracy_generated": mean([None if one is None else float(one == letter) for one in read]),
        "exam.parsed": mean([float(one is not None) for one in read]),
    }
    form = [mode_metrics(text, item.mode, mcq=True) for text in said]
    metrics |= {name: mean([one[name] for one in form]) for name in form[0]}
    return Graded(metrics, "ok" if any(read) else "unparsed", {"letters": read, "likeliest": likeliest})
