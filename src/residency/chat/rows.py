"""Compiled rows as a person reads them: what the model sees, what it learns, and how another renderer would differ."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl

from residency.chat.load import renderer_of
from residency.chat.renderer import IGNORED, Renderer
from residency.chat.segments import Control
from residency.chat.settings import ChatSettings
from residency.chat.stage import SPLITS
from residency.core.errors import InputError
from residency.core.files import read_json, read_jsonl
from residency.generation.models import load_tokenizer
from residency.generation.settings import ModelSettings

AROUND = 12  # tokens shown on each side of where two renderings part
NEAREST = 3


@dataclass(frozen=True)
class Part:
    """A piece of a row: its text, whether it is a control token, and whether the model learns to produce it."""

    text: str
    control: bool
    learnt: bool


@dataclass(frozen=True)
class Difference:
    """Where two renderings part: the token's place, counted from 0, and what each has from shortly before it."""

    place: int
    ours: str
    theirs: str


@dataclass(frozen=True)
class Comparison:
    """A row beside what the model's own chat template gives for the same messages: the numbers of tokens, and where
    they differ first; None where they do not."""

    ours: int
    theirs: int
    first: Difference | None


@dataclass(frozen=True)
class RowView:
    """One compiled row: its ``fields``, the numbers of its tokens, and its parts, one after the other.

    The fields are those of its line in the Parquet file, its ``split``, its number there as ``row``, and which row
    ``of_conversation`` it is.
    """

    fields: dict[str, Any]
    tokens: int
    learnt: int
    parts: list[Part]
    compared: Comparison | None = None

    def as_dict(self) -> dict[str, Any]:
        """For programs."""
        return asdict(self)


def show_row(run_folder: Path, row: str | None, compare: bool = False) -> RowView:
    """One row of a run.

    Args:
        run_folder: ``runs/NAME`` with a finished compile stage.
        row: a conversation's id, ``ID#2`` for its second row, or a row's number in the training rows, from 1; None
            takes the first.
        compare: whether to hold it against the model's own chat template.

    Raises:
        InputError: there is no such run or row; the nearest ids are named.
    """
    values = _values(run_folder)
    found = _find(run_folder / "compile", row)
    settings = ChatSettings.model_validate(values["chat"])
    tokenizer = load_tokenizer(ModelSettings.model_validate(values["model"]))
    renderer = renderer_of(tokenizer, settings)
    ids, labels = found.pop("input_ids"), found.pop("labels")
    compared = _compared(run_folder, renderer, tokenizer, found, ids, settings) if compare else None
    learnt = sum(label != IGNORED for label in labels)
    return RowView(found, len(ids), learnt, list(parts(renderer, ids, labels)), compared)


def parts(renderer: Renderer, ids: Sequence[int], labels: Sequence[int]) -> Iterator[Part]:
    """A row in pieces, cut where a label begins or ends and at control tokens."""
    start = 0
    for place in range(1, len(ids) + 1):
        if place < len(ids) and (labels[place] == IGNORED) == (labels[start] == IGNORED):
            continue
        for segment in renderer.segments(ids[start:place]):
            yield Part(str(segment), isinstance(segment, Control), labels[start] != IGNORED)
        start = place


def compile_report(run_folder: Path) -> dict[str, Any]:
    """What the compile stage counted: lengths, what was left out and what refused, by split.

    Raises:
        InputError: the run has not come so far.
    """
    _values(run_folder)
    path = run_folder / "compile" / "report.json"
    if not path.is_file():
        raise _not_compiled(run_folder)
    return dict(read_json(path))


def _values(run_folder: Path) -> dict[str, Any]:
    path = run_folder / "recipe.json"
    if not path.exists():
        raise InputError("not a run folder", str(run_folder), "Name a folder such as runs/surgery")
    return dict(read_json(path)["values"])


def _find(folder: Path, wanted: str | None) -> dict[str, Any]:
    tables = {split: folder / f"{split}.parquet" for split in SPLITS}
    if not all(path.is_file() for path in tables.values()):
        raise _not_compiled(folder.parent)
    # Of a large set only the ids are read, and then the one row.
    places = pl.concat(
        [
            pl.scan_parquet(path).select("id").with_row_index("place").with_columns(split=pl.lit(split))
            for split, path in tables.items()
        ]
    ).collect()
    name, _, which = (wanted or "1").rpartition("#") if "#" in (wanted or "") else (wanted or "1", "", "1")
    mine = places.filter(pl.col("id") == name)
    if mine.is_empty() and name.isdigit():
        mine = places.filter((pl.col("split") == "train") & (pl.col("place") == int(name) - 1))
    if mine.is_empty() or not which.isdigit() or not 1 <= int(which) <= mine.height:
        raise _no_such_row(folder, wanted or "1", places["id"].unique().to_list(), mine.height)
    place, _, split = mine.row(int(which) - 1)
    table = pl.scan_parquet(tables[split]).slice(place, 1).collect()
    return {
        "split": split,
        "row": place + 1,
        "of_conversation": f"{which} of {mine.height}",
        **table.row(0, named=True),
    }


def _no_such_row(folder: Path, wanted: str, ids: list[str], rows: int) -> InputError:
    if rows:
        return InputError(f"this conversation has {rows} rows", wanted, f"Ask for {wanted.rpartition('#')[0]}#1 or so")
    near = difflib.get_close_matches(wanted, ids, NEAREST, 0.4) or sorted(ids)[:NEAREST]
    return InputError(
        f"no compiled row has this id; {len(ids):,} conversations are compiled",
        wanted,
        f"Nearest: {', '.join(near)}. What was refused is counted in {folder / 'report.json'}",
    )


def _not_compiled(run_folder: Path) -> InputError:
    return InputError(
        "this run has no compiled rows yet", str(run_folder), "Type: residency run RECIPE --until compile"
    )


def _compared(
    run_folder: Path,
    renderer: Renderer,
    tokenizer: Any,
    found: Mapping[str, Any],
    ids: Sequence[int],
    settings: ChatSettings,
) -> Comparison:
    """The row beside the model's own template over the same messages to the row's last turn, tokenized whole, as most
    trainers do it."""
    if not tokenizer.chat_template:
        raise InputError("this model's tokenizer has no chat template to compare with", str(tokenizer.name_or_path))
    source = next(
        folder for folder in ("thoughts", "mix") if (run_folder / folder / f"{found['split']}.jsonl").is_file()
    )
    rows = read_jsonl(run_folder / source / f"{found['split']}.jsonl")
    record = next(row for row in rows if row["id"] == found["id"])
    messages = record["messages"][: found["turns"][-1] + 1]
    try:
        theirs = tokenizer.apply_chat_template(
            messages, tools=record.get("tools"), return_dict=False, enable_thinking=settings.thinking
        )
    except Exception as error:  # a template is a foreign program
        what = f"the model's own chat template cannot render this row ({error})"
        raise InputError(what, str(found["id"])) from None
    first = next((place for place, (a, b) in enumerate(zip(ids, theirs, strict=False)) if a != b), None)
    if first is None and len(ids) != len(theirs):
        first = min(len(ids), len(theirs))
    if first is None:
        return Comparison(len(ids), len(theirs), None)
    near = slice(max(0, first - AROUND), first + AROUND)
    return Comparison(
        len(ids), len(theirs), Difference(first, renderer.decode(ids[near]), renderer.decode(theirs[near]))
    )
