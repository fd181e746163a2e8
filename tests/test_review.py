"""People judge blind: what is drawn, what a reviewer is told, what is stored, what comes out."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import signal
import socket
import sqlite3
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

from residency.cli import app as cli
from residency.core.errors import BusyError, InputError, UsageError
from residency.core.files import write_json, write_jsonl
from residency.review import export
from residency.review.app import make_app
from residency.review.files import subjects_of_file
from residency.review.plan import add_reviewers, draw, grow, names_of, share_out
from residency.review.results import SPLIT, Judged, judged_items, people_of, summary
from residency.review.serve import alone, is_local, links_of, listening, serve
from residency.review.store import FILE, Store
from residency.review.subjects import pair_subject, read_turns, subjects_of
from residency.review.table import as_csv, as_markdown, table
from tests.review_rows import HOSTILE, KINDS, as_lines, pair, said, sent, write_run

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


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return write_run(tmp_path / "run", [pair(number) for number in range(30)])


@pytest.fixture
def room(run: Path) -> Room:
    return room_of(run)


# What is drawn, and for whom


def test_types_take_turns_and_a_larger_sample_holds_the_smaller() -> None:
    subjects = [pair_subject(pair(number)) for number in range(60)]
    few, many = (draw(subjects, number, random.Random(1)) for number in (9, 30))
    assert Counter(one.type for one in few) == dict.fromkeys(KINDS, 3)
    assert many[:9] == few
    assert draw(subjects, 9, random.Random(2)) != few


def test_all_see_the_overlap_and_the_rest_is_shared_out_evenly(run: Path) -> None:
    store = plan(run, number=20, overlap=5)
    with store.reading() as db:
        given = dict(db.execute("SELECT reviewer, COUNT(*) FROM assignments GROUP BY reviewer").fetchall())
        seen = [row[0] for row in db.execute("SELECT COUNT(*) FROM assignments GROUP BY item")]
    assert given == {1: 10, 2: 10, 3: 10}
    assert Counter(seen) == {3: 5, 1: 15}


def test_asked_again_a_plan_grows_and_takes_nothing_back(run: Path) -> None:
    store = plan(run, number=8, overlap=2)

    def stands() -> set[tuple[int, ...]]:
        with store.reading() as db:
            return {tuple(row) for row in db.execute("SELECT * FROM assignments")}

    before = stands()
    plan(run, number=8, overlap=2)
    assert stands() == before
    plan(run, number=14, overlap=3, names="Ana, Dora")
    after = stands()
    assert before < after
    with store.reading() as db:
        assert people_of(db) == [*PEOPLE, "Dora"]
        assert [row[0] for row in db.execute("SELECT COUNT(*) FROM assignments GROUP BY item")].count(4) == 3
    with store.writing() as db:
        add_reviewers(db, ["Emil"])
        share_out(db, 0)
        assert db.execute("SELECT COUNT(*) FROM assignments WHERE reviewer = 5").fetchone()[0] == 3


def test_a_pair_that_was_made_anew_is_another_item_and_is_told_of(run: Path) -> None:
    plan(run, number=30, overlap=0)
    write_jsonl(run / "pairs" / "pairs.jsonl", [pair(0, chosen="Other words."), *map(pair, range(1, 30))])
    store, found = Store.existing(run), subjects_of(run, "pairs")
    with store.writing() as db:
        grown = grow(db, found.subjects, 31, 0, seed=0)
    assert (grown.items, grown.changed) == (31, 1)


def test_each_side_stands_first_as_often_for_every_reviewer(run: Path) -> None:
    store = plan(run, number=30, overlap=30)
    with store.reading() as db:
        rows = db.execute("SELECT reviewer, SUM(swapped), COUNT(*) FROM assignments GROUP BY reviewer").fetchall()
        orders = {tuple(row) for row in db.execute("SELECT item, place, swapped FROM assignments WHERE reviewer = 1")}
        others = {tuple(row) for row in db.execute("SELECT item, place, swapped FROM assignments WHERE reviewer = 2")}
    assert [tuple(row) for row in rows] == [(1, 15, 30), (2, 15, 30), (3, 15, 30)]
    assert orders != others


@pytest.mark.parametrize(
    ("names", "says"), [("Ana, ana", "named twice"), (" , ", "no reviewer"), ("x" * 61, "longer than 60")]
)
def test_names_that_cannot_be_used(names: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        names_of(names)


# What a reviewer is told


def responses(room: Room, name: str) -> Iterator[str]:
    """All that a reviewer's page can be told, as it came."""
    link = room.links[name]
    for path in ("", "api/overview", *(f"api/items/{place}" for place in range(1, 13)), "api/items/99"):
        yield room.client.get(link + path).text
    bodies = [
        sent("a", 0, "first-one"),
        sent("a", 0, "first-one"),
        sent("b", 0, "another-one"),
        sent("x", 1, "a-third-one"),
    ]
    for body in bodies:
        yield room.post(name, 1, body).text
    yield room.client.get(f"{link}api/items/1").text


