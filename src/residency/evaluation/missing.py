"""What an item without a usable answer would have been scored on: missing there, and counted, never absent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from residency.evaluation.item import Answer, Answers, Ask, Graded, Item, Metrics, Turn

Grade = Callable[[Item, Answers, Mapping[str, Any] | None], Graded]
_SILENT: Turn = {"text": "", "finish": "stop", "tokens": 0}


def with_missing(item: Item, answers: Answers, found: Graded, grade: Grade) -> Graded:
    """An errored item's grading with None for each metric that an empty answer would have had, so that the item is
    counted among the errored of each; any other grading as it is."""
    if found.status != "errored":
        return found
    silent = {ask.key: [_silent(item, ask)] * max(1, len(answers.get(ask.key, ()))) for ask in item.asks}
    nothing: Metrics = dict.fromkeys(grade(item, silent, None).metrics)
    return replace(found, metrics=nothing | found.metrics)


def _silent(item: Item, ask: Ask) -> Answer:
    said = [_SILENT] * (1 + len(ask.script)) if ask.written else []
    return {"id": item.id, "ask": ask.key, "sample": 0, "said": said, "letters": None}
