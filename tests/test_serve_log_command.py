"""``residency serve-log``: what its commands print and write, and how they end."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from residency.cli import app as cli
from residency.core.files import read_jsonl, write_jsonl
from residency.serving.audit.store import log_path
from tests.test_feedback_candidates import QUESTION, Desk


@pytest.fixture
def run(tmp_path: Path) -> Path:
    desk = Desk(log_path(tmp_path))
    for name, question in (("a0", QUESTION), ("a1", "Who closes the wound after the repair of a perforated ulcer?")):
        desk.answer(name, "Next week.", question=question)
        desk.judge(name, "bad", better="At once.")
    desk.log.close()
    return tmp_path


def call(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = cli.main(["serve-log", *map(str, arguments)])
    out, err = capsys.readouterr()
    return code, out, err


def test_verify_ends_with_1_where_an_entry_was_changed(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, "verify", run)
    assert code == 0 and "2 answer, 2 feedback" in out and "nothing was changed" in out
    head = out.strip().rpartition(" ")[2]
    assert call(capsys, "verify", log_path(run), "--known", head)[0] == 0
    with closing(sqlite3.connect(log_path(run), isolation_level=None)) as db:
        db.execute("DROP TRIGGER not_changed")
        db.execute("UPDATE entries SET texts = replace(texts, 'At once', 'Never') WHERE number = 2")
    code, out, _ = call(capsys, "verify", run, "--json")
    assert (code, json.loads(out)["fault"]) == (1, "entry 2 was changed")


def test_export_writes_entries_and_candidates(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, "export", run)
    assert code == 0 and "pairs: 2 rows" in out and "residency review RUN --file" in out
    assert "was not looked up" in out
    folder = log_path(run).parent / "export"
    assert all("texts" not in row for row in read_jsonl(folder / "answers.jsonl"))
    assert "Next week" not in (folder / "answers.jsonl").read_text()
    assert [row["chosen"] for row in read_jsonl(folder / "pairs.jsonl")] == ["At once."] * 2
    assert [row["label"] for row in read_jsonl(folder / "kto.jsonl")] == [False] * 2


def test_in_a_run_no_candidate_is_of_a_held_out_question(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_jsonl(run / "corpus" / "kept.jsonl", [{"id": "q", "split": "test", "question": QUESTION}])
    code, out, _ = call(capsys, "export", run, "--out", run / "there", "--texts", "--json")
    told: dict[str, Any] = json.loads(out)
    assert code == 0 and told["held_out_known"] is True
    assert (told["pairs"]["rows"], told["kto"]["rows"], told["answers"]["rows"]) == (1, 1, 2)
    assert told["pairs"]["left_out"] == {"it asks what a held-out question asks": 1}
    assert all(row["texts"]["answer"] == "Next week." for row in read_jsonl(run / "there" / "answers.jsonl"))


def test_delete_takes_an_answer_out(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(capsys, "delete", run, "--answer", "a0")[:2] == (0, "deleted 2 entries\n")
    assert call(capsys, "delete", run, "--answer", "a0")[:2] == (0, "nothing of that name is in the log\n")
    code, out, _ = call(capsys, "verify", run, "--json")
    assert code == 0 and json.loads(out)["deleted"] == 2


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["verify", "nowhere.sqlite"], "there is no audit log"),
        (["export", "."], "there is no audit log"),
        (["delete", ".", "--answer", "a0"], "there is no audit log"),
        (["delete", "."], "Give one of them"),
        (["delete", ".", "--answer", "a0", "--session", "s"], "Give one of them"),
    ],
)
def test_what_cannot_be_done_ends_in_one_line(
    arguments: list[str],
    says: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = call(capsys, *arguments)
    assert (code, out) == (2, "") and says in err and err.count("\n") == 1
    assert not list(tmp_path.iterdir())