def test_nothing_that_a_reviewer_is_told_depends_on_the_side(run: Path, tmp_path: Path) -> None:
    """The planted twin: the same review in which every pair is of another type and its sides have changed places.
    What its reviewers are told must be the same to the last byte."""
    room = room_of(run)
    twin = tmp_path / "twin" / "review" / FILE
    twin.parent.mkdir(parents=True)
    with room.store.reading() as db, sqlite3.connect(twin) as copy:
        db.execute("COMMIT")
        db.backup(copy)
        for number, text in copy.execute("SELECT id, subject FROM items").fetchall():
            subject = json.loads(text)
            subject["sides"] = {"chosen": subject["sides"]["rejected"], "rejected": subject["sides"]["chosen"]}
            subject |= {"id": f"other-{number}", "type": "other", "cluster": "other"}
            subject["record"] |= {"kind": "other", "id": f"other-{number}", "edit": {"why": "none"}, "source": "other"}
            copy.execute(
                "UPDATE items SET subject = ?, type = 'x', record = ? WHERE id = ?",
                (json.dumps(subject), number, number),
            )
        copy.execute("UPDATE assignments SET swapped = 1 - swapped")
    other = Store(twin)
    for name in PEOPLE:
        told = list(responses(room, name))
        assert told == list(responses(Room(tmp_path, other, TestClient(make_app(other)), room.links, ""), name))
        everything = "\n".join(told[1:])
        for secret in ("chosen", "rejected", "case-1/", *KINDS, "tenfold", "edit", "swapped", *PEOPLE):
            assert secret not in everything.replace(json.dumps(name), ""), secret


def test_the_organiser_alone_is_told_the_sides(room: Room) -> None:
    record = room.items()[0].subject.id
    room.vote("Ana", record, "chosen")
    room.vote("Ben", record, "rejected")
    told = room.client.get(f"{room.organiser}api/summary").text
    assert "rejected" in told and "tenfold overdose" in told and record in told
    token = room.links["Ana"].split("/")[2]
    assert room.client.get(f"/o/{token}/api/summary").status_code == 404
    assert room.client.get(f"/o/{token}/").status_code == 404
    assert room.client.get("/r/wrong/api/overview").status_code == 404
    assert "not known" in room.client.get("/r/wrong/").text


def test_a_question_comes_with_its_passages_numbered(run: Path) -> None:
    room = room_of(run, number=30, overlap=30, names="Ana")
    shown = [room.get("Ana", f"items/{place}") for place in range(1, 31)]
    turns = {one["turns"][0]["text"]: one["turns"][0]["passages"] for one in shown}
    assert all(len(one["turns"]) == 1 and one["mode"] == "Clinical support" for one in shown)
    assert turns["What is done in case 1?"] == [
        {"number": "1", "text": "Guide 1 (2024-05). Guidance 1 says what is done."},
        {"number": "2", "text": "Guide 2 (2024-05). Guidance 2 says what is done."},
    ]
    assert turns["What is done in case 2?"] == []
    assert all(HOSTILE in answer["text"] for one in shown for answer in one["answers"])


