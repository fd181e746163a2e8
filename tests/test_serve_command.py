"""``residency serve``: what it prints, what it refuses at once, and how it ends."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tomllib
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from residency.cli import app as cli
from residency.core.errors import InputError, RecipeError
from residency.core.listening import is_local
from residency.retrieval.index import build_index
from residency.retrieval.settings import IndexSettings
from residency.serving.access import Token
from residency.serving.api import Services, make_app
from residency.serving.assistant import Assistant
from residency.serving.metrics import Metrics
from residency.serving.running import address_of
from residency.serving.settings import ServeSettings, read_settings
from residency.serving.shelf import Shelf
from tests.scripted_upstream import MESH, TISSUE, Scripted, free_port, passage


@contextmanager
def process(home: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A module run in a process, and the first line that it prints."""
    environment = os.environ | {"RESIDENCY_HOME": str(home), "PYTHONPATH": os.pathsep.join(sys.path)}
    made = subprocess.Popen([sys.executable, "-m", *arguments], stdout=subprocess.PIPE, text=True, env=environment)
    assert made.stdout is not None
    try:
        yield made, made.stdout.readline()
    finally:
        made.terminate()
        made.wait(30)


def ask(url: str, path: str, body: dict[str, Any]) -> Any:
    data, sent = json.dumps(body).encode(), {"content-type": "application/json"}
    return urllib.request.urlopen(urllib.request.Request(url + path, data, sent), timeout=30)


