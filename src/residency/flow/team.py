"""What ties the processes of one run together: orders, meetings and the first failure, in the launcher's store.

The store is a small server on the first machine, kept by torchrun's agent. A process looks into it twice a second,
which needs no GPU and no process group, however long the first one works alone.
"""

from __future__ import annotations

import json
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import torch
import torch.distributed as dist
from torch.distributed.distributed_c10d import PrefixStore, Store
from torch.distributed.rendezvous import rendezvous

from residency.core.errors import ResidencyError

LOOK_EVERY = 0.5  # seconds between looks into the store
FOR_ITS_WORDS = 10.0  # seconds that others wait for a failed process to say what is wrong
TO_END_BY_ITSELF = 3.0  # seconds that a process has to notice by itself that another has failed
RENDEZVOUS = timedelta(minutes=10)
COLLECTIVE = timedelta(hours=6)
"""The longest that one process may wait for another inside a stage; a failure ends the wait at once."""
PLACE = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE", "GROUP_RANK", "MASTER_ADDR", "MASTER_PORT")
STRATEGY = ("ACCELERATE_USE_FSDP", "FSDP_CPU_RAM_EFFICIENT_LOADING", "ACCELERATE_USE_DEEPSPEED")

_TOLD, _LEFT, _FAILED, _WORDS, _SAID = "told", "left", "failed", "words", "said"


class ProcessError(ResidencyError, RuntimeError):
    """Another process of this run has failed; ``exit_code`` is that process's own."""

    def __init__(self, what: str, where: str, exit_code: int) -> None:
        super().__init__(what, where)
        self.exit_code = exit_code


@dataclass(frozen=True)
class Order:
    """What the first process tells: begin this stage, whose ``started.json`` holds this fingerprint."""

    number: int
    stage: str
    fingerprint: str


class Team:
    """This process's tie to the others.

    Args:
        report: called when another process has failed and this one does not notice by itself, because it waits in a
            collective or works alone; it must end the process.
    """

    def __init__(self, report: Callable[[ProcessError], None]) -> None:
        self.rank: int
        store, self.rank, self.size = next(iter(rendezvous("env://", timeout=RENDEZVOUS)))
        # A wait holds its connection, so whoever waits has one of its own.
        self.store, self.watched, self.meeting = (PrefixStore("residency", store.clone()) for _ in range(3))
        self.local_rank = int(os.environ["LOCAL_RANK"])
        self.report = report
        self.number = 0
        self.over = threading.Event()
        self.looking_out = threading.Thread(target=self._look_out, daemon=True)
        self.looking_out.start()

    def begin(self, stage: str, fingerprint: str) -> Order:
        """Tell the others to begin a stage."""
        order = Order(self.number, stage, fingerprint)
        self.store.set(f"{_TOLD}/{order.number}", json.dumps([stage, fingerprint]))
        self.number += 1
        return order

    def end(self) -> None:
        """Tell the others that the recipe has run."""
        self.begin("", "")

    def orders(self) -> Iterator[Order]:
        """The first process's orders as they come, until its recipe has run.

        Raises:
            ProcessError: another process has failed.
        """
        while True:
            key = f"{_TOLD}/{self.number}"
            self._wait(partial(self.store.check, [key]))
            order = Order(self.number, *json.loads(self.store.get(key)))
            self.number += 1
            if not order.stage:
                return
            yield order

    @contextmanager
    def together(self, order: Order, device: str) -> Iterator[None]:
        """Every process works on the stage in here; left when all have left.

        Args:
            order: what was told.
            device: the recipe's ``model.device``.

        Raises:
            ProcessError: another process failed, and this one for that reason.
        """
        try:
            self._meet(device)
            yield
            left = f"{_LEFT}/{order.number}"
            self.store.add(left, 1)
            self._wait(lambda: self.store.add(left, 0) == self.size)
        except Exception as error:
            if (first := self._claim()) != self.rank:
                raise self._error_of(first, self.store) from error
            raise

    @contextmanager
    def apart(self) -> Iterator[None]:
        """The first process works alone in here, and no library takes it for one of several."""
        hidden = {name: os.environ.pop(name) for name in (*PLACE, *STRATEGY) if name in os.environ}
        try:
            yield
        finally:
            os.environ.update(hidden)

    def fail(self, line: str, code: int) -> None:
        """Say what went wrong in this process, unless another failed before it."""
        if self._claim() == self.rank and not self.store.check([_WORDS]):
            self.store.set(_WORDS, json.dumps([line, code, socket.gethostname()]))

    def leave(self, well: bool) -> None:
        """Stop looking out, and take the process group down where all went ``well``: a group whose processes are gone
        may never answer.

        The thread is waited for: one that the interpreter's end meets inside the store's C++ code ends the process
        with SIGABRT, and the launcher says that instead of our line."""
        self.over.set()
        self.looking_out.join(TO_END_BY_ITSELF)
        if well and dist.is_initialized():
            dist.destroy_process_group()

    def let_the_first_speak(self) -> None:
        """Before this process ends with a failure: the first one notes that it has said what is wrong, others wait for
        that, since the launcher ends the rest of a run as soon as one process has failed."""
        with suppress(RuntimeError):  # the store has gone, and the first machine with it
            if self.rank == 0:
                self.watched.set(_SAID, "")
            until = time.monotonic() + FOR_ITS_WORDS
            while not self.watched.check([_SAID]) and time.monotonic() < until:
                time.sleep(LOOK_EVERY / 5)

    def _meet(self, device: str) -> None:
        """Make the process group, once; the CPU's part of it serves objects and barriers."""
        if dist.is_initialized():
            return
        cuda = device in ("auto", "cuda") and torch.cuda.is_available()
        if cuda:
            torch.cuda.set_device(self.local_rank)
        dist.init_process_group(
            "cpu:gloo,cuda:nccl" if cuda else "gloo",
            store=PrefixStore("group", self.meeting),
            rank=self.rank,
            world_size=self.size,
            timeout=COLLECTIVE,
        )

    def _claim(self) -> int:
        """The process that failed first: this one, unless another stands there already."""
        return int(self.store.compare_set(_FAILED, "", str(self.rank)))

    def _error_of(self, failed: int, store: Store) -> ProcessError:
        """What the process that failed says of it; processes are counted from 0."""
        until = time.monotonic() + FOR_ITS_WORDS
        while not store.check([_WORDS]):
            if time.monotonic() > until or self.over.wait(LOOK_EVERY / 5):
                return ProcessError("it failed and did not say why", f"process {failed}", 2)
        line, code, host = json.loads(store.get(_WORDS))
        return ProcessError(line, f"process {failed} on {host}", code)

    def _wait(self, ready: Callable[[], bool]) -> None:
        """Look until ``ready``, or until a process has failed."""
        while not ready():
            if self.store.check([_FAILED]):
                raise self._error_of(int(self.store.get(_FAILED)), self.store)
            time.sleep(LOOK_EVERY)

    def _look_out(self) -> None:
        """End this process when another has failed and it does not notice by itself."""
        try:
            while not self.watched.check([_FAILED]):
                if self.over.wait(LOOK_EVERY):
                    return
            failed = int(self.watched.get(_FAILED))
            if failed == self.rank or self.over.wait(TO_END_BY_ITSELF):
                return
            error = self._error_of(failed, self.watched)
        except RuntimeError:  # the store has gone, and the first machine with it
            error = ProcessError("the first machine does not answer any more", f"process {self.rank}", 2)
        if not self.over.is_set():
            self.report(error)
