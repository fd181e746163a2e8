"""What the tests of training share: rows and pairs of random tokens, stages that run and are killed, gradients."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import torch
from pydantic import BaseModel

from residency.chat.settings import ChatSettings
from residency.chat.stage import SCHEMA
from residency.core.files import write_jsonl
from residency.core.records import Message
from residency.core.stage import Counts, Silent, StageContext
from residency.generation.settings import ModelSettings
from residency.training.steps.batches import IGNORED, TRAITS, PairTokens, Rows

TokenRow = dict[str, list[int]]


class Died(BaseException):
    """Stands for a kill: nothing in the trainer catches it."""


class Mortal(Silent):
    """A progress that counts steps and keeps notes, and ends the training after the step ``last``."""

    def __init__(self, last: int | None = None) -> None:
        self.last, self.total, self.done, self.steps = last, 0, 0, 0
        self.figures: list[dict[str, float]] = []
        self.notes: list[str] = []
        self.unit = ""

    def start(self, total: int | None, unit: str, done: int = 0) -> None:
        self.unit = unit
        if unit == "steps":
            self.total, self.done = total or 0, done

    def advance(self, steps: int = 1, **figures: float) -> None:
        if self.unit != "steps":
            return
        self.steps += steps
        self.figures.append(figures)
        if self.last is not None and self.steps == self.last:
            raise Died

    def note(self, text: str) -> None:
        self.notes.append(text)


def tiny(folder: Path, dtype: Any = "float32") -> ModelSettings:
    """The settings that load the model in ``folder``."""
    return ModelSettings(name=str(folder), dtype=dtype, device="cpu")


def random_rows(count: int, seed: int = 0, longest: int = 40, below: int = 600) -> list[TokenRow]:
    """Rows of random tokens; about half of each row's tokens carry a label, the last always."""
    rng = random.Random(seed)
    rows = []
    for _ in range(count):
        ids = [rng.randrange(3, below) for _ in range(rng.randint(2, longest))]
        labels = [token if rng.random() < 0.5 else IGNORED for token in ids]
        rows.append({"input_ids": ids, "labels": [*labels[:-1], ids[-1]]})
    return rows


def rows_of(rows: Sequence[TokenRow], traits: Sequence[Mapping[str, str]] | None = None) -> Rows:
    """Token rows as compiled rows."""
    flat = [
        np.array([token for row in rows for token in row[name]], dtype=np.int32) for name in ("input_ids", "labels")
    ]
    ends = np.cumsum([len(row["input_ids"]) for row in rows], dtype=np.int64)
    told = [dict.fromkeys(TRAITS, "") | dict(found) for found in traits or [{} for _ in rows]]
    frame = pl.DataFrame(told, schema=dict.fromkeys(TRAITS, pl.String))
    return Rows(flat[0], flat[1], ends, frame)


def as_tuples(rows: Sequence[TokenRow]) -> list[tuple[list[int], list[int]]]:
    """Rows as ids and labels."""
    return [(row["input_ids"], row["labels"]) for row in rows]


