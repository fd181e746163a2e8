"""What the reviewers said, taken together: votes, agreement, what they prefer, and where they disagree."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

from residency.judging.kappa import Kappa, cohen, fleiss
from residency.judging.statistics import estimate
from residency.review.judgement import NOT_JUDGED, SKIP, WITHDRAWN
from residency.review.store import subject_of
from residency.review.subjects import Subject
from residency.review.view import LETTERS, shown, side_of

SPLIT = "no majority"


@dataclass(frozen=True)
class Voice:
    """One reviewer's last word on an item, with its letters resolved: ``verdict`` names a side, ``tie``, ``neither``
    or a verdict on one answer; ``faults`` and the spans' ``place`` are by side, or by turn."""

    reviewer: str
    verdict: str
    faults: dict[str, list[str]]
    spans: list[dict[str, Any]]
    turns: dict[str, str]
    better: str
    comment: str
    reason: str
    seconds: float
    at: str


@dataclass(frozen=True)
class Judged:
    """An item, and what each reviewer said who has said something."""

    number: int
    subject: Subject
    assigned: int
    voices: tuple[Voice, ...]

    @property
    def votes(self) -> list[Voice]:
        """The voices that hold a verdict."""
        return [voice for voice in self.voices if voice.verdict not in NOT_JUDGED]

    @property
    def counts(self) -> Counter[str]:
        """How many gave each verdict."""
        return Counter(vote.verdict for vote in self.votes)

    @property
    def majority(self) -> str | None:
        """The verdict of more than half; ``SPLIT`` where there is none, None where nobody judged."""
        if not self.votes:
            return None
        verdict, count = self.counts.most_common(1)[0]
        return verdict if 2 * count > len(self.votes) else SPLIT


def judged_items(db: sqlite3.Connection) -> list[Judged]:
    """All items in the order in which they were drawn, with the last word of each reviewer."""
    assigned = dict(db.execute("SELECT item, COUNT(*) FROM assignments GROUP BY item").fetchall())
    subjects = {
        row["id"]: subject_of(row["subject"]) for row in db.execute("SELECT id, subject FROM items ORDER BY id")
    }
    voices: dict[int, list[Voice]] = defaultdict(list)
    rows = db.execute(
        "SELECT l.item, r.name, a.swapped, l.said, l.at FROM latest AS l JOIN reviewers AS r ON r.id = l.reviewer "
        "JOIN assignments AS a ON a.reviewer = l.reviewer AND a.item = l.item ORDER BY l.item, r.id"
    )
    for row in rows:
        said = json.loads(row["said"])
        if said["verdict"] != WITHDRAWN:
            voice = _voice(row["name"], subjects[row["item"]], bool(row["swapped"]), said, row["at"])
            voices[row["item"]].append(voice)
    return [
        Judged(number, subject, assigned.get(number, 0), tuple(voices[number])) for number, subject in subjects.items()
    ]


def _voice(name: str, subject: Subject, swapped: bool, said: dict[str, Any], at: str) -> Voice:
    def side(place: str) -> str:
        return side_of(subject, swapped, place) if place in LETTERS and subject.sides else place

    verdict = side(said["verdict"]) if len(subject.sides) > 1 else said["verdict"]
    return Voice(
        name,
        verdict,
        {side(letter): faults for letter, faults in said["faults"].items() if faults},
        [{**span, "place": side(span["place"])} for span in said["spans"]],
        said["turns"],
        said["better"].strip(),
        said["comment"].strip(),
        said["reason"],
        said["seconds"],
        at,
    )


def groups(items: Sequence[Judged]) -> dict[str, list[Judged]]:
    """Items that can be counted together: of one kind and with the same sides."""
    found: dict[str, list[Judged]] = defaultdict(list)
    for item in items:
        models = f" ({' against '.join(item.subject.sides)})" if item.subject.of == "answers" else ""
        found[item.subject.of + models].append(item)
    return dict(found)


def agreement(items: Sequence[Judged], names: Sequence[str]) -> Kappa:
    """Of verdicts on items that two or more have judged: Cohen's kappa where they are two people, else Fleiss'."""
    shared = [item for item in items if len(item.votes) > 1]
    voting = {vote.reviewer for item in shared for vote in item.votes}
    if len(voting) == 2:
        return between(shared, *(name for name in names if name in voting))
    return fleiss([item.counts for item in shared])


def between(items: Sequence[Judged], first: str, second: str) -> Kappa:
    """Cohen's kappa of two reviewers on the items that both have judged."""
    pairs = []
    for item in items:
        said = {vote.reviewer: vote.verdict for vote in item.votes}
        if first in said and second in said:
            pairs.append((said[first], said[second]))
    return cohen([a for a, _ in pairs], [b for _, b in pairs])


