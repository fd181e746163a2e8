"""The compile stage: conversations to token ids and labels, as Parquet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from residency.chat.fit import REFUSED, Fitted, fitted
from residency.chat.lengths import lengths
from residency.chat.load import renderer_of
from residency.chat.renderer import LOST, LostTextError, Renderer, Row
from residency.chat.settings import ChatSettings, CompileSettings
from residency.core.errors import InputError, ProofError, UsageError
from residency.core.files import read_jsonl, write_json
from residency.core.records import Conversation
from residency.core.stage import Counts, StageContext
from residency.core.tools import uses_tools
from residency.generation.models import load_tokenizer
from residency.generation.settings import ModelSettings

SPLITS = ("train", "dev")
CHUNK = 1_000  # conversations in memory at once
NO_TURN = "no assistant turn"
NO_TOOLS = "the base model's format knows no tools"
SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("kind", pa.string()),
        ("mode", pa.string()),
        ("topic", pa.string()),
        ("source", pa.string()),
        ("thought", pa.string()),
        ("parents", pa.list_(pa.string())),
        ("turns", pa.list_(pa.int32())),
        ("left_out", pa.list_(pa.string())),
        ("input_ids", pa.list_(pa.int32())),
        ("labels", pa.list_(pa.int32())),
    ]
)
"""A line for each row. ``turns`` are the places of its labelled turns among the conversation's messages, ``left_out``
what its prompt lost to the budget, ``thought`` by which policy its turns have their thoughts."""
TRACED = ("id", "kind", "mode", "topic", "source", "parents")


@dataclass
class Tally:
    """What became of a split's conversations."""

    conversations: int = 0
    turns: int = 0
    tokens: list[int] = field(default_factory=list)
    labelled: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)

    def report(self) -> dict[str, Any]:
        """As it stands in ``report.json``."""
        return {
            "conversations": self.conversations,
            "turns": self.turns,
            "rows": len(self.tokens),
            "tokens": sum(self.tokens),
            "labelled": self.labelled,
            "lengths": lengths(self.tokens),
            "left_out": dict(self.left_out),
            "refused": dict(self.refused),
        }


def run(context: StageContext) -> Counts:
    """Reads ``train.jsonl`` and ``dev.jsonl`` of the thoughts stage; writes ``train.parquet``, ``dev.parquet`` and
    ``report.json`` with lengths, and what was left out and refused."""
    settings = context.section("compile", CompileSettings)
    renderer = renderer_of(
        load_tokenizer(context.section("model", ModelSettings)), context.section("chat", ChatSettings)
    )
    report: dict[str, Any] = {"family": renderer.family.name}
    tallies: dict[str, Tally] = {}
    for split in SPLITS:
        context.progress.start(None, f"{split} conversations")
        tally = compile_files(
            renderer,
            context.inputs["thoughts"] / f"{split}.jsonl",
            context.out / f"{split}.parquet",
            settings.max_length,
            context.progress.advance,
        )
        tallies[split], report[split] = tally, tally.report()
        if split == "train" and not tally.tokens:
            what = f"every training row is longer than {settings.max_length} tokens"
            raise InputError(what, "compile.max_length", "Raise it")
        _tell(context, split, tally)
    write_json(context.out / "report.json", report)
    train = tallies["train"]
    return {
        "rows": len(train.tokens),
        "turns": train.turns,
        "tokens": sum(train.tokens),
        "learnt": train.labelled,
        "left out of": train.left_out.total(),
        "refused": train.refused.total(),
        "dev": len(tallies["dev"].tokens),
        "engine": renderer.encoder.engine,
        **report,
    }


def _tell(context: StageContext, split: str, tally: Tally) -> None:
    """What a person should know before the training begins."""
    if tally.refused[REFUSED]:
        asked = tally.turns + tally.refused[REFUSED]
        context.progress.note(
            f"{tally.refused[REFUSED]} of {asked} {split} turns are {REFUSED} and are not learnt; raise it, or see "
            "residency show RUN --lengths"
        )
    if tally.refused[NO_TOOLS]:
        context.progress.note(
            f"{tally.refused[NO_TOOLS]} of {tally.conversations} {split} rows are left out, since {NO_TOOLS}; the "
            "other kinds' shares are larger by that. Set grounding.tools = 0, or choose another base model"
        )
    for reason, count in tally.left_out.items():
        context.progress.note(f"{count} {split} rows are within compile.max_length with {reason}")
    if split == "dev" and not tally.tokens:
        context.progress.note("no dev row is left: there will be no dev loss")


