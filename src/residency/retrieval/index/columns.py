"""What of the passages is looked at before they are read: where they lie, ids, sources, dates, what is superseded."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from residency.core.errors import UsageError
from residency.core.records import Passage
from residency.retrieval.index.rows import Hashes, Offsets, hashed

DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
LENGTHS = (4, 7, 10)
"""Of a year, a month and a day in ISO 8601."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Columns:
    """One row for each passage, in order. ``source`` is a place in ``sources``, which are in lower case; ``date`` is
    empty where no ISO date is known; ``hashes`` and ``places`` are for :class:`residency.retrieval.index.rows.ById`."""

    offsets: Offsets
    hashes: Hashes
    places: NDArray[np.int64]
    source: NDArray[np.int32]
    sources: list[str]
    date: NDArray[np.bytes_]
    superseded: Mask

    def __len__(self) -> int:
        return len(self.source)

    def allowed(self, sources: Sequence[str], since: str, until: str) -> Mask | None:
        """The passages that the filters let through; None where there is no filter. Dates are compared as far as both
        are known, and passages without one are left out where a date is asked for.

        Raises:
            UsageError: ``since`` or ``until`` is no ISO date.
        """
        if not (sources or since or until):
            return None
        mask = np.ones(len(self), np.bool_)
        if sources:
            wanted = {source.strip().casefold() for source in sources}
            numbers = [number for number, name in enumerate(self.sources) if name in wanted]
            mask &= np.isin(self.source, numbers)
        if since:
            mask &= self._compared(since, "--since", newer=True)
        if until:
            mask &= self._compared(until, "--until", newer=False)
        return mask

    def _compared(self, day: str, option: str, newer: bool) -> Mask:
        if not DATE.fullmatch(day):
            raise UsageError(f"{day!r} is no date", option, "Give it as 2024, 2024-05 or 2024-05-31")
        lengths = np.char.str_len(self.date)
        found = np.zeros(len(self), np.bool_)
        for length in LENGTHS:
            shared = min(length, len(day))
            mine, given = self.date.astype(f"S{shared}"), day[:shared].encode()
            found |= (lengths == length) & (mine >= given if newer else mine <= given)
        return found


def columns_of(passages: Sequence[Passage], offsets: Sequence[int]) -> Columns:
    """The columns of ``passages``, whose lines begin at ``offsets``."""
    hashes, places = hashed(passage["id"] for passage in passages)
    numbers: dict[str, int] = {}
    source = [numbers.setdefault(p["source"].strip().casefold(), len(numbers)) for p in passages]
    dates = [p["date"] if DATE.fullmatch(p["date"]) else "" for p in passages]
    return Columns(
        np.array(offsets, np.int64),
        hashes,
        places,
        np.array(source, np.int32),
        list(numbers),
        np.array(dates, "S10"),
        np.array([bool(p.get("superseded_by")) for p in passages], np.bool_),
    )


def write_columns(path: Path, columns: Columns) -> None:
    """Write the columns as one file of numpy's."""
    arrays = {name: value for name, value in vars(columns).items() if name != "sources"}
    names = np.frombuffer(json.dumps(columns.sources).encode(), np.uint8)
    with path.open("wb") as handle:
        np.savez(handle, sources=names, **arrays)


def read_columns(path: Path) -> Columns:
    """Read what :func:`write_columns` wrote."""
    with np.load(path, allow_pickle=False) as arrays:
        found = {name: arrays[name] for name in arrays.files}
    return Columns(sources=json.loads(found.pop("sources").tobytes()), **found)