def write_rows(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """A Parquet file as the compile stage writes it; what a row lacks is empty."""
    path.parent.mkdir(parents=True, exist_ok=True)
    filled = [{"id": str(number), "parents": [], **row} for number, row in enumerate(rows)]
    table = pa.Table.from_pylist([{name: row.get(name) for name in SCHEMA.names} for row in filled], schema=SCHEMA)
    pq.write_table(table, path)


def write_compiled(folder: Path, train: int, dev: int, longest: int = 40) -> Path:
    """A compile stage's folder of random rows."""
    for split, count in (("train", train), ("dev", dev)):
        write_rows(folder / f"{split}.parquet", random_rows(count, count, longest))
    return folder


def loss_apart(model: Any, rows: Sequence[TokenRow]) -> torch.Tensor:
    """The mean over all labelled tokens, each row computed alone, from the logits that transformers gives."""
    losses = []
    for row in rows:
        logits = model(input_ids=torch.tensor([row["input_ids"]]), use_cache=False).logits[0]
        labels = torch.tensor(row["labels"])[1:]
        wanted = labels != IGNORED
        losses.append(torch.nn.functional.cross_entropy(logits[:-1][wanted], labels[wanted], reduction="none"))
    return torch.cat(losses).mean()


def random_pairs(
    count: int, seed: int = 0, prompt: tuple[int, int] = (1, 20), answers: int = 2, below: int = 600
) -> list[PairTokens]:
    """Pairs of random tokens with prompts of so many tokens, and answers of 1 to 12."""
    rng = random.Random(seed)

    def tokens(least: int, most: int) -> list[int]:
        return [rng.randrange(3, below) for _ in range(rng.randint(least, most))]

    return [PairTokens(tokens(*prompt), tuple(tokens(1, 12) for _ in range(answers))) for _ in range(count)]


def logprobs_apart(model: Any, pairs: Sequence[PairTokens]) -> torch.Tensor:
    """The summed log-probability of each answer, shape (pairs, answers), each computed alone, from transformers'
    logits; with gradients."""
    rows = []
    for pair in pairs:
        for answer in pair.answers:
            ids = torch.tensor([[*pair.prompt, *answer]])
            logits = model(input_ids=ids, use_cache=False).logits[0, len(pair.prompt) - 1 : -1]
            rows.append(logits.log_softmax(-1).gather(1, torch.tensor(answer)[:, None]).sum())
    return torch.stack(rows).view(len(pairs), -1)


def write_pairs(folder: Path, count: int, prompts: int | None = None) -> Path:
    """A pairs stage's folder: a question for each pair, or ``prompts`` questions in turn."""
    folder.mkdir(parents=True)
    pairs = []
    for number in range(count):
        asked = number % (prompts or count)
        turns: list[Message] = [{"role": "user", "content": f"What is the dose of drug {asked}?"}]
        chosen, rejected = f"Key point: {number} mg." * (1 + number % 3), f"It is {number + 7} g."
        pairs.append({"id": f"p{number}", "prompt": turns, "chosen": chosen, "rejected": rejected})
    write_jsonl(folder / "pairs.jsonl", pairs)
    return folder


def stage(
    run: Callable[[StageContext], Counts],
    out: Path,
    inputs: Mapping[str, Path],
    last: int | None = None,
    **sections: BaseModel,
) -> tuple[Counts, Mortal]:
    """Run a stage, or kill it after the step ``last``."""
    progress = Mortal(last)
    out.mkdir(parents=True, exist_ok=True)
    return run(StageContext({"chat": ChatSettings(), **sections}, inputs, out, seed=5, progress=progress)), progress


def plant_halves(folder: Path) -> None:
    """What kills leave while a step is saved: a checkpoint with no state, one with half of it, half of a best step."""
    (folder / "checkpoint-98").mkdir()
    (folder / "checkpoint-99").mkdir()
    (folder / "checkpoint-99" / "trainer_state.json").write_text('{"global_step": 9')
    (folder / ".best-98.partial").mkdir()
    (folder / ".best-98.partial" / "adapter_model.safetensors").write_bytes(b"half")


def gradients(model: Any) -> dict[str, torch.Tensor]:
    """The gradients of a model by name; afterwards it has none."""
    found = {name: weights.grad.clone() for name, weights in model.named_parameters() if weights.grad is not None}
    model.zero_grad()
    return found


def assert_same_gradients(model: Any, ours: torch.Tensor, theirs: torch.Tensor, within: float = 1e-5) -> None:
    """Both losses are the same number, and move all weights alike: ``within`` is relative to the greatest gradient."""
    assert torch.allclose(ours, theirs, rtol=within, atol=0), (float(ours), float(theirs))
    model.zero_grad()
    ours.backward()
    mine = gradients(model)
    theirs.backward()
    reference = gradients(model)
    assert mine and mine.keys() == reference.keys()
    greatest = max(float(gradient.abs().max()) for gradient in reference.values())
    assert greatest > 0
    for name, gradient in mine.items():
        gap = float((gradient - reference[name]).abs().max())
        assert gap <= within * greatest, (name, gap / greatest)
