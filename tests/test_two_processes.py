"""SFT in two processes on the CPU learns what it learns in one: the same losses, step by step, and the same weights."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from safetensors.torch import load_file

import residency
from residency.chat.stage import SCHEMA
from residency.flow.launch import Plan
from residency.flow.launch_files import accelerate_yaml
from residency.training import sft
from tests.conftest import read_rows
from tests.tiny_experts import tiny_gpt_oss, tiny_qwen3_moe
from tests.two_driver import context_of

__all__ = ["tiny_gpt_oss", "tiny_qwen3_moe"]  # fixtures

ROOT = Path(__file__).parents[1]
# Three batches for two processes: in each step one of them has nothing of its own at the end.
SETTINGS = {
    "max_steps": 6,
    "save_steps": 2,
    "batch_tokens": 128,
    "batches_per_step": 3,
    "evaluations": 3,
    "learning_rate": 1e-2,
    "lora": {"r": 4, "alpha": 8},
}


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Compiled rows of random tokens, of unequal lengths and with unequal numbers of labels."""
    folder = tmp_path_factory.mktemp("compiled")
    rng = random.Random(4)
    for name, count in (("train", 40), ("dev", 9)):
        rows = []
        for number in range(count):
            ids = [rng.randrange(3, 600) for _ in range(rng.randint(4, 90))]
            labels = [token if rng.random() < 0.5 else -100 for token in ids]
            rows.append({"id": f"{name}-{number}", "topic": "x", "input_ids": ids, "labels": [*labels[:-1], ids[-1]]})
        whole = [{field: row.get(field) for field in SCHEMA.names} for row in rows]
        pq.write_table(pa.Table.from_pylist(whole, schema=SCHEMA), folder / f"{name}.parquet")
    return folder


@pytest.fixture(scope="module")
def task(compiled: Path, tiny_model: Path) -> dict[str, Any]:
    model = {"name": str(tiny_model), "dtype": "float32", "device": "cpu"}
    return {"sft": SETTINGS, "model": model, "compile": str(compiled)}


@pytest.fixture(scope="module")
def alone(task: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The stage's folder after a run in one process."""
    out = tmp_path_factory.mktemp("alone")
    sft.run(context_of(task | {"out": str(out)}))
    return out


def sharded(folder: Path, layers: str = "LlamaDecoderLayer") -> dict[str, str]:
    """The variables that accelerate sets from what ``residency launch`` writes for FSDP2."""
    from accelerate.commands.launch import _validate_launch_command, launch_command_parser
    from accelerate.utils.launch import prepare_multi_gpu_env

    plan = Plan("fsdp2", "", 2, 1, "auto", (layers,), None, ())
    path = folder / "accelerate.yaml"
    path.write_text(accelerate_yaml(plan, folder))
    typed = ["--config_file", str(path), "--main_process_port", "0", "x.py"]
    arguments, _, _ = _validate_launch_command(launch_command_parser().parse_args(typed))
    found = prepare_multi_gpu_env(arguments)
    return {name: value for name, value in found.items() if name.startswith(("FSDP_", "ACCELERATE_"))}


def together(task: dict[str, Any], out: Path, variables: dict[str, str] | None = None) -> None:
    """Run the stage in two processes."""
    out.mkdir(exist_ok=True)
    (out.parent / f"{out.name}.json").write_text(json.dumps(task | {"out": str(out)}))
    path = os.pathsep.join([str(ROOT), str(Path(residency.__file__).parents[1])])
    done = subprocess.run(
        [
            *(sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2"),
            *("-m", "tests.two_driver", str(out.parent / f"{out.name}.json")),
        ],
        env={**os.environ, **(variables or {}), "PYTHONPATH": path, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-3000:]


def same(one: Path, two: Path) -> None:
    """The logs and the adapters of two runs agree to rounding in fp32."""
    logs = [read_rows(folder / "log.jsonl") for folder in (one, two)]
    assert [entry["step"] for entry in logs[0]] == [entry["step"] for entry in logs[1]]
    for first, second in zip(*logs, strict=True):
        assert first.keys() == second.keys()
        for name in first:
            assert second[name] == pytest.approx(first[name], rel=2e-4, abs=2e-5), (first["step"], name)
    weights = [load_file(folder / "adapter" / "adapter_model.safetensors") for folder in (one, two)]
    assert weights[0].keys() == weights[1].keys() != set()
    for name, value in weights[0].items():
        torch.testing.assert_close(weights[1][name], value, rtol=1e-3, atol=1e-4)


def test_two_processes_learn_what_one_learns(task: dict[str, Any], alone: Path, tmp_path: Path) -> None:
    together(task, tmp_path / "ddp")
    losses = [entry["loss"] for entry in read_rows(alone / "log.jsonl") if "loss" in entry]
    assert len(losses) == 6
    assert losses[-1] < losses[0]  # something was learnt that could differ
    same(alone, tmp_path / "ddp")
    left = sorted(path.name for path in (tmp_path / "ddp").iterdir())
    assert left == ["adapter", "curves.svg", "log.jsonl", "proof.json"]


@pytest.mark.slow
def test_another_global_batch_is_told_apart(task: dict[str, Any], alone: Path, tmp_path: Path) -> None:
    """The planted fault: what the comparison above would find."""
    together(task | {"sft": SETTINGS | {"batches_per_step": 2}}, tmp_path / "other")
    with pytest.raises(AssertionError):
        same(alone, tmp_path / "other")


@pytest.mark.slow
def test_shards_learn_what_one_process_learns(task: dict[str, Any], alone: Path, tmp_path: Path) -> None:
    together(task, tmp_path / "fsdp2", sharded(tmp_path))
    same(alone, tmp_path / "fsdp2")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("model", "layers"), [("tiny_gpt_oss", "GptOssDecoderLayer"), ("tiny_qwen3_moe", "Qwen3MoeDecoderLayer")]
)
def test_experts_learn_the_same_in_shards(
    task: dict[str, Any], model: str, layers: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    of_experts = task | {"model": task["model"] | {"name": str(request.getfixturevalue(model))}}
    (tmp_path / "alone").mkdir()
    sft.run(context_of(of_experts | {"out": str(tmp_path / "alone")}))
    together(of_experts, tmp_path / "fsdp2", sharded(tmp_path, layers))
    same(tmp_path / "alone", tmp_path / "fsdp2")
    names = load_file(tmp_path / "fsdp2" / "adapter" / "adapter_model.safetensors")
    assert any("experts" in name for name in names)


@pytest.mark.slow
@pytest.mark.parametrize("strategy", ["ddp", "fsdp2"])
def test_a_killed_run_of_two_goes_on_to_the_same_losses(
    task: dict[str, Any], alone: Path, tmp_path: Path, strategy: str
) -> None:
    variables = sharded(tmp_path) if strategy == "fsdp2" else {}
    together(task | {"dies_after": 3}, tmp_path / "killed", variables)
    assert not (tmp_path / "killed" / "log.jsonl").exists()
    together(task, tmp_path / "killed", variables)
    same(alone, tmp_path / "killed")
