"""The user's own files of dialogues and follow-ups, as dialogues with all that a built one has."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, cast

from residency.core.errors import InputError
from residency.core.files import read_jsonl
from residency.core.prompt import MODES, Mode
from residency.core.records import Conversation
from residency.judging.dialogues import verify_turn

_DEFAULTS: dict[str, Any] = {
    "topic": "general",
    "licence": "",
    "parents": [],
    "passages": [],
    "split": "test",
}


def written_dialogues(paths: Sequence[Path]) -> list[Conversation]:
    """Dialogues whose turns are judged by their skill's rules.

    Raises:
        InputError: a dialogue that cannot be asked or judged, or two of one id.
    """
    return [_row(row) for row in _checked(paths, "dialogue", _dialogue_fault)]


def written_followups(paths: Sequence[Path], mode: Callable[[str], Mode]) -> list[Conversation]:
    """Follow-ups, with their reference as the last answer; ``mode`` is that of one by its id.

    Raises:
        InputError: a follow-up that cannot be asked, or two of one id.
    """
    rows = []
    for row in _checked(paths, "follow-up", _followup_fault):
        expect = {"reference": row["reference"], "key_facts": list(row.get("key_facts", []))}
        messages = [*row["messages"], {"role": "assistant", "content": row["reference"]}]
        whole: dict[str, Any] = {"kind": "dialogue", "skill": "", "mode": mode(row["id"])}
        whole |= {key: row[key] for key in ("id", "topic", "licence") if key in row}
        rows.append(_row({**whole, "messages": messages, "expect": expect}))
    return rows


def _row(row: dict[str, Any]) -> Conversation:
    return cast(Conversation, {**_DEFAULTS, **row, "source": "written"})


def _checked(paths: Sequence[Path], what: str, fault_of: Callable[[dict[str, Any]], str]) -> Iterator[dict[str, Any]]:
    """The rows of the files, each checked, no two with one id."""
    known: set[str] = set()
    for path in paths:
        for number, row in enumerate(read_jsonl(path), 1):
            fault = fault_of(row)
            if not fault and row["id"] in known:
                fault = f"two written {what}s have the id {row['id']!r}"
            if fault:
                raise InputError(fault, f"{path}: {what} {number}")
            known.add(row["id"])
            yield row


def _dialogue_fault(row: dict[str, Any]) -> str:
    """In words, what a written dialogue lacks; empty when it can be asked and judged."""
    for key in ("id", "skill", "mode", "messages", "expect"):
        if not row.get(key):
            return f"a written dialogue needs {key!r}"
    if row["mode"] not in MODES:
        return f"a written dialogue's mode is EXAM or CLINICAL, not {row['mode']!r}"
    if not isinstance(row["messages"], list) or not all(map(_is_turn, row["messages"])):
        return "a written dialogue's messages are a list of user and assistant turns, each with its text"
    if not isinstance(row["expect"], dict) or not row["expect"].get("reference"):
        return "a written dialogue's expect needs 'reference' and 'check'"
    if verify_turn(_row(row), row["messages"][-1]["content"]) is None:
        return "a written dialogue's turns or its expect.check cannot be read; docs/dialogues.md describes them"
    return ""


def _followup_fault(row: dict[str, Any]) -> str:
    """In words, what a written follow-up lacks; empty when it can be asked."""
    for key in ("id", "messages", "reference"):
        if not row.get(key):
            return f"a written follow-up needs {key!r}"
    messages = row["messages"]
    if not isinstance(messages, list) or not all(map(_is_turn, messages)):
        return "a written follow-up's messages are a list of user and assistant turns, each with its text"
    if messages[-1]["role"] != "user":
        return "a written follow-up ends in a user turn"
    if [message["role"] for message in messages] != ["user", *["assistant", "user"] * (len(messages) // 2)]:
        return "in a written follow-up user and assistant take turns, the user first"
    facts = row.get("key_facts", [])
    if not isinstance(facts, list) or not all(isinstance(fact, str) for fact in facts):
        return "a written follow-up's key_facts are a list of texts"
    return ""


def _is_turn(turn: Any) -> bool:
    return isinstance(turn, dict) and turn.get("role") in ("user", "assistant") and isinstance(turn.get("content"), str)
