"""Later turns: the held-out dialogues, and the user's own files of dialogues and follow-ups."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from residency.core.errors import InputError
from residency.core.files import read_jsonl
from residency.core.prompt import MODES, conversation
from residency.core.records import Conversation
from residency.evaluation.item import Ask, Item
from residency.evaluation.sources import Sources
from residency.judging.dialogues import verify_turn

GIVEN = "given"


def collect(sources: Sources) -> list[Item]:
    """Written follow-ups, written dialogues and the held-out dialogues."""
    rows = [*_written_dialogues(sources), *sources.dialogues]
    items = [*_written_followups(sources), *(item for row in rows for item in dialogue_items(row, sources))]
    return sources.few(items, "followup")


def dialogue_items(row: Conversation, sources: Sources) -> list[Item]:
    """What is asked of a dialogue, or of a conversation of the bank's own, each time after its ideal history: the turn
    in which it shows its skill, and the last turn."""
    tag = sources.unseen_tag(row["id"], row["mode"])
    critical = row["expect"].get("check", {}).get("critical")
    last_turn = len(row["messages"]) - 1
    last = Item(
        id=f"followup/{row['id']}",
        axis="followup",
        task="followup",
        mode=row["mode"],
        cluster=sources.cluster_of(row),
        topic=row["topic"],
        asks=[Ask(GIVEN, conversation(row["mode"], row["messages"][:-1], tag))],
        expect={
            "reference": row["expect"]["reference"],
            "key_facts": row["expect"].get("key_facts", []),
            "dialogue": row if critical == last_turn else None,
        },
        source=row.get("source", "written"),
        split=row.get("split", "test"),
    )
    if critical is None or critical == last_turn:
        return [last]
    turn = replace(
        last,
        id=f"{last.id}/skill",
        asks=[Ask(GIVEN, conversation(row["mode"], row["messages"][:critical], tag))],
        expect={"reference": row["messages"][critical]["content"], "key_facts": [], "dialogue": row},
    )
    return [turn, last]


def _written_dialogues(sources: Sources) -> list[Conversation]:
    rows = _written(sources.settings.dialogues, "dialogue", _dialogue_fault)
    return [cast(Conversation, {"topic": "general", "parents": [], "passages": [], **row}) for row in rows]


def _written(paths: Sequence[Path], what: str, fault_of: Callable[[dict[str, Any]], str]) -> Iterator[dict[str, Any]]:
    """The rows of the user's written files, each checked, no two with one id."""
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
    probe = cast(Conversation, {"topic": "general", "parents": [], "passages": [], **row})
    if verify_turn(probe, row["messages"][-1]["content"]) is None:
        return "a written dialogue's turns or its expect.check cannot be read; docs/dialogues.md describes them"
    return ""


def _written_followups(sources: Sources) -> list[Item]:
    items: list[Item] = []
    for row in _written(sources.settings.followups, "follow-up", _followup_fault):
        mode = sources.mode(row["id"])
        items.append(
            Item(
                id=f"followup/{row['id']}",
                axis="followup",
                task="followup",
                mode=mode,
                cluster=row["id"],
                topic=row.get("topic", "general"),
                asks=[Ask(GIVEN, conversation(mode, row["messages"], sources.unseen_tag(row["id"], mode)))],
                expect={
                    "reference": row["reference"],
                    "key_facts": list(row.get("key_facts", [])),
                    "dialogue": None,
                },
                source="written",
            )
        )
    return items


def _followup_fault(row: dict[str, Any]) -> str:
    """In words, what a written follow-up lacks; empty when it can be asked."""
    for key in ("id", "messages", "reference"):
        if not row.get(key):
            return f"a written follow-up needs {key!r}"
    if not isinstance(row["messages"], list) or not all(map(_is_turn, row["messages"])):
        return "a written follow-up's messages are a list of user and assistant turns, each with its text"
    if row["messages"][-1]["role"] != "user":
        return "a written follow-up ends in a user turn"
    facts = row.get("key_facts", [])
    if not isinstance(facts, list) or not all(isinstance(fact, str) for fact in facts):
        return "a written follow-up's key_facts are a list of texts"
    return ""


def _is_turn(turn: Any) -> bool:
    return isinstance(turn, dict) and turn.get("role") in ("user", "assistant") and isinstance(turn.get("content"), str)
