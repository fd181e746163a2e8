"""Reads answers that people have graded, from a file in any of the usual forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from residency.core.errors import InputError
from residency.core.text import normalise
from residency.judging.calibration.tables import Reading, column, rows_of, text_of

NAMES: Mapping[str, tuple[str, ...]] = {
    "question": ("question", "prompt", "query", "instruction", "input"),
    "answer": ("answer", "response", "output", "completion", "answer_text", "text"),
    "grade": ("grade", "judgement", "judgment", "score", "rating", "human_score", "label", "overall"),
    "reference": ("reference", "reference_answer", "gold", "gold_answer", "ideal", "target"),
    "cluster": ("cluster", "qid", "question_id", "qId", "item"),
}
"""For each column the names by which it is found, the likeliest first."""
NEEDED = ("question", "answer", "grade")
NO_ANSWER, NO_QUESTION, NO_GRADE = "the answer is empty", "the question is empty", "the grade is empty"


@dataclass(frozen=True)
class Graded:
    """An answer with the ``grade`` that people gave it. ``cluster`` is its question's; ``reference`` is a right answer,
    where the file has one; ``row`` counts the file's rows from 1."""

    row: int
    cluster: str
    question: str
    answer: str
    grade: float
    reference: str = ""


def read_graded(path: Path, columns: Mapping[str, str] | None = None) -> Reading[Graded]:
    """Graded answers from JSON Lines, JSON, CSV, TSV or Parquet.

    Args:
        path: the file.
        columns: names of the columns (:data:`NAMES`) that are not to be found by themselves.

    Raises:
        InputError: the file cannot be read, lacks a column, or a grade is no number.
    """
    rows = list(rows_of(path))
    if not rows:
        raise InputError("the file holds no rows", str(path))
    held = list(dict.fromkeys(name for row in rows for name in row))
    found = {kind: name for kind in NAMES if (name := _column(kind, held, columns or {}, rows, path))}
    graded: list[Graded] = []
    left_out: dict[str, int] = {}
    for number, row in enumerate(rows, 1):
        question, answer = (text_of(row.get(found[kind])) for kind in ("question", "answer"))
        value = row.get(found["grade"])
        empty = value is None or value == ""
        if fault := NO_QUESTION * (not question) or NO_ANSWER * (not answer) or NO_GRADE * empty:
            left_out[fault] = left_out.get(fault, 0) + 1
            continue
        cluster = text_of(row.get(found["cluster"])) if "cluster" in found else ""
        reference = text_of(row.get(found["reference"])) if "reference" in found else ""
        grade = _grade(value, f"{path}, row {number}", found["grade"])
        graded.append(Graded(number, cluster or normalise(question), question, answer, grade, reference))
    return Reading(graded, found, left_out)


def _column(
    kind: str, held: Sequence[str], named: Mapping[str, str], rows: Sequence[Mapping[str, Any]], path: Path
) -> str:
    """The name of a column; empty where there is none and none is needed."""
    names: Sequence[str] = NAMES[kind]
    if kind == "grade":  # "label" holds the grade's name as often as the grade
        first = {name.lower(): next((row[name] for row in rows if row.get(name)), None) for name in held}
        names = [name for name in names if _is_number(first.get(name.lower()))]
    if (found := column(names, named.get(kind, ""), held, path)) or kind not in NEEDED:
        return found
    what = f"no column with the {kind} was found" + (", as a number" if kind == "grade" else "")
    raise InputError(what, str(path), f"Name it as --{kind}. The file has: {', '.join(held)}")


def _is_number(value: Any) -> bool:
    try:
        return not isinstance(value, bool) and float(value) == float(value)
    except (TypeError, ValueError):
        return False


def _grade(value: Any, where: str, column: str) -> float:
    if not _is_number(value):
        fix = "Give grades as numbers, the best the highest"
        raise InputError(f"the grade {value!r} in the column {column!r} is no number", where, fix)
    return float(value)
