"""Inputs that are wrong, to the whole application over real HTTP: a message, no fault of its own, and nothing leaks."""

from __future__ import annotations

from pathlib import Path

from benchmarks.bad_inputs import CHAT, TEXTS, Answered, BadInput, asked, bad_inputs, send

from residency.serving.access import AccessSettings
from residency.serving.settings import ServeSettings
from tests.quiz_rows import mcq, write_bank
from tests.scripted_upstream import MESH, TISSUE, Scripted, served

OFTEN = AccessSettings(per_minute=1e9, burst=10**6, per_minute_in_all=1e9, burst_in_all=10**6)


def test_there_are_at_least_two_hundred_and_each_has_its_name() -> None:
    names = [one.name for one in bad_inputs()]
    assert len(names) == len(set(names)) >= 200 and len(TEXTS) >= 30


def test_each_gets_a_message_and_the_server_lives_on(tmp_path: Path) -> None:
    upstream = Scripted()
    settings = ServeSettings(access=OFTEN)
    bank = write_bank(tmp_path, [mcq("q1", "hernia")])
    with served(upstream, MESH, TISSUE, settings=settings, log=tmp_path / "a.sqlite", bank=bank) as (url, _):
        port = int(url.rpartition(":")[2])
        faults = {one.name: fault for one in bad_inputs() if (fault := send(one, port).fault(one))}
        health = send(BadInput("health", "/health", method="GET"), port)
    assert faults == {}
    assert health.status == 200
    assert all(request.messages[0]["content"].startswith("You are a surgical") for request in upstream.asked)


def test_what_is_wrong_is_found() -> None:
    """The planted faults: answers that the check must not let pass."""
    wrong, odd = BadInput("wrong", CHAT), BadInput("odd", CHAT, answerable=True)
    assert Answered(500, '{"error": {"message": "x"}}').fault(wrong) == "500"
    assert Answered(400, '{"error": {"message": "File \\"/srv/x.py\\""}}').fault(wrong) == "a leak"
    assert Answered(200, "{}").fault(wrong) == "200 to what is wrong" and Answered(200, "{}").fault(odd) == ""
    assert Answered(0, "").fault(odd) == "no answer" and Answered(400, "").fault(wrong) == "no message"
    assert asked("x")["messages"][0]["content"] == "x"
