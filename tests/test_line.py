"""The whole line on a tiny random model: every stage runs, is skipped when nothing changed, and survives a kill."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from residency.core.files import read_json
from residency.core.prompt import conversation, user_message
from residency.flow.recipe import load_recipe
from residency.flow.runner import StageResult, run_recipe
from residency.flow.stages import STAGES
from tests.conftest import read_rows

NAMES = [stage.name for stage in STAGES]
DRIVER = Path(__file__).parent / "kill_driver.py"


def test_every_stage_runs_once_in_the_tables_order(results: list[StageResult]) -> None:
    assert [result.name for result in results] == NAMES
    assert {result.status for result in results} == {"ran"}


def test_a_second_run_skips_every_stage_and_says_why(tiny_recipe: Path, run_folder: Path) -> None:
    again = run_recipe(load_recipe(tiny_recipe))
    assert {result.status for result in again} == {"skipped"}
    assert {result.reason for result in again} == {"nothing changed"}


def test_a_changed_setting_re_runs_its_stage_and_what_depends_on_it(tiny_recipe: Path, run_folder: Path) -> None:
    changed = run_recipe(load_recipe(tiny_recipe, overrides=["preference.beta=0.2"]), dry_run=True)
    would_run = {result.name: result.reason for result in changed if result.status == "would run"}
    assert list(would_run) == ["preference", "evaluate", "release"]
    assert "preference.beta changed from None to 0.2" in would_run["preference"]
    shares = "mix.shares={ mcq = 0.5, open = 0.5 }"
    changed = run_recipe(load_recipe(tiny_recipe, overrides=[shares]), dry_run=True)
    again = [result.name for result in changed if result.status == "would run"]
    assert again == NAMES[NAMES.index("mix") :], "no dialogue and no context is built anew for other shares"


def test_every_manifest_tells_inputs_outputs_versions_time_and_memory(run_folder: Path) -> None:
    for name in NAMES:
        manifest = read_json(run_folder / name / "manifest.json")
        assert manifest["stage"] == name
        assert manifest["parts"]["seed"] == 17
        assert manifest["outputs"] and manifest["counts"] and manifest["packages"]
        assert manifest["seconds"] >= 0 and manifest["peak_memory_gb"] > 0


def test_no_held_out_question_reaches_training(run_folder: Path) -> None:
    held_out = {row["id"] for row in read_rows(run_folder / "corpus/kept.jsonl") if row["split"].startswith("test")}
    trained = read_rows(run_folder / "mix/train.jsonl") + read_rows(run_folder / "pairs/pairs.jsonl")
    assert held_out and trained
    assert not held_out & {parent for row in trained for parent in row["parents"]}


def test_every_training_row_names_the_question_that_it_came_from(run_folder: Path) -> None:
    import polars as pl

    known = {row["id"] for row in read_rows(run_folder / "corpus/kept.jsonl")}
    rows = pl.read_parquet(run_folder / "compile/train.parquet")
    mixed = read_rows(run_folder / "mix/train.jsonl")
    without = [row for row in mixed if row["kind"] != "tool"]  # the tiny model's format knows no tools
    assert rows.height == len(without) < len(mixed)
    refused = read_json(run_folder / "compile/report.json")["train"]["refused"]
    assert refused == {"the base model's format knows no tools": len(mixed) - len(without)}
    for parents in rows["parents"].to_list():
        assert parents and set(parents) <= known


def test_the_summary_gives_each_model_each_axis_with_n_and_interval(run_folder: Path) -> None:
    summary = read_json(run_folder / "evaluate/summary.json")
    headlines = [row for row in summary["table"] if row["headline"]]
    assert [row["axis"] for row in headlines] == ["exam", "open", "followup", "faithfulness"]
    assert summary["table"][:4] == headlines
    for row in headlines:
        for name in ("base", "sft", "final"):
            cell = row["models"][name]
            assert cell["n"] > 0 and cell["low"] <= cell["value"] <= cell["high"]
    for row in summary["table"][4:]:
        for cell in row["models"].values():
            assert cell["n"] > 0 or cell["missing"] > 0, "what has no value is counted"
    assert [gate["metric"] for gate in summary["gates"]] == ["faithfulness.false_abstention"]
    assert "<html" in (run_folder / "evaluate/report.html").read_text(encoding="utf-8")


def test_the_bundle_is_complete(run_folder: Path) -> None:
    bundle = run_folder / "release/bundle"
    for name in ("adapter_model.safetensors", "tokenizer.json", "contract.json", "passages.jsonl", "README.md"):
        assert (bundle / name).stat().st_size > 0
    sums = (bundle / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    assert len(sums) == len([path for path in bundle.rglob("*") if path.is_file()]) - 1
    assert "Not for clinical use" in (bundle / "README.md").read_text(encoding="utf-8")


def test_the_trained_run_answers_in_both_modes_with_passages(run_folder: Path) -> None:
    from residency.serving.ask import ask

    for mode in ("EXAM", "CLINICAL"):
        answer = ask(run_folder, "How is a strangulated hernia treated?", mode)  # type: ignore[arg-type]
        assert answer.model == f"{run_folder.name}-preference"
        assert [passage["number"] for passage in answer.passages] == [1, 2, 3]
        assert any("hernia" in passage["id"] for passage in answer.passages)


def test_training_evaluation_and_serving_read_the_same_prompt(
    run_folder: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One question over the same passages: the bytes served are the bytes trained on."""
    from residency.chat.load import renderer_of
    from residency.chat.settings import ChatSettings
    from residency.generation.models import load_tokenizer
    from residency.generation.settings import ModelSettings
    from residency.serving.ask import ask
    from residency.serving.shelf import Shelf
    from residency.serving.upstream.batch import Row
    from residency.serving.upstream.engine import Engine

    example = next(row for row in read_rows(run_folder / "grounding/conversations.jsonl") if row["kind"] == "context")
    passages = {row["id"]: row for row in read_rows(run_folder / "index/passages.jsonl")}
    shown = [passages[name] for name in example["passages"]]
    renderer = renderer_of(load_tokenizer(ModelSettings(name=str(tiny_model))), ChatSettings())
    ((trained,),) = renderer.rows([(conversation(example["mode"], example["messages"]), ())])
    served: list[list[int]] = []
    submit = Engine.submit

    def heard(engine: Engine, row: Row) -> None:
        served.append([*row.prompt])
        submit(engine, row)

    monkeypatch.setattr(Engine, "submit", heard)
    monkeypatch.setattr(Shelf, "search", lambda *_, **__: [(passage, 1.0) for passage in shown])
    ask(run_folder, example["expect"]["question"], example["mode"])
    assert trained.input_ids[: len(served[0])].tolist() == served[0]
    assert user_message(example["expect"]["question"], shown) == example["messages"][0]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_kill_in_every_stage_changes_no_result(tiny_recipe: Path, run_folder: Path, tmp_path: Path) -> None:
    """One run is killed once inside each stage and started again each time; it ends in the same bytes."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, str(DRIVER), str(tiny_recipe), str(tmp_path)],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    killed = json.loads(done.stdout.splitlines()[-1])
    assert [name for name, _ in killed] == NAMES
    left = dict(killed)
    assert left["sft"] == left["preference"] == "checkpoints", "these went on from a checkpoint"
    assert left["evaluate"] == "answers", "this went on from its answers"
    for name in NAMES:
        undisturbed = read_json(run_folder / name / "manifest.json")
        resumed = read_json(tmp_path / run_folder.name / name / "manifest.json")
        assert resumed["counts"] == undisturbed["counts"], name
        if name != "release":  # its card tells times
            assert resumed["outputs"] == undisturbed["outputs"], name
