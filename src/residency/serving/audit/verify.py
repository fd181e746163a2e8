"""Whether a log stands as it was written."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from residency.serving.audit.chain import START, content_digest, entry_digest
from residency.serving.audit.store import DELETION, LOSS, reading


@dataclass(frozen=True)
class Verified:
    """What a check of the log came to. ``fault`` is empty where the chain holds.

    Attributes:
        entries: how many there are, of each kind, tombstones left out.
        deleted: entries of which a tombstone is left.
        lost: entries that could not be written, as the log itself tells.
        head: the last digest. Noted elsewhere, it later shows that nothing before it was changed or cut off.
        fault: the first entry that does not fit, and why.
    """

    entries: dict[str, int]
    deleted: int
    lost: int
    head: str
    fault: str = ""


def verify(path: Path, known: str = "") -> Verified:
    """Whether the log stands as it was written.

    Args:
        path: the log's file; it may be in use.
        known: a ``head`` that was noted earlier. It must be the digest of an entry: without it, entries that were cut
            off at the end, or a log that was written anew as a whole, cannot be told.

    Raises:
        InputError: there is no log.
    """
    with reading(path) as db:
        return _verified(db, known)


def _verified(db: sqlite3.Connection, known: str) -> Verified:
    kinds: Counter[str] = Counter()
    before, lost, found = START, 0, known in ("", START)
    tombstones: dict[int, int] = {}
    asked_for: dict[int, int] = {}
    rows = db.execute(
        "SELECT number, kind, at, salt, body, texts, content, digest, deleted_by FROM entries ORDER BY number"
    )
    for number, row in enumerate(rows, 1):
        try:
            fault = _fault_of(row, number, before)
            if not fault and row["kind"] == DELETION:
                asked_for |= dict.fromkeys(json.loads(row["body"])["numbers"], number)
            elif not fault and row["kind"] == LOSS:
                lost += int(json.loads(row["body"])["count"])
        except (AttributeError, KeyError, TypeError, ValueError):
            fault = f"entry {number} is none that this program writes"
        if fault:
            return Verified(dict(kinds), len(tombstones), lost, before, fault)
        before = row["digest"]
        found = found or before == known
        if row["deleted_by"] is None:
            kinds[row["kind"]] += 1
        else:
            tombstones[number] = row["deleted_by"]
    fault = ""
    if tombstones != asked_for:
        place = min(set(tombstones.items()) ^ set(asked_for.items()))[0]
        fault = f"entry {place} was emptied without a deletion that names it, or not emptied by the one that does"
    elif not found:
        fault = "the digest that was noted is not in the log: entries were cut off, or it was written anew"
    return Verified(dict(kinds), len(tombstones), lost, before, fault)


def _fault_of(row: sqlite3.Row, number: int, before: str) -> str:
    """What is wrong with an entry in its place; empty where nothing is."""
    gone = row["deleted_by"] is not None
    if row["number"] != number:
        return f"entry {number} is missing"
    if row["digest"] != entry_digest(before, number, row["kind"], row["at"], row["content"]):
        return f"entry {number} does not follow the one before it"
    if gone != (row["body"] is None):
        return f"entry {number} is empty, and nothing says who asked for it"
    if not gone and row["content"] != content_digest(row["salt"] or b"", row["body"], row["texts"]):
        return f"entry {number} was changed"
    return ""
