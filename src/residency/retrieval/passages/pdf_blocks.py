"""From a PDF's lines to its blocks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from residency.retrieval.passages.blocks import Block, Document, heading, items, paragraph, table
from residency.retrieval.passages.clean import one_line
from residency.retrieval.passages.pdf_lines import HYPHENS, Line
from residency.retrieval.passages.plain import MARK, nested

_LARGER = 1.08  # of the body's size: a heading's letters
_MOST = 18  # words in a heading
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_NUMBERING = re.compile(r"(?:[A-Z]|\d{1,2})(?:\.\d{1,2})*\.?")
_ENDED = (".", "!", "?", ":", ";")
_BULLETS = tuple("•▪●‣◦")


def blocks_of(lines: Sequence[Line], document: Document) -> list[Block]:
    """The blocks that ``lines``, in reading order, make; broken words that are joined again are counted in
    ``document.dropped``."""
    return _Walk(lines, document).blocks


class _Walk:
    def __init__(self, lines: Sequence[Line], document: Document) -> None:
        self.document = document
        self.blocks: list[Block] = []
        self.run: list[Line] = []
        self.listed: list[tuple[float, str]] = []
        body: Counter[tuple[float, bool]] = Counter()
        for line in lines:
            body[_look(line)] += len(line.text)
        self.size, self.bold = body.most_common(1)[0][0] if body else (0.0, False)
        looks = {_look(line) for line in lines if self._heads(line)}
        self.levels = {look: place for place, look in enumerate(sorted(looks, reverse=True), 1)}
        steps = [a.base - b.base for a, b in pairwise(lines) if 0 < a.base - b.base < 3 * a.size]
        self.step = median(steps) if steps else 0.0
        self.right = _edges(lines)
        self.words = Counter(word for line in lines for word in _WORD.findall(line.text.lower())[:-1])
        self._walk(lines)

    def _heads(self, line: Line) -> bool:
        """Whether a line looks like a heading."""
        text = line.text.strip()
        stands_out = _look(line)[0] > self.size * _LARGER or (line.bold and not self.bold)
        wordy = 0 < len(text.split()) <= _MOST and sum(map(str.isalpha, text)) > 2
        ends = text.endswith((".", ",", ";")) or text[:1] in _BULLETS
        whole = len(line.cells) == 1 or (len(line.cells) == 2 and _NUMBERING.fullmatch(line.cells[0].strip()))
        return bool(whole) and stands_out and wordy and not ends

    def _walk(self, lines: Sequence[Line]) -> None:
        place = 0
        while place < len(lines):
            line = lines[place]
            before = lines[place - 1] if place else None
            if self._heads(line):
                self._end()
                end = place + 1
                while end < len(lines) and self._goes_on(lines[end - 1], lines[end]) and end - place < 4:
                    end += 1
                text = one_line(self._joined(lines[place:end]))
                self.blocks += heading(text, self.levels[_look(line)])
                place = end
                continue
            if len(line.cells) > 1 and (end := _table_end(lines, place)) > place + 1:
                self._end()
                self.blocks += table([[one_line(cell) for cell in row.cells] for row in lines[place:end]])
                place = end
                continue
            if before is None or self._breaks(before, line):
                self._end_run()
            self.run.append(line)
            place += 1
        self._end()

    def _goes_on(self, before: Line, line: Line) -> bool:
        """Whether a heading goes on in the next line."""
        near = 0 < before.base - line.base < 1.7 * before.size and before.page == line.page
        return near and self._heads(line) and _look(line) == _look(before)

    def _breaks(self, before: Line, line: Line) -> bool:
        """Whether a paragraph or an item ends between two lines."""
        text, last = line.text.strip(), before.text.strip()
        if _bullet(text) or not self.run:
            return True
        step = before.base - line.base
        if step <= 0 or before.page != line.page:  # another column or page
            return last.endswith(_ENDED) or not (text[:1].islower() or last[-1:] in HYPHENS or last.endswith(","))
        if step > self.step * 1.35 or abs(line.size - before.size) > 0.15 * before.size:
            return True
        if self.listed or _bullet(self.run[0].text.strip()):
            return line.left < self.run[0].left - 0.5 * line.size
        indented = line.left > before.left + 0.7 * line.size and len(self.run) > 1 and last.endswith(_ENDED)
        room = self.right.get(_column(before), before.right) - before.right
        return indented or (last.endswith(_ENDED) and room > 6 * before.size)

    def _end_run(self) -> None:
        """Make an item or a paragraph of the lines that wait."""
        if not self.run:
            return
        text = one_line(self._joined(self.run))
        left = self.run[0].left
        marked = _bullet(self.run[0].text.strip())
        self.run = []
        if marked:
            self.listed.append((left, re.sub(r"^[•‣▪●○◦–]\s*", "- ", text)))
        else:
            self._end_list()
            self.blocks += paragraph(text)

    def _end_list(self) -> None:
        if self.listed:
            first = min(left for left, _ in self.listed)
            lines = [f"{'  ' if left > first + self.size * 0.5 else ''}{text}" for left, text in self.listed]
            self.blocks += items(nested(lines))
            self.listed = []

    def _end(self) -> None:
        self._end_run()
        self._end_list()

    def _joined(self, lines: Sequence[Line]) -> str:
        """The text of lines as one, words that were broken at a line's end whole again."""
        joined = ""
        for line in lines:
            text = line.text.strip()
            if joined[-1:] in tuple(HYPHENS) and joined[-2:-1].isalpha() and text[:1].islower():
                first = _WORD.findall(joined[:-1].lower())[-1:] or [""]
                second = _WORD.findall(text.lower())[:1] or [""]
                compound = self.words[f"{first[0]}-{second[0]}"] > self.words[first[0] + second[0]]
                self.document.dropped["hyphens at line ends"] += not compound
                joined = f"{joined[:-1]}{'-' if compound else ''}{text}"
            elif joined[-1:] in tuple(HYPHENS) and joined[-2:-1].isalnum():
                joined = f"{joined[:-1]}-{text}"
            else:
                joined = f"{joined} {text}" if joined else text
        return joined.replace("\u0002", "-")