def test_a_dialogue_has_marks_for_its_answers_and_no_held_out_one_is_shown(run: Path) -> None:
    room = room_of(run, of="dialogues", number=9, overlap=9, names="Ana")
    shown = [room.get("Ana", f"items/{place}") for place in range(1, 5)]
    assert {turn["text"] for one in shown for turn in one["turns"]} >= {"Question 0?", "Second answer 3."}
    assert "Question 9?" not in str(shown)
    assert [turn["mark"] for turn in shown[0]["turns"]] == [None, 1, None, 3]
    good = sent(
        "wrong", turns={"1": "right", "3": "wrong"}, spans=[{"place": "3", "start": 0, "end": 6, "text": "Second"}]
    )
    assert room.post("Ana", 1, good).status_code == 200
    assert room.post("Ana", 2, sent("wrong", turns={"0": "right"}, name="another-1")).status_code == 422
    assert room.post("Ana", 2, sent("a", name="another-2")).status_code == 422


def test_answers_of_two_models_are_set_side_by_side(run: Path) -> None:
    found = subjects_of(run, "answers", ["base", "sft"])
    assert len(found.subjects) == 3 and found.left_out == {"both models answer the same": 1}
    room = room_of(run, of="answers", number=9, overlap=9, names="Ana", models=["sft", "base"])
    texts = {answer["text"] for place in (1, 2, 3) for answer in room.get("Ana", f"items/{place}")["answers"]}
    assert "sft answers 0." in texts and len(texts) == 6
    alone_ = subjects_of(run, "answers", ["base"])
    assert [list(one.sides) for one in alone_.subjects] == [["base"]] * 4
    assert alone_.subjects[0].turns[-1] == {"role": "user", "content": "Question 0?"}
    for models in (["final"], ["sft", "sft"], ["base", "sft", "final"]):
        with pytest.raises(UsageError, match="base"):
            subjects_of(run, "answers", models)


def test_a_prompt_of_no_known_form_is_shown_whole() -> None:
    assert read_turns("Why?\n\nuser: x") == [{"role": "user", "content": "Why?\n\nuser: x"}]


# What is stored


def test_a_judgement_is_kept_shown_again_and_counted(room: Room) -> None:
    item = room.get("Ana", "items/3")
    text = item["answers"][1]["text"]
    start = text.index("\U0001f9e0")  # beyond the basic plane: places are counted in code points
    spans = [{"place": "b", "start": start, "end": start + 1, "text": "\U0001f9e0"}]
    body = sent(
        "a", faults={"b": ["correctness", "invented"]}, spans=spans, better="Give 5 mg.", comment="Clear.", seconds=9.5
    )
    answer = room.post("Ana", 3, body)
    assert answer.status_code == 200 and answer.json()["revision"] == 1
    assert answer.json()["states"] == ["open", "open", "judged", *["open"] * 9]
    again = room.get("Ana", "items/3")
    assert again["revision"] == 1 and again["said"] == {"reason": "", "turns": {}, **body["said"]}
    assert room.get("Ben", "overview")["states"] == ["open"] * 12
    assert room.post("Ana", 4, sent("skip", reason="outside", name="another-1")).json()["states"][3] == "skipped"


def test_sent_twice_a_judgement_counts_once(room: Room) -> None:
    for _ in range(3):
        assert room.post("Ana", 1, sent("a")).json()["revision"] == 1
    assert room.post("Ana", 2, sent("a")).status_code == 422  # the same name for another item


def test_a_second_tab_is_told_what_stands_and_overwrites_nothing(room: Room) -> None:
    assert room.post("Ana", 1, sent("a", 0, "first-tab-1")).status_code == 200
    conflict = room.post("Ana", 1, sent("b", 0, "second-tab-1"))
    assert conflict.status_code == 409
    assert conflict.json()["conflict"]["revision"] == 1 and conflict.json()["conflict"]["said"]["verdict"] == "a"
    assert (
        room.post("Ana", 1, sent("a", 0, "second-tab-2", seconds=3)).json()["revision"] == 1
    )  # the same is no conflict
    assert room.post("Ana", 1, sent("b", 1, "second-tab-3")).json()["revision"] == 2
    assert room.get("Ana", "items/1")["said"]["verdict"] == "b"


