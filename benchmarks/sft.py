"""SFT on rows of mixed length: tokens a second and peak memory, against TRL's SFTTrainer.

    python -m benchmarks.sft --text medquad.jsonl            # 96 rows, three rounds
    python -m benchmarks.sft --text medquad.jsonl --quick    # 16 rows, one round

The embedded model with LoRA of rank 32 on every linear layer takes one pass over the same compiled rows on each side,
in a process of its own. A row is a question and an answer of ``--text``; rows longer than 512 tokens are left out, as
the compile stage does. Tokens are those of the rows, without padding, over the time from the first step to the last;
before, each process trains on a few rows that do not count. Ours is the SFT stage with its defaults. TRL's sides stand
in ``benchmarks/trl_sides.py``: its defaults (batches of eight, bf16), and its best settings (packing, all in bf16).
"""

from __future__ import annotations

import json
import random
import tempfile
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.compile import conversations
from benchmarks.trainers import (
    OURS,
    QUICK_ROUNDS,
    ROUNDS,
    SEED,
    SIDES,
    TRL_BEST,
    Measured,
    Stopwatch,
    by_turns,
    compared,
    measured,
    note_load,
    parser,
    printer,
    run_side,
    tell,
    text_to_use,
)
from residency.chat.load import renderer_of
from residency.chat.settings import ChatSettings
from residency.chat.stage import Table, Tally, compile_chunk
from residency.core.files import read_jsonl
from residency.core.stage import StageContext
from residency.generation.models import load_tokenizer
from residency.generation.settings import ModelSettings
from residency.training.settings import LoraSettings, SftSettings

MODULE = "benchmarks.sft"
COUNT, QUICK_COUNT, WARM_UP = 96, 16, 4
CAP = 512
LORA = LoraSettings(r=32)


def write_rows(text: Path, count: int, path: Path) -> int:
    """Compile ``count`` rows drawn by chance from questions and answers, as the compile stage writes them; returns how
    many were found."""
    found = conversations(text)
    random.Random(SEED).shuffle(found)
    renderer, tally = renderer_of(load_tokenizer(ModelSettings()), ChatSettings()), Tally()
    with Table(path) as table:
        for row in found:
            if len(tally.tokens) == count:
                break
            table.write(compile_chunk(renderer, [row], CAP, tally))  # type: ignore[list-item]
    return len(tally.tokens)


def ours(rows: Path) -> Measured:
    """The SFT stage with its defaults, one epoch."""
    frame = pl.read_parquet(rows)
    ours_once(frame.head(WARM_UP))
    seconds, losses = ours_once(frame)
    return measured(_tokens(frame), seconds, losses)


def ours_once(frame: pl.DataFrame) -> tuple[float, list[float]]:
    """Seconds from the first step of the SFT stage to its last, and the losses that it logged."""
    from residency.training import sft

    with tempfile.TemporaryDirectory() as name:
        compiled, out = Path(name) / "compile", Path(name) / "sft"
        compiled.mkdir()
        out.mkdir()
        frame.write_parquet(compiled / "train.parquet")
        frame.clear().write_parquet(compiled / "dev.parquet")
        watch = Stopwatch()
        sections = {"sft": SftSettings(epochs=1, lora=LORA), "model": ModelSettings(), "chat": ChatSettings()}
        sft.run(StageContext(sections, {"compile": compiled}, out, SEED, watch))
        return watch.seconds("steps"), [float(row["loss"]) for row in read_jsonl(out / "log.jsonl") if "loss" in row]


def theirs(rows: Path, best: bool) -> Measured:
    """TRL's SFTTrainer, one epoch."""
    from benchmarks import trl_sides

    frame = pl.read_parquet(rows)
    of_rows: list[Any] = frame.select("input_ids", "labels").to_dicts()
    trl_sides.sft(of_rows[:WARM_UP], best, CAP)
    seconds, losses = trl_sides.sft(of_rows, best, CAP)
    return measured(_tokens(frame), seconds, losses)


def _tokens(frame: pl.DataFrame) -> int:
    return int(frame["input_ids"].list.len().sum())


def main() -> int:
    """Print the figures, and with ``--json`` one JSON object last."""
    chosen = parser(MODULE, __doc__.splitlines()[0], COUNT, QUICK_COUNT).parse_args()
    if chosen.side:
        print(json.dumps(ours(chosen.rows) if chosen.side == OURS else theirs(chosen.rows, chosen.side == TRL_BEST)))
        return 0
    text = text_to_use(chosen.text, "medquad.jsonl", "open.jsonl")
    say = printer(chosen.json)
    rounds = chosen.rounds or (QUICK_ROUNDS if chosen.quick else ROUNDS)
    with tempfile.TemporaryDirectory() as name:
        rows = Path(name) / "rows.parquet"
        count = write_rows(text, chosen.count or (QUICK_COUNT if chosen.quick else COUNT), rows)
        lengths: list[int] = pl.read_parquet(rows)["input_ids"].list.len().to_list()
        say(f"{count} rows of {min(lengths)} to {max(lengths)} tokens, {sum(lengths):,} in all")
        note_load(say)
        found = by_turns(SIDES, rounds, lambda side: run_side(MODULE, side, rows), "tokens", say)
    figures, peers = compared(found, "tokens")
    settings = {"text": text.name, "rows": count, "tokens": sum(lengths), "cap": CAP, "rank": LORA.r, "rounds": rounds}
    tell("sft", settings, figures, peers, chosen.json, say)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
