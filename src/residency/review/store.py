"""The one file in which a review lives: ``review/review.sqlite`` of a run's folder.

Judgements are only ever added: what a reviewer changes or takes back is a new revision, and the last one counts.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from residency.core.errors import InputError
from residency.review.subjects import Subject

VERSION = 1
APPLICATION = 0x52455649  # "REVI"
FILE = "review.sqlite"
WAIT = 10.0  # seconds that a writer waits for another
SCHEMA = """
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE reviewers (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, token TEXT NOT NULL UNIQUE, added TEXT NOT NULL);
CREATE TABLE items (
    id INTEGER PRIMARY KEY, of TEXT NOT NULL, record TEXT NOT NULL, digest TEXT NOT NULL, type TEXT NOT NULL,
    everyone INTEGER NOT NULL, subject TEXT NOT NULL, added TEXT NOT NULL, UNIQUE (of, record, digest));
CREATE TABLE assignments (
    reviewer INTEGER NOT NULL REFERENCES reviewers, item INTEGER NOT NULL REFERENCES items,
    place INTEGER NOT NULL, swapped INTEGER NOT NULL, PRIMARY KEY (reviewer, item), UNIQUE (reviewer, place));
CREATE TABLE judgements (
    id INTEGER PRIMARY KEY, reviewer INTEGER NOT NULL, item INTEGER NOT NULL, revision INTEGER NOT NULL,
    submission TEXT NOT NULL, said TEXT NOT NULL, at TEXT NOT NULL,
    FOREIGN KEY (reviewer, item) REFERENCES assignments (reviewer, item),
    UNIQUE (reviewer, item, revision), UNIQUE (reviewer, submission));
CREATE VIEW latest AS
    SELECT * FROM judgements AS j
    WHERE revision = (SELECT MAX(revision) FROM judgements AS k WHERE k.reviewer = j.reviewer AND k.item = j.item);
"""


def now() -> str:
    """The time in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def new_token() -> str:
    """A secret for a link, of 128 bits."""
    return secrets.token_urlsafe(16)


class Store:
    """A review's database. Each use opens a connection of its own, so that threads and processes may share the file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def create(cls, run_folder: Path) -> Store:
        """The review of a run, which is made if there is none.

        Raises:
            InputError: the file there is no review, or was made by a later version.
        """
        path = run_folder / "review" / FILE
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)  # it holds the links' secrets
        store = cls(path)
        with store.writing() as db:
            if (
                not db.execute("PRAGMA user_version").fetchone()[0]
                and not db.execute("PRAGMA schema_version").fetchone()[0]
            ):
                for statement in SCHEMA.split(";\n"):
                    db.execute(statement)
                db.execute(f"PRAGMA application_id = {APPLICATION}")
                db.execute(f"PRAGMA user_version = {VERSION}")
                db.execute("INSERT INTO settings VALUES ('organiser', ?)", (new_token(),))
        store.check()
        return store

    @classmethod
    def existing(cls, run_folder: Path) -> Store:
        """The review of a run.

        Raises:
            InputError: there is none, or it cannot be read by this version.
        """
        path = run_folder / "review" / FILE
        if not path.is_file():
            raise InputError(
                "nothing has been reviewed there", str(run_folder), "Type: residency review RUN --of pairs"
            )
        store = cls(path)
        store.check()
        return store

    def check(self) -> None:
        """That the file is a review of this version.

        Raises:
            InputError: it is not.
        """
        with self.reading() as db:
            application = db.execute("PRAGMA application_id").fetchone()[0]
            version = db.execute("PRAGMA user_version").fetchone()[0]
        if application != APPLICATION:
            raise InputError("this file is no review", str(self.path), "Move it away")
        if version != VERSION:
            what = f"this review has the schema {version}, and this version reads {VERSION}"
            raise InputError(what, str(self.path), "Use the version of residency that made it")

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection on which all reads see one state.

        Raises:
            InputError: the file is no database.
        """
        with closing(self._connected()) as db:
            db.execute("BEGIN")
            yield db

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A connection that alone may write; what is done on it is kept as a whole, or not at all.

        Raises:
            InputError: the file is no database.
        """
        with closing(self._connected()) as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

    def _connected(self) -> sqlite3.Connection:
        try:
            db = sqlite3.connect(self.path, timeout=WAIT, isolation_level=None)
            db.row_factory = sqlite3.Row
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")  # a judgement that was confirmed outlives a power cut
            db.execute("PRAGMA foreign_keys = ON")
        except sqlite3.DatabaseError as error:
            raise InputError(f"cannot be opened ({error})", str(self.path), "Move it away, or free the disk") from None
        return db


def add_subject(db: sqlite3.Connection, subject: Subject, everyone: bool) -> int:
    """Keep a subject as an item; returns its number."""
    row = (subject.of, subject.id, subject.digest, subject.type, int(everyone), json.dumps(asdict(subject)), now())
    done = db.execute(
        "INSERT INTO items (of, record, digest, type, everyone, subject, added) VALUES (?, ?, ?, ?, ?, ?, ?)", row
    )
    return int(done.lastrowid or 0)


def subject_of(text: str) -> Subject:
    """An item's subject as it was kept."""
    fields: dict[str, Any] = json.loads(text)
    return Subject(**fields)
