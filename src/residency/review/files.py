"""Preference files of other makers: TRL's shapes, plain and conversational, and UltraFeedback's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson
import polars

from residency.core.errors import InputError
from residency.core.files import read_json, read_jsonl, text_digest
from residency.review.subjects import Found, pair_subject

FORMATS = (".jsonl", ".json", ".csv", ".parquet")
KEPT = {"source": str, "topic": str, "licence": str, "parents": list, "mode": str, "split": str, "edit": dict}
"""What else a row may say that is kept, and what it then is."""
NEEDED = "Each row needs prompt, chosen and rejected"


def subjects_of_file(path: Path) -> Found:
    """The pairs of a preference file: JSON Lines, a JSON array, CSV or Parquet.

    ``chosen`` and ``rejected`` are texts or messages that end in the assistant's answer; ``prompt`` is a text or
    messages, and may be left out where both sides begin with the same messages.

    Raises:
        InputError: the file cannot be read, or none of its rows is a pair.
    """
    found = Found()
    for number, row in enumerate(_rows(path), 1):
        pair = _pair(row)
        if isinstance(pair, str):
            found.left_out[pair] += 1
            continue
        # A row that names no id is known by its content: an edit of the file elsewhere does not make it another.
        own = row.get("id") or row.get("prompt_id")
        key = str(own) if own else text_digest(f"{pair['prompt']}\n{pair['chosen']}\n{pair['rejected']}")[:16]
        type_ = (row.get("kind") or row.get("type")) if isinstance(row.get("kind") or row.get("type"), str) else "pair"
        kept = {name: row[name] for name, kind in KEPT.items() if isinstance(row.get(name), kind)}
        found.subjects.append(pair_subject({**kept, "id": key, "kind": type_, "row": number, **pair}, "file"))
    if not found.subjects:
        reasons = "; ".join(f"{reason}: {count}" for reason, count in found.left_out.items())
        raise InputError(f"no row is a preference pair{f' ({reasons})' if reasons else ''}", str(path), NEEDED)
    return found


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    ending = path.suffix.lower()
    if ending not in FORMATS:
        raise InputError(
            f"a file of this kind is not read: {ending or 'no ending'}", str(path), f"Use {', '.join(FORMATS)}"
        )
    if not path.is_file():
        raise InputError("no such file", str(path))
    if ending == ".jsonl":
        yield from read_jsonl(path)
        return
    if ending == ".json":
        rows = read_json(path)
    else:
        try:
            rows = (
                polars.read_csv(path, infer_schema=False) if ending == ".csv" else polars.read_parquet(path)
            ).to_dicts()
        except (polars.exceptions.PolarsError, OSError) as error:
            raise InputError(f"cannot be read ({' '.join(str(error).split())[:200]})", str(path)) from None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise InputError("a list of rows was expected", str(path), NEEDED)
    yield from rows


def _pair(row: dict[str, Any]) -> dict[str, Any] | str:
    """``prompt``, ``chosen`` and ``rejected`` of a row, or why it is no pair."""
    sides = [_messages(row.get(name), "assistant") for name in ("chosen", "rejected")]
    if not all(sides):
        return "no chosen or no rejected"
    before = [side[:-1] for side in sides]
    prompt = _messages(row.get("prompt"), "user")
    if not prompt or (before[0] and before[0][: len(prompt)] == prompt):
        prompt = before[0]
        if before[0] != before[1]:
            return "the sides answer different prompts"
    elif before[0] or before[1]:
        if before[0] != before[1]:
            return "the sides answer different prompts"
        prompt = [*prompt, *before[0]]
    if not prompt:
        return "no prompt"
    chosen, rejected = (side[-1] for side in sides)
    if chosen["role"] != "assistant" or rejected["role"] != "assistant":
        return "a side does not end in an assistant's answer"
    if chosen["content"].strip() == rejected["content"].strip():
        return "both sides are the same"
    return {"prompt": prompt, "chosen": chosen["content"], "rejected": rejected["content"]}


def _messages(value: Any, role: str) -> list[dict[str, str]]:
    """A text or a list of messages as messages; empty where it is neither."""
    if isinstance(value, str) and value.lstrip().startswith("[{"):
        with suppress(orjson.JSONDecodeError):
            value = orjson.loads(value)  # a column of messages in CSV
    if isinstance(value, str):
        return [{"role": role, "content": value}] if value.strip() else []
    if not isinstance(value, list):
        return []
    turns = [turn for turn in value if isinstance(turn, dict) and isinstance(turn.get("content"), str)]
    return (
        [{"role": str(turn.get("role", role)), "content": turn["content"]} for turn in turns]
        if len(turns) == len(value)
        else []
    )
