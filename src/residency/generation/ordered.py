"""Work in threads whose results come in order."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

AHEAD = 4  # items under way or waiting for each that is worked on at once: a long one does not hold the others up

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_order(work: Callable[[Item], Result], items: Iterable[Item], parallel: int) -> Iterator[Result]:
    """``work`` of each item in the items' order, ``parallel`` at once in threads, some items ahead of the caller.

    An exception is raised as soon as it happens, whatever comes before it. The threads are not waited for: one may
    stand in a request that takes minutes.
    """
    jobs: SimpleQueue[tuple[int, Item] | None] = SimpleQueue()
    done: SimpleQueue[tuple[int, Result | None, BaseException | None]] = SimpleQueue()

    def labour() -> None:
        while (job := jobs.get()) is not None:
            number, item = job
            try:
                done.put((number, work(item), None))
            except BaseException as error:
                done.put((number, None, error))
                return

    for _ in range(parallel):
        threading.Thread(target=labour, daemon=True).start()
    source = iter(items)
    held: dict[int, Any] = {}
    sent, more = 0, True
    try:
        for wanted in count():
            while more and sent - wanted < AHEAD * parallel:
                try:
                    jobs.put((sent, next(source)))
                    sent += 1
                except StopIteration:
                    more = False
            if wanted == sent:
                return
            while wanted not in held:
                number, result, error = done.get()
                if error is not None:
                    raise error
                held[number] = result
            yield held.pop(wanted)
    finally:
        while not jobs.empty():
            try:
                jobs.get_nowait()
            except Empty:
                break
        for _ in range(parallel):
            jobs.put(None)
