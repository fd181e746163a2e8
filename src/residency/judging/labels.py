"""Labels: what a scorer said of an answer, or of two answers to one question. Rules, judge models and people write the
same record, and every label says whose it is.

A label of one answer has ``answer`` and the rubric's values, between 0 and 1. A label of a pair has ``pair``, the ids
of the first and the second answer, ``winner``, and for each rubric item 1 where the first answer is better, 0 where the
second is, 0.5 where neither is. What was not judged is None. Ids are whatever the file's other records go by.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NotRequired, TypedDict, cast

from residency.core.errors import InputError
from residency.core.files import read_jsonl, write_jsonl
from residency.judging.rubric import BY_KEY, KEYS

Winner = Literal["first", "second", "tie"]
WINNERS: tuple[str, ...] = ("first", "second", "tie")
BETTER: Mapping[str, float] = {"first": 1.0, "tie": 0.5, "second": 0.0}
"""What the winner of a pair comes to on the scale of its rubric items."""
FIX = "A label is {item, answer or pair, rubric, scorer, winner for a pair}: see residency/judging/labels.py"


class Label(TypedDict):
    """One label. ``scorer`` is ``rules``, ``judge:MODEL`` or ``person:NAME``.

    ``cluster`` groups labels that are not independent (one question); ``overall`` is an answer's score between 0 and
    1, ``grade`` a grade on a scale of the scorer's own. ``harmful`` are [start, end] of a harmful span of the answer
    (of a pair's: the loser's), in characters, ``better`` an answer written in its place, ``note`` free text, ``reason``
    why there is no winner or no value. ``seconds`` is the time that it took.
    """

    item: str
    rubric: dict[str, float | None]
    scorer: str
    answer: NotRequired[str]
    pair: NotRequired[list[str]]
    winner: NotRequired[Winner | None]
    cluster: NotRequired[str]
    overall: NotRequired[float | None]
    grade: NotRequired[float | None]
    harmful: NotRequired[list[list[int]]]
    better: NotRequired[str]
    note: NotRequired[str]
    reason: NotRequired[str]
    seconds: NotRequired[float]


def checked(row: Mapping[str, Any], where: str = "") -> Label:
    """The row as a label.

    Raises:
        InputError: it is none; the message says what is wrong.
    """
    if fault := _fault(row):
        raise InputError(fault, where or str(row.get("item", "")), FIX)
    return cast(Label, dict(row))


def read_labels(path: Path) -> Iterator[Label]:
    """The labels of a JSON Lines file, checked one by one."""
    for number, row in enumerate(read_jsonl(path), 1):
        yield checked(row, f"{path}, label {number}")


def write_labels(path: Path, labels: Iterable[Label]) -> int:
    """Writes labels as JSON Lines, atomically and checked; returns how many."""
    return write_jsonl(path, (checked(label) for label in labels))


def _fault(row: Mapping[str, Any]) -> str:
    for name in ("item", "scorer"):
        if not isinstance(row.get(name), str) or not row[name]:
            return f"the label has no {name}"
    if ("answer" in row) == ("pair" in row):
        return "a label is of one answer or of a pair"
    pair = row.get("pair", ["", ""])
    if not isinstance(pair, Sequence) or isinstance(pair, str) or len(pair) != 2:
        return "a pair has two answers"
    if "winner" in row and "pair" not in row:
        return "only a pair has a winner"
    if row.get("winner") not in (None, *WINNERS):
        return f"the winner is one of {', '.join(WINNERS)}, or null"
    rubric = row.get("rubric")
    if not isinstance(rubric, Mapping):
        return "the label has no rubric"
    if unknown := sorted(set(rubric) - set(BY_KEY)):
        return f"the rubric has no item {unknown[0]!r}; it has {', '.join(KEYS)}"
    for key, value in [*rubric.items(), ("overall", row.get("overall"))]:
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1):
            return f"{key} is {value!r}, and no value from 0 to 1"
    return ""