def test_what_is_taken_back_is_open_again_and_no_vote(room: Room) -> None:
    room.post("Ana", 1, sent("a"))
    assert room.post("Ana", 1, sent("withdrawn", 1, "submission-2")).json()["states"][0] == "open"
    assert not any(item.voices for item in room.items())


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (sent("chosen"), "not among"),
        (sent("right"), "not among"),
        (sent("skip"), "with a reason"),
        (sent("a", faults={"a": ["spelling"]}), "rubric"),
        (sent("a", faults={"c": []}), "Reload"),
        (sent("a", spans=[{"place": "a", "start": 0, "end": 4, "text": "Cake"}]), "not in its answer"),
        (sent("a", spans=[{"place": "0", "start": 0, "end": 1, "text": "W"}]), "not in its answer"),
        (sent("a", better="x" * 20_001), "20000"),
        (sent("a", seconds=-1), "seconds"),
        (sent("a", side="chosen"), "Reload"),
        (sent("a", name="../1"), "submission"),
        ({"submission": "submission-1", "base": 0}, "said"),
    ],
)
def test_a_judgement_that_does_not_fit_is_refused_with_one_line(room: Room, body: dict[str, Any], says: str) -> None:
    answer = room.post("Ana", 1, body)
    assert answer.status_code == 422 and says in answer.json()["error"] and "\n" not in answer.json()["error"]
    assert room.get("Ana", "items/1")["revision"] == 0


def test_no_page_of_another_site_can_judge(room: Room) -> None:
    assert room.post("Ana", 1, sent("a"), origin="http://evil.example").status_code == 403
    assert room.post("Ana", 1, sent("a"), **{"sec-fetch-site": "cross-site"}).status_code == 403
    assert room.post("Ana", 1, sent("a"), **{"content-type": "text/plain"}).status_code == 415
    assert room.post("Ana", 1, sent("a", better="x" * 300_000)).status_code == 413
    assert room.client.delete(f"{room.links['Ana']}api/items/1").status_code == 405
    assert room.get("Ana", "items/1")["revision"] == 0
    assert room.post("Ana", 1, sent("a"), origin="http://testserver").status_code == 200


def test_pages_load_nothing_from_elsewhere_and_leak_no_link(room: Room) -> None:
    answer = room.client.get(room.links["Ana"])
    assert answer.headers["referrer-policy"] == "no-referrer" and answer.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    for name in ("review.js", "queue.js", "spans.js", "dom.js", "organiser.js", "review.css", "icon.svg"):
        answer = room.client.get(f"/page/{name}")
        assert answer.status_code == 200
        assert [word for word in answer.text.split() if "http" in word and "www.w3.org" not in word] == []
        assert "innerHTML" not in answer.text
    assert room.client.get("/page/unknown.html").status_code == 404
    assert room.client.get("/page/..%2fapp.py").status_code == 404


