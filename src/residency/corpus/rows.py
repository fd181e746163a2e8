"""A whole row in the forms in which it goes on: a line of the kept rows, its entry in the table, its passages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import orjson
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from residency.core.records import Passage
from residency.core.text import normalise
from residency.corpus.reading.shapes import Draft

TABLE: dict[str, Any] = {
    "file": pl.String,
    "number": pl.Int64,
    "shape": pl.String,
    "kind": pl.String,
    "id": pl.String,
    "source": pl.String,
    "topic": pl.String,
    "licence": pl.String,
    "parents": pl.List(pl.String),
    "passages": pl.List(pl.String),
    "missing": pl.List(pl.String),
    "notes": pl.List(pl.String),
    "explained": pl.Boolean,
    "key": pl.Int16,
    "options": pl.Int16,
}
COMPARED: dict[str, Any] = {
    "question_words": pl.Int32,
    "answer_words": pl.Int32,
    "stem": pl.UInt64,
    "exact": pl.UInt64,
    "said": pl.UInt64,
    "turns": pl.List(pl.UInt64),
    "exchanges": pl.List(pl.UInt64),
    "so_far": pl.List(pl.UInt64),
    "alone": pl.List(pl.UInt64),
}
"""The columns of a row's entry. ``key`` is the place of an MCQ's key among its ``options``, of which that is the
number; ``explained`` whether it has a rationale. Those of ``COMPARED`` are the numbers of words, and keys of the
question, of the question with its options in any order, and of all else that the row says; of a conversation, whose
question are all turns of the user, also keys of each such turn and of each with its answer, where they are long enough
to tell; and for each of its turns in order a key of this turn with those before it, None where it has no word, and one
of the turn alone, None for the first and for those that do not stand by themselves."""
TURN_WORDS, EXCHANGE_WORDS = 4, 12
"""From which a turn, and a turn with its answer, are long enough to tell."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of text as one, each with its end, and their lengths, shape (lines,). As many objects of their own they
    would leave the memory of the process that takes them in pieces, which it could not give back."""

    data: bytes
    lengths: NDArray[np.int64]

    @classmethod
    def of(cls, lines: Sequence[bytes]) -> Lines:
        """Lines without their ends."""
        return cls(b"".join([line + b"\n" for line in lines]), np.fromiter(map(len, lines), np.int64, len(lines)) + 1)

    def __len__(self) -> int:
        return len(self.lengths)


def entry(draft: Draft, own: list[Passage]) -> tuple[Any, ...]:
    """The row's values for :data:`TABLE`, in its order; ``own`` are the passages that it carries itself."""
    return (
        draft.raw.file,
        draft.raw.number,
        draft.shape,
        draft.kind,
        draft.id,
        draft.source,
        draft.topic,
        draft.licence,
        draft.parents,
        [*draft.passages, *(passage["id"] for passage in own)],
        list(draft.missing),
        list(draft.notes),
        bool(draft.rationale),
        list(draft.options).index(draft.answer or "") if draft.kind == "mcq" else None,
        len(draft.options) if draft.kind == "mcq" else None,
    )


def entries(rows: Sequence[tuple[Any, ...]]) -> pl.DataFrame:
    """The table of entries; through Arrow, since polars makes a column of its own of every list in a row."""
    columns = zip(*rows, strict=True) if rows else ((),) * len(TABLE)
    series = [
        as_series(pa.array(column, pa.list_(pa.string())))
        if dtype == pl.List(pl.String)
        else pl.Series(column, dtype=dtype)
        for column, dtype in zip(columns, TABLE.values(), strict=True)
    ]
    return pl.DataFrame([column.alias(name) for column, name in zip(series, TABLE, strict=True)])


def as_series(column: pa.Array) -> pl.Series:
    """An Arrow column as one of polars."""
    return pl.Series(pl.from_arrow(column))


def line(draft: Draft, own: list[Passage]) -> bytes:
    """The row as JSON without its split and cluster, which :func:`finished` adds."""
    row: dict[str, Any] = {
        "id": draft.id,
        "kind": draft.kind,
        "question": draft.question or "",
        "answer": draft.answer or "",
        "source": draft.source,
        "topic": draft.topic,
        "licence": draft.licence,
        "parents": draft.parents,
        "passages": [*draft.passages, *(passage["id"] for passage in own)],
        "origin": draft.raw.origin,
    }
    if draft.kind == "mcq":
        row["options"] = draft.options
    if draft.kind == "conversation":
        row["messages"] = draft.messages
    if draft.messages and draft.system:
        row["system"] = draft.system
    if draft.greeting:
        row["greeting"] = draft.greeting
    if draft.rationale:
        row["rationale"] = draft.rationale
    return orjson.dumps(row)


def finished(line: bytes, **fields: Any) -> bytes:
    """A line of :func:`line` with more fields."""
    return line[:-1] + b"," + orjson.dumps(fields)[1:]


def asked(draft: Draft) -> str:
    """What the row asks: its question, or all turns of the user."""
    return "\n".join(asked_turns(draft)) if draft.kind == "conversation" else draft.question or ""


def asked_turns(draft: Draft) -> list[str]:
    """The turns of a conversation's user."""
    return [message["content"] for message in draft.messages if message["role"] == "user"]


def exchanges(draft: Draft) -> list[str]:
    """Each turn of a conversation's user with the answer to it."""
    return [
        f"{before['content']}\n{after['content']}"
        for before, after in pairwise(draft.messages)
        if (before["role"], after["role"]) == ("user", "assistant")
    ]


def said(draft: Draft) -> str:
    """All that the row says beside what it asks: options, answer or the assistant's turns, and the rationale."""
    if draft.kind == "conversation":
        return "\n".join(message["content"] for message in draft.messages if message["role"] != "user")
    parts = draft.options.values() if draft.kind == "mcq" else [draft.answer or ""]
    return " ".join([*parts, draft.rationale])


def own_passages(draft: Draft) -> list[Passage]:
    """The passages that the row carries itself, as records."""
    return [
        {
            "id": f"{draft.id}-c{number}",
            "title": "",
            "section": section,
            "date": "",
            "text": text,
            "source": draft.source,
            "topic": draft.topic,
            "licence": draft.licence,
            "parents": [draft.id],
        }
        for number, (section, text) in enumerate(draft.contexts, 1)
    ]


def rank(source: str) -> int:
    """By which of several rows that say the same one is kept: people's own before others, synthetic ones last."""
    return {"human": 0, "synthetic": 2}.get(normalise(source), 1)
