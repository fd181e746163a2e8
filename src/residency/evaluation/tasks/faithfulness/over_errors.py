"""Grades answers over a passage that states something false."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from residency.evaluation.item import Item, Metrics
from residency.evaluation.tasks.faithfulness.items import skill_of
from residency.judging.contexts.mistaken import treated


def stands_alone(item: Item) -> bool:
    """Whether the context is a conflict in which one passage contradicts what is usually taught, and none says that."""
    return skill_of(item) == "conflict" and not item.expect["context"]["expect"]["check"]["new"]


def _error_of(item: Item) -> Mapping[str, Any]:
    """The passages of which one errs, its number, what it says and what holds."""
    if "erring" in item.expect:
        found: Mapping[str, Any] = item.expect["erring"]
        return found
    check = item.expect["context"]["expect"]["check"]
    number = [passage["id"] for passage in item.expect["shown"]].index(check["old"]) + 1
    return {
        "passages": item.expect["passages"],
        "number": number,
        "false": check["said_old"],
        "true": check["said_new"],
    }


def over_an_error(item: Item, said: str) -> Metrics:
    """The metrics of an answer over the error. Only an answer that names it can correct it."""
    setting = _error_of(item)
    found = treated(said, setting["passages"], setting["number"], setting["false"], setting["true"])
    metrics: Metrics = {
        "faithfulness.error_detection": float(found.named),
        "faithfulness.error_repeated": float(found.repeated),
        "faithfulness.error_accuracy": float(found.right),
    }
    return metrics | ({"faithfulness.error_correction": float(found.right)} if found.named else {})


def known(item: Item, said: str) -> dict[str, Any]:
    """Whether a model knows of itself what a passage of the item will state falsely. RGB asks of errors only what the
    model knows."""
    if "erring" not in item.expect:
        return {}
    setting = item.expect["erring"]
    return {"error_known": treated(said, (), 0, setting["false"], setting["true"]).right}
