"""PDF: lines become headings, paragraphs, lists and tables by where they stand and how they look.

The date in a PDF's own metadata is not read: it is that of the export, not of the guidance.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pypdfium2

from residency.core.text import normalise
from residency.retrieval.passages.blocks import Document, UnreadableError
from residency.retrieval.passages.clean import one_line
from residency.retrieval.passages.pdf_blocks import blocks_of
from residency.retrieval.passages.pdf_lines import Line, page_lines

_EDGE = 0.13  # of a page's height: where headers and footers stand
_NUMBER = re.compile(
    r"(?:page\s*)?(?:\d{1,4}|[ivxlc]{1,7})(?:\s*(?:of|/|\|)\s*\d{1,4})?|[-–]\s*\d{1,4}\s*[-–]", re.IGNORECASE
)
_LEADERS = re.compile(r"(?:\.\s?|…\s?|·\s?){4,}\s*(?:\d{1,4}|[ivxlc]+)?\s*$", re.IGNORECASE)
_NO_TITLE = re.compile(r"microsoft word|untitled|\.(?:docx?|indd|pdf|qxd|tex)\b|^\W*$|^[\w-]{1,3}$", re.IGNORECASE)
_FEW = 10  # letters: a page with fewer holds no text
_STRANGE = 0.2


def read(source: Path | bytes) -> Document:
    """The blocks of a PDF, by its path or its content.

    Raises:
        UnreadableError: it is encrypted, broken, or has no text layer that can be read.
    """
    pdf = _open(source)
    try:
        title = one_line(pdf.get_metadata_dict().get("Title") or "")
        pages: list[list[Line]] = []
        heights: list[float] = []
        for number in range(len(pdf)):
            page = pdf[number]
            pages.append(page_lines(page, number))
            heights.append(page.get_height())
            page.close()
    except pypdfium2.PdfiumError as error:
        raise UnreadableError(f"a broken PDF ({error})", "Open it in a viewer and print it to a new PDF") from None
    finally:
        pdf.close()
    document = Document([], {"title": title} if title and not _NO_TITLE.search(title) else {})
    _complain(pages, document)
    lines = _without_edges(pages, heights, document)
    document.blocks = blocks_of(lines, document)
    return document


def _open(source: Path | bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(source)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            fix = "Save a copy without a password (qpdf --decrypt) and read that"
            raise UnreadableError("an encrypted PDF that asks for a password", fix) from None
        raise UnreadableError("a broken PDF, or none", "Get it again, or print it to a new PDF") from None


def _complain(pages: Sequence[Sequence[Line]], document: Document) -> None:
    letters = ["".join(line.text for line in page) for page in pages]
    empty = [number for number, text in enumerate(letters, 1) if len(text) < _FEW]
    whole = "".join(letters)
    if len(empty) == len(pages):
        raise UnreadableError("a scanned PDF: it has no text layer", "Recognise its text first (for example ocrmypdf)")
    strange = sum(letter == "\ufffd" or 0xE000 <= ord(letter) < 0xF900 for letter in whole)
    if strange > len(whole) * _STRANGE:
        raise UnreadableError("the letters of this PDF cannot be told", "Recognise its text (ocrmypdf --force-ocr)")
    if empty:
        some = ", ".join(map(str, empty[:10])) + (", ..." if len(empty) > 10 else "")
        document.remarks.append((f"no text on page {some}", "If these are scanned, recognise their text first"))


def _without_edges(pages: Sequence[Sequence[Line]], heights: Sequence[float], document: Document) -> list[Line]:
    """All lines but headers and footers that pages share, page numbers, and lines of a table of contents."""
    edges = [
        {_shape(line) for line in page if not height * _EDGE < line.base < height * (1 - _EDGE)}
        for page, height in zip(pages, heights, strict=True)
    ]
    shared = Counter(shape for page in edges for shape in page)
    enough = min(max(2, -(-len(pages) * 3 // 10)), 4)
    numbered = {shape for page, after in pairwise(edges) for shape in page & after if "#" in shape[0]}
    kept: list[Line] = []
    for page, height in zip(pages, heights, strict=True):
        for line in page:
            at_edge = not height * _EDGE < line.base < height * (1 - _EDGE)
            if at_edge and (shared[_shape(line)] >= enough or _shape(line) in numbered):
                document.dropped["page headers and footers"] += 1
            elif at_edge and _NUMBER.fullmatch(line.text.strip()):
                document.dropped["page numbers"] += 1
            elif _LEADERS.search(line.text):
                document.dropped["contents lines"] += 1
            else:
                kept.append(line)
    return kept


def _shape(line: Line) -> tuple[str, int]:
    """What headers have in common over pages: their text but for numbers, and their letters' size."""
    return re.sub(r"\d+", "#", normalise(line.text)), round(line.size)
