"""Cutting a document's blocks into passages along its structure. No passage crosses a section."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from residency.core.text import sentences
from residency.retrieval.passages.blocks import Block

LETTERS = 12
"""A passage of so many characters for each word of its maximum is too long whatever its number of words."""
_WINDOW = 20_000  # characters: what is asked for its sentences at once, so that no text takes time out of proportion
_CAPTION = re.compile(r"(?:table|box|figure|fig\.?|chart)\s+[A-Z]?\d", re.IGNORECASE)
_ENDS = (".", "!", "?", ":", ";")
_INTRODUCTION = 60  # words: of a longer paragraph its last sentence alone introduces the list below it


@dataclass(frozen=True)
class Sizes:
    """How long a passage should be, and how long it may be, in words."""

    target: int
    maximum: int


@dataclass(frozen=True)
class Piece:
    """A passage's text, and the headings above it."""

    section: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class _Part:
    text: str
    kind: str
    apart: bool = False  # it repeats what introduces it, and begins a passage of its own


def size(text: str) -> int:
    """How long ``text`` is in words; text without spaces counts by its characters."""
    return max(len(text.split()), -(-len(text) // LETTERS))


def cut(blocks: Sequence[Block], sizes: Sizes) -> list[Piece]:
    """The passages of a document, in order. None is longer than ``sizes.maximum``."""
    return [Piece(path, text) for path, body in _sections(blocks) for text in _pack(_introduced(body), sizes)]


def _sections(blocks: Sequence[Block]) -> list[tuple[tuple[str, ...], list[Block]]]:
    found: list[tuple[tuple[str, ...], list[Block]]] = [((), [])]
    path: list[tuple[int, str]] = []
    for block in blocks:
        if block.kind != "heading":
            found[-1][1].append(block)
            continue
        while path and path[-1][0] >= block.level:
            path.pop()
        path.append((block.level, block.lines[0]))
        found.append((tuple(text for _, text in path), []))
    kept: list[tuple[tuple[str, ...], list[Block]]] = []
    for place, (names, body) in enumerate(found):
        below = found[place + 1][0] if place + 1 < len(found) else ()
        if body:
            kept.append((names, body))
        elif names and below[: len(names)] != names:  # nothing stands under it: what it says is not to be lost
            kept.append((names[:-1], [Block("text", names[-1:])]))
    return kept


def _introduced(body: Sequence[Block]) -> Iterator[Block]:
    """The blocks of a section, in which what introduces a list or a table stands in its ``lead``."""
    waiting: Block | None = None
    for block in body:
        if block.kind == "text":
            if waiting:
                yield waiting
            waiting = block
            continue
        if waiting:
            text = waiting.lines[0]
            before, lead = "", text
            if size(text) > _INTRODUCTION:
                lead = sentences(text[-_WINDOW:])[-1]
                before = text.removesuffix(lead).rstrip()
            if size(lead) <= _INTRODUCTION and (lead.endswith(":") or _CAPTION.match(lead)):
                block = replace(block, lead=(lead, *block.lead))
                waiting = Block("text", (before,)) if before else None
            if waiting:
                yield waiting
            waiting = None
        yield block
    if waiting:
        yield waiting


def _pack(blocks: Iterator[Block], sizes: Sizes) -> Iterator[str]:
    current = ""
    kind = ""
    few = sizes.target // 3
    for block in blocks:
        for part in _parts(block, sizes):
            joined = _joined(current, kind, part) if current else part.text
            length = size(joined)
            fits = length <= sizes.target or (
                length <= sizes.maximum and (size(current) < few or size(part.text) < few)
            )
            if current and (part.apart or not fits):
                yield current
                joined = part.text
            current, kind = joined, part.kind
    if current:
        yield current


def _joined(current: str, kind: str, part: _Part) -> str:
    prose = kind == part.kind == "text" and current.endswith(_ENDS)
    return f"{current}{' ' if prose else chr(10)}{part.text}"


def _parts(block: Block, sizes: Sizes) -> Iterator[_Part]:
    """The block in parts of which none is longer than the maximum."""
    text = "\n".join((*block.lead, *block.lines))
    if size(text) <= sizes.maximum:
        yield _Part(text, block.kind)
        return
    if block.kind == "text":
        for piece in prose(text, sizes):
            yield _Part(piece, "text")
        return
    head = "\n".join((*block.lead, *block.lines[: block.head]))
    rows = block.lines[block.head :]
    if size(head) > sizes.maximum // 2 or not rows:  # too long to be repeated
        head, rows = "", (*block.lead, *block.lines)
    room = sizes.maximum - size(head) - 1 if head else sizes.maximum
    whole = [piece for row in rows for piece in _row(row, room)]
    for place, group in enumerate(_groups(whole, max(sizes.target - size(head), 1), room, "\n")):
        yield _Part(f"{head}\n{group}" if head else group, block.kind, apart=bool(head) and place > 0)


def _row(row: str, room: int) -> Iterator[str]:
    """A row, or an item with what stands below it, in pieces that fit into ``room``; what is below an item repeats it
    where it fits."""
    if size(row) <= room:
        yield row
        return
    first, *below = row.split("\n")
    if below and size(first) <= room // 2:
        left = room - size(first) - 1
        pieces = [piece for line in below for piece in prose(line, Sizes(left, left))]
        yield from (f"{first}\n{group}" for group in _groups(pieces, left, left, "\n"))
    else:
        for line in (first, *below):
            yield from prose(line, Sizes(room, room))


def prose(text: str, sizes: Sizes) -> list[str]:
    """A long text cut between sentences to pieces of about one length, not far above the target; a sentence above the
    maximum is cut between words, and a word above it wherever it must."""
    if size(text) <= sizes.maximum:
        return [text]
    count = -(-size(text) // sizes.target)
    whole = [piece for window in _windows(text) for sentence in sentences(window) for piece in _short(sentence, sizes)]
    return list(_groups(whole, -(-size(text) // count), sizes.maximum, " "))


def _windows(text: str) -> Iterator[str]:
    start = 0
    while len(text) - start > _WINDOW:
        end = start + _WINDOW
        stop = max(text.rfind(". ", start + _WINDOW // 2, end) + 1, 0) or text.rfind(" ", start + 1, end)
        stop = stop if stop > start else end
        yield text[start:stop]
        start = stop
    yield text[start:]


def _short(sentence: str, sizes: Sizes) -> Iterator[str]:
    if size(sentence) <= sizes.maximum:
        yield sentence
        return
    longest = sizes.maximum * LETTERS
    words = [word[start : start + longest] for word in sentence.split() for start in range(0, len(word), longest)]
    yield from _groups(words, sizes.target, sizes.maximum, " ")


def _groups(texts: Sequence[str], aim: int, limit: int, separator: str) -> Iterator[str]:
    """Runs of ``texts``, joined: each near ``aim`` words, none above ``limit``, of which no text is longer."""
    run: list[str] = []
    words = letters = 0
    for text in texts:
        more, long = len(text.split()), len(text) + len(separator)
        after = max(words + more, -(-(letters + long) // LETTERS))
        now = max(words, -(-letters // LETTERS))
        if run and (after > limit or (now + after) // 2 >= aim):
            yield separator.join(run)
            run, words, letters = [], 0, 0
        run.append(text)
        words, letters = words + more, letters + long
    if run:
        yield separator.join(run)