def test_two_reviewers_at_once_lose_nothing(room: Room) -> None:
    answers: list[int] = []

    def judge(name: str) -> None:
        for place in range(1, 13):
            answers.append(room.post(name, place, sent("a", name=f"{name}-{place:06d}")).status_code)

    threads = [threading.Thread(target=judge, args=(name,)) for name in (*PEOPLE, "Ana", "Ben")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 60
    assert [len(item.votes) for item in room.items()] == [3] * 12
    with room.store.reading() as db:
        assert db.execute("SELECT COUNT(*) FROM judgements").fetchone()[0] == 36


def _serve(folder: Path, bound: socket.socket) -> None:
    serve(Store.existing(folder), bound)


def test_what_was_confirmed_outlives_a_kill(run: Path) -> None:
    store = plan(run, number=12, overlap=12, names="Ana")
    kept: list[int] = []
    for start in (1, 7):
        bound = listening("127.0.0.1", 0)
        link = links_of(store, "127.0.0.1", bound.getsockname()[1]).reviewers["Ana"]
        server = multiprocessing.get_context("fork").Process(target=_serve, args=(run, bound), daemon=True)
        server.start()
        bound.close()
        for place in range(start, start + 6):
            body = json.dumps(sent("a", name=f"one-{place:06d}")).encode()
            request = urllib.request.Request(f"{link}api/items/{place}", body, {"Content-Type": "application/json"})
            with urllib.request.urlopen(request, timeout=20) as answer:
                states = json.load(answer)["states"]
            kept.append(place)
            assert [place for place, state in enumerate(states, 1) if state == "judged"] == kept
        assert server.pid
        os.kill(server.pid, signal.SIGKILL)
        server.join()
        with pytest.raises(urllib.error.URLError):
            urllib.request.urlopen(link, timeout=5)
    with store.reading() as db:
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert db.execute("SELECT COUNT(*) FROM judgements").fetchone()[0] == 12


def test_a_second_server_of_the_same_run_is_refused(run: Path) -> None:
    plan(run)
    with alone(run), pytest.raises(BusyError, match=f"already served \\(process {os.getpid()}\\)"), alone(run):
        pass
    with alone(run):
        pass


def test_an_address_that_is_taken_or_is_none(run: Path) -> None:
    with listening("127.0.0.1", 0) as bound, pytest.raises(UsageError, match="--port"):
        listening("127.0.0.1", bound.getsockname()[1])
    with pytest.raises(UsageError, match="--host"):
        listening("no such host.invalid", 0)
    assert [is_local(host) for host in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "192.0.2.1", "ward")] == [
        True,
        True,
        True,
        False,
        False,
        False,
    ]


def test_the_file_is_for_its_owner_and_of_a_version(run: Path) -> None:
    store = plan(run)
    assert store.path.stat().st_mode & 0o077 == 0
    with sqlite3.connect(store.path) as db:
        assert db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        columns = {row[1] for row in db.execute("PRAGMA table_info(reviewers)")}
        db.execute("PRAGMA user_version = 2")
    assert columns == {"id", "name", "token", "added"}
    with pytest.raises(InputError, match="schema 2"):
        Store.existing(run)


def test_a_file_that_is_no_review_is_left_alone(run: Path) -> None:
    path = run / "review" / FILE
    path.parent.mkdir()
    path.write_text("notes of mine, and long enough to be no header of a database")
    with pytest.raises(InputError, match=r"review\.sqlite"):
        Store.create(run)
    assert path.read_text().startswith("notes of mine")


# What comes out


@pytest.fixture
def voted(room: Room) -> Room:
    """Three reviewers: on case 0 all prefer chosen, on 1 two of three rejected, on 2 none agrees, on 3 all call both
    unacceptable, on 4 all tie, on 5 one judges and one skips."""
    with room.store.reading() as db:
        records = sorted(row[0] for row in db.execute("SELECT record FROM items"))
    first = dict(zip("012345", records, strict=False))
    plans = {
        "0": ("chosen", "chosen", "chosen"),
        "1": ("rejected", "rejected", "chosen"),
        "2": ("chosen", "rejected", "tie"),
        "3": ("neither",) * 3,
        "4": ("tie",) * 3,
    }
    for key, sides in plans.items():
        for name, side in zip(PEOPLE, sides, strict=True):
            room.vote(name, first[key], side)
    room.vote("Ana", first["5"], "chosen", better="Give 5 mg by mouth.", comment="Ben should look.")
    room.vote("Ben", first["5"], "skip", reason="outside")
    return room


def test_pairs_follow_the_majority_and_the_rest_is_counted(voted: Room) -> None:
    out = export.pairs(voted.items(), False)
    assert len(out.rows) == 3
    assert out.left_out == {
        "the reviewers disagree": 1,
        "judged unacceptable on both sides": 1,
        "judged equally good": 1,
        "nobody has judged it": 6,
    }
    margins = [(row["edit"]["margin"], row["edit"]["people"], row["edit"]["flipped"]) for row in out.rows]
    assert sorted(margins) == [(0.3333, 3, True), (1.0, 1, False), (1.0, 3, False)]
    for row in out.rows:
        assert row["edit"]["scorer"] == "person"
        assert ("50 mg" in row["chosen"]) == row["edit"]["flipped"] == ("50 mg" not in row["rejected"])
        assert set(row) == set(pair(0))


