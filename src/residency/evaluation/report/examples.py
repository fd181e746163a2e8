"""The items that the page shows in full: chosen by rule, so that nobody's taste decides what a reader sees."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from residency.core.files import read_jsonl
from residency.core.stage import seeded
from residency.evaluation.report.names import (
    Results,
    axis_title,
    headlines,
    higher_is_better,
    metric_title,
    model_title,
)
from residency.judging.statistics import Item

MOST = 3  # regressions and improvements shown of each axis
LONGEST = 6000  # characters of one text on the page; all of it stands in the files
RULE = (
    "From each axis: the {most} items whose headline score fell furthest from {first} to {last}, the {most} that "
    "rose furthest, and one drawn at random by the seed. Ties go to the lowest id; where fewer fell or rose, fewer are "
    "shown."
)


@dataclass(frozen=True)
class _Asked:
    """What was asked and answered: ``items`` by id, and each model's ``answers`` by item, as their files hold them."""

    items: Mapping[str, Mapping[str, Any]]
    answers: Mapping[str, Mapping[str, Sequence[Mapping[str, Any]]]]


@dataclass(frozen=True)
class Answered:
    """One model's answers to an item: what it earned, whether it could be read, and what it said to each ask."""

    model: str
    score: float | None
    status: str
    said: Sequence[tuple[str, str]]
    graded: str


@dataclass(frozen=True)
class Case:
    """One item in full; ``prompts`` are its asks as name and text."""

    rule: str
    id: str
    change: float | None
    prompts: Sequence[tuple[str, str]]
    expected: str
    answers: Sequence[Answered]


@dataclass(frozen=True)
class Chosen:
    """The cases of one axis, chosen on its headline metric."""

    axis: str
    title: str
    metric: str
    cases: Sequence[Case]


def examples(results: Results, folder: Path, seed: int = 0) -> list[Chosen]:
    """The cases of each axis whose headline was measured, by ``RULE``; with one model, the random one alone.

    What was asked and answered is read from the ``items.jsonl`` and ``answers-MODEL.jsonl`` of ``folder``.
    """
    by_axis, picked = {}, {}
    for axis, metric in headlines(results).items():
        by_axis[axis] = {
            model: {item["id"]: item for item in rows if item["axis"] == axis and metric in item["metrics"]}
            for model, rows in results.items()
        }
        picked[axis] = _picked(by_axis[axis], metric, seed)
    asked = _read(folder, list(results), {key for rows in picked.values() for _, key, _ in rows})
    found = []
    for axis, metric in headlines(results).items():
        cases = [_case(rule, key, change, by_axis[axis], metric, asked) for rule, key, change in picked[axis]]
        if cases:
            found.append(Chosen(axis, axis_title(axis), metric_title(metric), cases))
    return found


def _read(folder: Path, models: Sequence[str], ids: set[str]) -> _Asked:
    """The lines of these items alone: the files may be large."""
    items = {row["id"]: row for row in _rows(folder / "items.jsonl") if row["id"] in ids}
    answers: dict[str, dict[str, list[Mapping[str, Any]]]] = {}
    for model in models:
        own = answers.setdefault(model, {})
        for row in _rows(folder / f"answers-{model}.jsonl"):
            if row["id"] in ids:
                own.setdefault(row["id"], []).append(row)
        for key, rows in own.items():
            order = {ask["key"]: place for place, ask in enumerate(items.get(key, {}).get("asks", ()))}
            rows.sort(key=lambda row, order=order: (order.get(row["ask"], len(order)), row["sample"]))  # type: ignore[misc]
    return _Asked(items, answers)


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    return read_jsonl(path) if path.is_file() else iter(())


def rule_text(results: Results) -> str:
    """The rule in words."""
    first, *_, last = [model_title(model) for model in results] * 2
    if len(results) < 2:
        return "From each axis: one item, drawn at random by the seed."
    return RULE.format(most=MOST, first=first, last=last)


def _picked(by_id: Mapping[str, Mapping[str, Item]], metric: str, seed: int) -> list[tuple[str, str, float | None]]:
    """Rule, id and change of each case; a change is one for the better when positive, whichever way the metric goes."""
    models = list(by_id)
    first, last = by_id[models[0]], by_id[models[-1]]
    side = 1 if higher_is_better(metric) else -1
    change: dict[str, float] = {}
    for key in first.keys() & last.keys() if len(models) > 1 else ():
        old, new = first[key]["metrics"][metric], last[key]["metrics"][metric]
        if old is not None and new is not None:
            change[key] = side * (new - old)
    fell = sorted((key for key, value in change.items() if value < 0), key=lambda key: (change[key], key))[:MOST]
    rose = sorted((key for key, value in change.items() if value > 0), key=lambda key: (-change[key], key))[:MOST]
    picked: list[tuple[str, str, float | None]] = []
    picked += [(f"Regression {place}", key, side * change[key]) for place, key in enumerate(fell, 1)]
    picked += [(f"Improvement {place}", key, side * change[key]) for place, key in enumerate(rose, 1)]
    if rest := sorted(last.keys() - {*fell, *rose}):
        key = seeded(seed, "example", metric).choice(rest)
        moved = change.get(key)
        picked.append(("At random", key, None if moved is None else side * moved))
    return picked


def _case(
    rule: str,
    key: str,
    change: float | None,
    by_id: Mapping[str, Mapping[str, Item]],
    metric: str,
    asked: _Asked,
) -> Case:
    item = asked.items.get(key, {})
    answers = []
    for model, rows in by_id.items():
        if key not in rows:
            continue
        said = [(_ask_name(one), _said(one)) for one in asked.answers.get(model, {}).get(key, ())]
        details = rows[key].get("details") or {}
        graded = _short(_json(details)) if details else ""
        answers.append(Answered(model, rows[key]["metrics"][metric], rows[key]["status"], said, graded))
    prompts = [(str(ask.get("key", "")), _short(_prompt(ask))) for ask in item.get("asks", ())]
    expected = _short(_json(item["expect"])) if item.get("expect") else ""
    return Case(rule, key, change, prompts, expected, answers)


def _ask_name(answer: Mapping[str, Any]) -> str:
    sample = answer.get("sample") or 0
    return f"{answer.get('ask', '')}, sample {sample + 1}" if sample else str(answer.get("ask", ""))


def _prompt(ask: Mapping[str, Any]) -> str:
    turns = [f"{one['role']}: {one.get('content') or ''}" for one in ask.get("messages", ())]
    return "\n\n".join([*turns, *(f"user, then: {text}" for text in ask.get("script", ()))])


def _said(answer: Mapping[str, Any]) -> str:
    """Every step of an answer: its thought, its calls, its text, and why it ended where it did not end by itself."""
    steps = []
    for step in answer.get("said", ()):
        parts = [f"(thinking) {step['thinking']}"] if step.get("thinking") else []
        parts += [f"(calls) {_json(call)}" for call in step.get("tool_calls") or ()]
        parts += [step["text"]] if step.get("text") else []
        if step.get("fault"):
            parts.append(f"(failed: {step['fault']})")
        elif step.get("finish") not in (None, "stop"):
            parts.append(f"(ended: {step['finish']})")
        steps.append("\n".join(parts) or "(empty)")
    return _short("\n\n".join(steps) or "(empty)")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)


def _short(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    return f"{text[:LONGEST]}\n[{len(text) - LONGEST:,} more characters stand in the files]"
