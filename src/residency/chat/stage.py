"""The compile stage: conversations to token ids and labels, as Parquet."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any, cast

import polars as pl

from residency.chat.chatml import ChatML, Row
from residency.chat.settings import CompileSettings
from residency.core.errors import InputError, ProofError
from residency.core.files import read_jsonl, write_json
from residency.core.records import Conversation
from residency.core.stage import Counts, StageContext
from residency.generation.models import load_tokenizer
from residency.generation.settings import ModelSettings

SPLITS = ("train", "dev")
SCHEMA: dict[str, Any] = {
    "id": pl.String,
    "kind": pl.String,
    "mode": pl.String,
    "topic": pl.String,
    "source": pl.String,
    "parents": pl.List(pl.String),
    "input_ids": pl.List(pl.Int32),
    "labels": pl.List(pl.Int32),
}


def run(context: StageContext) -> Counts:
    """Reads ``train.jsonl`` and ``dev.jsonl`` of the thoughts stage; writes ``train.parquet``, ``dev.parquet`` and
    ``report.json`` with lengths and what was refused."""
    settings = context.section("compile", CompileSettings)
    model = context.section("model", ModelSettings)
    renderer = ChatML(load_tokenizer(model))
    report: dict[str, Any] = {}
    for split in SPLITS:
        rows = [cast(Conversation, row) for row in read_jsonl(context.inputs["thoughts"] / f"{split}.jsonl")]
        context.progress.start(len(rows), f"{split} rows")
        compiled, refused = [], Counter[str]()
        for row in rows:
            context.progress.advance()
            tokens = _row(renderer, row, split)
            if not tokens.labelled:
                refused["no assistant turn"] += 1
                continue
            if len(tokens.input_ids) > settings.max_length:
                refused["longer than compile.max_length"] += 1
                continue
            kept = {key: row[key] for key in ("id", "kind", "mode", "topic", "source", "parents")}
            compiled.append(kept | {"input_ids": tokens.input_ids, "labels": tokens.labels})
        report[split] = _summary(compiled, refused)
        if split == "train" and not compiled:
            raise InputError(
                f"every training row is longer than {settings.max_length} tokens", "compile.max_length", "Raise it"
            )
        _write(context.out / f"{split}.parquet", compiled)
    write_json(context.out / "report.json", report)
    return report


def _row(renderer: ChatML, row: Conversation, split: str) -> Row:
    try:
        return renderer.row(row["messages"])
    except ProofError as error:
        raise ProofError(error.what, f"{split} row {row['id']}") from None


def _summary(rows: list[dict[str, Any]], refused: Counter[str]) -> dict[str, Any]:
    lengths = sorted(len(row["input_ids"]) for row in rows)
    labelled = sum(sum(label >= 0 for label in row["labels"]) for row in rows)
    at = {f"p{share}": lengths[min(len(lengths) - 1, len(lengths) * share // 100)] for share in (50, 90, 99) if lengths}
    return {"rows": len(rows), "tokens": sum(lengths), "labelled": labelled, "lengths": at, "refused": dict(refused)}


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    partial = path.with_suffix(".partial")
    pl.DataFrame(rows, schema=SCHEMA).write_parquet(partial)
    partial.replace(path)
