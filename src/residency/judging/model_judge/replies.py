"""Reads what a judge model said: the last JSON object of the form that it was asked for, whatever stands around it.

What is not of that form is unread, and nothing is guessed from prose.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from residency.judging.rubric import Criterion, Scores

LONGEST = 100_000  # characters of an answer that are looked at
TRIES = 400  # brackets from which JSON is tried, so that an answer of brackets takes no time
_THOUGHT = re.compile(r"\A.*</(?:think|thinking|thought|reasoning|analysis)>", re.DOTALL | re.IGNORECASE)
_JSON = json.JSONDecoder(strict=False)
_SIDES = {"0": 0.5, "1": 1.0, "2": 0.0}
"""Which answer is better, as the value of the first one."""


@dataclass(frozen=True)
class Preference:
    """Of two answers as they were shown: ``first`` is 1 where the first is better, 0 where the second is, 0.5 where
    neither is; ``rubric`` the same by item, None where it does not apply."""

    first: float
    rubric: Scores


def read_grades(text: str, asked: Sequence[Criterion]) -> Scores | None:
    """The values of one answer; None where they cannot be read, lack an item, or give a grade that there is none of."""
    held = last_object(text).get("items")
    if not isinstance(held, dict) or any(one.key not in held for one in asked):
        return None
    found: Scores = {}
    for one in asked:
        grade = _whole(held[one.key])
        if held[one.key] is None:
            found[one.key] = None
        elif grade is not None and grade < len(one.grades):
            found[one.key] = one.grades[grade][0]
        else:
            return None
    return found


def read_preference(text: str, asked: Sequence[Criterion]) -> Preference | None:
    """Which of two answers is better; None where it cannot be read. An item that is missing was not judged."""
    value = last_object(text)
    held, first = value.get("items", {}), _side(value.get("better"))
    if first is None or not isinstance(held, dict):
        return None
    sides = {one.key: _side(held[one.key]) for one in asked if held.get(one.key) is not None}
    return None if None in sides.values() else Preference(first, {one.key: sides.get(one.key) for one in asked})


def _side(value: Any) -> float | None:
    whole = _whole(value)
    return None if whole is None else _SIDES.get(str(whole))


def _whole(value: Any) -> int | None:
    """A whole number from 0, also where it is written as a text."""
    if isinstance(value, bool) or not re.fullmatch(r"\d{1,2}(?:\.0)?", str(value).strip()):
        return None
    return int(float(value))


def last_object(text: str) -> dict[str, Any]:
    """The last JSON object of a text behind its thought; empty where there is none, or where another begins behind it
    and cannot be read: what stands before that may be quoted from the material."""
    text = _THOUGHT.sub(" ", text[-LONGEST:])
    found: dict[str, Any] = {}
    place = 0
    for _ in range(TRIES):
        place = text.find("{", place)
        if place < 0:
            return found
        try:
            found, place = _JSON.raw_decode(text, place)
        except (ValueError, RecursionError):
            found, place = {}, place + 1
    return {}
