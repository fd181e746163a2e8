"""From a fetched page to passages, by the readers of the index: what is cut and how is the same for both."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from urllib.parse import unquote, urlsplit

from residency.core.errors import ResidencyError, ServerError
from residency.core.files import text_digest
from residency.core.records import Passage
from residency.retrieval.passages import html, markdown, pdf, plain
from residency.retrieval.passages.assemble import Assembly
from residency.retrieval.passages.blocks import Document, UnreadableError, paragraph
from residency.retrieval.passages.clean import decode
from residency.retrieval.settings import IndexSettings
from residency.serving.web.fetch import PDF, Page
from residency.serving.web.providers import Result

_READERS = {"text/plain": plain.read, "text/markdown": markdown.read}
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([\w-]{1,40})", re.IGNORECASE)
_ONE_PDF = threading.Lock()  # PDFium may be asked by one thread at a time
EXCERPT = "Excerpt given by the search"
_FEWEST = 8  # words: a shorter excerpt says nothing


def passages_of(page: Page, result: Result) -> list[Passage]:
    """The passages of a page: its own title and date, else those of the ``result`` that led to it. ``document`` is the
    page's address, ``source`` the name of its host.

    Raises:
        ServerError: there is no text in it that can be read.
    """
    host = urlsplit(page.url).hostname or ""
    try:
        document = _document(page)
    except UnreadableError as error:
        raise ServerError(error.reason, host) from None
    return _cut(document, page.url, host, result)


def excerpt_of(result: Result) -> list[Passage]:
    """The result's own excerpt as a passage, for a page that could not be read; none where it is too short."""
    if len(result.snippet.split()) < _FEWEST:
        return []
    document = Document(paragraph(result.snippet))
    return [
        {**passage, "section": EXCERPT}
        for passage in _cut(document, result.url, urlsplit(result.url).hostname or "", result)
    ]


def _cut(document: Document, url: str, host: str, result: Result) -> list[Passage]:
    fields = document.fields
    fields["title"] = fields.get("title") or result.title
    fields["date"] = fields.get("date") or result.date
    fields["source"] = host
    assembly = Assembly(IndexSettings())
    assembly.add_document(Path(_name(url)), Path("page"), document, {})
    named = text_digest(url)[:8]
    return [
        {**passage, "id": f"web-{named}-{text_digest(passage['text'])[:8]}", "document": url, "topic": "web"}
        for passage in assembly.finish()
    ]


def _document(page: Page) -> Document:
    if page.media_type == PDF:
        with _ONE_PDF:
            document = pdf.read(page.body)
    else:
        document = _READERS.get(page.media_type, html.read)(_text(page))
    if not document.blocks:
        raise UnreadableError("no text in it")
    return document


def _text(page: Page) -> str:
    """The page's text: UTF-8, or else in what its header or its head names."""
    named = _CHARSET.search(page.body[:4096])
    for charset in dict.fromkeys((page.charset, named[1].decode("ascii") if named else "", "")):
        try:
            return decode(page.body, charset)
        except ResidencyError as error:
            failed = error.what
    raise UnreadableError(failed)


def _name(url: str) -> str:
    """The last part of an address, from which a page without a title has its name."""
    last = unquote(urlsplit(url).path).rstrip("/").rsplit("/", 1)[-1]
    return re.sub(r"[^\w.-]+", "-", last)[:80] or "page"
