"""Rows of a small question bank for tests of the quiz."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from residency.core.files import write_jsonl


def mcq(name: str, topic: str, split: str = "train", answer: str = "A", rationale: str = "Because.") -> dict[str, Any]:
    """A kept MCQ."""
    return {
        "id": name,
        "kind": "mcq",
        "question": f"What comes first ({name})?",
        "options": {"A": "Wait", "B": "Operate", "C": "Scan"},
        "answer": answer,
        "rationale": rationale,
        "source": "example",
        "topic": topic,
        "licence": "CC-BY-4.0",
        "parents": [],
        "passages": [],
        "origin": "mcq.jsonl:1",
        "split": split,
        "cluster": name,
    }


def write_bank(folder: Path, rows: Iterable[dict[str, Any]]) -> Path:
    """Write ``kept.jsonl`` into a folder, as a stage does."""
    path = folder / "kept.jsonl"
    write_jsonl(path, rows)
    return path