def shares(items: Sequence[Judged]) -> list[dict[str, Any]]:
    """For each type and for all, of the judged items the share whose majority gives the verdict that is hoped for
    (``target``: the pair's ``chosen``, the first of two models, or ``right`` for one answer), with its Wilson
    interval, items of one parent counting together. Ties, both unacceptable and no majority count against it."""
    types: dict[str, list[Judged]] = defaultdict(list)
    for item in items:
        if item.majority:
            types[item.subject.type].append(item)
    everything = [item for rows in types.values() for item in rows]
    table = [_share(name, rows) for name, rows in sorted(types.items())]
    return [*table, _share("all", everything)] if len(table) > 1 else table


def _share(name: str, items: Sequence[Judged]) -> dict[str, Any]:
    target = next(iter(items[0].subject.sides)) if len(items[0].subject.sides) == 2 else "right"
    found = estimate([float(item.majority == target) for item in items], [item.subject.cluster for item in items])
    outcomes = Counter(str(item.majority) for item in items)
    figures = {"n": found.n, "share": found.value, "low": found.low, "high": found.high, "method": found.method}
    return {"type": name, "target": target, **figures, "outcomes": dict(outcomes.most_common())}


def disagreements(items: Sequence[Judged]) -> list[Judged]:
    """Items on which two reviewers gave different verdicts, the most divided first."""
    divided = [item for item in items if len(item.counts) > 1]
    return sorted(divided, key=lambda item: (item.counts.most_common(1)[0][1] / len(item.votes), item.number))


def people_of(db: sqlite3.Connection) -> list[str]:
    """The reviewers' names, as they were added."""
    return [row["name"] for row in db.execute("SELECT name FROM reviewers ORDER BY id")]


def summary(db: sqlite3.Connection) -> dict[str, Any]:
    """What the organiser's page shows."""
    people, items = people_of(db), judged_items(db)
    return {
        "reviewers": [_progress(db, row) for row in db.execute("SELECT id, name, token FROM reviewers ORDER BY id")],
        "groups": [_group(name, rows, people) for name, rows in groups(items).items()],
    }


def _progress(db: sqlite3.Connection, reviewer: sqlite3.Row) -> dict[str, Any]:
    total = db.execute("SELECT COUNT(*) FROM assignments WHERE reviewer = ?", (reviewer["id"],)).fetchone()[0]
    rows = [
        (json.loads(row["said"]), row["at"])
        for row in db.execute("SELECT said, at FROM latest WHERE reviewer = ? ORDER BY at", (reviewer["id"],))
    ]
    verdicts = [said["verdict"] for said, _ in rows if said["verdict"] != WITHDRAWN]
    seconds = sorted(said["seconds"] for said, _ in rows if said["verdict"] not in NOT_JUDGED)
    return {
        "name": reviewer["name"],
        "token": reviewer["token"],
        "total": total,
        "judged": sum(verdict != SKIP for verdict in verdicts),
        "skipped": verdicts.count(SKIP),
        "median_seconds": seconds[len(seconds) // 2] if seconds else None,
        "last": rows[-1][1] if rows else None,
    }


def _group(name: str, items: Sequence[Judged], people: Sequence[str]) -> dict[str, Any]:
    kappas = {f"{a} and {b}": between(items, a, b) for a, b in combinations(people, 2)} if len(people) > 2 else {}
    verdicts = Counter(vote.verdict for item in items for vote in item.votes)
    faults = Counter(
        fault for item in items for vote in item.votes for ticked in vote.faults.values() for fault in ticked
    )
    return {
        "name": name,
        "items": len(items),
        "judged": sum(bool(item.votes) for item in items),
        "shared": sum(len(item.votes) > 1 for item in items),
        "verdicts": dict(verdicts.most_common()),
        "faults": dict(faults.most_common()),
        "skips": dict(Counter(voice.reason for item in items for voice in item.voices if voice.verdict == SKIP)),
        "agreement": asdict(agreement(items, people)),
        "pairs_of_reviewers": {pair: asdict(kappa) for pair, kappa in kappas.items() if kappa.n},
        "shares": shares(items),
        "disagreements": [_told(item) for item in disagreements(items)],
    }


def _told(item: Judged) -> dict[str, Any]:
    subject = item.subject
    return {
        "id": subject.id,
        "type": subject.type,
        "turns": shown(subject, False)["turns"],
        "sides": subject.sides,
        "why": subject.record.get("edit", {}).get("why", "") if isinstance(subject.record.get("edit"), dict) else "",
        "voices": [
            {"reviewer": vote.reviewer, "verdict": vote.verdict, "comment": vote.comment} for vote in item.votes
        ],
    }
