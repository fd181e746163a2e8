"""Faults of what the assistant rests on, from a model's server to the client: a clear end, a true entry, a server that
lives on. The table in docs/serving.md."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from residency.retrieval.index import build_index
from residency.retrieval.settings import IndexSettings
from residency.serving.assistant import Assistant
from residency.serving.audit.log import AuditLog
from residency.serving.audit.reading import answers
from residency.serving.audit.settings import AuditSettings
from residency.serving.audit.verify import verify
from residency.serving.contract import Ended, Event, Said
from residency.serving.settings import LimitSettings, ServeSettings
from residency.serving.shelf import Shelf
from residency.serving.upstream.remote import Patience, RemoteUpstream
from tests import scripted_upstream
from tests.scripted_upstream import ANSWER, MESH, QUESTION, TISSUE, Scripted, events, question, served
from tests.streaming_server import Step, StreamingServer, usage
from tests.streaming_server import said as chunk

HASTY = Patience(first=2.0, next=1.5, whole=20.0, counts=0.5)
WHOLE: list[Step] = [chunk("Mesh "), chunk("helps [1]."), chunk("", "stop"), usage(9, 3)]


def faulty(fault: list[Step], broken: list[bool], _: dict[str, Any]) -> Iterable[Step]:
    """The fault while it is ``broken``, and right answers from then on."""
    return fault if broken else WHOLE


def heard(url: str) -> list[dict[str, Any]]:
    """The events of the page's own API."""
    data = json.dumps({"messages": [{"role": "user", "content": QUESTION}]}).encode()
    request = urllib.request.Request(f"{url}/assistant", data, {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=20) as response:
        return [json.loads(line[6:]) for line in response if line.startswith(b"data: ")]


@pytest.mark.parametrize(
    ("fault", "says", "told"),
    [
        ([chunk("Mesh "), "drop"], "broke off", "Mesh "),
        ([chunk("Mesh "), "hang"], "stopped in the middle", "Mesh "),
        (["hang"], "did not answer in time|stopped in the middle", ""),
        (["bytes:data: {broken\n\n"], "no JSON", ""),
        (["bytes:data: [1, 2]\n\n"], "none of the chat completions API", ""),
        (["400:no such thing"], "refuses the prompt", ""),
        (["503:overloaded"], "503", ""),
        (["401:no"], "401", ""),
    ],
)
def test_a_servers_fault_is_a_clear_end_a_true_entry_and_nothing_more(
    fault: list[Step], says: str, told: str, tmp_path: Path
) -> None:
    log = tmp_path / "audit.sqlite"
    broken = [True]
    with (
        StreamingServer(partial(faulty, fault, broken)) as server,
        served(RemoteUpstream(server.url, patience=HASTY), MESH, log=log) as (url, _),
    ):
        found = heard(url)
        ended = found[-1]
        assert (ended["type"], ended["finish"]) == ("ended", "error")
        assert any(part in ended["error"] for part in says.split("|")), ended["error"]
        assert "127.0.0.1" not in ended["error"], "where the model is asked is nobody's business"
        assert "".join(one["text"] for one in found if one["type"] == "said") == told
        broken.clear()
        assert heard(url)[-1]["finish"] == "stop", "the next one is answered"
    assert [entry.body["outcome"] for entry in answers(log)] == ["failed", "answered"]
    assert verify(log).fault == ""


def test_a_server_that_is_gone_is_told_without_its_address_and_the_assistant_lives_on() -> None:
    with StreamingServer(lambda _: WHOLE) as server:
        upstream = RemoteUpstream(server.url, patience=HASTY)
        port = server.http.server_address[1]
    with served(upstream, MESH) as (url, _):
        ended = heard(url)[-1]
        assert ended["finish"] == "error" and "cannot be reached" in ended["error"]
        assert str(port) not in ended["error"]
        with urllib.request.urlopen(f"{url}/health", timeout=20) as response:
            assert response.status == 200


def test_a_slow_model_is_stopped_at_the_answers_own_limit() -> None:
    script: list[Step] = [chunk("word ")] * 5
    settings = ServeSettings(limits=LimitSettings(seconds=0.3))
    with StreamingServer(lambda _: [*script, "hang"]) as server:
        upstream = RemoteUpstream(server.url, patience=Patience(5, 5, 10, 1))
        helper = Assistant(upstream, None, settings)
        found = events(helper, question())
    ended = found[-1]
    assert isinstance(ended, Ended) and "took longer than 0.3 seconds" in ended.error
    assert sum(isinstance(event, Said) for event in found) == 5


def test_an_index_that_is_replaced_while_answers_are_given_takes_none_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("residency.serving.shelf.EVERY", 0.0)
    settings = IndexSettings(embeddings="none")
    build_index(tmp_path / "index", [MESH], settings)
    helper = Assistant(Scripted(), Shelf(tmp_path / "index"))

    async def ask(number: int) -> list[Event]:
        await asyncio.sleep(number * 0.002)
        return [event async for event in helper.answer(question(f"{QUESTION} {number}"))]

    async def all_of_it() -> list[list[Event]]:
        building = [asyncio.to_thread(_built, tmp_path / "index", round_) for round_ in range(3)]
        done = await asyncio.gather(*(ask(number) for number in range(60)), _in_turn(building))
        return done[:-1]  # type: ignore[return-value]

    found = asyncio.run(all_of_it())
    assert all(answer[-1].finish == "stop" for answer in found)  # type: ignore[union-attr]
    assert all("".join(event.text for event in answer if isinstance(event, Said)) == ANSWER for answer in found)


def test_a_search_is_brief_once_one_was_and_not_while_the_folder_is_to_be_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_index(tmp_path / "index", [MESH], IndexSettings(embeddings="none"))
    shelf = Shelf(tmp_path / "index")
    assert not shelf.brief, "nothing is known of it yet"
    for _ in range(20):  # the first ones read what the others find in memory
        shelf.search(QUESTION, 1)
    assert shelf.brief
    monkeypatch.setattr("residency.serving.shelf.EVERY", 0.0)
    assert not shelf.brief, "to open an index takes its time, which no stream may wait for"
    monkeypatch.undo()
    monkeypatch.setattr("residency.serving.shelf.BRIEF", 0.0)
    assert not shelf.brief, "the last one took longer"


def _built(folder: Path, number: int) -> None:
    build_index(folder, [MESH, {**TISSUE, "id": f"suture-{number}"}], IndexSettings(embeddings="none"))


async def _in_turn(building: list[Any]) -> None:
    for one in building:
        await one


@pytest.mark.parametrize(("entries", "given"), [("on", True), ("required", False)])
def test_where_the_log_cannot_be_written_it_is_told_and_where_it_must_be_nothing_is_answered(
    entries: Any, given: bool, tmp_path: Path
) -> None:
    """The log's folder is taken away and its place is a file, which no user can write through."""
    folder = tmp_path / "logs"
    log = AuditLog(folder / "audit.sqlite", AuditSettings(entries=entries))
    upstream = Scripted()
    helper = Assistant(upstream, scripted_upstream.Shelf(MESH), None, None, log)
    assert events(helper, question())[-1].finish == "stop"  # type: ignore[union-attr]
    log.close()
    log = AuditLog(folder / "audit.sqlite", AuditSettings(entries=entries))
    helper = Assistant(upstream, scripted_upstream.Shelf(MESH), None, None, log)
    folder.rename(tmp_path / "elsewhere")
    folder.touch()
    found = events(helper, question())
    ended = found[-1]
    assert isinstance(ended, Ended)
    assert (ended.finish == "stop") == given and any(isinstance(event, Said) for event in found) == given
    assert given or "could not be entered in the audit log" in ended.error
    log.close()
    assert log.lost >= 1
