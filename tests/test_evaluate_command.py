"""``residency evaluate`` as it is typed: a server's model asked, graded, told, and graded again without it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from residency.cli.app import main
from residency.core.files import folder_digests, read_json, write_json, write_jsonl
from residency.flow.locking import locked
from tests.banks import make_question
from tests.chat_server import ChatServer
from tests.conftest import read_rows

FEW = ["--set", "max_items=5", "--set", "retention.instructions=false", "--set", "timeout=5"]
GATE = 'gates=[{metric="safety.handled", rule="at_least", value=0.3, model="served"}]'


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, Any, str]:
    """The exit code, what ``--json`` gave, and what stood on stderr."""
    code = main(["evaluate", *map(str, arguments), "--json"])
    out, error = capsys.readouterr()
    return code, json.loads(out), error


@pytest.fixture
def served() -> Iterator[ChatServer]:
    """A server that fails at the second probe, and at no other."""
    failed: list[str] = []

    def fault(number: int, body: dict[str, Any]) -> str:
        asked = str(body["messages"][-1]["content"])
        if number == 2 and not failed:
            failed.append(asked)
        return "400" if asked in failed else ""

    with ChatServer(lambda messages, body: "Call the surgical registrar now: this is an emergency.", fault=fault) as it:
        yield it


def test_a_server_is_asked_graded_told_and_graded_again_when_it_is_gone(
    served: ChatServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "evaluation"
    code, found, _ = run(capsys, f"served={served.url}", "--tasks", "safety", "--out", out, *FEW, "--set", GATE)
    assert code == 0 and found["counts"]["errored"] == {"served": 1}
    (handled,) = (row["models"]["served"] for row in found["table"] if row["metric"] == "safety.handled")
    assert (handled["n"], handled["errored"], handled["missing"]) == (4, 1, 1), "one that failed is counted, and not 0"
    assert found["gates"][0]["verdict"] == "undecided"
    served.__exit__()
    before = folder_digests(out)
    for path in out.glob("scores-*"):
        path.unlink()
    code, again, _ = run(capsys, "--rescore", "--out", out, *FEW, "--set", GATE)
    assert code == 0 and again["table"] == found["table"] and again["gates"] == found["gates"]
    assert {name: digest for name, digest in folder_digests(out).items() if "report" not in name} == {
        name: digest for name, digest in before.items() if "report" not in name
    }
    code, _, error = run(capsys, "--rescore", "--out", out, "other=" + served.url)
    assert code == 2 and "no answers of 'other'; there are of served" in error


def test_what_cannot_be_used_on_disk_is_one_line_with_its_place(
    served: ChatServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "evaluation"
    run(capsys, f"served={served.url}", "--tasks", "safety", "--out", out, *FEW)
    items = read_rows(out / "items.jsonl")
    breaks: list[tuple[str, Callable[[Path], object], str]] = [
        (
            "answers-served.jsonl",
            lambda path: path.write_text('{"id": \n' + path.read_text()),
            "answers-served.jsonl:1",
        ),
        ("items.jsonl", lambda path: write_jsonl(path, [items[0] | {"colour": "red"}]), "not an item as this version"),
        ("items.jsonl", lambda path: write_jsonl(path, [items[0] | {"task": "dance"}]), "no task 'dance'"),
        ("items.jsonl", lambda path: path.write_text("[]\n"), "items.jsonl:1"),
    ]
    for name, damage, told in breaks:
        kept = (out / name).read_bytes()
        damage(out / name)
        code, _, error = run(capsys, "--rescore", "--out", out)
        assert code == 2 and told in error and error.count("error: ") == 1 and "unexpected" not in error
        (out / name).write_bytes(kept)


def test_a_folder_is_held_by_one_evaluation_and_never_a_stages(
    served: ChatServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = [f"served={served.url}", "--tasks", "safety", *FEW, "--out", tmp_path / "evaluation"]
    with locked(tmp_path / "evaluation"):
        code, _, error = run(capsys, *asked)
    assert code == 2 and "another evaluation is working in this folder" in error and not served.asked
    run(capsys, *asked)
    code, _, error = run(capsys, *asked, "--seed", 18)
    assert code == 2 and "otherwise asked" in error, "answers that were drawn by another seed are another evaluation's"
    write_json(tmp_path / "evaluation" / "manifest.json", {})
    code, _, error = run(capsys, *asked)
    assert code == 2 and "the folder of a run's stage" in error


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "no model is named"),
        (["--rescore"], "no model is named"),
        (["a", "--rescore", "--harness", "medmcqa"], "--harness asks the models"),
        (["a", "--rescore", "--tasks", "exam"], "grades all that is on disk"),
        (["http://localhost:1/v1", "--tasks", "dance"], "no task 'dance'"),
    ],
)
def test_what_does_not_fit_together_is_one_line(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, error = run(capsys, *arguments)
    assert code == 2 and told in error and error.count("error: ") == 1


def a_run(folder: Path) -> Path:
    """A run's folder with the stages that are asked, and the base model's knowledge of two dev questions."""
    rows = [
        make_question(f"q{n}", question=f"What is clip {n} made of?", answer="It is made of nickel.", split=split)
        for n, split in enumerate(["dev", "dev", "test"])
    ]
    write_jsonl(folder / "corpus/kept.jsonl", rows)
    write_jsonl(folder / "index/passages.jsonl", [])
    write_jsonl(folder / "knowledge/known.jsonl", [{"id": f"q{n}", "category": "unknown"} for n in (0, 1)])
    for stage in ("dialogue", "grounding"):
        write_jsonl(folder / stage / "conversations.jsonl", [])
    for stage in ("corpus", "index", "dialogue", "grounding", "knowledge", "evaluate"):
        write_json(folder / stage / "manifest.json", {})
    values = {"evaluate": {}, "compile": {"max_length": 512}, "run": {"seed": 5}}
    write_json(folder / "recipe.json", {"values": values})
    return folder


def test_a_runs_knowledge_is_asked_too_and_its_own_answers_are_graded_again_with_all_that_went_with_them(
    served: ChatServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = a_run(tmp_path / "run")
    asked = [f"served={served.url}", "--run", folder]
    code, found, _ = run(capsys, *asked, "--tasks", "knowledge,open", *FEW)
    assert code == 0 and found["counts"]["items"] == {"open": 1, "knowledge": 2}
    done = Path(found["folder"])
    assert done == folder / "evaluations" / "served" and read_json(done / "models.json")["served"]["seed"] == 5
    for name in ("items.jsonl", "models.json", "mode-style.json", "answers-served.jsonl"):
        shutil.copyfile(done / name, folder / "evaluate" / name)
    shutil.rmtree(done)
    stage = folder_digests(folder / "evaluate")
    code, again, _ = run(capsys, *asked, "--rescore", *FEW)
    assert code == 0 and again["table"] == found["table"] and (done / "mode-style.json").is_file()
    assert folder_digests(folder / "evaluate") == stage, "the stage's own files stay as they are"


def test_the_report_is_found_and_opened(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda url: opened.append(url) or True)
    assert main(["report", str(tmp_path)]) == 2 and "there is no report" in capsys.readouterr().err
    (tmp_path / "evaluate").mkdir()
    page = tmp_path / "evaluate" / "report.html"
    page.write_text("<html></html>")
    assert main(["report", str(tmp_path), "--open"]) == 0 and opened == [page.as_uri()]
    assert f"report: {page}" in capsys.readouterr().out.replace("\n", "")
