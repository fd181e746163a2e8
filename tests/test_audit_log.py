"""The assistant's audit log: what an entry holds, that it is only added to, that a change shows, that what is deleted
is gone, and what becomes of entries that cannot be written."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import resource
import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from residency.core.errors import InputError
from residency.core.prompt import conversation, user_message
from residency.serving.audit.chain import START
from residency.serving.audit.entry import Account, Entry, prompt_digest
from residency.serving.audit.log import AuditError, AuditLog
from residency.serving.audit.reading import answers
from residency.serving.audit.settings import AuditSettings
from residency.serving.audit.store import reading
from residency.serving.audit.verify import verify
from residency.serving.contract import Ask, Checked, Cited, Ended, Event, Flagged, Personal, Said, Searched, Span
from tests.review_rows import passage

QUESTION = "My patient Jane Doe, MRN 4829137, has a rigid abdomen. What first?"
ANSWER = "Call the senior surgeon [1]. Keep her fasted."
SESSION = "Doe, ward 5"
FULL = AuditSettings(full_text=True)
REQUIRED = AuditSettings(entries="required", full_text=True)


def account_of(name: str, question: str = QUESTION, session: str = SESSION) -> Account:
    return Account(name, Ask([user_message(question)], "CLINICAL", session=session), "resident", "abc123")


def heard(name: str, question: str = QUESTION, answer: str = ANSWER, **ended: Any) -> Account:
    account = account_of(name, question)
    events: list[Event] = [
        Flagged("peritonitis", "a rigid abdomen", "Call for help", "the senior surgeon"),
        Personal((Span(11, 19, "name", "Jane Doe"), Span(25, 32, "mrn", "4829137"))),
        Searched("guidelines", question, (passage(1), passage(2))),
        *(Said(text=piece) for piece in answer),
        Checked((Cited(0, 28, "supported", (1,)), Cited(29, 45, "uncited")), abstains=False, context=True),
        Ended(**{"finish": "stop", "answer_id": name, "prompt_tokens": 90, "completion_tokens": 9, **ended}),
    ]
    account.prompted(conversation("CLINICAL", [user_message(question, [passage(1), passage(2)])]))
    for event in events:
        account.hear(event)
    return account


def entry(name: str, **fields: Any) -> Entry:
    return heard(name, **fields).entry()


@contextmanager
def opened(path: Path, settings: AuditSettings = FULL, told: list[str] | None = None) -> Iterator[AuditLog]:
    log = AuditLog(path, settings, None if told is None else told.append)
    try:
        yield log
    finally:
        log.close()


@contextmanager
def by_hand(path: Path) -> Iterator[sqlite3.Connection]:
    """Someone with a database tool, who has taken the triggers away."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {name}")
        yield db


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "serving" / "audit.sqlite"


@pytest.fixture
def written(path: Path) -> Path:
    with opened(path) as log:
        for number in range(4):
            log.put(entry(f"a{number}"))
    return path


def all_bytes(path: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(path.parent.iterdir()))


# What an entry holds


def test_an_entry_tells_what_was_done(written: Path) -> None:
    one = next(answers(written))
    prompt = conversation("CLINICAL", [user_message(QUESTION, [passage(1), passage(2)])])
    told = {
        "answer": "a0",
        "mode": "CLINICAL",
        "model": "resident",
        "model_digest": "abc123",
        "prompt_digest": prompt_digest(prompt),
        "passages": ["p1", "p2"],
        "checks": {"supported": 1, "uncited": 1},
        "abstains": False,
        "flags": ["peritonitis"],
        "personal": {"name": 1, "mrn": 1},
        "outcome": "answered",
        "finish": "stop",
        "prompt_tokens": 90,
        "completion_tokens": 9,
    }
    assert told.items() <= one.body.items()
    assert one.texts is not None and one.texts["answer"] == ANSWER and one.texts["messages"] == prompt


