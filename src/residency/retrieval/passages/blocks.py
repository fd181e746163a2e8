"""What the readers of all formats make of a document: its blocks in order, and what it says of itself."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Block:
    """A heading, a paragraph, a list or a table.

    ``lines`` hold a heading's or a paragraph's text as one line; a list's items, a line each, where an item with items
    of its own has them below it on indented lines of the same string; a table's rows, of which the first ``head`` are
    its header. ``lead`` is what introduces a list or a table and stays with it, such as a caption. ``level`` is a
    heading's, 1 being the highest.
    """

    kind: Literal["heading", "text", "list", "table"]
    lines: tuple[str, ...]
    level: int = 0
    head: int = 0
    lead: tuple[str, ...] = ()


SAME_TEXT = "the same text as"


@dataclass(frozen=True)
class Skipped:
    """A file, a row or a value that could not be used: where, why, and what to do about it."""

    file: str
    reason: str
    fix: str = ""

    @property
    def is_duplicate(self) -> bool:
        """Whether nothing is lost by it, since another passage holds the same text."""
        return self.reason.startswith(SAME_TEXT)

    def __str__(self) -> str:
        return ": ".join(part for part in (self.file, self.reason) if part) + (f". {self.fix}" if self.fix else "")


class UnreadableError(Exception):
    """A document that cannot be read; ``reason`` and ``fix`` become its line."""

    def __init__(self, reason: str, fix: str = "") -> None:
        super().__init__(reason)
        self.reason, self.fix = reason, fix


@dataclass
class Document:
    """A document as it was read: its blocks, the metadata that it holds itself (keys of ``metadata.FIELDS``), and
    counts of what was dropped from it because it is no text. ``remarks`` are said to the user."""

    blocks: list[Block]
    fields: dict[str, str] = field(default_factory=dict)
    dropped: Counter[str] = field(default_factory=Counter)
    remarks: list[tuple[str, str]] = field(default_factory=list)


def heading(text: str, level: int) -> list[Block]:
    """A heading as a list of one block; of none when it is empty."""
    return [Block("heading", (text,), level=level)] if text else []


def paragraph(text: str) -> list[Block]:
    """A paragraph as a list of one block; of none when it is empty."""
    return [Block("text", (text,))] if text else []


def items(lines: list[str]) -> list[Block]:
    """A list of ``lines`` as a list of one block; of none when it is empty."""
    kept = tuple(line for line in lines if line.strip())
    return [Block("list", kept)] if kept else []


def table(rows: list[list[str]], head: int = 1, caption: str = "") -> list[Block]:
    """A table of ``rows`` of cells. Empty rows are dropped; a table of one column is a paragraph for each row."""
    kept = [row for row in rows if any(row)]
    if not kept:
        return []
    if max(len(row) for row in kept) == 1:
        return [*paragraph(caption), *(block for row in kept for block in paragraph(row[0]))]
    lines = tuple(" | ".join(row) for row in kept)
    return [Block("table", lines, head=min(head, len(lines)), lead=(caption,) if caption else ())]
