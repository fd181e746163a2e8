"""``residency index``: built, searched and counted from the command line, for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from residency.cli import app as cli
from residency.core.files import write_jsonl

ROWS: list[dict[str, Any]] = [
    {"id": "new", "title": "Femoral hernia", "text": "A femoral hernia is repaired soon.", "date": "2025"},
    {"id": "old", "title": "Femoral hernia", "text": "A femoral hernia is repaired with a truss.", "date": "2009"},
    {"id": "burn", "title": "Burns", "text": "A burn is cooled with water for 20 minutes.", "source": "BBA"},
]
ROWS[1] |= {"superseded_by": "new", "version": "2nd"}


def call(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = cli.main([str(part) for part in arguments])
    out, err = capsys.readouterr()
    return code, out, err


@pytest.fixture
def folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    write_jsonl(tmp_path / "rows.jsonl", ROWS)
    code, out, _ = call(capsys, "index", "build", tmp_path / "built", tmp_path / "rows.jsonl", "--embeddings", "none")
    assert code == 0 and "3 passages" in out and "superseded 1" in out and "searched by words alone" in out
    return tmp_path / "built"


def test_a_search_shows_passages_with_their_dates_and_what_is_superseded(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = call(capsys, "index", "search", folder, "femoral hernia repair")
    assert (code, err) == (0, "")
    assert out.index("1. Femoral hernia\n") < out.index("2. Femoral hernia  superseded by new")
    assert "old, unknown, 2009, version 2nd, score" in out and "with a truss" in out


def test_filters_hold_and_undated_passages_are_said_to_be_left_out(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = call(capsys, "index", "search", folder, "hernia burn", "--until", "2010", "--json")
    answer = json.loads(out)
    assert [row["id"] for row in answer["found"]] == ["old"] and answer["undated_left_out"] == 1
    _, out, _ = call(capsys, "index", "search", folder, "hernia burn", "--since", "2030")
    assert "nothing was found" in out and "1 passages without a date were left out" in out
    _, out, _ = call(capsys, "index", "search", folder, "hernia burn", "--source", "bba", "--json")
    assert [row["id"] for row in json.loads(out)["found"]] == ["burn"]


def test_stats_count_and_verify(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = call(capsys, "index", "stats", folder, "--json")
    answer = json.loads(out)
    assert answer["passages"] == 3 and answer["dated"] == 2 and answer["superseded"] == 1
    assert answer["sources"] == {"unknown": 2, "bba": 1} and answer["model"] is None
    (folder / "passages.jsonl").write_text("")
    code, _, err = call(capsys, "index", "stats", folder)
    assert code == 2 and err.count("\n") == 1 and "passages.jsonl: a file of the index is cut short" in err


def test_a_runs_index_is_searched_and_not_built_over(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = folder.parent / "run"
    run.mkdir()
    (run / "recipe.json").write_text("{}")
    folder.rename(run / "index")
    code, out, _ = call(capsys, "index", "search", run, "burn", "--json")
    assert code == 0 and json.loads(out)["found"][0]["id"] == "burn"
    code, _, err = call(capsys, "index", "build", run, run / "index" / "passages.jsonl")
    assert code == 2 and "its index is built by the run" in err


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["search", "FOLDER", "hernia", "--source", "nobody"], "no passage is from the source 'nobody'"),
        (["search", "FOLDER", "hernia", "--since", "May"], "'May' is no date"),
        (["search", "FOLDER", "hernia", "--how", "embeddings"], "the index has no vectors"),
        (["search", "FOLDER/nowhere", "hernia"], "there is no index"),
        (["build", "FOLDER", "FOLDER/nowhere.md"], "nowhere.md"),
        (["build", "FOLDER/built", "FOLDER/passages.jsonl", "--embeddings", ""], "no model is named"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], complaint: str
) -> None:
    code, out, err = call(capsys, "index", *(part.replace("FOLDER", str(folder)) for part in arguments))
    assert code == 2 and out == "" and err.count("\n") == 1 and complaint in err


def test_documents_of_which_nothing_can_be_read_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty.md").write_text("")
    code, _, err = call(capsys, "index", "build", tmp_path / "built", tmp_path / "empty.md")
    assert code == 2 and "no passage was found" in err and "empty.md" in err
    assert not (tmp_path / "built").exists()


def test_what_stands_twice_is_counted_and_hides_no_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_jsonl(tmp_path / "a.jsonl", [ROWS[0], *({**ROWS[2], "id": f"again {number}"} for number in range(40))])
    (tmp_path / "b.docx").write_text("PK")
    _, out, _ = call(capsys, "index", "build", tmp_path / "built", tmp_path, "--embeddings", "None")
    assert "b.docx: files that end in '.docx' are not read" in out and "lines like these" not in out
    assert "39 passages were left out: the same text stands elsewhere" in out and "searched by words alone" in out


def test_without_a_model_for_the_query_words_are_offered(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_jsonl(tmp_path / "rows.jsonl", ROWS)
    assert call(capsys, "index", "build", tmp_path / "built", tmp_path / "rows.jsonl")[0] == 0
    monkeypatch.setattr("residency.generation.embeddings.missing", lambda: "onnxruntime")
    code, _, err = call(capsys, "index", "search", tmp_path / "built", "hernia")
    assert code == 2 and 'residency[semantic]", or search by words alone: --how lexical' in err
    assert call(capsys, "index", "search", tmp_path / "built", "hernia", "--how", "lexical")[0] == 0