def test_without_full_text_no_word_of_user_or_model_is_in_the_files(path: Path) -> None:
    with opened(path, AuditSettings()) as log:
        log.put(entry("a0", finish="error", error="the server says: Jane Doe is no key"))
        kept = asyncio.run(log.record_feedback("a0", "bad", "she is Jane Doe", "Jane Doe needs theatre"))
        held = all_bytes(path)
    assert kept is False
    assert b"resident" in held  # the search below finds what is there
    for word in (b"Jane", b"Doe", b"4829137", b"rigid", b"senior", b"ward"):
        assert word not in held + all_bytes(path)
    (one,) = answers(path)
    assert one.texts is None and [said.verdict for said in one.feedback] == ["bad"]


@pytest.mark.parametrize(
    ("event", "outcome", "finish"),
    [
        (Ended("stop", "a"), "answered", "stop"),
        (Ended("length", "a"), "answered", "length"),
        (Ended("error", "a", error="the server is gone"), "failed", "error"),
        (None, "left", ""),
    ],
)
def test_the_end_is_told_as_it_came(event: Event | None, outcome: str, finish: str) -> None:
    account = account_of("a")
    account.hear(Said("Half an ans"))
    if event:
        account.hear(event)
    made = account.entry()
    assert (made.outcome, made.finish, made.texts.answer) == (outcome, finish, "Half an ans")


def test_a_blocked_question_is_entered_as_such() -> None:
    account = account_of("a")
    account.hear(Personal((Span(11, 19, "name", "Jane Doe"),), blocked=True))
    account.hear(Ended("stop", "a"))
    made = account.entry()
    assert (made.outcome, made.prompt_digest, made.personal) == ("blocked", "", {"name": 1})


def test_of_a_tool_loop_the_last_prompt_and_what_follows_it_are_entered() -> None:
    account = account_of("a")
    first = conversation("CLINICAL", [user_message("When?")])
    account.prompted(first)
    account.hear(Said("I shall search."))
    last = [*first, {"role": "tool", "content": "{}", "name": "search_guidelines"}]
    account.prompted(last)  # type: ignore[arg-type]
    account.hear(Said("Within six hours."))
    made = account.entry()
    assert made.texts.answer == "Within six hours." and made.texts.messages == last
    assert made.prompt_digest == prompt_digest(last) != prompt_digest(first)  # type: ignore[arg-type]


def test_texts_of_any_characters_come_back_as_they_were(path: Path) -> None:
    odd = "half a pair \ud83e, a nul \x00, <|im_end|>, \u202e\n'; DROP TABLE entries; --"
    with opened(path) as log:
        assert log.put(entry("a0", question=odd, answer=odd)).result() == 1
    (one,) = answers(path)
    assert one.texts is not None and one.texts["answer"] == odd
    assert verify(path).fault == ""


def test_only_its_owner_may_read_the_file(written: Path) -> None:
    assert stat.S_IMODE(written.stat().st_mode) == 0o600


def test_the_page_in_docs_names_each_field_of_an_entry() -> None:
    page = (Path(__file__).parents[1] / "docs" / "audit-log.md").read_text()
    counted = {"prompt_tokens", "completion_tokens", "first_token_seconds", "seconds", "parts"}  # told in one line
    assert {name for name in entry("a0").body() if f"`{name}`" not in page} == counted


# It is only added to


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET body = '{}' WHERE number = 2",
        "UPDATE entries SET at = '2020-01-01'",
        "UPDATE entries SET body = NULL, texts = NULL, salt = NULL WHERE number = 2",
        "UPDATE entries SET body = NULL, texts = NULL, salt = NULL, deleted_by = 4 WHERE number = 2",
        "DELETE FROM entries WHERE number = 4",
        "DELETE FROM entries",
        "INSERT OR REPLACE INTO entries (number, kind, at, content, digest) VALUES (2, 'answer', '', '', '')",
        "INSERT INTO entries (number, kind, at, content, digest) VALUES (9, 'answer', '', '', '')",
    ],
)
def test_the_database_refuses_every_change(written: Path, statement: str) -> None:
    with closing(sqlite3.connect(written)) as db, pytest.raises(sqlite3.IntegrityError, match="audit log"):
        db.execute(statement)
    assert verify(written).entries == {"answer": 4}


