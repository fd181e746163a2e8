"""The runner, with a table of three small stages that write real files."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from residency.core.errors import BusyError, InputError, UsageError
from residency.core.files import file_digest, folder_digests, read_json, write_json
from residency.core.stage import Progress, Silent
from residency.flow import runner, status
from residency.flow.recipe import LoadedRecipe, load_recipe
from residency.flow.runner import StageResult, run_recipe
from residency.flow.stages import Stage
from residency.flow.status import run_status

WORK = '''
import json, os, time
from residency.core.files import append_jsonl, recover_jsonl, write_text

def pause():
    time.sleep(float(os.environ.get("PAUSE", "0")))

def corpus(context):
    rows = [line for path in context.settings["corpus"].files for line in path.read_text().splitlines()]
    write_text(context.out / "kept.txt", "\\n".join(rows))
    return {"kept": len(rows)}

def dialogue(context):
    """Writes its file piece by piece, as a stage should not: a kill leaves half of it."""
    rows = (context.inputs["corpus"] / "kept.txt").read_text().splitlines()
    with (context.out / "dialogues.txt").open("w") as handle:
        for row in rows:
            handle.write(f"{row} {context.random('dialogue', row).random()}\\n")
            handle.flush()
            pause()
    if context.settings["dialogue"].per_question == 4:
        raise ValueError("planted")
    return {"dialogues": len(rows)}

def sft(context):
    """Resumes from its checkpoint."""
    steps = context.out / "checkpoints" / "steps.jsonl"
    steps.parent.mkdir(exist_ok=True)
    done = len(recover_jsonl(steps))
    with steps.open("a") as handle:
        for step in range(done, 6):
            append_jsonl(handle, [{"step": step, "loss": context.random(step).random()}])
            pause()
    write_text(context.out / "adapter.txt", steps.read_text())
    return {"resumed_at": done}
'''
RECIPE = '[run]\nname = "r"\nfolder = "{runs}"\n[corpus]\nfiles = ["bank.txt"]\n'
COMMAND = """
import sys
from pathlib import Path
from residency.flow import runner
from residency.flow.recipe import load_recipe
from residency.flow.stages import Stage
runner.STAGES = tuple(Stage(*fields) for fields in {fields!r})
runner.run_recipe(load_recipe(Path(sys.argv[1])))
"""
FIELDS = [
    ("corpus", "reads", (), ("corpus",), "work_for_runner:corpus"),
    ("dialogue", "builds", ("corpus",), ("dialogue",), "work_for_runner:dialogue"),
    ("sft", "trains", ("dialogue",), ("sft",), "work_for_runner:sft", 1, True),
]


class Recorder:
    """A watcher that keeps what it was told."""

    def __init__(self) -> None:
        self.begun: list[tuple[int, int, str, str]] = []
        self.ended: list[str] = []

    def begin(self, number: int, count: int, stage: Stage, reason: str) -> Progress:
        self.begun.append((number, count, stage.name, reason))
        return Silent()

    def end(self, number: int, count: int, result: StageResult) -> None:
        self.ended.append(result.name)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    (tmp_path / "work_for_runner.py").write_text(textwrap.dedent(WORK))
    (tmp_path / "bank.txt").write_text("one\ntwo\nthree\n")
    (tmp_path / "recipe.toml").write_text(RECIPE.format(runs=tmp_path / "runs"))
    stages = tuple(Stage(*fields) for fields in FIELDS)  # type: ignore[arg-type]
    monkeypatch.setattr(runner, "STAGES", stages)
    monkeypatch.setattr(status, "STAGES", stages)
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    sys.modules.pop("work_for_runner", None)


def load(folder: Path, *overrides: str) -> LoadedRecipe:
    return load_recipe(folder / "recipe.toml", overrides=overrides)


def reasons(results: list[StageResult]) -> dict[str, str]:
    return {result.name: "" if result.status == "skipped" else result.reason for result in results}


def run(folder: Path, *overrides: str, **options: Any) -> dict[str, str]:
    """Run the recipe; each stage with the reason for which it ran, empty when it was skipped."""
    return reasons(run_recipe(load(folder, *overrides), **options))


SKIPPED = {"corpus": "", "dialogue": "", "sft": ""}


def test_a_first_run_runs_all_and_a_second_skips_all(folder: Path) -> None:
    assert set(run(folder).values()) == {"it has not run yet"}
    before = folder_digests(folder / "runs")
    assert run(folder) == SKIPPED
    assert folder_digests(folder / "runs") == before


def test_a_manifest_says_what_was_read_written_and_used(folder: Path) -> None:
    run(folder)
    manifest = read_json(folder / "runs/r/dialogue/manifest.json")
    out = folder / "runs/r/dialogue/dialogues.txt"
    assert manifest["outputs"] == {"dialogues.txt": {"sha256": file_digest(out), "bytes": out.stat().st_size}}
    assert manifest["counts"] == {"dialogues": 3}
    assert manifest["parts"]["seed"] == 17
    assert manifest["parts"]["settings"]["dialogue"]["per_question"] == 0.5
    assert set(manifest["parts"]["stages"]) == {"corpus"}
    assert {"fingerprint", "seconds", "peak_memory_gb", "finished", "packages", "python"} <= manifest.keys()
    assert manifest["packages"]["numpy"]


def test_checkpoints_are_no_outputs_even_when_the_run_lies_in_a_folder_of_that_name(folder: Path) -> None:
    run(folder, f"run.folder={folder}/checkpoints")
    manifest = read_json(folder / "checkpoints/r/sft/manifest.json")
    assert list(manifest["outputs"]) == ["adapter.txt"]


def test_a_stage_that_fails_has_no_manifest_and_later_stages_do_not_run(folder: Path) -> None:
    with pytest.raises(ValueError, match="planted"):
        run(folder, "dialogue.per_question=4")
    assert (folder / "runs/r/corpus/manifest.json").exists()
    assert not (folder / "runs/r/dialogue/manifest.json").exists()
    assert not (folder / "runs/r/sft").exists()
    assert run(folder)["dialogue"] == "it did not finish last time"


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ("dialogue.per_question=0.25", ("", "dialogue.per_question changed from 0.5 to 0.25", "")),
        ("corpus.topic=burns", ("corpus.topic changed from 'general' to 'burns'", "", "")),
        ("sft.epochs=1", ("", "", "sft.epochs changed from 2.0 to 1.0")),
        ("run.seed=3", ("the seed changed from 17 to 3",) * 3),
        ("release.title=Other", ("", "", "")),
    ],
)
def test_a_change_of_settings_reruns_what_depends_on_it(
    folder: Path, override: str, expected: tuple[str, str, str]
) -> None:
    run(folder)
    # A stage that runs again and gives the same bytes as before sets nothing off after it.
    assert tuple(run(folder, override).values()) == expected


def test_a_changed_input_file_reruns_all_that_changes_with_it(folder: Path) -> None:
    run(folder)
    (folder / "bank.txt").write_text("one\ntwo\nfour\n")
    assert run(folder) == {
        "corpus": "the input file bank.txt changed",
        "dialogue": "the stage corpus gave a new result",
        "sft": "the stage dialogue gave a new result",
    }


def test_a_moved_input_file_reruns_nothing(folder: Path) -> None:
    run(folder)
    (folder / "elsewhere").mkdir()
    (folder / "bank.txt").rename(folder / "elsewhere/bank.txt")
    assert run(folder, 'corpus.files=["elsewhere/bank.txt"]') == SKIPPED


def test_a_raised_version_reruns_the_stage(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(folder)
    table = (Stage(*FIELDS[0], 2), *runner.STAGES[1:])  # type: ignore[arg-type]
    monkeypatch.setattr(runner, "STAGES", table)
    assert run(folder) == SKIPPED | {"corpus": "the code changed (corpus v1 to corpus v2)"}


@pytest.mark.parametrize(
    ("tamper", "reason"),
    [
        (lambda out: (out / "kept.txt").unlink(), "its file kept.txt is gone"),
        (lambda out: (out / "kept.txt").write_text("x"), "its file kept.txt was changed after it was written"),
        (
            lambda out: (out / "kept.txt").write_text((out / "kept.txt").read_text().replace("two", "owt")),
            "its file kept.txt was changed after it was written",
        ),
        (lambda out: (out / "manifest.json").write_text("{"), "its manifest cannot be read"),
        (lambda out: (out / "manifest.json").write_text("{}"), "its manifest cannot be read"),
        (lambda out: (out / "manifest.json").unlink(), "it did not finish last time"),
    ],
)
def test_a_tampered_result_is_made_again(folder: Path, tamper: Any, reason: str) -> None:
    run(folder)
    before = (folder / "runs/r/corpus/kept.txt").read_bytes()
    tamper(folder / "runs/r/corpus")
    assert run(folder) == SKIPPED | {"corpus": reason}
    assert (folder / "runs/r/corpus/kept.txt").read_bytes() == before


def test_until_stops_and_an_unknown_stage_lists_the_known(folder: Path) -> None:
    assert list(run(folder, until="dialogue")) == ["corpus", "dialogue"]
    assert not (folder / "runs/r/sft").exists()
    with pytest.raises(UsageError, match=r"no stage 'mixx'\. The stages: corpus, dialogue, sft"):
        run(folder, until="mixx")


def test_a_dry_run_writes_nothing_and_follows_what_would_change(folder: Path) -> None:
    assert run(folder, dry_run=True) == {
        "corpus": "it has not run yet",
        "dialogue": "the stage corpus would run",
        "sft": "the stage dialogue would run",
    }
    assert not (folder / "runs").exists()
    run(folder)
    before = folder_digests(folder / "runs")
    assert run(folder, "dialogue.per_question=1", dry_run=True) == {
        "corpus": "",
        "dialogue": "dialogue.per_question changed from 0.5 to 1.0",
        "sft": "the stage dialogue would run",
    }
    assert folder_digests(folder / "runs") == before


def test_the_watcher_hears_of_every_stage(folder: Path) -> None:
    recorder = Recorder()
    run(folder, until="dialogue")
    run(folder, watcher=recorder)
    assert recorder.begun == [(3, 3, "sft", "it has not run yet")]
    assert recorder.ended == ["corpus", "dialogue", "sft"]


def test_the_recipe_is_kept_with_the_origins_of_its_values(folder: Path) -> None:
    run(folder, "sft.epochs=1")
    kept = read_json(folder / "runs/r/recipe.json")
    assert kept["values"]["sft"]["epochs"] == 1.0
    assert kept["origins"]["sft.epochs"] == "--set"


def test_a_run_folder_that_cannot_be_written_is_a_usage_error(folder: Path) -> None:
    (folder / "file").touch()
    with pytest.raises(UsageError, match=r"cannot be written .* --set run\.folder=PATH"):
        run(folder, f"run.folder={folder}/file")


def start(folder: Path, pause: float, *waited_for: str) -> subprocess.Popen[bytes]:
    """Run the recipe in another process, and return when the file waited for holds two lines."""
    process = subprocess.Popen(
        [sys.executable, "-c", COMMAND.format(fields=FIELDS), str(folder / "recipe.toml")],
        env={**os.environ, "PAUSE": str(pause), "PYTHONPATH": os.pathsep.join([str(folder), *sys.path])},
    )
    path = folder.joinpath("runs/r", *waited_for)
    deadline = time.monotonic() + 30
    while not path.exists() or path.read_bytes().count(b"\n") < 2:
        assert process.poll() is None
        assert time.monotonic() < deadline, "the stage did not get going"
        time.sleep(0.01)
    return process


@pytest.mark.parametrize(
    ("pause", "waited_for", "reason"),
    [
        (1.0, ("dialogue", "dialogues.txt"), "it did not finish last time"),
        (0.3, ("sft", "checkpoints", "steps.jsonl"), "it did not finish last time; it goes on from where it was"),
    ],
)
def test_a_run_killed_in_a_stage_goes_on_to_the_same_bytes(
    folder: Path, pause: float, waited_for: tuple[str, ...], reason: str
) -> None:
    process = start(folder, pause, *waited_for)
    with pytest.raises(BusyError, match="another run is working in this folder"):
        run(folder)
    assert {state.name: state.state for state in run_status(folder / "runs/r")}[waited_for[0]] == "running"
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    killed = folder / "runs/r" / waited_for[0]
    assert not (killed / "manifest.json").exists()
    (killed / ".adapter.txt.123.partial").write_text("half")  # as a kill in the middle of a write leaves it

    results = run_recipe(load(folder))
    found = reasons(results)
    assert found["corpus"] == ""
    assert found[waited_for[0]] == reason
    if waited_for[0] == "sft":
        assert results[-1].counts["resumed_at"] >= 2
    run(folder, "run.name=whole")
    for name in SKIPPED:
        resumed, whole = (read_json(folder / "runs" / r / name / "manifest.json") for r in ("r", "whole"))
        assert resumed["outputs"] == whole["outputs"]
        assert resumed["fingerprint"] == whole["fingerprint"]


def test_a_kill_in_the_middle_of_a_folder_of_weights_leaves_a_run_that_goes_on(folder: Path) -> None:
    run(folder)
    stage = folder / "runs/r/sft"
    done = read_json(stage / "manifest.json")
    (stage / "manifest.json").unlink()
    write_json(stage / "started.json", {"fingerprint": done["fingerprint"]})
    half = stage / "checkpoints/.best-40.partial"
    half.mkdir()
    (half / "adapter_model.safetensors").write_bytes(b"half")
    (half / ".adapter_config.json.partial").write_bytes(b"{")
    (stage / ".log.jsonl.partial").write_bytes(b"{")
    assert run(folder)["sft"].startswith("it did not finish last time; it goes on")
    assert not list(stage.rglob(".*.partial"))


def test_a_half_done_stage_starts_over_when_its_settings_changed(folder: Path) -> None:
    process = start(folder, 0.2, "sft", "checkpoints", "steps.jsonl")
    process.kill()
    process.wait()
    results = run_recipe(load(folder, "sft.epochs=1"))
    assert results[-1].counts == {"resumed_at": 0}


def test_status_tells_done_outdated_damaged_unfinished_and_not_run(folder: Path) -> None:
    run(folder)
    states = run_status(folder / "runs/r")
    assert [state.state for state in states] == ["done"] * 3
    assert states[0].counts == {"kept": 3}
    assert states[0].finished

    (folder / "bank.txt").write_text("five\n")
    run(folder, until="corpus")
    (folder / "runs/r/sft/adapter.txt").unlink()
    found = {state.name: (state.state, state.why) for state in run_status(folder / "runs/r")}
    assert found == {
        "corpus": ("done", ""),
        "dialogue": ("outdated", "the stage corpus gave a new result since"),
        "sft": ("damaged", "its file adapter.txt is gone"),
    }
    (folder / "runs/r/sft/manifest.json").unlink()
    assert run_status(folder / "runs/r")[2].state == "unfinished"
    with pytest.raises(InputError, match="not a run folder"):
        run_status(folder)
    run(folder, "run.name=new", until="corpus")
    assert [state.state for state in run_status(folder / "runs/new")] == ["done", "not run", "not run"]
