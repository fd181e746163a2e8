"""``residency launch``: the files it writes are read by the programs that they are for, and start a run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import residency
from residency.cli.app import main
from residency.flow.launch import Plan, plan_launch
from residency.flow.launch_files import run_sh
from residency.flow.recipe import load_recipe

SMALL = {
    "model_type": "llama",
    "architectures": ["LlamaForCausalLM"],
    "vocab_size": 100,
    "hidden_size": 16,
    "intermediate_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "num_key_value_heads": 2,
}
# The published shapes, of which design knows the counts: 30,532,122,624 and 20,914,757,184 parameters.
QWEN3_30B = {
    "model_type": "qwen3_moe",
    "architectures": ["Qwen3MoeForCausalLM"],
    "vocab_size": 151936,
    "hidden_size": 2048,
    "intermediate_size": 6144,
    "moe_intermediate_size": 768,
    "num_hidden_layers": 48,
    "num_attention_heads": 32,
    "num_key_value_heads": 4,
    "head_dim": 128,
    "num_experts": 128,
    "num_experts_per_tok": 8,
}
GPT_OSS_20B = {
    "model_type": "gpt_oss",
    "architectures": ["GptOssForCausalLM"],
    "num_hidden_layers": 24,
    "num_local_experts": 32,
    "quantization_config": {"quant_method": "mxfp4"},
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, config in (("small", SMALL), ("qwen", QWEN3_30B), ("oss", GPT_OSS_20B)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.json").write_text(json.dumps(config))
    (tmp_path / "bank.jsonl").write_text('{"question": "q", "answer": "a"}\n')
    (tmp_path / "recipe.toml").write_text(
        '[run]\nname = "r"\n[model]\nname = "./small"\n[corpus]\nfiles = ["bank.jsonl"]\n'
        "[sft]\nbatches_per_step = 16\n[preference]\nbatch_pairs = 16\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    return tmp_path


def launch(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    code = main(["launch", "recipe.toml", "--json", *arguments])
    answer = dict(json.loads(capsys.readouterr().out))
    return answer | {"code": code}


def test_the_strategy_follows_the_size_of_the_model_and_the_gpus(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small = launch(capsys, "--gpus", "4")
    assert (small["strategy"], small["processes"], small["layers"]) == ("ddp", 4, ["LlamaDecoderLayer"])
    qwen = launch(capsys, "--gpus", "4", "--set", "model.name=./qwen")
    assert (qwen["strategy"], qwen["weights"], qwen["layers"]) == (
        "fsdp2",
        2 * 30_532_122_624,
        ["Qwen3MoeDecoderLayer"],
    )
    assert qwen["reason"] == "its weights take 61.1 GB, more than half of a GPU's 80 GB: the GPUs share it out"
    oss = launch(capsys, "--gpus", "2", "--set", "model.name=./oss", "--gpu-memory", "24")
    assert (oss["strategy"], oss["weights"]) == ("fsdp2", 2 * 20_914_757_184)
    assert oss["warnings"] == [
        "each GPU would hold 20.9 GB of weights and has 24: this does not fit; ask for more GPUs"
    ]


def test_accelerate_reads_what_is_written(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from accelerate.commands.config.config_args import load_config_from_file
    from accelerate.commands.launch import _validate_launch_command, launch_command_parser

    kinds = {"ddp": "MULTI_GPU", "fsdp2": "FSDP", "zero2": "DEEPSPEED", "zero3": "DEEPSPEED"}
    for strategy, kind in kinds.items():
        written = launch(capsys, "--gpus", "4", "--machines", "2", "--strategy", strategy)
        path = written["files"]["accelerate.yaml"]
        config = load_config_from_file(path)
        assert (config.distributed_type.value, config.num_processes, config.num_machines) == (kind, 8, 2)
        typed = ["--config_file", path, "--machine_rank", "1", "--main_process_ip", "head", "-m", "residency"]
        arguments, _, _ = _validate_launch_command(launch_command_parser().parse_args(typed))
        assert (arguments.machine_rank, arguments.main_process_ip, arguments.use_fsdp) == (1, "head", kind == "FSDP")
        assert ("deepspeed.json" in written["files"]) == (kind == "DEEPSPEED")
        if kind == "FSDP":
            assert arguments.fsdp_version == 2
            assert arguments.fsdp_transformer_layer_cls_to_wrap == "LlamaDecoderLayer"
            assert not arguments.fsdp_activation_checkpointing  # PEFT would save an adapter without weights
    zero = json.loads(Path(written["files"]["deepspeed.json"]).read_text())
    assert (zero["zero_optimization"]["stage"], zero["bf16"], zero["gradient_clipping"]) == (
        3,
        {"enabled": True},
        "auto",
    )
    # What an earlier command left does not stay beside what no longer belongs to it.
    again = launch(capsys, "--gpus", "1")
    assert (again["strategy"], sorted(again["files"])) == ("one", ["job.sbatch", "job.sky.yaml", "run.sh"])
    assert sorted(path.name for path in Path(again["folder"]).iterdir()) == sorted(again["files"])


@pytest.mark.parametrize("machines", ["1", "3"])
def test_schedulers_files_are_well_formed(folder: Path, machines: str, capsys: pytest.CaptureFixture[str]) -> None:
    written = launch(capsys, "--gpus", "2", "--machines", machines, "--gpu-type", "A100-80GB")
    for name in ("run.sh", "job.sbatch"):
        assert subprocess.run(["bash", "-n", written["files"][name]]).returncode == 0
    asked = [line for line in Path(written["files"]["job.sbatch"]).read_text().splitlines() if line[:8] == "#SBATCH "]
    assert {f"#SBATCH --nodes={machines}", "#SBATCH --gres=gpu:2", "#SBATCH --ntasks-per-node=1"} <= set(asked)
    task = yaml.safe_load(Path(written["files"]["job.sky.yaml"]).read_text())
    assert (task["num_nodes"], task["resources"]["accelerators"]) == (int(machines), "A100-80GB:2")
    assert Path(task["file_mounts"]["~/residency-launch"]) == Path(written["folder"]).resolve()
    # Machines that share no disk are told to name one: SkyPilot asks for a value that is null.
    assert task["envs"]["RUNS"] == ("runs" if machines == "1" else None)
    assert ("here" in written["next"]) == (machines == "1")
    assert list(written["next"])[-2:] == ["slurm", "skypilot"]


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--gpus", "2", "--strategy", "x"], "--strategy: there is no strategy 'x'. Choose ddp, fsdp2, zero2, zero3"),
        (["--gpus", "2", "--strategy", "fsdp2", "--set", "model.device=cpu"], "--strategy: fsdp2 works on GPUs;"),
        (["--gpus", "2", "--set", "model.device=mps"], "--gpus: one Apple processor is one GPU."),
        (["--gpus", "2", "--set", "model.name=o/x"], "model.name = 'o/x': the model's size cannot be told ("),
        (
            ["--gpus", "4", "--machines", "2", "--set", "sft.batches_per_step=4"],
            "recipe.toml: sft.batches_per_step = 4: an optimiser step's batches are shared out among processes, and "
            "there are 8. Set it to a multiple of 8, and leave it so on any smaller number: --set "
            "sft.batches_per_step=8",
        ),
        (["--gpus", "32"], "recipe.toml: sft.batches_per_step = 16: "),
        (
            ["--gpus", "8", "--set", "preference.method=grpo"],
            "recipe.toml: preference.online.prompts_per_step = 4: an optimiser step's batches are shared out",
        ),
        (["--gpus", "0"], "Invalid value for '--gpus':"),
    ],
)
def test_what_does_not_fit_together_is_one_line(
    folder: Path, arguments: list[str], line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = launch(capsys, *arguments)
    assert answer["code"] == 2
    assert answer["error"].startswith(line)
    assert not (folder / "runs").exists()


def test_a_model_that_is_not_here_needs_a_strategy_only(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written = launch(capsys, "--gpus", "2", "--strategy", "fsdp2", "--set", "model.name=o/x")
    assert (written["code"], written["weights"], written["layers"]) == (0, None, [])
    assert "cls_to_wrap" not in Path(written["files"]["accelerate.yaml"]).read_text()  # the model says it itself


def test_people_are_told_why_and_what_to_type(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["launch", "recipe.toml", "--gpus", "2", "--set", "sft.epochs=1"]) == 0
    out = capsys.readouterr().out
    assert "2 GPUs; strategy ddp: its weights take" in out
    assert "No setting changes with the number of GPUs" in out
    assert "  on this machine   bash runs/r/launch/run.sh\n" in out
    assert out.endswith("\n  residency run recipe.toml --set sft.epochs=1 --until compile\n")


@settings(max_examples=30)
@given(
    st.lists(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), min_size=1), max_size=3),
    st.text(st.characters(exclude_characters="\x00/\n", exclude_categories=["Cs"]), min_size=1, max_size=8).filter(
        lambda name: name not in (".", "..", "residency", "run.sh", "told")
    ),
)
def test_any_argument_and_any_folder_come_through_the_shell(
    tmp_path_factory: pytest.TempPathFactory, arguments: list[str], name: str
) -> None:
    top = tmp_path_factory.mktemp("shell")
    workdir = top / name
    workdir.mkdir()
    told = top / "residency"
    told.write_text('#!/bin/sh\n{ pwd; printf "%s\\0" "$@"; } > "$TOLD"\n')
    told.chmod(0o755)
    plan = Plan("one", "", 1, 1, "cpu", (), None, ())
    (top / "run.sh").write_text(run_sh(plan, ["recipe.toml", *arguments], workdir), encoding="utf-8")
    environment = {"PATH": f"{top}:{os.environ['PATH']}", "TOLD": str(top / "told"), "LANG": "C.UTF-8"}
    subprocess.run(["bash", str(top / "run.sh"), "last one"], env=environment, check=True)
    place, _, given_arguments = (top / "told").read_bytes().decode().partition("\n")
    assert Path(place) == workdir
    assert given_arguments.split("\0")[:-1] == ["run", "recipe.toml", *arguments, "last one"]


STAGES = """
from residency.flow import runner
from residency.flow.stages import Stage
runner.STAGES = (
    Stage("corpus", "reads", (), ("corpus",), "small_work:corpus"),
    Stage("compile", "compiles", ("corpus",), ("compile",), "small_work:corpus"),
    Stage("sft", "trains", ("compile",), ("sft",), "small_work:sft", distributed=True),
)
"""
SMALL_WORK = """
import torch, torch.distributed as dist
from residency.core.files import write_text