def test_it_answers_from_a_server_and_an_index_and_ends_when_told_to_after_what_is_under_way(tmp_path: Path) -> None:
    build_index(tmp_path / "index", [MESH, TISSUE], IndexSettings(embeddings="none"))
    stub = ("benchmarks.serving_stub", "--first", "0.01", "--each", "0.02", "--tokens", "20")
    with process(tmp_path, *stub) as (_, line):
        served = ("residency", "serve", "--upstream", f"http://127.0.0.1:{line.strip()}/v1", "--json", "--port", "0")
        with process(tmp_path, *served, "--index", str(tmp_path / "index")) as (server, told):
            found = json.loads(told)
            assert (found["model"], found["passages"], found["token"]) == ("stub", 2, None)
            assert found["audit"] == str(tmp_path / "serving" / "audit.sqlite")
            body = {"messages": [{"role": "user", "content": "What of umbilicus Q7?"}]}
            with ask(found["url"], "v1/chat/completions", body) as response:
                whole = json.load(response)
            assert whole["choices"][0]["message"]["content"].count("Q7") == 20
            assert whole["residency"]["searches"][0]["passages"][0]["id"] == "suture"
            with ask(found["url"], "v1/chat/completions", {**body, "stream": True}) as response:
                lines = [response.readline() for _ in range(12)]
                server.send_signal(signal.SIGINT)
                lines += response.readlines()
            assert b"".join(lines).count(b"Q7 ") + b"".join(lines).count(b"Q7. ") == 20
            assert lines[-2] == b"data: [DONE]\n"
            assert server.wait(30) == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "neither a model nor a server is named. Type: residency serve RUN, or residency serve --upstream URL"),
        (["embedded", "--upstream", "http://127.0.0.1:9/v1"], "a model and --upstream do not go together"),
        (["--upstream", "http://127.0.0.1:9/v1", "--config", "none.toml"], "none.toml: no such file or directory"),
        (["--upstream", "http://127.0.0.1:9/v1", "--index", "none"], "there is no index"),
        (["--upstream", "http://127.0.0.1:9/v1"], "the server cannot be reached"),
    ],
)
def test_what_cannot_be_served_is_one_line(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RESIDENCY_HOME", str(tmp_path))
    assert cli.main(["serve", *arguments, "--port", str(free_port())]) == 2
    error = capsys.readouterr().err
    assert says in error and error.count("\n") == 1


def test_a_port_that_is_taken_is_said_before_a_model_is_loaded(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert cli.main(["serve", "nothing-like-a-model", "--port", str(port)]) == 2
    assert f"127.0.0.1:{port}: address already in use. Give another: --port {port + 1}" in capsys.readouterr().err


def test_a_token_that_was_made_is_shown_and_one_that_was_given_is_not() -> None:
    made, given = Token("m" * 30, made=True), Token("g" * 30)
    assert address_of("127.0.0.1", 80, made).login == f"http://127.0.0.1:80/login?token={'m' * 30}"
    assert "g" * 30 not in address_of("127.0.0.1", 80, given).login
    assert address_of("::1", 80, None).url == "http://[::1]:80/"
    assert [is_local(host) for host in ("127.0.0.1", "localhost", "::1", "0.0.0.0", "10.0.0.1", "ward")] == [
        True, True, True, False, False, False,
    ]  # fmt: skip


# Settings


def test_settings_have_defaults_and_every_fault_is_told(tmp_path: Path) -> None:
    assert read_settings(None) == ServeSettings()
    path = tmp_path / "serve.toml"
    path.write_text('personal = "block"\n[retrieval]\nwhen = "tool"\n[access]\nburst = 5\n[audit]\nfull_text = true\n')
    found = read_settings(path)
    assert (found.personal, found.retrieval.when, found.access.burst, found.audit.full_text) == (
        "block",
        "tool",
        5,
        True,
    )
    path.write_text('persnal = "block"\n[retrieval]\nwhen = "often"\n[limits]\nseconds = -1\n')
    with pytest.raises(RecipeError) as caught:
        read_settings(path)
    assert len(caught.value.problems) == 3 and "did you mean 'personal'?" in str(caught.value)
    path.write_text('[web]\nprovider = "searxng"\n')
    with pytest.raises(RecipeError, match=r"web\.url does not say"):
        read_settings(path)
    path.write_text("[web")
    with pytest.raises(InputError, match="this is no TOML"):
        read_settings(path)


# The docs


DOCS = (Path(__file__).parents[1] / "docs" / "serving.md").read_text(encoding="utf-8")


def test_the_settings_in_the_docs_are_settings_and_those_of_the_flow_are_the_defaults() -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", DOCS, re.DOTALL)
    shown = tomllib.loads(block)
    ServeSettings.model_validate(shown)
    defaults = ServeSettings().model_dump() | {"retrieval": ServeSettings().retrieval.model_dump() | {"passages": 3}}
    told = {name: value for name, value in shown.items() if name != "web"}
    for section, values in told.items():
        expected = defaults[section]
        assert values == ({name: expected[name] for name in values} if isinstance(values, dict) else expected)
    for section in ("retrieval", "limits"):
        assert set(shown[section]) == set(defaults[section]), "every key of the flow is told"


def test_the_docs_name_every_path_of_the_application() -> None:
    paths = make_app(Services(Assistant(Scripted(), None, metrics=Metrics()))).openapi()["paths"]
    known = {re.sub(r"\{[^}]*\}", "ID", path) for path in paths if path != "/v1/models/{name}"}
    assert len(known) >= 12
    assert [path for path in sorted(known) if f"`{path}" not in DOCS and f" {path}" not in DOCS] == []


# The index


def test_an_index_that_is_replaced_is_searched_and_a_broken_one_leaves_the_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("residency.serving.shelf.EVERY", 0.0)
    folder, said = tmp_path / "index", []
    settings = IndexSettings(embeddings="none")
    build_index(folder, [MESH], settings)
    shelf = Shelf(folder, said.append)
    assert [one["id"] for one, _ in shelf.search("mesh umbilicus", 3)] == ["mesh"]
    build_index(folder, [MESH, TISSUE, passage("third", "Nothing of the kind.")], settings)
    assert {one["id"] for one, _ in shelf.search("mesh umbilicus", 3)} == {"mesh", "suture"}
    assert len(shelf) == 3 and shelf.passage("suture") == TISSUE and shelf.passage("none") is None
    build_index(folder, [TISSUE], settings)
    (folder / "passages.jsonl").write_text("")
    assert {one["id"] for one, _ in shelf.search("mesh umbilicus", 3)} == {"mesh", "suture"}, "the old one serves on"
    assert len(said) == 2 and "3 passages" in said[0] and "searched on" in said[1]