def test_kto_labels_sft_rows_and_labels(voted: Room) -> None:
    items = voted.items()
    kto = export.kto(items, False)
    assert Counter(row["label"] for row in kto.rows) == {True: 3, False: 5}
    assert all(row["scorer"] == "person" and row["completion"][0]["role"] == "assistant" for row in kto.rows)
    assert sum(kto.left_out.values()) == 8
    (row,) = export.sft(items, False).rows
    assert row["messages"][-1] == {"role": "assistant", "content": "Give 5 mg by mouth."}
    assert (row["source"], row["scorer"], row["people"], row["split"]) == ("human", "person", 1, "train")
    assert row["parents"][0].startswith("case-") and row["licence"] == "CC-BY-4.0"
    labels = export.labels(items, PEOPLE, False)
    assert len(labels.rows) == 17 and labels.left_out == {"nobody has judged it": 6}
    assert Counter(row["verdict"] for row in labels.rows)["skip"] == 1
    assert Counter(row["winner"] for row in labels.rows) == {"first": 6, "second": 3, "tie": 4, None: 4}
    assert labels.rows[0]["pair"] == [f"{labels.rows[0]['item']}/chosen", f"{labels.rows[0]['item']}/rejected"]


def test_a_label_says_which_side_has_which_fault_and_where_it_is_harmful(room: Room) -> None:
    item = room.get("Ana", "items/1")
    spans = [{"place": letter, "start": 0, "end": 4, "text": "Case"} for letter in "ab"]
    faults = {"a": ["clarity", "invented"], "b": ["clarity", "citation"]}
    assert item["answers"][0]["text"].startswith("Case")
    assert room.post("Ana", 1, sent("a", faults=faults, spans=spans)).status_code == 200
    (row,) = export.labels(room.items(), PEOPLE, False).rows
    first_won = row["winner"] == "first"
    assert row["rubric"] == {"citation": float(first_won), "clarity": 0.5, "invented": float(not first_won)}
    assert row["harmful"] == [[0, 4]] and len(row["spans"]) == 2


def test_no_name_leaves_without_being_asked_for(voted: Room) -> None:
    items = voted.items()
    for maker in (export.pairs, export.kto, export.sft):
        assert not any(name in json.dumps(maker(items, False).rows) for name in ("Ana", "Cleo"))
        assert any(
            "Ana" in row.get("reviewers", row.get("edit", {}).get("reviewers", [])) for row in maker(items, True).rows
        )
    rows = export.labels(items, PEOPLE, False).rows
    assert {row["scorer"] for row in rows} == {"person:1", "person:2", "person:3"}
    assert not any(name in json.dumps([row | {"note": ""} for row in rows]) for name in PEOPLE)
    assert {row["scorer"] for row in export.labels(items, PEOPLE, True).rows} == {f"person:{name}" for name in PEOPLE}
    assert not any(name in as_csv(table(items, PEOPLE)) for name in PEOPLE)


def test_the_organiser_sees_progress_agreement_and_what_to_discuss(voted: Room) -> None:
    with voted.store.reading() as db:
        told = summary(db)
    assert [(one["name"], one["judged"], one["skipped"], one["total"]) for one in told["reviewers"]] == [
        ("Ana", 6, 0, 12),
        ("Ben", 5, 1, 12),
        ("Cleo", 5, 0, 12),
    ]
    (group,) = told["groups"]
    # Five items, three raters: observed (1 + 1/3 + 0 + 1 + 1) / 5; shares 5/15, 3/15, 4/15, 3/15.
    observed, expected = 10 / 3 / 5, (25 + 9 + 16 + 9) / 225
    assert group["agreement"]["raters"] == 3 and group["agreement"]["n"] == 5
    assert group["agreement"]["value"] == pytest.approx((observed - expected) / (1 - expected))
    assert set(group["pairs_of_reviewers"]) == {"Ana and Ben", "Ana and Cleo", "Ben and Cleo"}
    overall = next(row for row in group["shares"] if row["type"] == "all")
    assert (overall["n"], overall["share"], overall["target"]) == (6, pytest.approx(2 / 6), "chosen")
    assert overall["outcomes"] == {"chosen": 2, "rejected": 1, SPLIT: 1, "neither": 1, "tie": 1}
    assert 0 < overall["low"] < 2 / 6 < overall["high"] < 1
    assert [len({voice["verdict"] for voice in one["voices"]}) for one in group["disagreements"]] == [3, 2]


