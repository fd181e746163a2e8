"""The log while the assistant runs: a thread of its own writes, so that no answer waits for the disk."""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from residency.core.errors import InputError, ResidencyError
from residency.serving.audit import store
from residency.serving.audit.entry import Account, Entry, session_key
from residency.serving.audit.settings import AuditSettings

BATCH = 100
"""Entries of one commit at most."""
MOST_TEXT = 20_000
"""Characters of a reason or a better answer."""
Verdict = Literal["good", "bad"]
Work = Callable[[sqlite3.Connection], Any]


class AuditError(ResidencyError, RuntimeError):
    """An entry could not be written, where answers are required to have one."""


@dataclass(frozen=True)
class _Job:
    work: Work
    done: Future[Any]
    counts: bool
    """Whether an entry is lost where it cannot be done."""
    forgets: bool = False


class AuditLog:
    """The audit log, open for writing. Any thread may use it; other processes may write to the same file.

    Args:
        path: the log's file, which is made if there is none.
        settings: what is kept, and whether answers must have their entries.
        told: called with one line for each entry that is lost, in whichever thread it is found out.

    Raises:
        InputError: the file is no audit log, or cannot be written.
    """

    def __init__(
        self, path: Path, settings: AuditSettings | None = None, told: Callable[[str], None] | None = None
    ) -> None:
        self.path, self.settings = path, settings or AuditSettings()
        self._told = told
        store.create(path)
        self._db: sqlite3.Connection | None = None
        self._file = (0, 0)
        self._jobs: queue.Queue[_Job | None] = queue.Queue(self.settings.waiting)
        self._lock = threading.Lock()
        self._lost = 0
        self._untold: Counter[str] = Counter()
        self._closed = False
        self._thread = threading.Thread(target=self._write, name="audit", daemon=True)
        self._thread.start()

    @property
    def lost(self) -> int:
        """Entries that could not be written since the start."""
        return self._lost

    @property
    def required(self) -> bool:
        """Whether no answer may be given without its entry."""
        return self.settings.entries == "required"

    async def begin(self, account: Account) -> None:
        """To be awaited before the model is asked. Where entries are required, an entry of the beginning is on disk
        when it returns, so that no fault or crash leaves an answer that the log does not know; else nothing is done.

        Raises:
            AuditError: it could not be written; the answer must not be given.
        """
        if self.required:
            begun = account.begun()
            await asyncio.wrap_future(self._put(lambda db: store.append(db, store.BEGUN, begun)))

    def put(self, entry: Entry) -> Future[int]:
        """Hand an entry over to be written, without waiting: of use where a task is being cancelled. What cannot be
        written is counted in any case; the future then holds the :class:`AuditError`, else the entry's number."""
        texts = asdict(entry.texts) if self.settings.full_text else None
        body = entry.body()
        return self._put(lambda db: store.append(db, store.ANSWER, body, texts))

    async def record(self, entry: Entry) -> None:
        """Enter an answer. Where entries are required it is on disk when this returns; else nothing waits for it.

        Raises:
            AuditError: entries are required, and it could not be written.
        """
        done = self.put(entry)
        if self.required:
            await asyncio.wrap_future(done)

    async def record_feedback(self, answer_id: str, verdict: Verdict, reason: str = "", better: str = "") -> bool:
        """Enter what a user thinks of an answer; the last word counts.

        Args:
            answer_id: the answer.
            verdict: whether it is good.
            reason: why, in the user's words.
            better: what the answer should have been.

        Returns:
            Whether the words were kept: without full text the verdict alone is.

        Raises:
            InputError: there is no such answer, or a text is too long.
            AuditError: it could not be written.
        """
        if max(len(reason), len(better)) > MOST_TEXT:
            raise InputError(f"a text of more than {MOST_TEXT:,} characters", "feedback", "Shorten it")
        kept = self.settings.full_text and bool(reason.strip() or better.strip())
        texts = {"reason": reason.strip(), "better": better.strip()} if kept else None

        def work(db: sqlite3.Connection) -> bool:
            known = db.execute("SELECT 1 FROM entries WHERE answer = ?", (answer_id,)).fetchone() is not None
            if known:
                store.append(db, store.FEEDBACK, {"answer": answer_id, "verdict": verdict}, texts)
            return known

        if not await asyncio.wrap_future(self._put(work, counts=False)):
            raise InputError("there is no such answer in the log", fix="It may have been deleted")
        return kept

    async def delete(self, answer_id: str = "", session: str = "") -> int:
        """Delete what is kept of an answer, or of all answers of a session (by the client's own name for it), with
        the feedback on them. A tombstone is left of each entry.

        Returns:
            How many entries were deleted; 0 where there are none.

        Raises:
            AuditError: it could not be done.
        """
        done = self._put(lambda db: store.delete(db, answer_id, session_key(session)), counts=False, forgets=True)
        return int(await asyncio.wrap_future(done))

    def close(self) -> None:
        """Write what waits, and end. This waits for the disk."""
        with self._lock:
            closed, self._closed = self._closed, True
        if not closed:
            self._jobs.put(None)
        self._thread.join()

    def _put(self, work: Work, counts: bool = True, forgets: bool = False) -> Future[Any]:
        job = _Job(work, Future(), counts, forgets)
        job.done.set_running_or_notify_cancel()  # who stops waiting does not take the entry back
        with self._lock:  # so that nothing is put behind the end
            if self._closed:
                reason = "the log is closed"
            else:
                try:
                    self._jobs.put_nowait(job)
                    return job.done
                except queue.Full:
                    reason = f"more than {self.settings.waiting} entries wait to be written"
        self._fail(job, reason)
        return job.done

    def _write(self) -> None:
        ended = False
        while not ended:
            taken = [self._jobs.get()]
            with suppress(queue.Empty):
                while len(taken) < BATCH:
                    taken.append(self._jobs.get_nowait())
            ended = None in taken
            self._commit([job for job in taken if job is not None])
        self._disconnect()

    def _commit(self, jobs: list[_Job]) -> None:
        """All in one transaction; where that fails each in one of its own, so that none fails for another's fault."""
        if not jobs:
            return
        try:
            results = self._transact(jobs)
        except Exception as error:
            self._disconnect()
            if len(jobs) > 1:
                for job in jobs:
                    self._commit([job])
            else:
                self._fail(jobs[0], str(error) or type(error).__name__)
            return
        for job, result in zip(jobs, results, strict=True):
            job.done.set_result(result)

    def _transact(self, jobs: list[_Job]) -> list[Any]:
        db = self._connected()
        with self._lock:
            untold = +self._untold
        db.execute("BEGIN IMMEDIATE")
        if untold:
            store.append(db, store.LOSS, {"count": untold.total(), "reasons": dict(untold)})
        results = [job.work(db) for job in jobs]
        db.execute("COMMIT")
        with self._lock:
            self._untold -= untold
        if any(job.forgets for job in jobs):
            with suppress(sqlite3.Error):  # someone reads; the next checkpoint does it
                store.forget(db)
        return results

    def _connected(self) -> sqlite3.Connection:
        """The connection, to the file that lies at the path by now: it may have been moved away or taken out."""
        if self._db is not None and self._file != _file_of(self.path):
            self._disconnect()
        if self._db is None:
            store.create(self.path)
            self._db, self._file = store.connected(self.path), _file_of(self.path)
        return self._db

    def _disconnect(self) -> None:
        """Give up the connection, and with it a transaction that is not committed."""
        if self._db is not None:
            with suppress(sqlite3.Error):
                self._db.close()
            self._db = None

    def _fail(self, job: _Job, reason: str) -> None:
        if job.counts:
            with self._lock:
                self._lost += 1
                self._untold[reason] += 1
            if self._told is not None:
                with suppress(Exception):  # who cannot be told ends neither this thread nor an answer
                    self._told(f"an entry of the audit log is lost: {reason}")
        job.done.set_exception(AuditError(f"cannot be written ({reason})", str(self.path), "Free the disk"))


def _file_of(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_dev, found.st_ino