def compile_files(
    renderer: Renderer, source: Path, out: Path, max_length: int, advance: Callable[[int], None] = lambda done: None
) -> Tally:
    """Compile conversations from JSON Lines to Parquet; memory does not grow with their number."""
    tally = Tally()
    rows = cast(Iterator[Conversation], read_jsonl(source))
    with Table(out) as table:
        while chunk := list(islice(rows, CHUNK)):
            table.write(compile_chunk(renderer, chunk, max_length, tally, source.name))
            advance(len(chunk))
    return tally


def compile_chunk(
    renderer: Renderer, chunk: Sequence[Conversation], max_length: int, tally: Tally, source: str = ""
) -> list[tuple[Conversation, Fitted]]:
    """The rows of some conversations, each proved to be what is served, and counted in ``tally``.

    Raises:
        ProofError, UsageError: a row is not, or its family has no form for it; the record is named.
    """
    found: list[tuple[Conversation, Fitted]] = []
    tally.conversations += len(chunk)
    if not renderer.family.tools:
        known = [row for row in chunk if not uses_tools(row)]
        if len(known) < len(chunk):
            tally.refused[NO_TOOLS] += len(chunk) - len(known)
        chunk = known
    for row, of_one in zip(chunk, _rendered(renderer, chunk, source), strict=True):
        if not of_one:
            tally.refused[LOST if of_one is None else NO_TURN] += 1
            continue
        rows, refused = fitted(renderer, of_one, row["messages"], row.get("tools", ()), max_length)
        if refused:
            tally.refused[REFUSED] += refused
        for one in rows:
            if not one.left_out:
                _prove(renderer, one.row, row, source)
            tally.turns += len(one.row.turns)
            tally.tokens.append(len(one.row.input_ids))
            tally.labelled += one.row.labelled
            tally.left_out.update(one.left_out)
            found.append((row, one))
    return found


def _prove(renderer: Renderer, one: Row, row: Conversation, source: str) -> None:
    try:
        renderer.prove(one, row["messages"], row.get("tools", ()))
    except (ProofError, UsageError) as error:
        raise type(error)(error.what, f"{source}: row {row['id']}", error.fix) from None


def _rendered(renderer: Renderer, chunk: Sequence[Conversation], source: str) -> list[list[Row] | None]:
    """All rows of the chunk at once, which is fast; where that fails, one by one, to name the record. None for one
    whose text the vocabulary cannot hold."""
    try:
        return list(renderer.rows([(row["messages"], row.get("tools", ())) for row in chunk]))
    except (ProofError, UsageError):
        return [_alone(renderer, row, source) for row in chunk]


def _alone(renderer: Renderer, row: Conversation, source: str) -> list[Row] | None:
    try:
        (rows,) = renderer.rows([(row["messages"], row.get("tools", ()))])
    except LostTextError:
        return None
    except (ProofError, UsageError) as error:
        raise type(error)(error.what, f"{source}: row {row['id']}", error.fix) from None
    return rows


class Table:
    """A Parquet file that is written chunk by chunk, and is there only when it is whole."""

    def __init__(self, path: Path) -> None:
        self._path, self._partial = path, path.with_suffix(".partial")

    def __enter__(self) -> Table:
        self._writer = pq.ParquetWriter(self._partial, SCHEMA)
        return self

    def write(self, rows: Iterable[tuple[Conversation, Fitted]]) -> None:
        rows = list(rows)
        columns: dict[str, Any] = {name: [row[name] for row, _ in rows] for name in TRACED}  # type: ignore[literal-required]
        columns["thought"] = [row.get("thought") for row, _ in rows]
        columns["turns"] = [one.row.turns for _, one in rows]
        columns["left_out"] = [one.left_out for _, one in rows]
        columns["input_ids"] = _lists([one.row.input_ids for _, one in rows])
        columns["labels"] = _lists([one.row.labels for _, one in rows])
        self._writer.write_table(pa.table([columns[field.name] for field in SCHEMA], schema=SCHEMA))

    def __exit__(self, kind: object, *_: object) -> None:
        self._writer.close()
        if kind is None:
            self._partial.replace(self._path)
        else:
            self._partial.unlink(missing_ok=True)


def _lists(rows: Sequence[Any]) -> pa.ListArray:
    ends = np.cumsum([0, *map(len, rows)], dtype=np.int32)
    values = np.concatenate([np.empty(0, np.int32), *rows])
    return pa.ListArray.from_arrays(pa.array(ends), pa.array(values, pa.int32()))