def test_a_deletion_may_empty_only_what_it_names(written: Path) -> None:
    with opened(written) as log:
        asyncio.run(log.delete("a1"))
    with closing(sqlite3.connect(written)) as db, pytest.raises(sqlite3.IntegrityError):
        db.execute("UPDATE entries SET body = NULL, texts = NULL, salt = NULL, deleted_by = 5 WHERE number = 3")


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("UPDATE entries SET body = replace(body, 'supported', 'uncited') WHERE number = 2", "entry 2 was changed"),
        ("UPDATE entries SET texts = replace(texts, 'fasted', 'fed') WHERE number = 3", "entry 3 was changed"),
        ("UPDATE entries SET at = '2020-01-01' WHERE number = 1", "entry 1 does not follow"),
        ("UPDATE entries SET kind = 'feedback' WHERE number = 4", "entry 4 does not follow"),
        ("DELETE FROM entries WHERE number = 2", "entry 2 is missing"),
        ("DELETE FROM entries WHERE number = 1", "entry 1 is missing"),
        ("UPDATE entries SET body = NULL, texts = NULL, salt = NULL WHERE number = 2", "entry 2 is empty"),
        (
            "UPDATE entries SET body = NULL, texts = NULL, salt = NULL, deleted_by = 3 WHERE number = 2",
            "entry 2 was emptied without a deletion",
        ),
        ("UPDATE entries SET salt = 'text' WHERE number = 2", "entry 2 is none that this program"),
        (
            "UPDATE entries SET number = CASE number WHEN 2 THEN -3 ELSE -2 END WHERE number IN (2, 3);"
            "UPDATE entries SET number = -number WHERE number < 0",
            "entry 2 does not follow",
        ),
    ],
)
def test_a_change_by_hand_shows(written: Path, statement: str, says: str) -> None:
    assert verify(written).fault == ""
    with by_hand(written) as db:
        for part in statement.split(";"):
            db.execute(part)
    assert verify(written).fault.startswith(says)


def test_what_is_cut_off_at_the_end_shows_against_a_digest_that_was_noted(written: Path) -> None:
    noted = verify(written).head
    assert verify(written, noted).fault == "" and noted != START
    with opened(written) as log:
        log.put(entry("a9"))
    assert verify(written, noted).fault == ""
    with by_hand(written) as db:
        db.execute("DELETE FROM entries WHERE number >= 4")
    assert verify(written).fault == ""  # the chain alone cannot tell
    assert "not in the log" in verify(written, noted).fault


def test_several_processes_write_one_chain(path: Path) -> None:
    with opened(path):
        context = multiprocessing.get_context("fork")
        writers = [context.Process(target=_write_some, args=(path, name)) for name in "bc"]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
    found = verify(path)
    assert (found.entries, found.fault, found.lost) == ({"answer": 40}, "", 0)


def _write_some(path: Path, name: str) -> None:
    with opened(path) as log:
        for number in range(20):
            log.put(entry(f"{name}{number}"))


# Deletion on request


def test_what_is_deleted_is_gone_from_the_files_and_the_chain_holds(path: Path) -> None:
    with opened(path) as log:
        for name in ("a0", "a1", "a2"):
            log.put(entry(name, question=f"{QUESTION} {name} xyzzy{name}", answer=f"plugh{name}"))
        asyncio.run(log.record_feedback("a1", "bad", "frobnicated", "plughbetter"))
        noted = verify(path).head
        before = all_bytes(path)
        assert asyncio.run(log.delete("a1")) == 2
        during = all_bytes(path)
        assert asyncio.run(log.delete("a1")) == 0
    for word in (b"xyzzya1", b"plugha1", b"frobnicated", b"plughbetter"):
        assert word in before and word not in during + all_bytes(path)
    assert b"xyzzya2" in during
    found = verify(path, noted)
    assert (found.fault, found.deleted, found.entries) == ("", 2, {"answer": 2, "deletion": 1})
    assert [one.body["answer"] for one in answers(path)] == ["a0", "a2"]


def test_a_session_is_deleted_by_the_clients_own_name_for_it(path: Path) -> None:
    with opened(path, REQUIRED) as log:

        async def use() -> None:
            for name, session in (("a0", "one"), ("a1", "two"), ("a2", "one"), ("a3", "")):
                account = account_of(name, session=session)
                await log.begin(account)
                account.hear(Ended("stop", name))
                await log.record(account.entry())
            await log.record_feedback("a2", "good")
            assert await log.delete(session="three") == 0
            assert await log.delete(session="") == 0
            assert await log.delete(session="one") == 5  # two beginnings, two answers, a word on one

        asyncio.run(use())
    assert [one.body["answer"] for one in answers(path)] == ["a1", "a3"]
    assert verify(path).fault == ""


