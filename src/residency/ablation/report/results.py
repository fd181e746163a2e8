"""All figures for other programs: one JSON object, and a row a comparison."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from residency.ablation.records import Answer, Contrast, Trained
from residency.ablation.report.about import About
from residency.ablation.report.needed import needed
from residency.ablation.report.tables import costs

COLUMNS = (
    "question", "arm", "control", "proxy", "metric", "role", "margin", "arm_score", "control_score", "difference",
    "low", "high", "se", "p", "p_holm", "verdict", "smallest_visible", "items", "clusters", "missing", "unmatched",
    "repeats", "sd_between_trainings", "method",
)  # fmt: skip


def as_json(answers: Sequence[Answer], trained: Sequence[Trained], about: About) -> dict[str, Any]:
    """Everything, shares from 0 to 1 as they were measured. Items of single trainings stay in their own folders."""
    suggested = about.suggestion
    found = {
        "title": about.title,
        "recipe": about.recipe,
        "quick": about.quick,
        "confidence": about.confidence,
        "seeds": about.seeds,
        "rows": about.rows,
        "items": about.items,
        "seconds": about.seconds,
        "proxies": about.proxies,
        "versions": about.versions,
        "answers": [_answer(one) for one in answers],
        "trainings": [
            {**{key: getattr(one, key) for key in ("question", "arm", "proxy", "repeat", "cell", "seconds", "borrowed",
                                                   "counts")}, "items": len(one.results)}
            for one in trained
        ],
        "costs": [{**asdict(one), "part": one.part} for one in costs(trained)],
        "candidates": [asdict(one) for one in about.candidates],
        "agreement": about.agreement,
        "suggestion": None if suggested is None else {
            "changes": suggested.changes, "reasons": suggested.reasons, "notes": suggested.notes,
            "diff": suggested.difference,
        },
        "notes": about.notes,
    }  # fmt: skip
    plain: dict[str, Any] = _plain(found)
    return plain


def as_csv(answers: Sequence[Answer]) -> str:
    """A row for each comparison, shares from 0 to 1."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    for answer in answers:
        for one in answer.contrasts:
            found = one.difference
            writer.writerow(
                _cell(value)
                for value in (
                    one.question, one.arm, one.control, one.proxy, one.metric, one.role, one.margin,
                    one.arm_score and one.arm_score.value, one.control_score and one.control_score.value,
                    found.value, found.low, found.high, found.se, found.p, one.adjusted, one.verdict, one.seen, found.n,
                    found.clusters, found.missing, found.unmatched, one.repeats, one.between, found.method,
                )
            )  # fmt: skip
    return buffer.getvalue()


def _answer(one: Answer) -> dict[str, Any]:
    return {
        "question": one.question.name,
        "asks": one.question.asks,
        "proxy": one.proxy,
        "outcome": one.outcome,
        "sentence": one.sentence,
        "arm": one.arm,
        "changes": one.changes,
        "notes": one.notes,
        "beside": one.beside,
        "cautions": one.cautions,
        "doses": one.doses,
        "contrasts": [_contrast(contrast) for contrast in one.contrasts],
    }


def _contrast(one: Contrast) -> dict[str, Any]:
    more = needed(one) if one.verdict == "undecided" else None
    return {**asdict(one), "needed": None if more is None else asdict(more)}


def _plain(value: Any) -> Any:
    """JSON has no infinite numbers."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, str | bool | int) or value is None:
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Sequence):
        return [_plain(one) for one in value]
    return str(value)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.6g}"
    text = str(value)
    return f"'{text}" if text[:1] in ("=", "+", "@", "-", "\t", "\r") else text  # no spreadsheet's formula
