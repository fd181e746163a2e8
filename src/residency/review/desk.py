"""What a reviewer's page asks of the store: where they stand, one item, and to keep a judgement."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from residency.core.errors import InputError
from residency.review.judgement import SKIP, WITHDRAWN, Said, Submission, check
from residency.review.rubric import FAULTS, NOTICE, SKIPS, listed
from residency.review.store import now, subject_of
from residency.review.view import shown


class ConflictError(Exception):
    """The item was judged elsewhere since the page saw it; ``current`` is what stands."""

    def __init__(self, current: dict[str, Any]) -> None:
        self.current = current
        super().__init__("judged elsewhere")


@dataclass(frozen=True)
class Reviewer:
    """Whose link it is."""

    id: int
    name: str


def reviewer_of(db: sqlite3.Connection, token: str) -> Reviewer | None:
    """The reviewer whose link holds the token."""
    row = db.execute("SELECT id, name FROM reviewers WHERE token = ?", (token,)).fetchone()
    return Reviewer(row["id"], row["name"]) if row else None


def overview(db: sqlite3.Connection, reviewer: Reviewer) -> dict[str, Any]:
    """The reviewer's name and rubric, and the state of each of their items in order: ``open``, ``judged`` or
    ``skipped``."""
    return {
        "id": reviewer.id,
        "name": reviewer.name,
        "notice": NOTICE,
        "faults": listed(FAULTS),
        "skips": listed(SKIPS),
        "states": _states(db, reviewer),
    }


def item(db: sqlite3.Connection, reviewer: Reviewer, place: int) -> dict[str, Any] | None:
    """The reviewer's item at a place, from 1, with what they said of it; None where there is none."""
    row = _assigned(db, reviewer, place)
    if row is None:
        return None
    return {
        "place": place,
        **shown(subject_of(row["subject"]), bool(row["swapped"])),
        **_current(db, reviewer, row["item"]),
    }


def submit(db: sqlite3.Connection, reviewer: Reviewer, place: int, sent: Submission) -> dict[str, Any] | None:
    """Keep a judgement; sent again it changes nothing. Returns the revision and all states; None where there is no
    such item.

    Raises:
        ConflictError: the item was judged elsewhere since the page saw it.
        InputError: the judgement does not fit the item.
    """
    row = _assigned(db, reviewer, place)
    if row is None:
        return None
    known = db.execute(
        "SELECT item, revision FROM judgements WHERE reviewer = ? AND submission = ?", (reviewer.id, sent.submission)
    ).fetchone()
    if known and known["item"] != row["item"]:
        raise InputError("this submission belongs to another item", fix="Reload the page")
    if not known:
        check(sent.said, subject_of(row["subject"]), bool(row["swapped"]))
        current = _current(db, reviewer, row["item"])
        same = current["said"] and Said(**current["said"]).content() == sent.said.content()
        if not same:
            if sent.base != current["revision"]:
                raise ConflictError(current)
            db.execute(
                "INSERT INTO judgements (reviewer, item, revision, submission, said, at) VALUES (?, ?, ?, ?, ?, ?)",
                (reviewer.id, row["item"], sent.base + 1, sent.submission, sent.said.model_dump_json(), now()),
            )
    return {"revision": _current(db, reviewer, row["item"])["revision"], "states": _states(db, reviewer)}


def _assigned(db: sqlite3.Connection, reviewer: Reviewer, place: int) -> sqlite3.Row | None:
    found: sqlite3.Row | None = db.execute(
        "SELECT item, swapped, subject FROM assignments JOIN items ON items.id = item WHERE reviewer = ? AND place = ?",
        (reviewer.id, place),
    ).fetchone()
    return found


def _current(db: sqlite3.Connection, reviewer: Reviewer, number: int) -> dict[str, Any]:
    row = db.execute(
        "SELECT revision, said FROM latest WHERE reviewer = ? AND item = ?", (reviewer.id, number)
    ).fetchone()
    return {"revision": row["revision"], "said": json.loads(row["said"])} if row else {"revision": 0, "said": None}


def _states(db: sqlite3.Connection, reviewer: Reviewer) -> list[str]:
    rows = db.execute(
        "SELECT json_extract(said, '$.verdict') AS verdict FROM assignments AS a LEFT JOIN latest AS l "
        "ON l.reviewer = a.reviewer AND l.item = a.item WHERE a.reviewer = ? ORDER BY place",
        (reviewer.id,),
    )
    states = {None: "open", WITHDRAWN: "open", SKIP: "skipped"}
    return [states.get(row["verdict"], "judged") for row in rows]
