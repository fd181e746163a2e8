"""Grades the form of answers to questions whose tag is right, swapped or missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from residency.core.prompt import DEFAULT_MODE, Mode
from residency.evaluation.item import GIVEN, Answers, Graded, Item, fault_of, texts
from residency.evaluation.tasks.mode_tags.items import SWAPPED, UNTAGGED, other
from residency.judging.answers import obeys_mode


def grade(item: Item, answers: Answers, judgement: Mapping[str, Any] | None = None) -> Graded:
    """Whether each answer has the form of the tag that it was given, or the clinical one where it was given none. One
    that could not be used is missing from its own metric alone."""
    wanted: dict[str, tuple[str, Mode]] = {
        "mode.matched_obeyed": (GIVEN, item.mode),
        "mode.swapped_obeyed": (SWAPPED, other(item.mode)),
        "mode.untagged_clinical": (UNTAGGED, DEFAULT_MODE),
    }
    found = {metric: _obeyed(answers, key, mode, item.expect["mcq"]) for metric, (key, mode) in wanted.items()}
    fault = fault_of(answers, GIVEN)
    return Graded(found, "errored" if fault else "ok", {"style": item.mode} | ({"fault": fault} if fault else {}))


def _obeyed(answers: Answers, key: str, mode: Mode, mcq: bool) -> float | None:
    said = texts(answers, key)
    return float(obeys_mode(said[0], mode, mcq=mcq)) if said else None
