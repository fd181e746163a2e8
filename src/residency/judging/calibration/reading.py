"""Reads answers that people have graded, from a file in any of the usual forms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from residency.core.errors import InputError
from residency.core.files import read_json, read_jsonl
from residency.core.text import normalise

NAMES: Mapping[str, tuple[str, ...]] = {
    "question": ("question", "prompt", "query", "instruction", "input"),
    "answer": ("answer", "response", "output", "completion", "answer_text", "text"),
    "grade": ("grade", "judgement", "judgment", "score", "rating", "human_score", "label", "overall"),
    "reference": ("reference", "reference_answer", "gold", "gold_answer", "ideal", "target"),
    "cluster": ("cluster", "qid", "question_id", "qId", "item"),
}
"""For each column the names by which it is found, the likeliest first."""
NEEDED = ("question", "answer", "grade")
_TEXTS = ("message", "text", "question", "content", "summary")
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


@dataclass(frozen=True)
class Reading:
    """The graded answers, the columns that they were read from, and how many rows were left out, by reason."""

    graded: list[Graded]
    columns: dict[str, str]
    left_out: dict[str, int]


def read_graded(path: Path, columns: Mapping[str, str] | None = None) -> Reading:
    """Graded answers from JSON Lines, JSON, CSV, TSV or Parquet.

    Args:
        path: the file.
        columns: names of the columns (:data:`NAMES`) that are not to be found by themselves.

    Raises:
        InputError: the file cannot be read, lacks a column, or a grade is no number.
    """
    rows = list(_rows(path))
    if not rows:
        raise InputError("the file holds no rows", str(path))
    held = list(dict.fromkeys(name for row in rows for name in row))
    found = {kind: name for kind in NAMES if (name := _column(kind, held, columns or {}, rows, path))}
    graded: list[Graded] = []
    left_out: dict[str, int] = {}
    for number, row in enumerate(rows, 1):
        question, answer = (_text(row.get(found[kind])) for kind in ("question", "answer"))
        value = row.get(found["grade"])
        empty = value is None or value == ""
        if fault := NO_QUESTION * (not question) or NO_ANSWER * (not answer) or NO_GRADE * empty:
            left_out[fault] = left_out.get(fault, 0) + 1
            continue
        cluster = _text(row.get(found["cluster"])) if "cluster" in found else ""
        reference = _text(row.get(found["reference"])) if "reference" in found else ""
        grade = _grade(value, f"{path}, row {number}", found["grade"])
        graded.append(Graded(number, cluster or normalise(question), question, answer, grade, reference))
    return Reading(graded, found, left_out)


def _rows(path: Path) -> Iterable[Mapping[str, Any]]:
    ending = path.suffix.lower()
    if not path.is_file():
        raise InputError("no such file", str(path))
    if ending in (".csv", ".tsv", ".parquet"):
        import polars as pl

        try:
            if ending == ".parquet":
                return pl.read_parquet(path).to_dicts()
            return pl.read_csv(path, separator="\t" if ending == ".tsv" else ",", infer_schema=False).to_dicts()
        except (pl.exceptions.PolarsError, OSError, ValueError) as error:
            raise InputError(f"the table cannot be read ({str(error).partition(chr(10))[0]})", str(path)) from None
    if ending == ".json":
        rows = read_json(path)
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise InputError("a list of objects was expected", str(path))
        return rows
    return read_jsonl(path)


def _column(
    kind: str, held: Sequence[str], named: Mapping[str, str], rows: Sequence[Mapping[str, Any]], path: Path
) -> str:
    """The name of a column; empty where there is none and none is needed."""
    if name := named.get(kind, ""):
        if name in held:
            return name
        raise InputError(f"there is no column {name!r}", str(path), f"It has: {', '.join(held)}")
    low = {name.lower(): name for name in held}
    fits = [low[name.lower()] for name in NAMES[kind] if name.lower() in low]
    if kind == "grade":  # "label" holds the grade's name as often as the grade
        fits = [name for name in fits if _is_number(next((row[name] for row in rows if row.get(name)), None))]
    if fits or kind not in NEEDED:
        return fits[0] if fits else ""
    what = f"no column with the {kind} was found" + (", as a number" if kind == "grade" else "")
    raise InputError(what, str(path), f"Name it as --{kind}. The file has: {', '.join(held)}")


def _text(value: Any) -> str:
    """A cell as text: of an object the part that is the message, of messages the last one's content."""
    if isinstance(value, Mapping):
        parts = [value[name] for name in _TEXTS if isinstance(value.get(name), str) and value[name].strip()]
        return str(parts[0]).strip() if parts else ""
    if isinstance(value, list):
        return _text(value[-1]) if value else ""
    return "" if value is None else str(value).strip()


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
