"""Finds a run's compiled rows by what a person types, and says where that went of which there is no row."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from residency.chat.stage import SPLITS
from residency.core.errors import InputError
from residency.core.files import read_jsonl
from residency.core.records import HELD_OUT
from residency.core.runs import is_finished

NEAREST, NAMED = 3, 8


def find_row(run_folder: Path, wanted: str | None) -> dict[str, Any]:
    """The line of a row in its Parquet file, with its ``split``, its number there from 1 as ``row``, and which row
    ``of_conversation`` it is.

    Args:
        run_folder: ``runs/NAME``.
        wanted: a conversation's id, ``ID#2`` for its second row, or a row's number in the training rows, from 1; None
            takes the first.

    Raises:
        InputError: there is no such row; it says why, or names the nearest ids.
    """
    if not is_finished(run_folder, "compile"):
        raise not_compiled(run_folder)
    tables = {split: run_folder / "compile" / f"{split}.parquet" for split in SPLITS}
    # Of a large set only the ids are read, and then the one row.
    places = pl.concat(
        [
            pl.scan_parquet(path).select("id").with_row_index("place").with_columns(split=pl.lit(split))
            for split, path in tables.items()
        ]
    ).collect()
    mine, which = _rows_of(places, wanted or "1")
    if not 1 <= which <= mine.height:
        raise _no_such_row(run_folder, tables, wanted or "1", places, mine.height)
    place, _, split = mine.row(which - 1)
    table = pl.scan_parquet(tables[split]).slice(place, 1).collect()
    return {
        "split": split,
        "row": place + 1,
        "of_conversation": f"{which} of {mine.height}",
        **table.row(0, named=True),
    }


def not_compiled(run_folder: Path) -> InputError:
    """What is wrong with a run that has not come so far."""
    return InputError(
        "this run has no compiled rows yet", str(run_folder), "Type: residency run RECIPE --until compile"
    )


def _rows_of(places: pl.DataFrame, wanted: str) -> tuple[pl.DataFrame, int]:
    """The rows of the conversation that is meant, and which of them. An id may hold ``#`` or be a number."""
    name, _, which = wanted.rpartition("#")
    mine = places.filter(pl.col("id") == wanted)
    if not mine.is_empty():
        return mine, 1
    if name and which.isdecimal():
        return places.filter(pl.col("id") == name), int(which)
    if wanted.isdecimal():
        mine = places.filter((pl.col("split") == "train") & (pl.col("place") == int(wanted) - 1))
    return mine, 1


def _no_such_row(run_folder: Path, tables: dict[str, Path], wanted: str, places: pl.DataFrame, rows: int) -> InputError:
    if rows:
        name = wanted.rpartition("#")[0]
        has, ask = ("1 row", name) if rows == 1 else (f"{rows} rows", f"{name}#1 to {name}#{rows}")
        return InputError(f"this conversation has {has}", wanted, f"Ask for {ask}")
    made = pl.concat([pl.scan_parquet(path).select("id", "parents") for path in tables.values()])
    children = made.filter(pl.col("parents").list.contains(wanted)).collect()["id"].unique(maintain_order=True)
    if len(children):
        what = f"this is a question of the bank or another parent; made of it are {_some(children.to_list())}"
        return InputError(what, wanted, f"Ask for {children[0]}{' or another of these' if len(children) > 1 else ''}")
    if told := _fate(run_folder, wanted):
        return InputError(told, wanted)
    if wanted.isdecimal():
        counts = {split: places.filter(pl.col("split") == split).height for split in SPLITS}
        return InputError(
            f"there is no row of this number: the {counts['train']:,} training rows are numbered from 1 to "
            f"{counts['train']:,}",
            wanted,
            f"The {counts['dev']:,} dev rows are found by their ids",
        )
    ids = places["id"].unique().to_list()
    near = difflib.get_close_matches(wanted, ids, NEAREST, 0.4) or sorted(ids)[:NEAREST]
    return InputError(
        f"no compiled row has this id; {len(ids):,} conversations are compiled", wanted, f"Nearest: {', '.join(near)}"
    )


def _fate(run_folder: Path, wanted: str) -> str:
    """In words, where an id went that has no compiled row; empty when the run does not know it."""
    kept = {row["id"] for split in SPLITS for row in _rows(run_folder / "thoughts" / f"{split}.jsonl", wanted)}
    mixed = {row["id"] for split in SPLITS for row in _rows(run_folder / "mix" / f"{split}.jsonl", wanted)}
    if kept:
        report = run_folder / "compile" / "report.json"
        return f"its rows were refused when they were compiled ({_some(sorted(kept))}): {report} counts the reasons"
    if mixed:
        gone = run_folder / "thoughts" / "dropped.jsonl"
        dropped = [row for row in _lines(gone) if row["id"] in mixed]
        reasons = dict.fromkeys(reason for row in dropped for _, reason in row["reasons"])
        said = f" ({'; '.join(reasons)})" if reasons else ""
        return f"it got no thought and was dropped{said}: see {gone}" if dropped else "it was not compiled yet"
    split = next((row["split"] for row in _lines(run_folder / "corpus" / "kept.jsonl") if row["id"] == wanted), None)
    if split in HELD_OUT:
        return f"this question is held out, in the split {split}: nothing is trained on it"
    if split:
        return f"this question is in the split {split}, but the mix took nothing that is made of it"
    bank = run_folder / "corpus" / "rejected.jsonl"
    entries = (entry for entry in _lines(bank) if isinstance(entry["row"], dict) and entry["row"].get("id") == wanted)
    rejected = next(entries, None)
    return (
        f"this row of the bank was rejected ({rejected['reason']}: {rejected['detail']}): see {bank}"
        if rejected
        else ""
    )


def _rows(path: Path, wanted: str) -> Iterator[dict[str, Any]]:
    return (row for row in _lines(path) if wanted == row["id"] or wanted in row["parents"])


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    return read_jsonl(path) if path.is_file() else iter(())


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"{', '.join(names[:NAMED])}{more}"
