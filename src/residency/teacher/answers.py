"""Answers that were paid for: kept on disk as they come, under the digest of what was asked."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from residency.core.files import append_jsonl, recover_jsonl, value_digest
from residency.core.records import Message
from residency.generation.said import Said


@dataclass(frozen=True)
class Request:
    """What is asked about one dialogue, for the ``attempt``-th time from 0, with the seed for what is drawn."""

    row: str
    attempt: int
    messages: Sequence[Message]
    seed: int


class Answers:
    """A file of answers. Several threads may use it at once.

    A request that was answered is answered again from here, in this run or a later one: its digest holds all that the
    answer depends on. What failed is not kept, and is asked for again.

    Args:
        path: the file; it need not be there.
        teacher: who is asked, and how.
    """

    def __init__(self, path: Path, teacher: Mapping[str, Any]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._teacher = dict(teacher)
        self._kept = {row["request"]: Said(**row["said"]) for row in recover_jsonl(path)}
        self._handle = path.open("a", encoding="utf-8")
        self._lock = threading.Lock()
        self.before = len(self._kept)
        """How many answers were there at the start."""

    def __enter__(self) -> Answers:
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:  # a thread that is given up may still come back with an answer
            self._handle.close()

    def get(self, request: Request) -> Said | None:
        """The answer to an earlier request that was the same."""
        return self._kept.get(self._digest(request))

    def put(self, request: Request, said: Said) -> None:
        """Keeps an answer, on disk when this returns."""
        if said.fault:
            return
        digest = self._digest(request)
        line = {"request": digest, "row": request.row, "attempt": request.attempt, "said": asdict(said)}
        with self._lock:
            if digest not in self._kept and not self._handle.closed:
                self._kept[digest] = said
                append_jsonl(self._handle, [line])

    def _digest(self, request: Request) -> str:
        return value_digest({"teacher": self._teacher, "messages": list(request.messages), "seed": request.seed})
