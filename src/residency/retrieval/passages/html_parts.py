"""The texts of HTML's elements: what stands within a line, lists and tables."""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborNode

from residency.retrieval.passages.clean import one_line, raised

BLOCKS = frozenset(
    "address article aside blockquote body center dd details div dl dt fieldset figcaption figure footer header hgroup "
    "hr html li main ol p pre section summary table tbody td tfoot th thead tr ul".split()
)
"""Elements that begin a line of their own."""
_FOOTNOTE = re.compile(r"\[?[\d,\s–-]+\]?|[*†‡§]|[a-z]")


def children(node: LexborNode) -> Iterator[LexborNode]:
    """The elements and texts directly in ``node``."""
    return node.iter(include_text=True)


def table_rows(node: LexborNode) -> tuple[list[list[str]], int]:
    """A table's cells by row, and how many rows are its header. A cell that spans rows stands in each of them."""
    rows: list[list[str]] = []
    head = 0
    above: dict[int, tuple[int, str]] = {}  # by column: for how many rows more a cell reaches down, and its text
    for place, row in enumerate(node.css("tr")):
        waiting = [cell for cell in row.iter() if cell.tag in ("td", "th")][::-1]
        if waiting and place == head and (all(cell.tag == "th" for cell in waiting) or _in_head(row)):
            head += 1
        cells: list[str] = []
        below: dict[int, tuple[int, str]] = {}
        while waiting or len(cells) in above:
            if len(cells) in above:
                left, text = above[len(cells)]
                new = [(left, text)]
            else:
                cell = waiting.pop()
                text = inline(cell)
                new = [(_span(cell, "rowspan"), text)] + [(1, "")] * (_span(cell, "colspan") - 1)
            for down, text in new:
                if down > 1:
                    below[len(cells)] = (down - 1, text)
                cells.append(text)
        above = below
        rows.append(cells)
    return rows, max(head, 1)


def _in_head(row: LexborNode) -> bool:
    return row.parent is not None and row.parent.tag == "thead"


def _span(cell: LexborNode, name: str) -> int:
    value = cell.attributes.get(name) or "1"
    return min(max(int(value), 1), 50) if value.isdecimal() and len(value) < 5 else 1


def list_items(node: LexborNode, depth: int) -> list[str]:
    """A list's items, those of lists within it indented on lines of their own below their item."""
    found: list[str] = []
    number = 0
    for item in node.iter():
        if item.tag != "li":
            continue
        number += 1
        mark = f"{number}." if node.tag == "ol" else "-"
        own: list[str] = []
        below: list[str] = []
        _item(item, own, below, depth)
        text = one_line("".join(own))
        line = "\n".join([f"{'  ' * depth}{mark} {text}" if text else "", *below]).strip("\n")
        if line:
            found.append(line)
    return found


def _item(node: LexborNode, own: list[str], below: list[str], depth: int) -> None:
    for child in children(node):
        if child.tag in ("ul", "ol") and depth < 20:
            below += list_items(child, depth + 1)
        elif child.tag != "-text" and child.css_first("ul, ol") and depth < 20:
            _item(child, own, below, depth)
        else:
            own.append(element_text(child, child.tag or ""))


def terms(node: LexborNode) -> list[str]:
    """The items of a list of terms, each with what is said of it."""
    found: list[str] = []
    for part in node.css("dt, dd"):
        text = inline(part)
        if part.tag == "dt" or not found:
            found.append(f"- {text}")
        else:
            found[-1] += f"{' ' if found[-1].endswith((':', '.')) else ': '}{text}"
    return found


def inline(node: LexborNode) -> str:
    """The text of an element as one line."""
    return one_line("".join(element_text(child, child.tag or "") for child in children(node)))


def element_text(node: LexborNode, tag: str) -> str:
    """The text of an element within a line. Raised figures stay raised; marks that lead to a footnote are left out."""
    if tag == "-text":
        return node.text_content or ""
    if tag == "br":
        return " "
    if tag == "img":
        return node.attributes.get("alt") or ""
    if tag == "sup":
        text = one_line(node.text())
        link = node.css_first("a")
        return "" if link is not None and _FOOTNOTE.fullmatch(text) else raised(text)
    if tag.startswith(("!", "-")):
        return ""
    text = "".join(element_text(child, child.tag or "") for child in children(node))
    return f" {text} " if tag in BLOCKS else text
