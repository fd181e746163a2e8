"""Numbers with where they come from: what a card or a paper says is read from a run's files, and found there again.

A template gets its figures through :class:`Facts`. Each is noted as it was shown, with the file and the place in it
(a JSON Pointer, RFC 6901). What was noted goes beside the text as ``facts.json``, and :func:`untraced` finds the
numbers of a text, edited or not, that no fact holds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from residency.core.errors import InputError
from residency.release.records import read_record

NUMBER = re.compile(r"(?<![\w.])[-+]?\d+(?:,\d{3})*(?:\.\d+)?(?:e[-+]?\d+)?%?(?![\w]|\.\d)")
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


class Facts:
    """Reads figures from a run's files and notes each that is shown.

    Args:
        run_folder: ``runs/NAME``.
        written: documents that the release writes itself, by their places in the run's folder.
    """

    def __init__(self, run_folder: Path, written: Mapping[str, Any] | None = None) -> None:
        self.run_folder = run_folder
        self.noted: dict[tuple[str, str, str], Fact] = {}
        held = dict(written or {})
        self._read = cache(lambda name: held[name] if name in held else read_record(run_folder / name))

    def value(self, file: str, pointer: str) -> Any:
        """What stands in a file at a place, without noting it.

        Raises:
            InputError: there is no such place.
        """
        return at(self._read(file), pointer, file)

    def shown(self, file: str, pointer: str, form: str | Callable[[Any], str] = "{}") -> str:
        """A figure as it is to be shown, noted.

        Args:
            file: its place in the run's folder, as ``evaluate/summary.json``.
            pointer: its place in the file, as ``/table/0/models/final/value``.
            form: how it is shown: a format, as ``{:.2f}``, or a function.
        """
        value = self.value(file, pointer)
        text = form.format(value) if isinstance(form, str) else form(value)
        self.noted[text, file, pointer] = Fact(text, file, pointer, value)
        return text

    def told(self) -> list[dict[str, Any]]:
        """All that was noted, for ``facts.json``."""
        return [fact.told() for fact in self.noted.values()]


def at(document: Any, pointer: str, file: str = "") -> Any:
    """What stands at a JSON Pointer (RFC 6901).

    Raises:
        InputError: nothing does.
    """
    found = document
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        try:
            found = found[int(key)] if isinstance(found, list) else found[key]
        except (KeyError, IndexError, TypeError, ValueError):
            raise InputError(f"nothing stands at {pointer}", file, "Run the stage that writes it anew") from None
    return found


def untraced(text: str, facts: Iterable[Mapping[str, Any]], fixed: Collection[str] = ()) -> list[tuple[int, str]]:
    """Numbers of a text that no fact shows: (line, number) each.

    Args:
        text: a card or a section, whole.
        facts: as :meth:`Facts.told` gives them.
        fixed: numbers that the template itself says, as those of a year or of a section's name.
    """
    known = set(fixed).union(*(NUMBER.findall(str(fact["shown"])) for fact in facts))
    lines = text.splitlines()
    return [
        (place, found) for place, line in enumerate(lines, 1) for found in NUMBER.findall(line) if found not in known
    ]
