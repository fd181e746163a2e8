"""The one file in which the audit log lives. It is only added to: triggers refuse every change but a deletion that a
later entry asks for, and the chain of digests shows what was done in spite of them."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from residency.core.errors import InputError
from residency.serving.audit.chain import START, content_digest, entry_digest

FILE = "audit.sqlite"
VERSION = 1
APPLICATION = 0x52415544  # "RAUD"
WAIT = 10.0  # seconds that a writer waits for another
BEGUN, ANSWER, FEEDBACK, DELETION, LOSS = "begun", "answer", "feedback", "deletion", "loss"
SCHEMA = (
    """CREATE TABLE entries (
        number INTEGER PRIMARY KEY, kind TEXT NOT NULL, at TEXT NOT NULL,
        salt BLOB, body TEXT, texts TEXT, content TEXT NOT NULL, digest TEXT NOT NULL,
        deleted_by INTEGER REFERENCES entries,
        answer TEXT GENERATED ALWAYS AS (json_extract(body, '$.answer')) VIRTUAL,
        session TEXT GENERATED ALWAYS AS (json_extract(body, '$.session')) VIRTUAL)""",
    "CREATE INDEX of_answer ON entries (answer)",
    "CREATE INDEX of_session ON entries (session)",
    """CREATE TRIGGER added_at_the_end BEFORE INSERT ON entries
    WHEN NEW.number IS NOT (SELECT COALESCE(MAX(number), 0) + 1 FROM entries) OR NEW.deleted_by IS NOT NULL
    BEGIN SELECT RAISE(ABORT, 'an audit log is only added to, at its end'); END""",
    """CREATE TRIGGER not_changed BEFORE UPDATE ON entries
    WHEN NOT (
        OLD.deleted_by IS NULL AND NEW.body IS NULL AND NEW.texts IS NULL AND NEW.salt IS NULL
        AND NEW.number IS OLD.number AND NEW.kind IS OLD.kind AND NEW.at IS OLD.at
        AND NEW.content IS OLD.content AND NEW.digest IS OLD.digest
        AND OLD.kind IN ('begun', 'answer', 'feedback')
        AND EXISTS (
            SELECT 1 FROM entries AS asked, json_each(asked.body, '$.numbers') AS named
            WHERE asked.number = NEW.deleted_by AND asked.kind = 'deletion' AND named.value = OLD.number))
    BEGIN SELECT RAISE(ABORT, 'an audit log is not changed'); END""",
    """CREATE TRIGGER not_removed BEFORE DELETE ON entries
    BEGIN SELECT RAISE(ABORT, 'an audit log keeps its entries; a deletion leaves an empty one'); END""",
)


def log_path(run_folder: Path) -> Path:
    """Where the log of a run's assistant lies."""
    return run_folder / "serving" / FILE


def create(path: Path) -> None:
    """Make an empty log where there is none. Its owner alone may read it.

    Raises:
        InputError: the file there is no audit log, or cannot be made.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror})", str(path), "Give another place") from None
    try:
        if path.stat().st_size:  # another's file is not even set to write ahead
            with closing(sqlite3.connect(path, timeout=WAIT)) as db:
                if db.execute("PRAGMA schema_version").fetchone()[0]:
                    _check(db, path)
        with closing(connected(path)) as db:
            db.execute("BEGIN IMMEDIATE")
            if not db.execute("PRAGMA schema_version").fetchone()[0]:
                for statement in SCHEMA:
                    db.execute(statement)
                db.execute(f"PRAGMA application_id = {APPLICATION}")
                db.execute(f"PRAGMA user_version = {VERSION}")
            db.execute("COMMIT")
            _check(db, path)
    except sqlite3.Error as error:
        raise InputError(f"cannot be opened ({error})", str(path), "Move it away, or free the disk") from None


def connected(path: Path) -> sqlite3.Connection:
    """A connection that may write; what it commits outlives a power cut, and what it deletes is overwritten."""
    db = sqlite3.connect(path, timeout=WAIT, isolation_level=None, check_same_thread=False)
    try:
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA secure_delete = ON")
    except sqlite3.Error:
        db.close()
        raise
    return db


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection on which all reads see one state of a log.

    Raises:
        InputError: there is no audit log, or it is not of this version.
    """
    if not path.is_file():
        raise InputError("there is no audit log", str(path), "Give a run's folder, or an audit.sqlite")
    try:
        with closing(sqlite3.connect(path, timeout=WAIT, isolation_level=None)) as db:
            db.row_factory = sqlite3.Row
            _check(db, path)
            db.execute("BEGIN")
            yield db
    except sqlite3.Error as error:
        raise InputError(f"cannot be read ({error})", str(path)) from None


def append(db: sqlite3.Connection, kind: str, body: Mapping[str, Any], texts: Mapping[str, Any] | None = None) -> int:
    """Add an entry within the caller's transaction; returns its number. Texts of any characters are taken."""
    last = db.execute("SELECT number, digest FROM entries ORDER BY number DESC LIMIT 1").fetchone()
    number, before = (last["number"] + 1, last["digest"]) if last else (1, START)
    salt, at = secrets.token_bytes(16), datetime.now(UTC).isoformat(timespec="milliseconds")
    written = json.dumps(body)  # in ASCII: a text may hold half a surrogate pair
    kept = None if texts is None else json.dumps(texts)
    content = content_digest(salt, written, kept)
    digest = entry_digest(before, number, kind, at, content)
    db.execute(
        "INSERT INTO entries (number, kind, at, salt, body, texts, content, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (number, kind, at, salt, written, kept, content, digest),
    )
    return number


def delete(db: sqlite3.Connection, answer: str = "", session: str = "") -> int:
    """Empty what is kept of an answer, or of all answers of a session (by its key), with the feedback on them, within
    the caller's transaction. A tombstone stays of each entry: its number, kind, time and digests.

    Returns:
        How many entries were emptied; 0 where there are none.
    """
    found = db.execute(
        "SELECT number FROM entries WHERE kind <> ? AND answer IN ("
        "SELECT ? WHERE ? <> '' UNION SELECT answer FROM entries WHERE ? <> '' AND session = ?) ORDER BY number",
        (DELETION, answer, answer, session, session),
    )
    numbers = [row["number"] for row in found]
    if numbers:
        by = append(db, DELETION, {"numbers": numbers})
        db.execute(
            "UPDATE entries SET salt = NULL, body = NULL, texts = NULL, deleted_by = ? "
            "WHERE number IN (SELECT value FROM json_each(?))",
            (by, json.dumps(numbers)),
        )
    return len(numbers)


def forget(db: sqlite3.Connection) -> None:
    """Empty the write-ahead log, in which what was deleted still stands; to be called after the commit."""
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _check(db: sqlite3.Connection, path: Path) -> None:
    if db.execute("PRAGMA application_id").fetchone()[0] != APPLICATION:
        raise InputError("this file is no audit log", str(path), "Give another place")
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version != VERSION:
        what = f"this audit log has the schema {version}, and this version reads {VERSION}"
        raise InputError(what, str(path), "Use the version of residency that made it")
