"""The thread that owns a loaded model, and shares it between requests.

By turns it reads a part of the next prompt and gives each request that writes one token, so that a long prompt delays
nobody's next word by more than that part takes. Requests are let in as they come.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import Any

import torch

from residency.core.errors import ServerError
from residency.generation.generate import able_to_write
from residency.serving.upstream.batch import Batch, Row

STREAMS = 16
"""Requests that write at once; the others wait in turn."""
PLACES = 32_768
"""Tokens, padding among them, that the cache may come to hold: 1.6 GB of gpt-oss-20b's, 3.2 GB of Qwen3-30B-A3B's, by
their layers, heads and head sizes in bfloat16. A single request may have more."""
SHARE = 256
"""Tokens of a prompt that are read between two steps."""


class Engine:
    """Writes for several requests at once, in a thread of its own.

    Args:
        model: a causal language model; nobody else may use it.
        streams: rows that write at once.
        share: tokens of a prompt that are read between two steps.
        places: tokens that the cache may come to hold.
    """

    def __init__(self, model: Any, streams: int = STREAMS, share: int = SHARE, places: int = PLACES) -> None:
        self._model, self._share, self._places = model, share, places
        self._batch = Batch(model)
        self._streams = streams if self._batch.joins else 1
        self._waiting: deque[Row] = deque()
        self._told = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="model", daemon=True)
        self._thread.start()

    @property
    def busy(self) -> int:
        """Requests that write, read or wait."""
        with self._told:
            return len(self._batch.rows) + (self._batch.reading is not None) + len(self._waiting)

    def submit(self, row: Row) -> None:
        """Let a request wait for its turn.

        Raises:
            ServerError: the model is given back already.
        """
        with self._told:
            if self._closing:
                raise ServerError("the model is not served any more")
            self._waiting.append(row)
            self._told.notify()

    def close(self) -> None:
        """End all requests, and the thread after the step that it is at."""
        with self._told:
            self._closing = True
            self._told.notify()
        self._thread.join()

    def _run(self) -> None:
        try:
            with torch.inference_mode(), able_to_write(self._model):
                while self._awaited():
                    try:
                        self._turn()
                    except Exception as error:  # the requests fail, and the next ones have a model all the same
                        for row in self._batch.clear():
                            row.fail(f"the model failed ({type(error).__name__})")
        finally:
            with self._told:
                self._closing = True
            for row in [*self._batch.clear(), *self._waiting]:
                row.fail("the assistant is being stopped")

    def _turn(self) -> None:
        with self._told:
            row = self._waiting.popleft() if self._waiting and self._fits(self._waiting[0]) else None
        if row is not None:
            self._batch.start(row)
        self._batch.read(self._share)
        self._batch.step()

    def _awaited(self) -> bool:
        """Wait until there is something to do; False at the end."""
        with self._told:
            while not (self._closing or self._waiting or self._batch.rows or self._batch.reading):
                self._told.wait()
            while self._waiting and self._waiting[0].left:
                self._waiting.popleft()
            return not self._closing

    def _fits(self, row: Row) -> bool:
        if self._batch.reading is not None:
            return False
        rows = [*(one for one in self._batch.rows if not one.left), row]
        return len(rows) == 1 or (
            len(rows) <= self._streams and len(rows) * max(one.most for one in rows) <= self._places
        )
