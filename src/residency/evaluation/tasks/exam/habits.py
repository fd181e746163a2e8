"""What a model picks whatever is asked: by the key's position, and by the options' length."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from residency.evaluation.item import Result
from residency.evaluation.table import Cell, Table
from residency.judging.statistics import estimate


def position(results: Mapping[str, Sequence[Result]]) -> Table | None:
    """How often each letter is the key, how often it is picked, and how often it is picked where it is the key."""
    rows: list[list[Cell]] = []
    for name, of_model in results.items():
        for how in ("likelihood", "writing"):
            picks = [(pick, row) for row in of_model for pick in _picks(row, how)]
            letters = sorted({letter for pick, row in picks for letter in (pick, row["details"]["key"])})
            for letter in letters:
                told = estimate([float(pick == letter) for pick, _ in picks], [row["cluster"] for _, row in picks])
                own = [(pick, row) for pick, row in picks if row["details"]["key"] == letter]
                right = estimate([float(pick == letter) for pick, _ in own], [row["cluster"] for _, row in own])
                key = len(own) / len(picks)
                rows.append([name, how, letter, told.n, key, told.value, told.low, told.high, right.value, right.n])
    if not rows:
        return None
    return Table(
        "exam_position",
        "exam",
        "Position of the option picked",
        [
            "model",
            "by",
            "letter",
            "n",
            "share of keys",
            "share of picks",
            "low",
            "high",
            "accuracy where key",
            "n where key",
        ],
        rows,
        "A letter picked far more often than it is the key is picked for its place. Written answers that could not be "
        "read are left out here.",
    )


def longest(results: Mapping[str, Sequence[Result]]) -> Table | None:
    """How often the longest option is the key, and how often it is picked."""
    rows: list[list[Cell]] = []
    for name, of_model in results.items():
        for how in ("likelihood", "writing"):
            told = [(pick, row) for row in of_model if row["details"].get("longest") for pick in _picks(row, how)]
            if told:
                clusters = [row["cluster"] for _, row in told]
                picked = estimate([float(pick == row["details"]["longest"]) for pick, row in told], clusters)
                key = sum(row["details"]["key"] == row["details"]["longest"] for _, row in told) / len(told)
                rows.append([name, how, picked.n, key, picked.value, picked.low, picked.high])
    if not rows:
        return None
    columns = ["model", "by", "n", "share of keys", "share of picks", "low", "high"]
    note = "Of the items in which one option is longer than every other, by characters."
    return Table("exam_longest", "exam", "The longest option", columns, rows, note)


def _picks(row: Result, how: str) -> list[str]:
    if how == "likelihood":
        return [row["details"]["likeliest"]] if row["details"].get("likeliest") else []
    return [letter for letter in row["details"].get("letters", []) if letter]
