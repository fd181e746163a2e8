"""Which files could not be read to their end, from where on, and which hold no row at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from residency.core.reading.read import Fault, Raw

BROKEN_FILE = "broken_file"
UNREADABLE = frozenset({BROKEN_FILE, "bad_encoding", "broken_json", "broken_csv", "not_an_object"})
"""The reasons of rows that could not be read, as opposed to those that were read and say too little."""
TABLES = (".parquet", ".arrow")  # whose rows have numbers and no lines
CUT = "unexpected end of data"  # what the JSON reader says of a text that stops within an object
CAUSE = 200  # characters of a cause that are told


@dataclass(frozen=True)
class Damage:
    """A file that could not be read from line (of a table: row) ``number`` on, with the ``cause`` in words; ``read`` of
    its rows could be."""

    file: str
    number: int
    read: int
    cause: str

    def __str__(self) -> str:
        if not self.read:
            return f"{self.file}: nothing of it could be read ({self.cause})"
        unit = "row" if Path(self.file).suffix.lower() in TABLES else "line"
        rows = f"{self.read:,} row{'' if self.read == 1 else 's'} before {'is' if self.read == 1 else 'are'} read"
        return f"{self.file}: it could not be read from {unit} {self.number:,} on; {rows} ({self.cause})"


@dataclass
class Readings:
    """What came of each file: its ``rows``, readable or not, the number of the ``last``, and the unreadable ones, each
    with its number."""

    rows: dict[str, int] = field(default_factory=dict)
    last: dict[str, int] = field(default_factory=dict)
    faults: dict[str, list[tuple[int, Fault]]] = field(default_factory=dict)

    def watch(self, rows: Iterable[Raw]) -> Iterator[Raw]:
        """Note rows that pass."""
        for raw in rows:
            self.rows[raw.file] = self.rows.get(raw.file, 0) + 1
            self.last[raw.file] = raw.number
            if raw.fault:
                self.note(raw.file, raw.number, raw.fault)
            yield raw

    def note(self, file: str, number: int, fault: Fault) -> None:
        """Note a row's fault, if it is one of reading."""
        if fault.reason in UNREADABLE:
            self.faults.setdefault(file, []).append((number, fault))

    def damaged(self) -> list[Damage]:
        """The files that break off, and those of which no row could be read."""
        return [one for file in self.rows if (one := self._damage(file))]

    def _damage(self, file: str) -> Damage | None:
        faults, rows = self.faults.get(file, []), self.rows[file]
        breaks = [one for one in faults if self._breaks_off(file, *one)]
        if not faults or (not breaks and len(faults) < rows):
            return None
        number, fault = (breaks or faults)[0]
        return Damage(file, number, rows - len(faults), " ".join(fault.detail.split())[:CAUSE])

    def _breaks_off(self, file: str, number: int, fault: Fault) -> bool:
        within = fault.reason == "broken_json" and CUT in fault.detail and number == self.last[file]
        return within or fault.reason == BROKEN_FILE

    def empty(self, files: Iterable[str]) -> list[str]:
        """Which of the files gave no row, readable or not."""
        return [file for file in files if not self.rows.get(file)]


def readings(
    rows: Mapping[str, int], whole: Iterable[tuple[str, int]], rejected: Iterable[tuple[str, int, str, str]]
) -> Readings:
    """The same from the numbers of rows by file, the (file, last number) of whole rows, and the (file, number, reason,
    detail) of the others."""
    found = Readings(dict(rows), dict(whole))
    faults = list(rejected)
    for file, number, _, _ in faults:
        found.last[file] = max(found.last.get(file, 0), number)
    for file, number, reason, detail in faults:
        found.note(file, number, Fault(reason, detail))
    return found
