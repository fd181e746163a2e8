"""Answers as a model would have given them, for tests of items and graders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from residency.evaluation.item import Answer, Answers, Graded, Item, Turn
from residency.evaluation.registry import TASKS


def turn(text: str, fault: str = "") -> Turn:
    """What was said in one step."""
    said: Turn = {"text": text, "finish": "error" if fault else "stop", "tokens": len(text.split())}
    return {**said, "fault": fault} if fault else said


def answers_to(
    item: Item, said: str | Mapping[str, str | Sequence[str]], letters: Sequence[float] | None = None
) -> Answers:
    """The same answer to every written ask of an item, or to each its own by the ask's key: a list has one for each
    step. ``letters`` are the log-probabilities for asks that want them."""
    found: dict[str, list[Answer]] = {}
    for ask in item.asks:
        own = said if isinstance(said, str) else said.get(ask.key, "")
        steps = [own] * (1 + len(ask.script)) if isinstance(own, str) else list(own)
        found[ask.key] = [
            {
                "id": item.id,
                "ask": ask.key,
                "sample": sample,
                "said": [turn(one) for one in steps] if ask.written else [],
                "letters": list(letters) if letters is not None and ask.letters else None,
            }
            for sample in range(ask.samples)
        ]
    return found


def graded(item: Item, said: str | Mapping[str, str | Sequence[str]], letters: Sequence[float] | None = None) -> Graded:
    """What an item's grader says of these answers."""
    return TASKS[item.task].grade(item, answers_to(item, said, letters), None)
