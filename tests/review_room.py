"""A review that is served within the test's own process, and reviewers who judge in it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from residency.review.app import make_app
from residency.review.plan import add_reviewers, grow, names_of
from residency.review.results import Judged, judged_items
from residency.review.serve import links_of
from residency.review.store import Store
from residency.review.subjects import subjects_of
from tests.review_rows import sent

PEOPLE = ("Ana", "Ben", "Cleo")


@dataclass
class Room:
    """A review that is served in this process, with each reviewer's link."""

    folder: Path
    store: Store
    client: TestClient
    links: dict[str, str]
    organiser: str

    def get(self, name: str, path: str) -> Any:
        answer = self.client.get(f"{self.links[name]}api/{path}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, name: str, place: int, body: dict[str, Any], **headers: str) -> Any:
        return self.client.post(f"{self.links[name]}api/items/{place}", json=body, headers=headers)

    def vote(self, name: str, record: str, side: str, **fields: Any) -> None:
        """Judge as a reviewer who somehow knew which side is which."""
        with self.store.reading() as db:
            row = db.execute(
                "SELECT place, swapped FROM assignments AS a JOIN items AS i ON i.id = a.item JOIN reviewers AS r "
                "ON r.id = a.reviewer WHERE i.record = ? AND r.name = ?",
                (record, name),
            ).fetchone()
        sides = {"chosen": "ab"[row["swapped"]], "rejected": "ba"[row["swapped"]]}
        answer = self.post(name, row["place"], sent(sides.get(side, side), name=f"{name}-{row['place']:06d}", **fields))
        assert answer.status_code == 200, answer.text

    def items(self) -> list[Judged]:
        with self.store.reading() as db:
            return judged_items(db)


def plan(
    folder: Path, of: str = "pairs", number: int = 12, overlap: int = 12, names: str = ", ".join(PEOPLE), **more: Any
) -> Store:
    store = Store.create(folder)
    found = subjects_of(folder, of, **more)
    with store.writing() as db:
        add_reviewers(db, names_of(names))
        grow(db, found.subjects, number, overlap, seed=0)
    return store


def room_of(folder: Path, **asked: Any) -> Room:
    store = plan(folder, **asked)
    links = links_of(store, "testserver", 80)
    base = "http://testserver:80"
    paths = {name: link.removeprefix(base) for name, link in links.reviewers.items()}
    return Room(folder, store, TestClient(make_app(store)), paths, links.organiser.removeprefix(base))
