"""Run folders as stages leave them, made by hand for the tests of planning: no stage runs."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from residency.core.files import folder_digests, write_json, write_jsonl

WORDS = "the drain is removed when less than thirty millilitres come in a day and the wound is dry".split()


def text(rng: random.Random, words: int) -> str:
    return " ".join(rng.choice(WORDS) for _ in range(words))


def question(number: int, split: str = "train", kind: str = "open", words: int = 40) -> dict[str, Any]:
    rng = random.Random(number)
    row: dict[str, Any] = {
        "id": f"q{number}",
        "kind": kind,
        "question": text(rng, 12),
        "answer": text(rng, words),
        "split": split,
        "cluster": f"q{number}",
    }
    if kind == "mcq":
        row |= {"options": {"A": "yes", "B": "no"}, "answer": "A", "rationale": text(rng, words)}
    return row


def finish(run: Path, stage: str, settings: Mapping[str, Any] | None = None) -> None:
    """The manifest of a stage whose files are there."""
    outputs = {name: {"sha256": digest, "bytes": 0} for name, digest in folder_digests(run / stage).items()}
    write_json(run / stage / "manifest.json", {"parts": {"settings": dict(settings or {})}, "outputs": outputs})


def corpus(run: Path, train: int = 80, test: int = 20, passages: int = 10) -> Path:
    """A run of which only the bank has been read."""
    rows = [question(n, kind="mcq" if n % 4 == 0 else "open") for n in range(train)]
    rows += [question(n, "test", "mcq" if n % 4 == 0 else "open") for n in range(train, train + test)]
    write_jsonl(run / "corpus" / "kept.jsonl", rows)
    rng = random.Random(5)
    texts = [{"id": f"p{n}", "title": "Drains", "text": text(rng, 120)} for n in range(passages)]
    write_jsonl(run / "corpus" / "passages.jsonl", texts)
    finish(run, "corpus")
    return run


def conversations(
    run: Path, turns: Sequence[int], stage: str = "mix", settings: Mapping[str, Any] | None = None
) -> None:
    """A mix of conversations with so many turns of the assistant each."""
    rng = random.Random(3)
    rows = []
    for number, count in enumerate(turns):
        messages = [{"role": "system", "content": "Mode: EXAM"}]
        for _ in range(count):
            messages += [{"role": "user", "content": text(rng, 10)}, {"role": "assistant", "content": text(rng, 20)}]
        rows.append({"id": f"c{number}", "messages": messages})
    write_jsonl(run / stage / "train.jsonl", rows)
    write_jsonl(run / stage / "dev.jsonl", rows[:2])
    finish(run, stage, {stage: dict(settings or {})})


def compiled(run: Path, lengths: Sequence[int], learnt: int = 7) -> None:
    """Compiled rows of the embedded model."""
    table = pa.table(
        {
            "turns": pa.array([[2] for _ in lengths], pa.list_(pa.int32())),
            "input_ids": pa.array([[1] * length for length in lengths], pa.list_(pa.int32())),
            "labels": pa.array([[-100] * (length - learnt) + [1] * learnt for length in lengths], pa.list_(pa.int32())),
        }
    )
    (run / "compile").mkdir(parents=True, exist_ok=True)
    for split in ("train", "dev"):
        pq.write_table(table, run / "compile" / f"{split}.parquet")
    finish(run, "compile", {"model": {"name": "embedded"}})


def recipe(folder: Path, more: str = "") -> Path:
    """A recipe whose run stands in ``folder / "runs" / "planned"``."""
    (folder / "bank.jsonl").write_text('{"id": "q", "question": "Why?", "answer": "So."}\n')
    path = folder / "recipe.toml"
    path.write_text(
        f'[run]\nname = "planned"\nfolder = "{folder / "runs"}"\n[corpus]\nfiles = ["bank.jsonl"]\n{more}',
        encoding="utf-8",
    )
    return path
