"""Plain text: paragraphs between empty lines, lists by their marks, tables by their columns, headings by their form."""

from __future__ import annotations

import re
from itertools import groupby

from residency.retrieval.passages.blocks import Block, Document, heading, items, paragraph, table
from residency.retrieval.passages.clean import clean, one_line

MARK = re.compile(r"(\s*)(?:[-*+•‣▪●○◦–]|\(?\d{1,2}[.)]|\(?[a-z][.)])\s+(?=\S)")
"""What a line of a list begins with."""
_RULE = re.compile(r"\s*(?:=+|-+|_+|\*+|#+|~+)\s*")
_NUMBERED = re.compile(r"\d{1,2}(?:\.\d{1,2}){0,3}\.?\s+[A-Z]")
_COLUMNS = re.compile(r"\t+| {3,}(?=\S)")
_LONG = 120  # characters: such a line is a paragraph of its own, not one that an editor broke


def read(text: str) -> Document:
    """The blocks of a plain text."""
    blocks: list[Block] = []
    lines = clean(text).split("\n")
    for empty, run in groupby(lines, key=lambda line: not line.strip()):
        if not empty:
            blocks += _chunk(list(run))
    return Document(blocks)


def _chunk(lines: list[str]) -> list[Block]:
    """The blocks of a run of lines without an empty one."""
    if len(lines) > 1 and _RULE.fullmatch(lines[1]) and len(lines[1].strip()) > 2 and not _RULE.fullmatch(lines[0]):
        return [*heading(one_line(lines[0]), 1 if "=" in lines[1] else 2), *(_chunk(lines[2:]) if lines[2:] else [])]
    lines = [line for line in lines if not (_RULE.fullmatch(line) and len(line.strip()) > 2)]
    if len(lines) == 1 and (level := _level(lines[0].strip())):
        return heading(one_line(lines[0]), level)
    rows = [_cells(line) for line in lines]
    if len(rows) > 1 and all(len(row) > 1 for row in rows) and not any(MARK.match(line) for line in lines):
        return table(rows)
    return _paragraphs(lines)


def _paragraphs(lines: list[str]) -> list[Block]:
    blocks: list[Block] = []
    width = max(map(len, lines), default=0)
    run: list[str] = []
    listed: list[str] = []
    first = 0  # how far the list's first mark is indented
    for line in lines:
        if mark := MARK.match(line):
            blocks += paragraph(one_line(" ".join(run)))
            run = []
            first = len(mark[1]) if not listed else first
            indented = len(mark[1]) > first
            listed.append(f"{'  ' if indented else ''}{one_line(line)}")
        elif listed:
            listed[-1] = f"{listed[-1]} {one_line(line)}"
        else:
            run.append(line)
            short = len(line) < width * 0.6 and line.rstrip().endswith((".", ":", "?", "!"))
            if len(line) > _LONG or short:
                blocks += paragraph(one_line(" ".join(run)))
                run = []
    return blocks + paragraph(one_line(" ".join(run))) + items(nested(listed))


def nested(lines: list[str]) -> list[str]:
    """Lines of a list as items: indented lines stand below the item that they belong to, in the same string."""
    found: list[str] = []
    for line in lines:
        if found and line.startswith("  "):
            found[-1] = f"{found[-1]}\n{line}"
        else:
            found.append(line)
    return found


def _cells(line: str) -> list[str]:
    return [one_line(cell) for cell in _COLUMNS.split(line.strip())]


def _level(line: str) -> int:
    """Which level of heading a line that stands alone is; 0 when it is none."""
    words = line.split()
    if len(words) > 12 or line.endswith((".", ",", ";", ":", "?", "!")) or MARK.match(f"{line} "):
        return 2 if _NUMBERED.match(line) and len(words) <= 12 and line[-1] not in ".,;:?!" else 0
    letters = [letter for letter in line if letter.isalpha()]
    if _NUMBERED.match(line):
        return 1 + line.split()[0].rstrip(".").count(".") + 1
    return 2 if len(letters) > 3 and all(letter.isupper() for letter in letters) else 0
