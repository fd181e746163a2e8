"""Who judges what: what is drawn of a run, and each reviewer's share, order and sides.

Asked again, a plan only grows: more items, more that all see, more reviewers. Nothing that was given out is taken back.
"""

from __future__ import annotations

import random
import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from residency.core.errors import UsageError
from residency.core.stage import seeded
from residency.review.store import add_subject, new_token, now
from residency.review.subjects import Subject

LONGEST_NAME = 60
PARENTS = "SELECT json_extract(subject, '$.cluster') AS parent FROM items WHERE of = ?"


@dataclass(frozen=True)
class Plan:
    """What a plan holds of one kind: its items, those that all see, those whose row in the run is now another, and
    those that share their parent with an earlier one."""

    items: int
    everyone: int
    changed: int
    repeated: int


def names_of(text: str) -> list[str]:
    """Names parted by commas.

    Raises:
        UsageError: there is none, one twice, or one too long.
    """
    names = [" ".join(part.split()) for part in text.split(",") if part.strip()]
    twice = [name for place, name in enumerate(names) if name.casefold() in (one.casefold() for one in names[:place])]
    if twice:
        raise UsageError(f"{twice[0]!r} is named twice", "--reviewers", "Give each reviewer a name of their own")
    if any(len(name) > LONGEST_NAME for name in names):
        raise UsageError(f"a name is longer than {LONGEST_NAME} characters", "--reviewers")
    if not names:
        raise UsageError("no reviewer is named", "--reviewers", 'Type: --reviewers "Ana, Ben"')
    return names


def add_reviewers(db: sqlite3.Connection, names: Sequence[str]) -> None:
    """Give each name that is not known a link of its own."""
    known = {row["name"].casefold() for row in db.execute("SELECT name FROM reviewers")}
    for name in names:
        if name.casefold() not in known:
            db.execute("INSERT INTO reviewers (name, token, added) VALUES (?, ?, ?)", (name, new_token(), now()))


def draw(subjects: Sequence[Subject], number: int, rng: random.Random) -> list[Subject]:
    """Up to ``number`` subjects by chance, the types taking turns; those drawn first are the same for any number.

    A second subject of one parent comes only after one of each: an answer that a reviewer meets twice, against two
    others, is known to be the gold one.
    """
    types: dict[str, list[Subject]] = defaultdict(list)
    for subject in subjects:
        types[subject.type].append(subject)
    for name in sorted(types):
        rng.shuffle(types[name])
    firsts: list[Subject] = []
    again: dict[str, list[Subject]] = defaultdict(list)
    seen: set[str] = set()
    for subject in _in_turn(types):
        if subject.cluster in seen:
            again[subject.type].append(subject)
        else:
            firsts.append(subject)
            seen.add(subject.cluster)
    return [*firsts, *_in_turn(again)][:number]


def _in_turn(types: Mapping[str, Sequence[Subject]]) -> list[Subject]:
    rounds = zip_longest(*(types[name] for name in sorted(types)))
    return [subject for one in rounds for subject in one if subject is not None]


def grow(db: sqlite3.Connection, subjects: Sequence[Subject], number: int, overlap: int, seed: int) -> Plan:
    """See that ``number`` of these subjects are under review, ``overlap`` of them by everyone, and that each of the
    others has a reviewer; all subjects are of one kind.

    Raises:
        UsageError: the numbers do not fit together, or there is no reviewer.
    """
    if number < 1 or not 0 <= overlap <= number:
        raise UsageError(f"{overlap} of {number} cannot be seen by all", "--overlap", "Choose from 0 to --sample")
    of = subjects[0].of
    kept = {
        (row["record"], row["digest"]) for row in db.execute("SELECT record, digest FROM items WHERE of = ?", (of,))
    }
    there = {(subject.id, subject.digest) for subject in subjects}
    rng = seeded(seed, "review", of)
    fresh = [one for one in draw(subjects, len(subjects), rng) if (one.id, one.digest) not in kept]
    parents = {row["parent"] for row in db.execute(PARENTS, (of,))}
    unique = {(one.id, one.digest): one for one in sorted(fresh, key=lambda one: one.cluster in parents)}
    for subject in list(unique.values())[: max(0, number - len(kept))]:
        add_subject(db, subject, False)
    _share_out(db, of, overlap, seed)
    everyone = _count(db, "SELECT COUNT(*) FROM items WHERE of = ? AND everyone", of)
    items = db.execute(PARENTS, (of,)).fetchall()
    repeated = len(items) - len({row["parent"] for row in items})
    return Plan(len(items), everyone, len(kept - there), repeated)


def share_out(db: sqlite3.Connection, seed: int) -> None:
    """Give those who are new what all see of each kind."""
    for row in db.execute("SELECT DISTINCT of FROM items ORDER BY of").fetchall():
        _share_out(db, row["of"], 0, seed)


def _count(db: sqlite3.Connection, query: str, of: str) -> int:
    return int(db.execute(query, (of,)).fetchone()[0])


def _share_out(db: sqlite3.Connection, of: str, overlap: int, seed: int) -> None:
    reviewers = [row["id"] for row in db.execute("SELECT id FROM reviewers ORDER BY id")]
    if not reviewers:
        raise UsageError("no reviewer is named", "--reviewers", 'Type: --reviewers "Ana, Ben"')
    missing = overlap - _count(db, "SELECT COUNT(*) FROM items WHERE of = ? AND everyone", of)
    if missing > 0:
        db.execute(
            "UPDATE items SET everyone = 1 WHERE id IN "
            "(SELECT id FROM items WHERE of = ? AND NOT everyone ORDER BY id LIMIT ?)",
            (of, missing),
        )
    given: dict[int, list[int]] = {reviewer: [] for reviewer in reviewers}
    for row in db.execute("SELECT reviewer, item FROM assignments"):
        given[row["reviewer"]].append(row["item"])
    taken = {item for items in given.values() for item in items}
    new: dict[int, list[int]] = {reviewer: [] for reviewer in reviewers}
    items = list(db.execute("SELECT id, everyone FROM items WHERE of = ? ORDER BY everyone DESC, id", (of,)))
    for row in items:
        if row["everyone"]:
            for reviewer in reviewers:
                if row["id"] not in given[reviewer]:
                    new[reviewer].append(row["id"])
        elif row["id"] not in taken:
            least = min(reviewers, key=lambda one: (len(given[one]) + len(new[one]), one))
            new[least].append(row["id"])
    for reviewer in reviewers:
        _hand_out(
            db, reviewer, new[reviewer], len(given[reviewer]), seeded(seed, "sides", of, reviewer, len(given[reviewer]))
        )


def _hand_out(db: sqlite3.Connection, reviewer: int, items: list[int], place: int, rng: random.Random) -> None:
    """Behind what the reviewer has, in an order of their own; as many the one way round as the other."""
    rng.shuffle(items)
    swapped = [number % 2 for number in range(len(items))]
    if len(items) % 2:
        swapped[-1] = rng.randrange(2)
    rng.shuffle(swapped)
    rows = zip(items, range(place + 1, place + 1 + len(items)), swapped, strict=True)
    db.executemany("INSERT INTO assignments VALUES (?, ?, ?, ?)", [(reviewer, *row) for row in rows])
