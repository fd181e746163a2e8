"""A stage that another run has done is taken over where all is the same, and nothing else is."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from residency.cli.watch import ConsoleWatcher
from residency.core.files import file_digest, read_json
from residency.flow.borrowing import borrow
from residency.flow.manifest import output_fault, read_manifest
from residency.flow.recipe import LoadedRecipe, load_recipe
from residency.flow.runner import StageResult, run_recipe
from residency.flow.stages import stage

RECIPE = """
[run]
name = "lender"
folder = "{folder}"
[corpus]
files = ["bank.jsonl"]
[index]
embeddings = "none"
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, small_bank: Path) -> Path:
    """A folder with a recipe, whose run has gone to the index."""
    folder = tmp_path_factory.mktemp("borrowing")
    (folder / "recipe.toml").write_text(RECIPE.format(folder=folder / "runs"))
    rows = [json.loads(line) for line in (small_bank / "questions.jsonl").read_text().splitlines()]
    for row in rows:  # each brings its passage itself
        row["contexts"] = [f"{row['question']} {row.get('answer')}"]
    (folder / "bank.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    run_recipe(load_recipe(folder / "recipe.toml"), "index")
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "own")
    return tmp_path / "own"


def load(folder: Path, name: str, *more: str) -> LoadedRecipe:
    return load_recipe(folder / "recipe.toml", overrides=[f"run.name={name}", f"run.folder={folder / 'runs'}", *more])


def lent(folder: Path, *more: str) -> dict[str, StageResult]:
    """What becomes of a second run's stages, which the first may lend."""
    loaded, lenders = load(folder, "second", *more), [folder / "runs" / "lender"]
    return {one.name: one for one in run_recipe(loaded, "index", lenders=lenders)}


def test_what_is_the_same_is_borrowed_with_its_time(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lender, second = (folder / "runs" / name for name in ("lender", "second"))
    results = run_recipe(load(folder, "second"), "index", watcher=ConsoleWatcher(), lenders=[lender])
    assert [one.status for one in results] == ["borrowed", "borrowed"]
    assert "corpus  lender has done the same, borrowed" in capsys.readouterr().err
    for name in ("corpus", "index"):
        told, theirs = read_json(second / name / "manifest.json"), read_json(lender / name / "manifest.json")
        assert told == theirs | {"borrowed": "lender"}
        assert not output_fault(second / name, told)
    assert (second / "corpus" / "kept.jsonl").stat().st_ino == (lender / "corpus" / "kept.jsonl").stat().st_ino
    assert [one.status for one in run_recipe(load(folder, "second"), "index")] == ["skipped", "skipped"]


@pytest.mark.parametrize(
    ("change", "statuses"),
    [
        ("corpus.test_share=0.3", ["ran", "ran"]),
        ("run.seed=18", ["ran", "ran"]),
        ("index.k1=1.0", ["borrowed", "ran"]),
    ],
)
def test_another_setting_or_seed_is_not_borrowed(folder: Path, change: str, statuses: list[str]) -> None:
    assert [one.status for one in lent(folder, change).values()] == statuses


def test_another_file_is_not_borrowed(folder: Path) -> None:
    bank = folder / "bank.jsonl"
    bank.write_text("".join(bank.read_text().splitlines(keepends=True)[:-1]))
    assert [one.status for one in lent(folder).values()] == ["ran", "ran"]


@pytest.mark.parametrize("fault", ["changed", "gone", "unfinished"])
def test_a_damaged_lender_lends_nothing(folder: Path, fault: str) -> None:
    corpus = folder / "runs" / "lender" / "corpus"
    if fault == "changed":  # to as many bytes: only the digest tells
        data = (corpus / "kept.jsonl").read_bytes()
        (corpus / "kept.jsonl").write_bytes(data[:-3] + b" }\n")
    elif fault == "gone":
        (corpus / "kept.jsonl").unlink()
    else:
        (corpus / "manifest.json").unlink()
    found = lent(folder)
    assert found["corpus"].status == "ran"
    manifest = read_manifest(folder / "runs" / "second" / "corpus")
    assert manifest is not None and "borrowed" not in manifest


def test_a_lender_that_begins_anew_meanwhile_leaves_no_half_of_it(folder: Path, tmp_path: Path) -> None:
    """Its manifest was read, and then its files go: nothing of it stays, and another lender is asked."""
    first, whole = folder / "runs" / "first", folder / "runs" / "lender"
    shutil.copytree(whole, first)
    (first / "corpus" / "data-report.json").unlink()
    done = read_manifest(whole / "corpus")
    assert done is not None
    (tmp_path / "corpus").mkdir()
    assert borrow(stage("corpus"), done["parts"], tmp_path / "corpus", [first]) is None
    assert not [path for path in (tmp_path / "corpus").rglob("*") if path.is_file()]
    assert borrow(stage("corpus"), done["parts"], tmp_path / "corpus", [first, whole]) == whole


def test_what_was_borrowed_stays_when_the_lender_runs_anew(folder: Path) -> None:
    lent(folder)
    second = folder / "runs" / "second" / "corpus"
    before = file_digest(second / "kept.jsonl")
    run_recipe(load(folder, "lender", "corpus.test_share=0.4"), "corpus")
    assert file_digest(folder / "runs" / "lender" / "corpus" / "kept.jsonl") != before
    assert file_digest(second / "kept.jsonl") == before
    manifest = read_manifest(second)
    assert manifest is not None and not output_fault(second, manifest)
