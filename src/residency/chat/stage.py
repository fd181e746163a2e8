"""The compile stage: conversations to token ids and labels, as Parquet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
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
from residency.chat.renderer import Renderer, Row
from residency.chat.settings import CompileSettings
from residency.core.errors import InputError, ProofError, UsageError
from residency.core.files import read_jsonl, write_json
from residency.core.records import Conversation
from residency.core.stage import Counts, StageContext
from residency.generation.models import load_tokenizer
from residency.generation.settings import ModelSettings

SPLITS = ("train", "dev")
CHUNK = 1_000  # conversations in memory at once
NO_TURN = "no assistant turn"
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
    """Reads ``train.jsonl`` and ``dev.jsonl``; writes ``train.parquet``, ``dev.parquet`` and ``report.json`` with
    lengths, and what was left out and refused."""
    settings = context.section("compile", CompileSettings)
    renderer = renderer_of(load_tokenizer(context.section("model", ModelSettings)), settings)
    report: dict[str, Any] = {"family": renderer.family.name, "engine": renderer.encoder.engine}
    for split in SPLITS:
        source = context.inputs["mix"] / f"{split}.jsonl"
        context.progress.start(None, f"{split} conversations")
        tally = Tally()
        with _Table(context.out / f"{split}.parquet") as table:
            for chunk in _chunks(cast(Iterator[Conversation], read_jsonl(source))):
                table.write(compile_chunk(renderer, chunk, settings.max_length, tally, split))
                context.progress.advance(len(chunk))
        report[split] = tally.report()
        if split == "train" and not tally.tokens:
            what = f"every training row is longer than {settings.max_length} tokens"
            raise InputError(what, "compile.max_length", "Raise it")
    write_json(context.out / "report.json", report)
    return {name: entry for name, entry in report.items() if name != "engine"}


def compile_chunk(
    renderer: Renderer, chunk: Sequence[Conversation], max_length: int, tally: Tally, split: str = ""
) -> list[tuple[Conversation, Fitted]]:
    """The rows of some conversations, each proved to be what is served, and counted in ``tally``.

    Raises:
        ProofError, UsageError: a row is not, or its family has no form for it; the record is named.
    """
    found: list[tuple[Conversation, Fitted]] = []
    for row, of_one in zip(chunk, _rendered(renderer, chunk, split), strict=True):
        tally.conversations += 1
        if not of_one:
            tally.refused[NO_TURN] += 1
            continue
        rows, refused = fitted(renderer, of_one, row["messages"], row.get("tools", ()), max_length)
        if refused:
            tally.refused[REFUSED] += refused
        for one in rows:
            tally.turns += len(one.row.turns)
            tally.tokens.append(len(one.row.input_ids))
            tally.labelled += one.row.labelled
            tally.left_out.update(one.left_out)
            found.append((row, one))
    return found


def _rendered(renderer: Renderer, chunk: Sequence[Conversation], split: str) -> list[list[Row]]:
    """All rows of the chunk at once, which is fast; where that fails, one by one, to name the record."""
    try:
        return renderer.rows([(row["messages"], row.get("tools", ())) for row in chunk])
    except (ProofError, UsageError):
        for row in chunk:
            try:
                renderer.rows([(row["messages"], row.get("tools", ()))])
            except (ProofError, UsageError) as error:
                where = f"{split} row {row['id']}"
                raise type(error)(error.what, where, error.fix) from None
        raise


def _chunks(rows: Iterator[Conversation]) -> Iterator[list[Conversation]]:
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


class _Table:
    """A Parquet file that is written chunk by chunk, and is there only when it is whole."""

    def __init__(self, path: Path) -> None:
        self._path, self._partial = path, path.with_suffix(".partial")

    def __enter__(self) -> _Table:
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
