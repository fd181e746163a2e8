"""What can be picked without knowing anything: by the key's position, by the options' length, by the options alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from residency.evaluation.item import Result
from residency.evaluation.table import Cell, Table
from residency.judging.statistics import estimate


def position(results: Mapping[str, Sequence[Result]]) -> Table | None:
    """How often each letter is the key, how often it is picked, and how often it is picked where it is the key."""
    rows: list[list[Cell]] = []
    for name, of_model in results.items():
        for how in ("likelihood", "writing"):  # of yes, no and maybe the letters have a meaning of their own
            picks = [(pick, row) for row in of_model if not _fixed(row) for pick in _picks(row, how)]
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


def baselines(results: Mapping[str, Sequence[Result]]) -> Table | None:
    """What each source gives away: accuracy by chance, by the commonest key, by length, and from the options alone."""
    first = next(iter(results.values()))
    rows: list[list[Cell]] = []
    for source in dict.fromkeys(row["source"] for row in first):
        own = [row for row in first if row["source"] == source]
        keys = Counter(row["details"]["key"] for row in own)
        common, count = min(keys.items(), key=lambda pair: (-pair[1], pair[0]))
        chance = sum(1 / row["details"]["options"] for row in own) / len(own)
        rows.append([source, "an option at random", "", len(own), chance, None, None])
        rows.append([source, f"always {common}", "", len(own), count / len(own), None, None])
        told = [row["details"] for row in own if row["details"]["longest"]]
        if told and not _fixed(own[0]):
            share = sum(details["longest"] == details["key"] for details in told) / len(told)
            rows.append([source, "always the longest option", "", len(told), share, None, None])
        for name, of_model in results.items():
            some = [row for row in of_model if row["source"] == source]
            values = [row["metrics"].get("exam.accuracy_choices_only") for row in some]
            blind = estimate(values, [row["cluster"] for row in some])
            if blind.n:
                rows.append([source, "options alone", name, blind.n, blind.value, blind.low, blind.high])
    columns = ["source", "picks", "model", "n", "accuracy", "low", "high"]
    note = (
        "Accuracy means what it is above these. A model that is above chance from the options alone makes use of what "
        "they give away, or has seen the item."
    )
    return Table("exam_baselines", "exam", "What exam sets give away", columns, rows, note) if rows else None


def _fixed(row: Result) -> bool:
    """Whether the options are the same in every item of the set."""
    return row["details"].get("shape") == "pubmedqa"


def _picks(row: Result, how: str) -> list[str]:
    if how == "likelihood":
        return [row["details"]["likeliest"]] if row["details"].get("likeliest") else []
    return [letter for letter in row["details"].get("letters", []) if letter]
