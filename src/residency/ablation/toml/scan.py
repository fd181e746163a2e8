"""Where the tables, keys and values of a TOML text stand. It reads only what ``tomllib`` has read before."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass

Path = tuple[str | int, ...]
"""Keys from the root; a number stands for an element of an array of tables."""
_KEY = re.compile(r"""[A-Za-z0-9_-]+|"(?:\\.|[^"\\])*"|'[^']*'""")
_DOT = re.compile(r"[ \t]*\.[ \t]*")
_BLANK = re.compile(r"[ \t]*")
_LONG = re.compile(r'"""(?:\\.|[^\\])*?"{3,5}|' + r"'''.*?'{3,5}", re.DOTALL)
_SHORT = re.compile(r'"(?:\\.|[^"\\\n])*"|' + r"'[^'\n]*'", re.DOTALL)
_SCALAR = re.compile(r"[^,\]}#\n]*[^,\]}#\s]")
_FILLING = re.compile(r"(?:[\s,]|#[^\n]*)*")


@dataclass(frozen=True)
class Entry:
    """A key with its value: ``start`` to ``end`` is the value, ``line`` to ``stop`` the statement that holds it, with
    its comment and line end. ``table`` is the table in whose section it stands, ``inline`` tells a value that is an
    inline table, and ``inside`` one that stands in another's."""

    path: Path
    table: Path
    start: int
    end: int
    line: int
    stop: int
    tail: int
    """Where the statement's last value ends, and a comment may begin."""
    inline: bool
    inside: bool


@dataclass(frozen=True)
class Header:
    """The head of a section, ``[a.b]`` or ``[[a.b]]``, which stands from ``line`` to ``stop``."""

    path: Path
    line: int
    stop: int
    listed: bool


@dataclass(frozen=True)
class Layout:
    """All sections and entries of a text, in its order."""

    headers: list[Header]
    entries: list[Entry]


def scan(text: str) -> Layout:
    """The layout of a text that is valid TOML."""
    headers: list[Header] = []
    entries: list[Entry] = []
    counts: dict[Path, int] = {}
    table: Path = ()
    place = 0
    while place < len(text):
        place = _skipped(text, place)
        if place >= len(text):
            break
        line = text.rfind("\n", 0, place) + 1
        if text[place] == "[":
            listed = text.startswith("[[", place)
            keys, end = _keys(text, place + 1 + listed)
            table = _placed(keys, counts, listed)
            place = _line_end(text, end)
            headers.append(Header(table, line, place, listed))
            continue
        keys, start = _keys(text, place)
        start = _blank(text, start + 1)  # past the equals sign
        found = list(_value(text, start, (*table, *keys)))
        tail = found[0][2]
        place = _line_end(text, tail)
        entries += [
            Entry(path, table, begin, end, line, place, tail, inline, number > 0)
            for number, (path, begin, end, inline) in enumerate(found)
        ]
    return Layout(headers, entries)


def _value(text: str, start: int, path: Path) -> Iterator[tuple[Path, int, int, bool]]:
    """A value's place, and after it those of what stands in it, where it is an inline table."""
    if text[start] != "{":
        yield path, start, _end(text, start), False
        return
    inner: list[tuple[Path, int, int, bool]] = []
    place = _FILLING.match(text, start + 1).end()  # type: ignore[union-attr]
    while text[place] != "}":
        keys, begin = _keys(text, place)
        found = list(_value(text, _blank(text, begin + 1), (*path, *keys)))
        inner += found
        place = _FILLING.match(text, found[0][2]).end()  # type: ignore[union-attr]
    yield path, start, place + 1, True
    yield from inner


def _end(text: str, start: int) -> int:
    """Where the value that begins at ``start`` ends."""
    if text[start] == "[":
        place = _FILLING.match(text, start + 1).end()  # type: ignore[union-attr]
        while text[place] != "]":
            place = _FILLING.match(text, _end(text, place)).end()  # type: ignore[union-attr]
        return place + 1
    if text[start] == "{":
        return next(_value(text, start, ()))[2]
    found = _LONG.match(text, start) or _SHORT.match(text, start) or _SCALAR.match(text, start)
    if found is None:
        raise ValueError(f"no value at {start}")
    return found.end()


def _keys(text: str, place: int) -> tuple[list[str], int]:
    """The parts of a dotted key, and where what follows them stands."""
    parts: list[str] = []
    place = _blank(text, place)
    while found := _KEY.match(text, place):
        part = found.group()
        parts.append(tomllib.loads(f"key = {part}")["key"] if part[0] in "\"'" else part)
        dot = _DOT.match(text, found.end())
        if dot is None:
            return parts, _blank(text, found.end())
        place = dot.end()
    raise ValueError(f"no key at {place}")


def _placed(keys: list[str], counts: dict[Path, int], listed: bool) -> Path:
    """The path of a section's head: below an array of tables it speaks of the last element."""
    path: Path = ()
    for number, key in enumerate(keys):
        path = (*path, key)
        if listed and number == len(keys) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


def _skipped(text: str, place: int) -> int:
    return re.compile(r"(?:\s|#[^\n]*)*").match(text, place).end()  # type: ignore[union-attr]


def _blank(text: str, place: int) -> int:
    return _BLANK.match(text, place).end()  # type: ignore[union-attr]


def _line_end(text: str, place: int) -> int:
    end = text.find("\n", place)
    return len(text) if end < 0 else end + 1
