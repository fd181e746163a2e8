"""Passages read from disk when asked for: an index of any size opens at once."""

from __future__ import annotations

import hashlib
import json
import mmap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import cast, overload

import numpy as np
from numpy.typing import NDArray

from residency.core.records import Passage

KEPT = 4_096
"""Passages that are kept once read: a build asks for the same ones again and again."""

Offsets = NDArray[np.int64]
Hashes = NDArray[np.uint64]


class Rows(Sequence[Passage]):
    """The passages of a file of JSON Lines, in order; they are not to be changed. ``offsets`` are where each line
    begins, and the file's length."""

    def __init__(self, path: Path, offsets: Offsets) -> None:
        self._offsets = offsets
        with path.open("rb") as handle:
            empty = len(offsets) < 2
            self._bytes = b"" if empty else mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ)
        self._read = lru_cache(KEPT)(self._parsed)

    def __len__(self) -> int:
        return len(self._offsets) - 1

    @overload
    def __getitem__(self, place: int) -> Passage: ...
    @overload
    def __getitem__(self, place: slice) -> list[Passage]: ...
    def __getitem__(self, place: int | slice) -> Passage | list[Passage]:
        if isinstance(place, slice):
            return [self[number] for number in range(*place.indices(len(self)))]
        number = int(place) + len(self) if place < 0 else int(place)
        if not 0 <= number < len(self):
            raise IndexError(place)
        return self._read(number)

    def __iter__(self) -> Iterator[Passage]:
        return map(self._parsed, range(len(self)))

    def _parsed(self, number: int) -> Passage:
        return cast(Passage, json.loads(self._bytes[self._offsets[number] : self._offsets[number + 1]]))


class ById(Mapping[str, Passage]):
    """The passages by their ids. ``hashes`` are those of the ids in ascending order, ``places`` the passages' own."""

    def __init__(self, rows: Rows, hashes: Hashes, places: NDArray[np.int64]) -> None:
        self._rows, self._hashes, self._places = rows, hashes, places

    def place(self, name: str) -> int | None:
        """The position of the passage with this id."""
        wanted = _hash(name)
        start = int(np.searchsorted(self._hashes, wanted))
        while start < len(self._hashes) and self._hashes[start] == wanted:
            if self._rows[int(self._places[start])]["id"] == name:
                return int(self._places[start])
            start += 1
        return None

    def __getitem__(self, name: str) -> Passage:
        place = self.place(name)
        if place is None:
            raise KeyError(name)
        return self._rows[place]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.place(name) is not None

    def __iter__(self) -> Iterator[str]:
        return (passage["id"] for passage in self._rows)

    def __len__(self) -> int:
        return len(self._rows)


def hashed(names: Iterable[str]) -> tuple[Hashes, NDArray[np.int64]]:
    """What :class:`ById` looks ids up in."""
    hashes = np.array([_hash(name) for name in names], np.uint64)
    places = np.argsort(hashes, kind="stable").astype(np.int64)
    return hashes[places], places


def _hash(name: str) -> np.uint64:
    return np.uint64(int.from_bytes(hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()[:8], "big"))