def test_the_table_is_the_same_in_both_forms(voted: Room) -> None:
    rows = table(voted.items(), PEOPLE)
    assert [row["type"] for row in rows][-1] == "all" and rows[-1]["items"] == 6 and rows[-1]["judgements"] == 16
    assert len(as_csv(rows).splitlines()) == len(rows) + 1
    text = as_markdown(rows)
    assert f"| {rows[-1]['agreement']} |" in text and "Fleiss" in text


def test_nothing_held_out_is_exported_for_training(run: Path) -> None:
    room = room_of(run, of="answers", number=4, overlap=4, names="Ana", models=["sft"])
    for place in range(1, 5):
        assert room.post("Ana", place, sent("wrong", better="Better.", name=f"one-{place:06d}")).status_code == 200
    items = room.items()
    for maker in (export.pairs, export.kto, export.sft):
        assert maker(items, False) == ([], {export.HELD_OUT: 4})
    assert len(export.labels(items, ["Ana"], False).rows) == 4
    assert table(items, ["Ana"])[0]["share of"] == "majority: right"


def test_turns_of_dialogues_become_labels_of_their_own(run: Path) -> None:
    room = room_of(run, of="dialogues", number=4, overlap=4, names="Ana")
    bodies = [said("wrong", turns={"1": "right", "3": "wrong"}), said("right"), said("dangerous"), said("minor")]
    for place, body in enumerate(bodies, 1):
        answer = room.post("Ana", place, {"submission": f"one-{place:06d}", "base": 0, "said": body})
        assert answer.status_code == 200, answer.text
    out = export.kto(room.items(), False)
    assert Counter(row["label"] for row in out.rows) == {True: 3, False: 1}
    assert {len(row["prompt"]) for row in out.rows} == {1, 3}
    assert out.left_out == {"which of its turns is wrong was not marked": 1, "judged right with minor faults": 1}


# Preference files of others

CHAT = [{"role": "user", "content": "Why?"}, {"role": "assistant", "content": "Because."}]
OTHER = [CHAT[0], {"role": "assistant", "content": "No reason."}]


@pytest.mark.parametrize(
    "row",
    [
        {"prompt": "Why?", "chosen": "Because.", "rejected": "No reason."},
        {"prompt": "Why?", "prompt_id": "a", "chosen": CHAT, "rejected": OTHER, "score_chosen": 9.0},
        {"prompt": CHAT[:1], "chosen": CHAT[1:], "rejected": OTHER[1:]},
        {"chosen": CHAT, "rejected": OTHER},
        {"prompt": CHAT[:1], "chosen": "Because.", "rejected": "No reason.", "split": None},
    ],
)
def test_the_shapes_of_other_makers(tmp_path: Path, row: dict[str, Any]) -> None:
    write_jsonl(tmp_path / "own.jsonl", [row, {"prompt": "x"}, row | {"rejected": row["chosen"]}])
    write_json(tmp_path / "own.json", [row])
    for name in ("own.jsonl", "own.json"):
        found = subjects_of_file(tmp_path / name)
        (subject,) = found.subjects
        assert [turn["content"] for turn in subject.turns] == ["Why?"]
        assert subject.sides == {"chosen": "Because.", "rejected": "No reason."} and subject.of == "file"
    assert found.left_out == {}
    assert subjects_of_file(tmp_path / "own.jsonl").left_out == {
        "no chosen or no rejected": 1,
        "both sides are the same": 1,
    }


