"""HTML: the page's main part in blocks, without navigation, scripts and the like, and what its head says of it."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from residency.retrieval.passages.blocks import Document, UnreadableError, heading, items, paragraph, table
from residency.retrieval.passages.clean import one_line
from residency.retrieval.passages.html_parts import (
    BLOCKS,
    children,
    element_text,
    inline,
    list_items,
    table_rows,
    terms,
)
from residency.retrieval.passages.metadata import known_fields

_DROPPED = (
    "script, style, noscript, template, svg, nav, form, button, select, iframe, dialog, [hidden], [aria-hidden=true], "
    "[role=navigation], [role=banner], [role=contentinfo], [role=search], body > header, body > footer, .toc, #toc"
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_DEEP = 150
_UNCLOSED = 3000  # the time that the parser takes grows with the square of the depth
_OPENED = re.compile(r"<(?:a|article|b|blockquote|div|em|font|i|ol|section|span|strong|table|ul)\b", re.IGNORECASE)
_CLOSED = re.compile(r"</(?:a|article|b|blockquote|div|em|font|i|ol|section|span|strong|table|ul)\b", re.IGNORECASE)
_META = {
    "title": ("citation_title", "dcterms.title", "dc.title"),
    "source": ("citation_publisher", "dcterms.publisher", "dc.publisher", "citation_journal_title", "og:site_name"),
    "date": (
        *("dcterms.modified", "article:modified_time", "dcterms.issued", "citation_publication_date", "citation_date"),
        *("article:published_time", "dcterms.date", "dcterms.created", "dc.date"),
    ),
    "version": ("dcterms.hasversion", "version"),
    "licence": ("dcterms.license", "dcterms.rights", "dc.rights"),
    "superseded_by": ("dcterms.isreplacedby",),
}


def read(text: str) -> Document:
    """The blocks of an HTML page or fragment."""
    if len(_OPENED.findall(text)) - len(_CLOSED.findall(text)) > _UNCLOSED:
        raise UnreadableError("thousands of its elements are never closed", "Save it as plain text")
    tree = LexborHTMLParser(text)
    document = Document([], _fields(tree))
    gone = tree.css(_DROPPED)
    document.dropped["page elements"] += len(gone)
    for node in gone:
        node.decompose()
    root = _main(tree)
    if root is None:
        return document
    try:
        _Walk(document).walk(root, 0)
    except RecursionError:
        raise UnreadableError("its elements are nested too deeply", "Save it as plain text") from None
    return document


def _main(tree: LexborHTMLParser) -> LexborNode | None:
    for name in ("main", "[role=main]", "article"):
        found = tree.css(name)
        if len(found) == 1 and found[0].text(strip=True):
            return found[0]
    return tree.body


def _fields(tree: LexborHTMLParser) -> dict[str, str]:
    said: dict[str, str] = {}
    for node in tree.css("meta"):
        name = (node.attributes.get("name") or node.attributes.get("property") or "").lower()
        said.setdefault(name, one_line(node.attributes.get("content") or ""))
    found = known_fields({name: value for name, value in said.items() if name not in ("title", "name", "section")})
    found |= {key: said[name] for key, names in _META.items() if (name := next(filter(said.get, names), ""))}
    if "licence" not in found and (link := tree.css_first("link[rel=license], a[rel=license]")):
        found["licence"] = one_line(link.text() or "") or (link.attributes.get("href") or "")
    root = _main(tree)
    firsts = root.css("h1") if root else []
    if "title" not in found and len(firsts) == 1:
        found["title"] = one_line(firsts[0].text())
    found["title"] = found.get("title") or said.get("og:title", "")
    if not found["title"] and (title := tree.css_first("title")):
        found["title"] = one_line(title.text())
    return {key: value for key, value in found.items() if value}


class _Walk:
    """Reads elements into a document's blocks; text between them waits until the next block begins."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.waiting: list[str] = []

    def walk(self, node: LexborNode, depth: int) -> None:
        """Read ``node`` and all that is in it."""
        for child in children(node):
            tag = child.tag or ""
            if tag == "-text":
                self.waiting.append(child.text_content or "")
            elif tag in _HEADINGS:
                self._flush()
                self.document.blocks += heading(inline(child), _HEADINGS[tag])
            elif tag in ("ul", "ol", "dl", "table", "pre"):
                self._flush()
                self._structure(child, tag, depth)
            elif tag in BLOCKS and depth < _DEEP:
                self._flush()
                self.walk(child, depth + 1)
                self._flush()
            elif child.css_first("p, div, ul, ol, table, h1, h2, h3") and depth < _DEEP:  # <a> or <span> around blocks
                self.walk(child, depth + 1)
            else:
                self.waiting.append(element_text(child, tag))
        if depth == 0:
            self._flush()

    def _flush(self) -> None:
        self.document.blocks += paragraph(one_line("".join(self.waiting)))
        self.waiting = []

    def _structure(self, node: LexborNode, tag: str, depth: int) -> None:
        if tag == "pre":
            self.document.blocks += items([line.rstrip() for line in (node.text() or "").split("\n")])
        elif tag == "table":
            self._table(node, depth)
        elif tag == "dl":
            self.document.blocks += items(terms(node))
        elif node.css_first("h1, h2, h3, h4, table"):  # a list that only lays out the page
            self.walk(node, depth + 1)
            self._flush()
        elif _only_links(node):
            self.document.dropped["contents lists"] += 1
        else:
            self.document.blocks += items(list_items(node, 0))

    def _table(self, node: LexborNode, depth: int) -> None:
        if node.css_first("table table, td ul, td h1, td h2, td h3, td h4") and len(node.css("tr")) <= 2:
            self.walk(node, depth + 1)  # a table that only lays out the page
            self._flush()
            return
        caption = node.css_first("caption")
        rows, head = table_rows(node)
        self.document.blocks += table(rows, head, inline(caption) if caption else "")


def _only_links(node: LexborNode) -> bool:
    """Whether a list is nothing but links into this page."""
    links = node.css("a")
    inside = bool(links) and all((link.attributes.get("href") or "").startswith("#") for link in links)
    return inside and len(one_line(node.text())) <= sum(len(one_line(link.text())) + 2 for link in links)
