"""Reads files of rubrics: HealthBench's own shape, and ours, which may say how rules decide a criterion.

A row holds ``prompt`` (turns that end in the user's; ours also ``messages`` or a plain ``question``), ``rubrics``
(``criterion``, ``points``, ``tags`` and perhaps ``check``) and ``example_tags``. Ours may hold ``id`` (HealthBench's is
``prompt_id``), ``mode``, ``topic`` and ``reference``. Other columns are left alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from residency.core.errors import InputError
from residency.core.files import read_jsonl
from residency.core.prompt import MODES, Mode
from residency.core.records import Message
from residency.judging.criteria import rules
from residency.judging.healthbench import Criterion

SHAPE = 'A row needs "prompt": [{"role": "user", "content": ...}], "rubrics": [{"criterion", "points", "tags"}]'


@dataclass(frozen=True)
class Example:
    """One row: what is asked and the criteria. ``mode`` is empty where the row names none."""

    id: str
    prompt: tuple[Message, ...]
    criteria: tuple[Criterion, ...]
    tags: tuple[str, ...] = ()
    mode: Mode | None = None
    topic: str = "general"
    reference: str = ""


def read_rubrics(paths: Sequence[Path]) -> list[Example]:
    """The examples of rubric files (JSON Lines), in order.

    Raises:
        InputError: a file cannot be read, a row lacks something or says what cannot be used, or an id comes twice.
    """
    known: dict[str, str] = {}
    found = []
    for path in paths:
        for number, row in enumerate(read_jsonl(path), 1):
            where = f"{path}: row {number}"
            example = _example(row, where, f"{path.stem}-{number}")
            if example.id in known:
                raise InputError(f"the id {example.id!r} stands there too: {known[example.id]}", where)
            known[example.id] = where
            found.append(example)
    return found


def _example(row: Mapping[str, Any], where: str, name: str) -> Example:
    prompt = row.get("prompt") or row.get("messages") or row.get("question")
    if isinstance(prompt, str):
        prompt = [{"role": "user", "content": prompt}]
    if not isinstance(prompt, list) or not prompt or not all(map(_is_turn, prompt)):
        raise InputError("the prompt is no list of user and assistant turns with their texts", where, SHAPE)
    if prompt[-1]["role"] != "user":
        raise InputError("the prompt does not end in a user's turn", where, "Leave the answer out of it")
    rubrics = row.get("rubrics")
    if not isinstance(rubrics, list) or not rubrics:
        raise InputError("the row has no rubrics", where, SHAPE)
    criteria = tuple(_criterion(one, f"{where}, criterion {place}") for place, one in enumerate(rubrics, 1))
    if not any(one.points > 0 for one in criteria):
        raise InputError("no criterion has positive points, so that there is nothing to earn", where)
    mode = row.get("mode")
    if mode is not None and mode not in MODES:
        raise InputError(f"the mode {mode!r} is none", where, f"Name one of {', '.join(MODES)}, or none")
    return Example(
        str(row.get("prompt_id") or row.get("id") or name),
        tuple(cast(Message, {"role": turn["role"], "content": turn["content"]}) for turn in prompt),
        criteria,
        _tags(row.get("example_tags"), where),
        cast("Mode | None", mode),
        str(row.get("topic") or "general"),
        str(row.get("reference") or ""),
    )


def _criterion(row: Any, where: str) -> Criterion:
    if not isinstance(row, dict) or not isinstance(row.get("criterion"), str) or not row["criterion"].strip():
        raise InputError("a criterion has no words", where, SHAPE)
    points = row.get("points")
    if isinstance(points, bool) or not isinstance(points, int | float) or not math.isfinite(points) or not points:
        raise InputError(f"the points are {points!r}", where, "Give a number, above 0 for what is good, else below")
    check = row.get("check") or {}
    if check and (fault := rules.fault(check)):
        raise InputError(fault, where, "docs/evaluation.md lists the checks; leave it out for a judge to decide")
    return Criterion(row["criterion"].strip(), points, _tags(row.get("tags"), where), check)


def _tags(value: Any, where: str) -> tuple[str, ...]:
    tags = value if value is not None else []
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise InputError("the tags are no list of texts", where)
    return tuple(dict.fromkeys(tags))


def _is_turn(turn: Any) -> bool:
    return isinstance(turn, dict) and turn.get("role") in ("user", "assistant") and isinstance(turn.get("content"), str)
