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
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from residency.cli import app as cli
from residency.core.errors import BusyError, InputError, UsageError
from residency.core.files import write_jsonl
from residency.core.listening import is_local, listening
from residency.review import desk
from residency.review.app import make_app
from residency.review.plan import add_reviewers, draw, grow, names_of, share_out
from residency.review.results import people_of
from residency.review.serve import alone, links_of, serve
from residency.review.store import FILE, Store
from residency.review.subjects import pair_subject, read_turns, subjects_of
from tests.review_room import PEOPLE, Room, plan, room_of
from tests.review_rows import HOSTILE, KINDS, pair, sent, write_run


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


def test_no_question_comes_twice_while_there_are_others() -> None:
    """A gold answer that stands against two others would be known by coming twice."""
    twins = [pair_subject(pair(number, id=f"{number}/{kind}", kind=kind)) for number in range(10) for kind in KINDS]
    drawn = draw(twins, 12, random.Random(1))
    assert len({one.cluster for one in drawn[:10]}) == 10 and len({one.id for one in drawn}) == 12
    assert set(Counter(one.type for one in drawn[:10]).values()) <= {2, 3, 4, 5}


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


def twin_of(room: Room, folder: Path) -> Room:
    """The same review in which every pair is of another type and its sides have changed places: what its reviewers are
    told must be the same."""
    twin = folder / "twin" / "review" / FILE
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
    return Room(folder, other, TestClient(make_app(other)), room.links, "")


def test_nothing_that_a_reviewer_is_told_depends_on_the_side(run: Path, tmp_path: Path) -> None:
    room = room_of(run)
    twin = twin_of(room, tmp_path)
    for name in PEOPLE:
        told = list(responses(room, name))
        assert told == list(responses(twin, name))  # to the last byte
        everything = "\n".join(told[1:])
        for secret in ("chosen", "rejected", "case-1/", *KINDS, "tenfold", "edit", "swapped", *PEOPLE):
            assert secret not in everything.replace(json.dumps(name), ""), secret


@pytest.mark.parametrize("leak", ["sides", "type", "swapped"])
def test_a_leak_would_be_found(leak: str, run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: a field that gives the side or the type away, though under another name."""
    leaks = {
        "sides": lambda subject, swapped: len(subject.sides["chosen"]),
        "type": lambda subject, swapped: len(subject.type),
        "swapped": lambda subject, swapped: int(swapped),
    }
    honest = desk.shown
    monkeypatch.setattr(desk, "shown", lambda *asked: {**honest(*asked), "n": leaks[leak](*asked)})
    room = room_of(run)
    twin = twin_of(room, tmp_path)
    assert list(responses(room, "Ana")) != list(responses(twin, "Ana"))


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


# The commands


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
    assert "5 of 30 are under review" in lines[0]
    assert lines[1].startswith("warning: whoever reaches this machine")
    link = next(line.split()[-1] for line in lines if "/r/" in line)
    port, path = link.split(":")[-1].split("/", 1)
    time.sleep(0.3)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", timeout=20) as page:
        assert b"Save and next" in page.read()
    os.kill(child, signal.SIGINT)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