def corpus(context):
    return {"kept": 1}

def sft(context):
    total = torch.ones(1)
    dist.all_reduce(total)
    if context.seed == 99 and dist.get_rank() == 1:
        raise ValueError("planted")
    if dist.get_rank() == 0:
        write_text(context.out / "sum.txt", f"{total.item():.0f}")
    return {}
"""


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "code"), [("17", 0), ("99", 2)])
def test_two_machines_find_each_other_and_end_together(
    folder: Path, seed: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Both stand on this host, each started by the same file with another number, as Slurm starts them."""
    shutil.rmtree(folder / "qwen")
    (folder / "sitecustomize.py").write_text(STAGES)
    (folder / "small_work.py").write_text(SMALL_WORK)
    written = launch(capsys, "--gpus", "1", "--machines", "2", "--set", "model.device=cpu", "--set", f"run.seed={seed}")
    (folder / "bin").mkdir()
    for command, module in (("residency", "residency"), ("accelerate", "accelerate.commands.accelerate_cli")):
        (folder / "bin" / command).write_text(f'#!/bin/sh\nexec {sys.executable} -m {module} "$@"\n')
        (folder / "bin" / command).chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
        "PYTHONPATH": f"{folder}:{Path(residency.__file__).parents[1]}",
        "MAIN_PORT": "29617",
    }
    started = [
        subprocess.Popen(
            ["bash", written["files"]["run.sh"]],
            env=environment | {"MACHINE_RANK": str(number)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in (0, 1)
    ]
    said = [process.communicate(timeout=120) for process in started]
    assert [process.returncode for process in started] == [code, code], said
    errors = [line for _, err in said for line in err.splitlines() if line.startswith("error: ")]
    if code:
        (line,) = errors
        assert line.startswith("error: process 1 on ")
        assert "unexpected fault in stage sft: ValueError: planted" in line
    else:
        assert (folder / "runs" / "r" / "sft" / "sum.txt").read_text() == "2"
        assert (said[1][0], errors) == ("", [])


def test_whole_copies_that_no_machine_can_hold_are_read_once(folder: Path) -> None:
    plan = plan_launch(load_recipe(Path("recipe.toml")), gpus=8)
    assert [replace(plan, weights=weights).load_once for weights in (61.1e9, 233.7e9)] == [False, True]


def shared(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    return launch(capsys, "--ablate", *arguments)


@pytest.mark.parametrize("machines", ["1", "3"])
def test_an_ablations_files_are_well_formed(folder: Path, machines: str, capsys: pytest.CaptureFixture[str]) -> None:
    written = shared(capsys, "--gpus", "2", "--machines", machines, "--gpu-type", "L4", "--set", "sft.epochs=1")
    assert (written["code"], written["processes"]) == (0, 2 * int(machines))
    for name in ("ablate.sh", "ablate.sbatch"):
        assert subprocess.run(["bash", "-n", written["files"][name]]).returncode == 0
    asked = [
        line for line in Path(written["files"]["ablate.sbatch"]).read_text().splitlines() if line[:8] == "#SBATCH "
    ]
    assert {f"#SBATCH --array=0-{2 * int(machines) - 1}", "#SBATCH --gres=gpu:1"} <= set(asked)
    task = yaml.safe_load(Path(written["files"]["ablate.sky.yaml"]).read_text())
    assert (task["num_nodes"], task["resources"]["accelerators"]) == (int(machines), "L4:2")
    assert Path(task["file_mounts"]["~/residency-launch"]) == Path(written["folder"]).resolve()
    assert task["envs"]["RUNS"] == ("runs" if machines == "1" else None)
    assert written["next"]["answers"] == "residency ablate recipe.toml --set sft.epochs=1 --report"
    assert ("here" in written["next"]) == (machines == "1")


TOLD = """#!/bin/sh
echo "$CUDA_VISIBLE_DEVICES|$*" >> "$TOLD"
case "$CUDA_VISIBLE_DEVICES:$*" in *--plan*|*--report*) ;; "$FAILS":*) echo "error: planted"; exit 2;; esac
"""


@pytest.mark.parametrize(("visible", "devices"), [(None, ["0", "1", "2"]), ("4,5,7", ["4", "5", "7"])])
def test_each_process_of_an_ablation_has_a_gpu_of_its_own(
    folder: Path, visible: str | None, devices: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    script = shared(capsys, "--gpus", "3", "--set", "run.seed=5")["files"]["ablate.sh"]
    (folder / "residency").write_text(TOLD)
    (folder / "residency").chmod(0o755)
    environment = {"PATH": f"{folder}:{os.environ['PATH']}", "TOLD": str(folder / "told"), "FAILS": "none"}
    environment |= {} if visible is None else {"CUDA_VISIBLE_DEVICES": visible}
    subprocess.run(["bash", script, "--questions", "modes", "--budget", "6"], env=environment, check=True)
    first, *own, last = (folder / "told").read_text().splitlines()
    typed = "ablate recipe.toml --set run.seed=5 --questions modes --budget 6"
    assert first == f"{visible or ''}|{typed} --plan"
    assert sorted(own) == [f"{device}|{typed}" for device in devices]
    assert last == f"{visible or ''}|{typed} --report", "what is typed last must train nothing more"
    failed = subprocess.run(
        ["bash", script], env=environment | {"FAILS": devices[1]}, stderr=subprocess.PIPE, text=True
    )
    assert failed.returncode == 2 and "error: planted" in failed.stderr
    assert (folder / "told").read_text().splitlines()[-1].endswith(" --report"), "the others' trainings are told"


def test_what_does_not_fit_an_ablation_is_one_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = shared(capsys, "--gpus", "2", "--strategy", "ddp")
    assert answer["error"] == "--strategy: each training has a GPU to itself. Leave it out beside --ablate"
    answer = shared(capsys, "--gpus", "2", "--set", "model.device=mps")
    assert answer["error"].startswith("--gpus: one Apple processor is one GPU")
    assert shared(capsys, "--gpus", "4", "--set", "model.device=cpu")["code"] == 0
    assert "CUDA" not in Path("runs/r/launch/ablate.sh").read_text()
    assert main(["launch", "recipe.toml", "--gpus", "2", "--ablate"]) == 0
    out = capsys.readouterr().out
    assert "2 at a time, each taking the first training that no other holds." in out
    assert out.endswith("this trains nothing and concludes:\n  residency ablate recipe.toml --report\n")
