"""The lines of a PDF's pages, with where they stand and how they look, in reading order."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median

import pypdfium2
import pypdfium2.raw as pdfium

from residency.retrieval.passages.clean import raised

HYPHENS = "-\u00ad\u2010\u0002"
"""What may stand at the end of a line where a word was broken; the last is PDFium's own mark."""
_SYMBOLS = {0xF0B7: "•", 0xF0A7: "•", 0xF0D8: "•", 0xF0FC: "•", 0xF0A8: "•"}  # bullets of symbol fonts
_FORCE_BOLD = 1 << 18
_BOLD = re.compile(rb"bold|black|heavy|semibold|demi", re.IGNORECASE)
_GAP = 1.0  # of a letter's size: a wider space divides the cells of a table, or columns
_WIDE = 0.25  # of a page's width: what a column of text fills at least


@dataclass(frozen=True)
class Line:
    """A line of a page, places in points from the page's lower left corner. ``cells`` are its texts between wide gaps,
    ``spans`` their left and right ends; ``size`` is the letters' height, ``base`` the base line."""

    cells: tuple[str, ...]
    spans: tuple[tuple[float, float], ...]
    base: float
    size: float
    bold: bool
    page: int = 0

    @property
    def text(self) -> str:
        return " ".join(self.cells)

    @property
    def left(self) -> float:
        return self.spans[0][0]

    @property
    def right(self) -> float:
        return self.spans[-1][1]


@dataclass
class _Letter:
    text: str
    left: float
    right: float
    base: float
    size: float
    place: int


def page_lines(page: pypdfium2.PdfPage, number: int) -> list[Line]:
    """The lines of one page in reading order: as the file has them, but where it goes across two columns line by
    line, one column after the other."""
    text = page.get_textpage()
    try:
        lines = [_line(text, run, number) for run in _runs(text)]
    finally:
        text.close()
    return _columns(_rows([line for line in lines if line.text.strip()]), page.get_width())


def _runs(text: pypdfium2.PdfTextPage) -> Iterator[list[_Letter]]:
    """Letters of one line each, spaces among them, as the file has them."""
    box = pdfium.FS_RECTF()
    x, y = ctypes.c_double(), ctypes.c_double()
    run: list[_Letter] = []
    for place in range(text.count_chars()):
        code = pdfium.FPDFText_GetUnicode(text, place)
        letter = _SYMBOLS.get(code) or (chr(code) if code and not 0xD800 <= code < 0xE000 else "\ufffd" if code else "")
        if letter in "\r\n":
            if run and letter:
                yield run
                run = []
            continue
        pdfium.FPDFText_GetLooseCharBox(text, place, box)
        pdfium.FPDFText_GetCharOrigin(text, place, x, y)
        size = box.top - box.bottom
        if size <= 0 and run:  # a space that PDFium put in
            run.append(replace_space(run[-1], place))
            continue
        here = _Letter(letter, box.left, box.right, y.value, size, place)
        solid = next((one for one in reversed(run) if not one.text.isspace()), None)
        if solid and not letter.isspace() and _leaves(solid, here):
            yield run
            run = []
        run.append(here)
    if run:
        yield run


def replace_space(before: _Letter, place: int) -> _Letter:
    """A space of no width after a letter."""
    return _Letter(" ", before.right, before.right, before.base, before.size, place)


def _leaves(before: _Letter, here: _Letter) -> bool:
    """Whether a letter stands on another line than the one before it, or behind a gap."""
    tall = max(before.size, here.size)
    return abs(here.base - before.base) > tall * 0.6 or not -tall < here.left - before.right < tall * _GAP


def _line(text: pypdfium2.PdfTextPage, run: Sequence[_Letter], number: int) -> Line:
    solid = [one for one in run if not one.text.isspace()] or list(run)
    size = median(one.size for one in solid)
    base = median(one.base for one in solid)
    parts: list[str] = []
    for one in run:
        up = one.size < size * 0.85 and one.base > base + size * 0.1 and one.text in "0123456789+-−"
        parts.append(raised(one.text) if up else one.text)
    looked_at = {solid[0].place, solid[len(solid) // 2].place, solid[-1].place}
    bold = all(_bold(text, place) for place in looked_at)
    joined = "".join(parts).replace("\t", " ").strip()
    return Line((joined,), ((solid[0].left, solid[-1].right),), base, size, bold, number)


def _bold(text: pypdfium2.PdfTextPage, place: int) -> bool:
    name = ctypes.create_string_buffer(128)
    flags = ctypes.c_int()
    pdfium.FPDFText_GetFontInfo(text, place, name, 128, flags)
    weight = pdfium.FPDFText_GetFontWeight(text, place)
    return bool(_BOLD.search(name.value) or flags.value & _FORCE_BOLD or weight >= 600)


def _rows(lines: Sequence[Line]) -> list[Line]:
    """Lines that follow each other on one base line, to the right, become one, of several cells where gaps are wide."""
    found: list[Line] = []
    for line in lines:
        before = found[-1] if found else None
        gap = line.left - before.right if before else 0.0
        if before is None or abs(before.base - line.base) >= 0.3 * line.size or gap < -0.3 * line.size:
            found.append(line)
            continue
        cells, spans = (*before.cells, *line.cells), (*before.spans, *line.spans)
        if gap < _GAP * line.size:
            space = " " if gap > 0.2 * line.size else ""
            cells = (*before.cells[:-1], f"{before.cells[-1]}{space}{line.text}")
            spans = (*before.spans[:-1], (before.spans[-1][0], line.right))
        found[-1] = replace(before, cells=cells, spans=spans, bold=before.bold and line.bold)
    return found


def _columns(lines: list[Line], width: float) -> list[Line]:
    """Where a page's lines go across two columns of text, the left column before the right, between lines that go over
    both."""
    across = [line for line in lines if len(line.cells) == 2 and all(b - a > width * _WIDE for a, b in line.spans)]
    if len(across) < 5 or len(across) * 3 < len(lines):
        return lines
    gutter = median((line.spans[0][1] + line.spans[1][0]) / 2 for line in across)
    ordered: list[Line] = []
    left: list[Line] = []
    right: list[Line] = []
    for line in sorted(lines, key=lambda line: -line.base):
        if len(line.cells) == 1 and line.left < gutter - line.size and line.right > gutter + line.size:
            ordered += [*left, *right, line]
            left, right = [], []
            continue
        for cell, span in zip(line.cells, line.spans, strict=True):
            column = left if span[0] < gutter else right
            column.append(replace(line, cells=(cell,), spans=(span,)))
    return [*ordered, *left, *right]