def test_a_tombstone_does_not_betray_what_it_was(path: Path) -> None:
    """The same entry twice has two digests, so that nobody finds out by trying."""
    with opened(path) as log:
        log.put(entry("a0"))
        log.put(entry("a0"))
    with reading(path) as db:
        contents = [row["content"] for row in db.execute("SELECT content FROM entries")]
    assert len(set(contents)) == 2


# Feedback


def test_feedback_is_added_and_the_last_word_is_the_last(path: Path) -> None:
    with opened(path) as log:
        log.put(entry("a0"))
        assert asyncio.run(log.record_feedback("a0", "bad", "too late", "At once.")) is True
        assert asyncio.run(log.record_feedback("a0", "good")) is False
    (one,) = answers(path)
    assert [(said.verdict, said.better) for said in one.feedback] == [("bad", "At once."), ("good", "")]


def test_feedback_on_what_is_not_there_is_refused_and_harms_no_other(path: Path) -> None:
    with opened(path) as log:

        async def use() -> list[Any]:
            calls = (log.record_feedback("nobody", "good"), log.record(entry("a0")), log.record_feedback("a0", "good"))
            return [*await asyncio.gather(*calls, return_exceptions=True)]

        first, *others = asyncio.run(use())
    assert isinstance(first, InputError) and "no such answer" in str(first)
    assert others == [None, False]
    assert verify(path).entries == {"answer": 1, "feedback": 1}


def test_feedback_of_any_length_is_not_taken(path: Path) -> None:
    with opened(path) as log, pytest.raises(InputError, match="20,000 characters"):
        asyncio.run(log.record_feedback("a0", "bad", better="x" * 20_001))


# What cannot be written


