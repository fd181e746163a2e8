"""The texts that a dialogue rests on: its parents, whole, and the dated rules of the domain pack that it used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from residency.core.files import read_jsonl
from residency.core.records import Conversation, record_text

FILES = ("kept.jsonl", "passages.jsonl")


class Sources:
    """What is known of the parents of some dialogues.

    Args:
        corpus: the corpus stage's folder.
        rows: the dialogues.
        rules: texts of the domain pack's rules, by name.
    """

    def __init__(self, corpus: Path, rows: Sequence[Conversation], rules: Mapping[str, str]) -> None:
        wanted = {name for row in rows for name in row["parents"]}
        self._rules = rules
        self._texts = {
            row["id"]: record_text(row)
            for name in FILES
            if (corpus / name).exists()
            for row in read_jsonl(corpus / name)
            if row["id"] in wanted
        }

    def of(self, row: Conversation) -> dict[str, str]:
        """The texts of the row's parents by id, and of its rules as ``rule:NAME``. A parent that is a row of the user's
        own before the corpus stage has no text here."""
        rules = row["expect"].get("rules", [])
        found = {name: self._texts[name] for name in row["parents"] if name in self._texts}
        return found | {f"rule:{name}": self._rules[name] for name in rules}
