"""Numbers with where they come from: what a card or a paper says is read from a run's files, and found there again.

A template gets its figures through :class:`Facts`. Each is noted as it was shown, with the file and the place in it
(a JSON Pointer, RFC 6901). With marks on, each figure stays marked in the text until :meth:`Facts.placed` takes the
marks off, notes the line in which each figure stands, and finds the numbers that the template says by itself. Text and
facts go beside it as ``facts.json``; ``release.checking`` holds an edited text against that.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from residency.core.errors import InputError
from residency.core.files import read_json, read_jsonl

FACTS = "facts.json"
OPEN, MIDDLE, CLOSE = "\ue000", "\ue001", "\ue002"
"""Marks around a figure, of Unicode's private use: before its number, between that and its text, and behind it."""
MARKED = re.compile(f"{OPEN}(\\d+){MIDDLE}([^{CLOSE}]*){CLOSE}")
NUMBER = re.compile(r"(?<![\w.])[-+−]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:e[-+]?\d+)?%?(?![\w]|\.\d)")
"""A number in a text: no part of a word, a version or a digest."""


@dataclass(frozen=True)
class Fact:
    """A figure as it is shown, and where it stands: ``file`` in the run's folder, ``pointer`` in it."""

    shown: str
    file: str
    pointer: str
    value: Any

    def told(self) -> dict[str, Any]:
        """For ``facts.json``."""
        return asdict(self)


@dataclass(frozen=True)
class Written:
    """A text whose figures are traced: ``facts`` as ``facts.json`` holds them, each with its ``line``; ``strays`` are
    the numbers that came from nowhere, as (line, number)."""

    text: str
    facts: list[dict[str, Any]]
    strays: list[tuple[int, str]]


class Facts:
    """Reads figures from a run's files and notes each that is shown.

    Args:
        run_folder: ``runs/NAME``.
        written: documents that the release writes itself, by their places in the run's folder.
        marked: leave marks around each figure, which :meth:`placed` takes off.
    """

    def __init__(self, run_folder: Path, written: Mapping[str, Any] | None = None, marked: bool = False) -> None:
        self.run_folder = run_folder
        self.marked = marked
        self.noted: dict[tuple[str, str, str], Fact] = {}
        self._places: dict[tuple[str, str, str], int] = {}
        held = dict(written or {})
        self._read = cache(lambda name: held[name] if name in held else read_table(run_folder / name))

    def value(self, file: str, pointer: str) -> Any:
        """What stands in a file at a place, without noting it.

        Raises:
            InputError: there is no such place.
        """
        return at(self._read(file), pointer, file)

    def shown(self, file: str, pointer: str, form: str | Callable[[Any], str] = "{}") -> str:
        """A figure as it is to be shown, noted.

        Args:
            file: its place in the run's folder, as ``evaluate/summary.json``; of a ``.csv`` and a ``.jsonl``, the
                pointer's first part is the row, from 0.
            pointer: its place in the file, as ``/table/0/models/final/value``.
            form: how it is shown: a format, as ``{:.2f}``, or a function.
        """
        value = self.value(file, pointer)
        text = form.format(value) if isinstance(form, str) else form(value)
        key = text, file, pointer
        if key not in self.noted:
            self.noted[key] = Fact(text, file, pointer, value)
            self._places[key] = len(self._places)
        if not self.marked:
            return text
        return f"{OPEN}{self._places[key]}{MIDDLE}{text}{CLOSE}"

    def named(self, file: str, pointer: str, form: Callable[[Any], str] = str) -> str:
        """The name under which something stands, as a topic above its count, noted: the pointer's last part."""
        name = unescaped(pointer.rsplit("/", 1)[1])
        return self.shown(file, pointer, lambda value: form(name))

    def has(self, file: str, pointer: str) -> bool:
        """Whether anything stands there."""
        try:
            self.value(file, pointer)
        except InputError:
            return False
        return True

    def placed(self, text: str, fixed: Collection[str] = ()) -> Written:
        """A finished text without the marks, and what stands where in it.

        Args:
            text: made with marks on.
            fixed: numbers that the template may say by itself, as those of a standard's name.
        """
        known, found, parts, end, line = list(self.noted.values()), [], [], 0, 1
        for mark in MARKED.finditer(text):
            parts += [text[end : mark.start()], mark[2]]
            line += parts[-2].count("\n")
            found.append(known[int(mark[1])].told() | {"line": line})
            line += mark[2].count("\n")
            end = mark.end()
        own = MARKED.sub(lambda mark: " " + "\n" * mark[2].count("\n"), text)
        strays = [
            (number, stray)
            for number, said in enumerate(own.split("\n"), 1)
            for stray in NUMBER.findall(said)
            if stray not in fixed
        ]
        return Written("".join([*parts, text[end:]]), found, strays)

    def told(self) -> list[dict[str, Any]]:
        """All that was noted, for ``facts.json``."""
        return [fact.told() for fact in self.noted.values()]


def read_table(path: Path) -> Any:
    """A JSON file, or the rows of a ``.jsonl`` or a ``.csv``, in which numbers are numbers."""
    if path.suffix == ".jsonl":
        return list(read_jsonl(path))
    if path.suffix != ".csv":
        return read_json(path)
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            return [{name: _number(cell) for name, cell in row.items()} for row in csv.DictReader(handle)]
    except FileNotFoundError:
        raise InputError("no such file", str(path)) from None


def changed(facts: Iterable[Mapping[str, Any]], run_folder: Path) -> list[tuple[Mapping[str, Any], Any]]:
    """Facts whose place in the run now holds something else, with what it holds; None where nothing stands there."""
    reader, found = Facts(run_folder), []
    for fact in facts:
        try:
            now = reader.value(fact["file"], fact["pointer"])
        except InputError:
            now = None
        if now != fact["value"]:
            found.append((fact, now))
    return found


def _number(cell: str | None) -> Any:
    try:
        return float(cell or "")
    except ValueError:
        return cell


def key(name: Any) -> str:
    """A name as a part of a pointer."""
    return str(name).replace("~", "~0").replace("/", "~1")


def unescaped(part: str) -> str:
    """A part of a pointer as a name."""
    return part.replace("~1", "/").replace("~0", "~")


def at(document: Any, pointer: str, file: str = "") -> Any:
    """What stands at a JSON Pointer (RFC 6901).

    Raises:
        InputError: nothing does.
    """
    found = document
    for part in pointer.split("/")[1:]:
        name = unescaped(part)
        try:
            found = found[int(name)] if isinstance(found, list) else found[name]
        except (KeyError, IndexError, TypeError, ValueError):
            raise InputError(f"nothing stands at {pointer}", file, "Run the stage that writes it anew") from None
    return found
