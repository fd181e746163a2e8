"""The index that is searched, which may be built anew while answers are given."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

from residency.core.errors import ResidencyError
from residency.core.records import Passage
from residency.retrieval.index import Found, Index, open_index

HEAD = "index.json"
EVERY = 2.0
"""Seconds between two looks at whether the index was replaced."""
BRIEF = 0.002
"""Seconds below which a search is brief. Threads take turns of 5 ms (``sys.getswitchinterval``), so that to hand it to
another takes longer than to do it."""


class Shelf:
    """An index's folder, open. What replaces the index is opened when it is whole; until then, and where it cannot be
    opened, the one that was open goes on being searched: its files stay, as they were mapped.

    Args:
        folder: the index.
        say: told, in a line, of an index that took another's place, and of one that could not be opened.

    Raises:
        InputError: there is no index that can be opened.
    """

    def __init__(self, folder: Path, say: Callable[[str], None] = lambda line: None) -> None:
        self.folder, self._say = folder, say
        self._state = self._seen()
        self._index = open_index(folder)
        self._looked = time.monotonic()
        self._took = float("inf")
        self._lock = threading.Lock()

    @property
    def index(self) -> Index:
        """The index as it is open by now."""
        return self._index

    @property
    def brief(self) -> bool:
        """Whether a search is over sooner than another thread would begin with it: the last one was, and no look at the
        folder is due."""
        return self._took < BRIEF and time.monotonic() - self._looked < EVERY

    def __len__(self) -> int:
        return len(self._index.passages)

    def search(self, query: str, count: int, since: str = "") -> Found:
        """:meth:`residency.retrieval.index.Index.search` in the index as it stands; may be called by many threads."""
        index, begun = self._current(), time.thread_time()  # what it waited for others' turns is not its own
        found = index.search(query, count, since=since)
        self._took = time.thread_time() - begun
        return found

    def passage(self, name: str) -> Passage | None:
        """The passage with this id."""
        return self._current().by_id.get(name)

    def _current(self) -> Index:
        if time.monotonic() - self._looked < EVERY or not self._lock.acquire(blocking=False):
            return self._index
        try:
            self._looked = time.monotonic()
            if (state := self._seen()) != self._state and state is not None:
                self._reopen(state)
        finally:
            self._lock.release()
        return self._index

    def _reopen(self, state: tuple[int, int]) -> None:
        try:
            self._index = open_index(self.folder)
        except ResidencyError as error:
            self._say(f"the index that took its place cannot be opened, and the old one is searched on: {error}")
        else:
            self._say(f"the index was replaced: {len(self._index.passages):,} passages")
        self._state = state

    def _seen(self) -> tuple[int, int] | None:
        try:
            found = (self.folder / HEAD).stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns
