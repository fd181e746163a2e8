"""Rows of tokens, and the batches that are made of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import torch

from residency.chat.batches import WIDTH_STEP as WIDTH_STEP
from residency.chat.batches import batches_by_length as batches_by_length
from residency.chat.batches import pack as pack
from residency.chat.batches import padded_width as padded_width
from residency.chat.renderer import IGNORED as IGNORED
from residency.training.model.attention import Micro as Micro

Ids = np.ndarray[Any, np.dtype[np.int32]]
Row = tuple[Sequence[int] | np.ndarray[Any, Any], Sequence[int] | np.ndarray[Any, Any]]
"""Token ids and labels."""


@dataclass(frozen=True)
class Rows:
    """Compiled rows: all tokens and labels in one array each, and where rows end. ``traits`` says of each row what it
    is counted under (topic, source, mode, kind)."""

    input_ids: Ids
    labels: Ids
    ends: np.ndarray[Any, np.dtype[np.int64]]
    traits: pl.DataFrame

    def __len__(self) -> int:
        return len(self.ends)

    def row(self, number: int) -> tuple[Ids, Ids]:
        """The ids and labels of a row."""
        part = slice(int(self.ends[number - 1]) if number else 0, int(self.ends[number]))
        return self.input_ids[part], self.labels[part]

    @property
    def lengths(self) -> list[int]:
        """Tokens of each row."""
        return [int(length) for length in np.diff(self.ends, prepend=0)]

    @property
    def labelled(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Tokens of each row that are predicted: its first has nothing before it."""
        marks = self.labels != IGNORED
        starts = np.concatenate([[0], self.ends[:-1]]).astype(np.int64)
        marks[starts[starts < len(marks)]] = False
        total = np.concatenate([[0], marks.cumsum()])
        return np.asarray(total[self.ends] - total[starts])


TRAITS = ("topic", "source", "mode", "kind")


def read_rows(path: Path) -> Rows:
    """The rows of a Parquet file of the compile stage."""
    frame = pl.read_parquet(path, columns=["id", *TRAITS, "input_ids", "labels"])
    lengths = frame["input_ids"].list.len().to_numpy().astype(np.int64)
    flat = [
        frame[name].explode(empty_as_null=False).to_numpy().astype(np.int32, copy=False)
        for name in ("input_ids", "labels")
    ]
    return Rows(flat[0], flat[1], lengths.cumsum(), frame.select("id", *TRAITS).with_columns(pl.all().fill_null("")))


def first_rows(rows: Rows, count: int) -> Rows:
    """The first ``count`` rows."""
    if count >= len(rows):
        return rows
    ends = rows.ends[:count]
    last = int(ends[-1]) if count else 0
    return replace(
        rows, input_ids=rows.input_ids[:last], labels=rows.labels[:last], ends=ends, traits=rows.traits[:count]
    )


def shares(batches: Sequence[list[int]], process: int, processes: int) -> Iterator[tuple[list[int], bool]]:
    """A process's share of the batches, and whether each counts. All processes have equally many, or those that share
    a model's weights would wait for ever; so some compute a batch that another one counts."""
    for start in range(0, len(batches), processes):
        number = start + process
        yield batches[number % len(batches)], number < len(batches)


def padded(rows: Sequence[Row]) -> Micro:
    """(ids, labels) of rows of like length as one batch, a row a line, padded on the right. What is predicted is each
    labelled token but a row's first."""
    width = padded_width(max(len(ids) for ids, _ in rows))
    input_ids = np.zeros((len(rows), width), dtype=np.int64)
    labels = np.full((len(rows), width), IGNORED, dtype=np.int64)
    for line, (ids, marks) in enumerate(rows):
        input_ids[line, : len(ids)] = ids
        labels[line, 1 : len(marks)] = marks[1:]
    return {"input_ids": torch.from_numpy(input_ids), **_predictions(labels.reshape(-1))}