def _bullet(text: str) -> bool:
    return bool(MARK.match(text)) or text[:1] in _BULLETS


def _look(line: Line) -> tuple[float, bool]:
    return round(line.size * 2) / 2, line.bold


def _column(line: Line) -> int:
    return round(line.left / 60)


def _edges(lines: Sequence[Line]) -> dict[int, float]:
    """How far to the right the lines of each column go."""
    found: dict[int, float] = {}
    for line in lines:
        if len(line.cells) == 1:
            found[_column(line)] = max(found.get(_column(line), 0.0), line.right)
    return found


def _table_end(lines: Sequence[Line], place: int) -> int:
    """The line after the last row of the table that begins at ``place``: rows of several cells, close together."""
    end = place + 1
    while end < len(lines):
        before, line = lines[end - 1], lines[end]
        near = 0 < before.base - line.base < 3 * before.size and before.page == line.page
        if not (near and len(line.cells) > 1 and _aligned(before, line)):
            break
        end += 1
    return end


def _aligned(before: Line, line: Line) -> bool:
    """Whether a cell behind the first begins, ends or has its middle where one of the row above does. In lines of a
    paragraph that are only spread to the column's width, nothing does."""
    near = 0.3 * line.size
    return any(
        any(abs(a - b) < near for a, b in ((x, u), ((x + y) / 2, (u + v) / 2)))
        or (abs(y - v) < near and line.right - y > near and before.right - v > near)
        for x, y in line.spans[1:]
        for u, v in before.spans[1:]
    ) or (
        len(line.cells) == len(before.cells) == 2 and abs(line.right - before.right) < near and _figures(before, line)
    )


def _figures(*lines: Line) -> bool:
    return any(line.cells[-1][:1].isdigit() for line in lines)
