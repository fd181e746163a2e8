"""Calibration: any scorer held against grades that people gave.

A file of graded answers and a scorer go in; agreement, kappa, rank correlation and the rest come out, with intervals
over questions, and a label for each answer, which holds no text.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from residency.core.errors import InputError
from residency.core.files import write_json
from residency.core.stage import Progress, Silent
from residency.judging.calibration.direct import compared
from residency.judging.calibration.measure import figures
from residency.judging.calibration.pairs import calibrate_choices, holds_pairs, read_choices
from residency.judging.calibration.reading import Graded, read_graded
from residency.judging.calibration.references import NONE_LEFT, items
from residency.judging.calibration.tables import Reading
from residency.judging.labels import Label, write_labels
from residency.judging.rubric import KEYS
from residency.judging.scorers import Scored, Scorer

__all__ = ["calibrate", "calibrate_file"]
BLOCK = 32  # answers scored between two reports of progress
REPORT, LABELS = "calibration.json", "labels.jsonl"


def calibrate_file(
    path: Path,
    scorer: Scorer,
    columns: Mapping[str, str] | None = None,
    *,
    best: float | None = None,
    pairs: int = 0,
    seed: int = 0,
    out: Path | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Calibrates on a file, be it of graded answers (:func:`calibrate`) or of pairs with people's choice. Where a
    column is named as that of answers or grades, its rows are graded answers, whatever else they hold.

    Raises:
        InputError: the file cannot be read, or holds nothing that a scorer can be held against.
    """
    if not holds_pairs(path) or not {"answer", "grade"}.isdisjoint(columns or ()):
        reading = read_graded(path, columns)
        return calibrate(reading, scorer, best=best, pairs=pairs, seed=seed, out=out, progress=progress)
    choices = read_choices(path, columns, seed)
    if not choices.rows:
        raise InputError("the file holds no pair that can be judged", str(path))
    report = calibrate_choices(choices, scorer, seed)
    if out is not None:
        write_json(out / REPORT, report)
    return report


def calibrate(
    reading: Reading[Graded],
    scorer: Scorer,
    *,
    best: float | None = None,
    pairs: int = 0,
    seed: int = 0,
    out: Path | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Scores every graded answer and measures the agreement.

    Args:
        reading: the graded answers.
        scorer: rules or a judge model.
        best: the grade from which an answer serves as a reference for the question's others, where the file has no
            references; the highest in the file if left out.
        pairs: so many pairs of answers to one question with different grades are also compared directly, both ways
            round for a judge model.
        seed: of the folds, the resampling and the drawing of pairs.
        out: a folder for ``calibration.json`` and ``labels.jsonl``.
        progress: told how far it is.

    Raises:
        InputError: the grades do not differ, or no answer has anything to be held against.
    """
    graded, told = reading.rows, progress or Silent()
    if len({one.grade for one in graded}) < 2:
        raise InputError("all answers have the same grade, so that nothing can be told apart", reading.columns["grade"])
    limit = max(one.grade for one in graded) if best is None else best
    asked = items(graded, limit)
    if not any(asked):
        fix = "Name the column with a right answer as --reference, or a lower grade as --best"
        raise InputError(f"no question has two answers graded {limit:g} or better", "", fix)
    cases = [(item, one.answer) for item, one in zip(asked, graded, strict=True) if item is not None]
    told.start(len(cases), "answers to score")
    values: list[Scored] = []
    for start in range(0, len(cases), BLOCK):
        values += scorer.score_many(cases[start : start + BLOCK])
        told.advance(len(values) - start)
    left = iter(values)
    empty = Scored(dict.fromkeys(KEYS), None, NONE_LEFT)
    scored = [empty if item is None else next(left) for item in asked]
    own = any(one.reference for one in graded)
    report: dict[str, Any] = {
        "scorer": scorer.name,
        "columns": reading.columns,
        "left_out": reading.left_out,
        "reference": "the file's own" if own else f"the question's other answers graded {limit:g} or better",
        "seed": seed,
        **figures(graded, scored, seed),
    }
    if pairs:
        report["compared"] = compared(graded, asked, scorer, pairs, seed)
    if out is not None:
        write_labels(out / LABELS, (_label(*row, scorer.name) for row in zip(graded, scored, strict=True)))
        write_json(out / REPORT, report)
    return report


def _label(one: Graded, found: Scored, scorer: str) -> Label:
    label: Label = {
        "item": one.cluster,
        "answer": str(one.row),
        "cluster": one.cluster,
        "rubric": found.rubric,
        "overall": found.overall,
        "grade": one.grade,
        "scorer": scorer,
    }
    return label | {"reason": found.reason} if found.reason else label
