"""Markdown: front matter, headings, lists, tables and paragraphs, without their marks."""

from __future__ import annotations

import re
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from residency.retrieval.passages import html
from residency.retrieval.passages.blocks import Block, Document, heading, items, paragraph, table
from residency.retrieval.passages.clean import clean, one_line, raised
from residency.retrieval.passages.metadata import known_fields
from residency.retrieval.passages.plain import nested

_FRONT = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_UNCLOSED = re.compile(r"\A---[ \t]*\n[A-Za-z_][\w -]*:[ \t]")
_PAIR = re.compile(r"([A-Za-z_][\w -]*):[ \t]*(.*)")
_LONG = 50_000  # characters: a line above this is taken as it stands, its marks too
_CONTENTS = re.compile(r"(?:table of )?contents|in this (?:guideline|document|page)|toc", re.IGNORECASE)


def read(text: str) -> Document:
    """The blocks of a Markdown text, and the fields of its front matter."""
    text = clean(text)
    fields: dict[str, str] = {}
    if front := _FRONT.match(text):
        pairs = (_PAIR.fullmatch(line.rstrip()) for line in front[1].split("\n"))
        fields = known_fields({pair[1]: pair[2].strip().strip("\"'") for pair in pairs if pair})
        text = text[front.end() :]
    document = Document([], fields)
    if not front and _UNCLOSED.match(text):
        document.remarks.append(("its front matter does not end, and is read as text", "End it with a line of ---"))
    _Walk(document).take(text)
    return document


class _Walk:
    """Reads the tokens of a Markdown text into a document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
        self.parser.core.ruler.disable(["inline", "text_join"])
        self.references: dict[str, Any] = {}  # links that are defined elsewhere in the text
        self.numbers: list[int | None] = []  # of the open lists: the next number, or None for one with bullets
        self.listed: list[str] = []
        self.marks: list[str] = []
        self.linked = True
        self.rows: list[list[str]] = []

    def take(self, text: str) -> None:
        """Read ``text`` to its end."""
        level = 0
        for token in self.parser.parse(text, self.references):
            kind = token.type
            if kind == "heading_open":
                level = int(token.tag[1])
            elif kind == "heading_close":
                level = 0
            elif kind in ("bullet_list_open", "ordered_list_open"):
                start = token.attrGet("start")
                self.numbers.append(None if kind.startswith("bullet") else int(start or 1) if start != 0 else 0)
            elif kind in ("bullet_list_close", "ordered_list_close"):
                self.numbers.pop()
                if not self.numbers:
                    self._end_list()
            elif kind == "list_item_open":
                self._open_item()
            elif kind == "table_open":
                self.rows = []
            elif kind == "tr_open":
                self.rows.append([])
            elif kind == "table_close":
                self._add(table(self.rows))
                self.rows = []
            elif kind == "inline":
                self._text(token, level)
            elif kind in ("fence", "code_block"):
                self._add(items([line.rstrip() for line in token.content.split("\n")]))
            elif kind == "html_block":
                inner = html.read(token.content)
                self.document.dropped.update(inner.dropped)
                self._add(inner.blocks)

    def _text(self, token: Token, level: int) -> None:
        text, linked = self._inline(token.content)
        if self.rows:
            self.rows[-1].append(text)
        elif level:
            self._add(heading(text, level))
        elif self.numbers:
            self.linked = self.linked and linked
            self._say(text)
        else:
            self._add(paragraph(text))

    def _add(self, blocks: list[Block]) -> None:
        """Add blocks to the document; inside a list they become lines of its item."""
        if self.numbers:
            self.linked = False
            for block in blocks:
                for line in (*block.lead, *block.lines):
                    self._say(line)
        else:
            self.document.blocks += blocks

    def _open_item(self) -> None:
        number = self.numbers[-1]
        mark = "-" if number is None else f"{number}."
        if number is not None:
            self.numbers[-1] = number + 1
        self.marks.append(f"{'  ' * (len(self.numbers) - 1)}{mark} ")

    def _say(self, text: str) -> None:
        """Add ``text`` to the open item."""
        if not text:
            return
        if self.marks:
            self.listed.append(f"{self.marks[-1]}{text}")
            self.marks = []
        elif self.listed:
            self.listed[-1] += f" {text}"

    def _end_list(self) -> None:
        blocks = self.document.blocks
        below = blocks[-1].lines[0] if blocks and blocks[-1].kind == "heading" else ""
        if self.linked and self.listed:
            self.document.dropped["contents lists"] += 1
            if _CONTENTS.fullmatch(below):
                blocks.pop()
        else:
            blocks += items(nested(self.listed))
        self.listed, self.marks, self.linked = [], [], True

    def _inline(self, content: str) -> tuple[str, bool]:
        """The text of a line without its marks, and whether all of it is a link within the document."""
        if len(content) > _LONG:
            return one_line(content), False
        parts: list[str] = []
        depth = up = outside = 0
        for token in self._children(content):
            if token.type == "link_open":
                depth += str(token.attrGet("href")).startswith("#")
            elif token.type == "link_close":
                depth = 0
            elif token.type in ("softbreak", "hardbreak"):
                parts.append(" ")
            elif token.type == "html_inline":
                tag = token.content.lower()
                up = 1 if tag.startswith("<sup") else 0 if tag.startswith("</sup") else up
                parts.append(" " if tag.startswith("<br") else "")
            elif token.content:
                outside += 0 if depth else len(token.content.strip())
                parts.append(raised(token.content) if up else token.content)
        return one_line("".join(parts)), not outside

    def _children(self, content: str) -> list[Token]:
        children: list[Token] = []
        self.parser.inline.parse(content, self.parser, self.references, children)
        return children