def test_a_table_of_texts_and_what_is_no_preference_file(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text('prompt,chosen,rejected\nWhy?,"Because, of course.",No.\n')
    assert subjects_of_file(tmp_path / "own.csv").subjects[0].sides["chosen"] == "Because, of course."
    (tmp_path / "bad.parquet").write_text("no")
    write_jsonl(tmp_path / "none.jsonl", [{"question": "Why?"}])
    (tmp_path / "own.xlsx").touch()
    for name in ("bad.parquet", "none.jsonl", "own.xlsx", "missing.jsonl"):
        with pytest.raises(InputError, match=name):
            subjects_of_file(tmp_path / name)


words = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20).filter(str.strip)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(words, words, words), min_size=1, max_size=5))
def test_every_row_of_a_file_is_shown_or_counted(tmp_path_factory: pytest.TempPathFactory, rows: list[Any]) -> None:
    path = tmp_path_factory.mktemp("file") / "own.jsonl"
    write_jsonl(path, [{"prompt": a, "chosen": b, "rejected": c} for a, b, c in rows])
    try:
        found = subjects_of_file(path)
    except InputError:
        assert all(b.strip() == c.strip() for _, b, c in rows)
    else:
        assert len(found.subjects) + sum(found.left_out.values()) == len(rows)


# The commands


def test_export_by_command(voted: Room, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["review", "export", str(voted.folder), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {name: part["rows"] for name, part in told.items()} == {
        "pairs": 3,
        "kto": 8,
        "sft": 1,
        "table": 4,
        "labels": 17,
    }
    assert len(as_lines(voted.folder / "review" / "export" / "pairs.jsonl")) == 3
    assert cli.main(["review", "export", str(voted.folder), "--to", "table", "--out", str(voted.folder / "paper")]) == 0
    assert sorted(path.name for path in (voted.folder / "paper").iterdir()) == ["table.csv", "table.md"]
    assert "table: 4 rows" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (
            ["{run}"],
            '--of: what is to be judged is not said. Type: residency review {run} --of pairs --reviewers "Ana, Ben"',
        ),
        (["{run}", "--of", "pairs"], '--reviewers: no reviewer is named. Type: --reviewers "Ana, Ben"'),
        (["{run}", "--of", "songs", "--reviewers", "Ana"], "'songs' cannot be judged"),
        (["{run}", "--of", "pairs", "--file", "x.jsonl"], "do not go together"),
        (["{run}", "--of", "pairs", "--models", "sft", "--reviewers", "Ana"], "goes with answers"),
        (["{run}", "--of", "pairs", "--sample", "0", "--reviewers", "Ana"], "0 of 0"),
        (["{run}/pairs", "--of", "pairs", "--reviewers", "Ana"], "not a run folder"),
        (["export", "{run}"], "nothing has been reviewed there"),
        (["export", "{run}", "--to", "songs"], "'songs' is no export"),
    ],
)
def test_bad_usage_is_one_line(run: Path, arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = cli.main(["review", *(part.replace("{run}", str(run)) for part in arguments)])
    shown = capsys.readouterr()
    assert (code, shown.out, shown.err.count("\n")) == (2, "", 1)
    assert says.replace("{run}", str(run)) in shown.err


def test_the_command_serves_until_it_is_ended(run: Path) -> None:
    """Through the command line: links are printed, the page answers, an open network is warned of, Ctrl-C ends it."""
    out, into = os.pipe()
    child = os.fork()
    if not child:
        signal.alarm(60)
        open_to_all = ["--port", "0", "--host", "0.0.0.0"]
        with os.fdopen(into, "w") as printed, redirect_stdout(printed):
            code = cli.main(["review", str(run), "--of", "pairs", "--sample", "5", "--reviewers", "Ana", *open_to_all])
        os._exit(code)
    os.close(into)
    with os.fdopen(out) as printed:
        lines = [printed.readline() for _ in range(7)]
    assert "5 of 30 are under review, 1 of them by everyone" in lines[0]
    assert lines[1].startswith("warning: whoever reaches this machine")
    link = next(line.split()[-1] for line in lines if "/r/" in line)
    port, path = link.split(":")[-1].split("/", 1)
    time.sleep(0.3)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", timeout=20) as page:
        assert b"Save and next" in page.read()
    os.kill(child, signal.SIGINT)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