@contextmanager
def full_disk(path: Path) -> Iterator[None]:
    """No file of this process can grow beyond what the log's has by now."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    largest = max(file.stat().st_size for file in path.parent.iterdir() if file.name.endswith("-wal"))
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_on_a_full_disk_answers_are_given_and_the_loss_is_told(path: Path) -> None:
    told: list[str] = []
    with opened(path, AuditSettings(), told) as log:
        log.put(entry("a0")).result()
        with full_disk(path):
            asyncio.run(log.record(entry("a1")))
            with pytest.raises(AuditError) as raised:
                log.put(entry("a2")).result()
        assert "\n" not in str(raised.value) and "Free the disk" in str(raised.value)
        assert log.lost == 2 and len(told) == 2
        log.put(entry("a3")).result()  # the disk has room again
    found = verify(path)
    assert (found.lost, found.fault) == (2, "")
    assert [one.body["answer"] for one in answers(path)] == ["a0", "a3"]
    with reading(path) as db:
        rows = db.execute("SELECT body FROM entries WHERE kind = 'loss'").fetchall()
    (loss,) = [json.loads(row["body"]) for row in rows]
    assert loss["count"] == sum(loss["reasons"].values()) == 2


def test_where_entries_are_required_none_is_given_without(path: Path) -> None:
    with opened(path, REQUIRED) as log:
        asyncio.run(log.begin(account_of("a0")))
        with full_disk(path), pytest.raises(AuditError):
            asyncio.run(log.begin(account_of("a1")))
        asyncio.run(log.record(entry("a0")))
    assert [(one.body["answer"], one.ended) for one in answers(path)] == [("a0", True)]


def test_an_answer_that_was_begun_and_whose_end_is_lost_stays_in_the_log(path: Path) -> None:
    with opened(path, REQUIRED) as log:
        asyncio.run(log.begin(account_of("a0")))
        with full_disk(path), pytest.raises(AuditError):
            asyncio.run(log.record(entry("a0")))
    assert [(one.body["answer"], one.ended) for one in answers(path)] == [("a0", False)]


def test_a_killed_server_leaves_the_beginning_of_each_answer(path: Path) -> None:
    context = multiprocessing.get_context("fork")
    server = context.Process(target=_begin_and_die, args=(path,))
    server.start()
    server.join()
    assert server.exitcode == 9
    assert [(one.body["answer"], one.ended) for one in answers(path)] == [("a0", False)]
    with opened(path) as log:
        log.put(entry("a1")).result()
    assert verify(path).fault == ""


def _begin_and_die(path: Path) -> None:
    asyncio.run(AuditLog(path, REQUIRED).begin(account_of("a0")))
    os._exit(9)


def test_where_entries_are_not_required_none_is_waited_for(path: Path) -> None:
    """Another process holds the log for longer than anyone would wait; the answers go on, and are written later."""
    with opened(path, AuditSettings()) as log, closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        async def use() -> None:
            await log.begin(account_of("a0"))
            for number in range(20):
                await log.record(entry(f"a{number}"))

        asyncio.run(use())
        assert not list(answers(path))
        other.execute("COMMIT")
    assert len(list(answers(path))) == 20 and log.lost == 0


def test_who_cannot_be_told_of_a_loss_ends_nothing(path: Path) -> None:
    def broken(_: str) -> None:
        raise ConnectionError

    log = AuditLog(path, FULL, broken)
    log.put(entry("a0")).result()
    with full_disk(path), pytest.raises(AuditError):
        log.put(entry("a1")).result()
    log.put(entry("a2")).result()
    log.close()
    assert [one.body["answer"] for one in answers(path)] == ["a0", "a2"]


def test_more_than_may_wait_are_lost_and_counted(path: Path) -> None:
    told: list[str] = []
    settings = AuditSettings(waiting=5)
    with opened(path, settings, told) as log, closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for number in range(200):
            log.put(entry(f"a{number}"))
        other.execute("COMMIT")
        lost = log.lost
    assert 90 <= lost < 200 and len(told) == lost  # at most a batch is taken, and five wait
    assert "more than 5 entries wait" in told[0]
    written = list(answers(path))
    assert len(written) + lost == 200


def test_who_stops_waiting_does_not_take_the_entry_back(path: Path) -> None:
    with opened(path, REQUIRED) as log, closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        async def use() -> None:
            waiting = asyncio.create_task(log.record(entry("a0")))
            await asyncio.sleep(0.05)
            waiting.cancel()
            with suppress(asyncio.CancelledError):
                await waiting

        asyncio.run(use())
        other.execute("COMMIT")
    assert [one.body["answer"] for one in answers(path)] == ["a0"]


def test_a_log_that_was_moved_away_is_begun_anew(path: Path, tmp_path: Path) -> None:
    with opened(path) as log:
        log.put(entry("a0")).result()
        for file in list(path.parent.iterdir()):
            file.rename(tmp_path / file.name)
        log.put(entry("a1")).result()
    assert [one.body["answer"] for one in answers(path)] == ["a1"]
    assert [one.body["answer"] for one in answers(tmp_path / path.name)] == ["a0"]
    assert verify(path).fault == verify(tmp_path / path.name).fault == ""


def test_a_closed_log_writes_what_waits_and_takes_no_more(path: Path) -> None:
    log = AuditLog(path, FULL)
    for number in range(250):
        log.put(entry(f"a{number}"))
    log.close()
    log.close()
    assert len(list(answers(path))) == 250
    with pytest.raises(AuditError, match="closed"):
        log.put(entry("late")).result()
    assert not any(thread.name == "audit" for thread in threading.enumerate())


@pytest.mark.parametrize("content", [b"not a database at all, but a text" * 100, None])
def test_another_file_is_not_written_to(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "other.sqlite"
    if content is None:
        with closing(sqlite3.connect(path)) as db:
            db.execute("CREATE TABLE mine (x)")
    else:
        path.write_bytes(content)
    before = path.read_bytes()
    for use in (AuditLog, verify, lambda place: list(answers(place))):
        with pytest.raises(InputError, match=r"other\.sqlite"):
            use(path)
    assert path.read_bytes() == before


def test_a_log_that_is_not_there_is_no_empty_log(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no audit log"):
        verify(tmp_path / "none.sqlite")