def packed(rows: Sequence[Row]) -> Micro:
    """(ids, labels) of rows one after the other as one line; positions restart with each row, and its first token is
    not predicted: what stands before it is another row's. A last row of zeros, of which nothing is predicted, fills the
    line up to a multiple of ``WIDTH_STEP``."""
    lengths = [len(ids) for ids, _ in rows]
    if left := padded_width(sum(lengths)) - sum(lengths):
        rows, lengths = [*rows, ([0] * left, [IGNORED] * left)], [*lengths, left]
    labels = np.concatenate([np.asarray(marks, dtype=np.int64) for _, marks in rows])
    labels[np.cumsum([0, *lengths[:-1]])] = IGNORED
    row = torch.from_numpy(np.repeat(np.arange(len(rows)), lengths))[None]
    return {
        "input_ids": torch.from_numpy(np.concatenate([np.asarray(ids, dtype=np.int64) for ids, _ in rows]))[None],
        "position_ids": torch.from_numpy(np.concatenate([np.arange(length) for length in lengths]))[None],
        "row": row,
        "above": row,
        **_predictions(labels),
    }


def _predictions(labels: np.ndarray[Any, Any]) -> Micro:
    places = np.flatnonzero(labels != IGNORED)
    return {"read_at": torch.from_numpy(places - 1), "targets": torch.from_numpy(labels[places])}


@dataclass(frozen=True)
class PairTokens:
    """A preference pair as token ids: ``prompt`` and, each with its stop token, ``answers``: the chosen one, the
    rejected one, and what else is asked after the same prompt."""

    prompt: Sequence[int]
    answers: tuple[Sequence[int], ...]

    def width(self, shared: bool) -> int:
        """Tokens in a line: of the prompt and all answers, or of the prompt and the longest."""
        return len(self.prompt) + (sum if shared else max)(len(answer) for answer in self.answers)


def shared(pairs: Sequence[PairTokens]) -> Micro:
    """Pairs as one batch, a pair a line: the prompt once, then the answers, each a row that goes on from the prompt.

    Beside what the model is given: ``answer``, shape (n,), the number of the answer that each target belongs to,
    counted pair by pair.
    """
    lines = padded_width(max(pair.width(shared=True) for pair in pairs))
    ids = np.zeros((len(pairs), lines), dtype=np.int64)
    position = np.zeros_like(ids)
    row = np.full_like(ids, -1)
    above = np.full_like(ids, -1)
    read_at: list[np.ndarray[Any, Any]] = []
    answer: list[int] = []
    for line, pair in enumerate(pairs):
        start = len(pair.prompt)
        ids[line, :start], position[line, :start] = pair.prompt, np.arange(start)
        row[line, :start] = above[line, :start] = 0
        at = start
        for number, tokens in enumerate(pair.answers, 1):
            part = slice(at, at + len(tokens))
            ids[line, part], row[line, part], above[line, part] = tokens, number, 0
            position[line, part] = np.arange(start, start + len(tokens))
            places = np.arange(at - 1, at + len(tokens) - 1)
            places[:1] = start - 1  # an answer's first token is predicted by the prompt's last
            read_at.append(places + line * lines)
            answer += [line * len(pair.answers) + number - 1] * len(tokens)
            at += len(tokens)
    return {
        "input_ids": torch.from_numpy(ids),
        "position_ids": torch.from_numpy(position),
        "row": torch.from_numpy(row),
        "above": torch.from_numpy(above),
        "read_at": torch.from_numpy(np.concatenate(read_at)),
        "targets": torch.tensor([token for pair in pairs for tokens in pair.answers for token in tokens]),
        "answer": torch.tensor(answer),
    }


def apart(pairs: Sequence[PairTokens]) -> Micro:
    """The same pairs with each answer in a line of its own, after a prompt of its own."""
    lines: list[Row] = [
        (np.concatenate([pair.prompt, tokens]).astype(np.int64), [IGNORED] * len(pair.prompt) + list(tokens))
        for pair in pairs
        for tokens in pair.answers
    ]
    lengths = [len(tokens) for pair in pairs for tokens in pair.answers]
    return {**padded(lines), "answer": torch.arange(len(lengths)).repeat_interleave(torch.tensor(lengths))}
