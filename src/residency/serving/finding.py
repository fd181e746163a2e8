"""Searches for an answer's passages: in the index and on the web, each in a time of its own, without a way to fail an
answer."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass
from typing import Protocol

from residency.core.errors import MissingDependencyError, ResidencyError, UsageError
from residency.core.records import Passage
from residency.core.tools import Failure
from residency.retrieval.index import Found
from residency.serving.contract import Personal, Searched, Source
from residency.serving.web import HeldBackError, WebSearch

log = logging.getLogger(__name__)
TELLS: dict[Failure, str] = {"timed out": "the search took too long", "unavailable": "the search is not available"}

HELD = "the query may hold personal data and was not sent"


class Guidelines(Protocol):
    """What is searched for guidelines: an index, or a shelf that holds one."""

    @property
    def brief(self) -> bool:
        """Whether a search is over sooner than another thread would begin with it."""

    def __len__(self) -> int: ...

    def search(self, query: str, count: int, since: str = "") -> Found: ...

    def passage(self, name: str) -> Passage | None: ...


@dataclass(frozen=True)
class Search:
    """What a search came to: passages, or why there are none; ``held`` where the query was not sent."""

    query: str
    passages: tuple[Passage, ...] = ()
    failure: Failure | None = None
    held: Personal | None = None
    seconds: float = 0.0

    def told(self, source: Source, passages: tuple[Passage, ...], first: int) -> Searched:
        """The event for it, with the passages that are shown of those found."""
        why = TELLS[self.failure] if self.failure else HELD if self.held else ""
        return Searched(source, self.query, passages, first, why, self.seconds)


class Finder:
    """Searches the guidelines and, where there is a ``web``, the web.

    Args:
        guidelines: None, or without passages: there is nothing to search.
        web: None where it is off.
        count: passages that a search gives.
        seconds: for a search of the guidelines.
    """

    def __init__(self, guidelines: Guidelines | None, web: WebSearch | None, count: int, seconds: float) -> None:
        self.guidelines, self.web, self.count, self.seconds = guidelines, web, count, seconds

    @property
    def has_guidelines(self) -> bool:
        """Whether there is a passage to be found."""
        return self.guidelines is not None and len(self.guidelines) > 0

    async def search(self, query: str, since: str = "", count: int | None = None) -> Search:
        """Search the guidelines. A date that is none is passed over."""
        guidelines = self.guidelines
        if guidelines is None or not len(guidelines):
            return Search(query)
        begun = time.perf_counter()
        wanted = count or self.count
        try:
            async with asyncio.timeout(self.seconds):
                if guidelines.brief:
                    found = _searched(guidelines, query, wanted, since)
                else:
                    found = await asyncio.to_thread(_searched, guidelines, query, wanted, since)
        except TimeoutError:
            return Search(query, failure="timed out", seconds=time.perf_counter() - begun)
        except (ResidencyError, OSError, ValueError) as error:
            log.warning("a search of the guidelines failed: %s", _kind(error))
            return Search(query, failure="unavailable", seconds=time.perf_counter() - begun)
        return Search(query, tuple(passage for passage, _ in found), seconds=time.perf_counter() - begun)

    async def search_web(self, query: str) -> Search:
        """Search the web, in its own time, unless the query may hold personal data."""
        if self.web is None:
            return Search(query, failure="unavailable")
        begun = time.perf_counter()
        try:
            passages = await self.web.search(query)
        except HeldBackError as error:
            return Search(query, held=Personal(error.spans, where="web query", held_back=error.query))
        except (ResidencyError, OSError, ValueError) as error:
            log.warning("a search of the web failed: %s", _kind(error))
            return Search(query, failure="unavailable", seconds=time.perf_counter() - begun)
        # The prompt contract's passages hold no empty line; one from elsewhere could else end the context by one.
        whole = tuple(_without_empty_lines(passage) for passage in passages)
        return Search(query, whole, seconds=time.perf_counter() - begun)


def _without_empty_lines(passage: Passage) -> Passage:
    title, text = (
        "\n".join(line for line in part.splitlines() if line.strip()) for part in (passage["title"], passage["text"])
    )
    return {**passage, "title": title, "text": text}


def _searched(guidelines: Guidelines, query: str, count: int, since: str) -> Found:
    try:
        return guidelines.search(query, count, since=since)
    except UsageError:
        return guidelines.search(query, count)


def _kind(error: Exception) -> str:
    """What is logged of a fault: no query, no address and no text of another server."""
    return error.what if isinstance(error, MissingDependencyError) else type(error).__name__
