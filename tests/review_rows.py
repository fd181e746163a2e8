"""A run's folder with what can be reviewed in it, small, and hostile where it may be."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from residency.core.files import write_json, write_jsonl
from residency.core.prompt import conversation, user_message
from residency.core.records import Passage

HOSTILE = (
    '<script>document.title = "taken"</script><img src=x onerror="document.title=\'taken\'"> & </textarea> \U0001f9e0'
)
KINDS = ("dose", "laterality", "certainty")


def passage(number: int) -> Passage:
    text = f"Guidance {number} says what is done."
    return {
        "id": f"p{number}",
        "source": "guide",
        "topic": "hernia",
        "licence": "CC-BY-4.0",
        "parents": [],
        "title": f"Guide {number}",
        "section": "",
        "date": "2024-05",
        "text": text,
    }


def pair(number: int, **fields: Any) -> dict[str, Any]:
    kind = KINDS[number % len(KINDS)]
    asked = user_message(f"What is done in case {number}?", [passage(1), passage(2)] if number % 2 else None)
    made = {
        "id": f"case-{number}/{kind}",
        "kind": kind,
        "mode": "CLINICAL",
        "split": "train",
        "source": "example",
        "topic": "hernia",
        "licence": "CC-BY-4.0",
        "parents": [f"case-{number}"],
        "prompt": conversation("CLINICAL", [asked]),
        "chosen": f"Case {number}: give 5 mg. {HOSTILE}",
        "rejected": f"Case {number}: give 50 mg. {HOSTILE}",
        "edit": {"type": kind, "before": "5 mg", "after": "50 mg", "why": "tenfold overdose", "scorer": "rules"},
    }
    return made | fields


def dialogue(number: int, split: str = "train") -> dict[str, Any]:
    turns = [
        {"role": "user", "content": f"Question {number}?"},
        {"role": "assistant", "content": f"First answer {number}."},
        {"role": "user", "content": "And then?"},
        {"role": "assistant", "content": f"Second answer {number}."},
    ]
    about = {"source": "example", "topic": "hernia", "licence": "CC-BY-4.0", "parents": [f"q{number}"]}
    made = {"id": f"q{number}/followup", "kind": "dialogue", "skill": "followup", "mode": "CLINICAL", "split": split}
    return made | about | {"messages": turns, "passages": [], "expect": {}}


def score(number: int, output: str) -> dict[str, Any]:
    about = {"id": f"open/q{number}", "axis": "open", "mode": "EXAM", "cluster": f"q{number}", "topic": "hernia"}
    prompt = f"system: You are a surgical assistant for qualified clinicians.\nMode: EXAM\n\nuser: Question {number}?"
    return about | {"prompt": prompt, "output": output, "reference": "The reference.", "metrics": {}, "status": "ok"}


def write_run(folder: Path, pairs: Sequence[Mapping[str, Any]]) -> Path:
    write_json(folder / "recipe.json", {})
    write_jsonl(folder / "pairs" / "pairs.jsonl", pairs)
    write_jsonl(folder / "dialogue" / "conversations.jsonl", [*map(dialogue, range(4)), dialogue(9, "test")])
    for name in ("base", "sft"):
        rows = [score(number, f"{name} answers {number}.") for number in range(4)]
        rows[3]["output"] = "The same."
        write_jsonl(folder / "evaluate" / f"scores-{name}.jsonl", rows)
    return folder


def said(verdict: str, **fields: Any) -> dict[str, Any]:
    return {"verdict": verdict, **fields}


def sent(verdict: str, base: int = 0, name: str = "submission-1", **fields: Any) -> dict[str, Any]:
    return {"submission": name, "base": base, "said": said(verdict, **fields)}


def as_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
