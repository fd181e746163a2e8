"""One run in several processes: real launchers, two processes on the CPU, a table of small stages that write files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

import residency
from residency.core.files import read_json

WORK = '''
import os, time
import torch, torch.distributed as dist
from residency.core.errors import InputError
from residency.core.files import write_text
from residency.flow.processes import count

def corpus(context):
    """Runs alone: it must see no trace of the other process."""
    write_text(context.out / "alone.txt", f"{count()} {dist.is_initialized()} {os.environ.get('LOCAL_RANK')}")
    return {"kept": 3}

def sft(context):
    """Sums over both processes, step by step; the first keeps a checkpoint and writes the sum."""
    rank, fault = dist.get_rank(), os.environ.get("FAULT", "")
    steps = context.out / "checkpoints" / "steps.txt"
    steps.parent.mkdir(exist_ok=True)
    done = torch.tensor(len(steps.read_text().split()) if rank == 0 and steps.exists() else 0)
    dist.broadcast(done, 0)
    context.progress.start(4, "steps", int(done))
    print(f"a library says something on process {rank}") if rank == 0 else None
    if fault == "first" and rank == 0:
        raise InputError("no rows to train on", "train.parquet", "Lower sft.batch_tokens")
    if fault == "second" and rank == 1:
        raise MemoryError("planted")
    if fault == "unnoticed":
        if rank == 1:
            raise ValueError("planted")
        time.sleep(300)
    if fault == "killed" and rank == 1:
        os.kill(os.getpid(), 9)
    total = torch.zeros(1)
    for step in range(int(done), 4):
        total = torch.tensor([float(context.seed + rank + 1)])
        dist.all_reduce(total)
        if rank == 0:
            with steps.open("a") as handle:
                handle.write(f"{step}\\n")
        if fault == "halfway" and step == 1 and rank == 0:
            raise ValueError("planted halfway")
    if rank == 0:
        write_text(context.out / "sum.txt", f"{total.item():.0f} after {int(done)}")
    return {"resumed_at": int(done), "rank": rank}
'''
DRIVER = """
import sys
from residency.cli.app import main
from residency.flow import runner
from residency.flow.stages import Stage
runner.STAGES = (
    Stage("corpus", "reads", (), ("corpus",), "work_together:corpus"),
    Stage("sft", "trains", ("corpus",), ("sft",), "work_together:sft", resumes=True, distributed=True),
    Stage("preference", "tunes", ("sft",), ("preference",), "work_together:sft", distributed=True),
    Stage("evaluate", "measures", ("preference",), ("evaluate",), "work_together:corpus"),
)
sys.exit(main(sys.argv[1:]))
"""
TORCHRUN = ["-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2"]
CPU_PAIR = """
compute_environment: LOCAL_MACHINE
distributed_type: MULTI_GPU
use_cpu: true
mixed_precision: 'no'
num_machines: 1
num_processes: 2
main_process_port: 0
"""


@dataclass
class Done:
    """What came of a launch."""

    code: int
    out: str
    err: str
    seconds: float

    @property
    def errors(self) -> list[str]:
        """The lines in which the package says what is wrong."""
        return [line for line in self.err.splitlines() if line.startswith("error: ")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "work_together.py").write_text(textwrap.dedent(WORK))
    (tmp_path / "driver.py").write_text(DRIVER)
    (tmp_path / "pair.yaml").write_text(CPU_PAIR)
    (tmp_path / "bank.txt").write_text("one\n")
    recipe = f'[run]\nname = "r"\nfolder = "{tmp_path}/runs"\n[corpus]\nfiles = ["bank.txt"]\n'
    (tmp_path / "recipe.toml").write_text(recipe)
    return tmp_path


def launch(folder: Path, *arguments: str, by: list[str] = TORCHRUN, kept: bool = True, fault: str = "") -> Done:
    """Run the driver in two processes; with ``kept`` the exit code goes to a file, as ``run.sh`` has it."""
    path = os.pathsep.join([str(folder), str(Path(residency.__file__).parents[1])])
    environment = {**os.environ, "PYTHONPATH": path, "FAULT": fault, "OMP_NUM_THREADS": "1"}
    if kept:
        environment["RESIDENCY_EXIT_FILE"] = str(folder / "exit")
        (folder / "exit").unlink(missing_ok=True)
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, *by, "driver.py", "run", "recipe.toml", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    code = int((folder / "exit").read_text()) if kept and (folder / "exit").exists() else done.returncode
    return Done(code, done.stdout, done.stderr, time.monotonic() - begun)


def test_two_processes_work_on_what_is_distributed_and_the_first_alone_on_the_rest(folder: Path) -> None:
    accelerate = ["-m", "accelerate.commands.launch", "--config_file", "pair.yaml"]
    done = launch(folder, "--json", by=accelerate)
    assert done.code == 0, done.err
    *said, last = done.out.splitlines()
    assert said == ["a library says something on process 0"] * 2
    stages = json.loads(last)["stages"]
    assert [stage["status"] for stage in stages] == ["ran"] * 4
    assert stages[1]["counts"] == {"resumed_at": 0, "rank": 0}
    runs = folder / "runs" / "r"
    assert [(runs / name / "alone.txt").read_text().split()[0::2] for name in ("corpus", "evaluate")] == [
        ["1", "None"]
    ] * 2
    assert (runs / "sft" / "sum.txt").read_text() == "37 after 0"  # (17 + 1) + (17 + 2)
    assert (runs / "preference" / "sum.txt").read_text() == "37 after 0"
    assert list(read_json(runs / "sft" / "manifest.json")["outputs"]) == ["sum.txt"]
    assert done.err.count("[2/4] sft") == 1


def test_a_fault_in_the_second_process_ends_both_with_one_line(folder: Path) -> None:
    done = launch(folder, fault="second")
    assert done.code == 2
    (line,) = done.errors
    assert line.startswith("error: process 1 on ")
    assert line.endswith(
        ': out of memory in stage sft. Set sft.gradient_checkpointing = "on" if it is off, and the training goes on '
        "from its last checkpoint; else lower sft.batch_tokens or compile.max_length, and it starts over"
    )
    assert "Traceback" not in done.err
    assert "ChildFailedError" not in done.err
    assert not (folder / "runs" / "r" / "sft" / "manifest.json").exists()


@pytest.mark.slow
def test_a_fault_in_the_first_process_ends_both_with_its_line(folder: Path) -> None:
    done = launch(folder, "--json", fault="first")
    assert done.errors == ["error: train.parquet: no rows to train on. Lower sft.batch_tokens"]
    assert (done.code, json.loads(done.out.splitlines()[-1])["exit"]) == (2, 2)
    assert done.seconds < 30
    assert "Traceback" not in done.err


@pytest.mark.slow
def test_a_fault_that_the_first_process_cannot_notice_ends_it_too(folder: Path) -> None:
    done = launch(folder, "--json", fault="unnoticed")
    (line,) = done.errors
    assert "unexpected fault in stage sft: ValueError: planted" in line
    assert (done.code, json.loads(done.out.splitlines()[-1])["exit"]) == (2, 2)
    assert done.seconds < 40


@pytest.mark.slow
def test_a_resumed_run_goes_on_from_where_it_was(folder: Path) -> None:
    assert launch(folder, fault="halfway").code == 2
    assert launch(folder).code == 0
    assert (folder / "runs" / "r" / "sft" / "sum.txt").read_text() == "37 after 2"
    again = launch(folder, "--json")
    assert [stage["status"] for stage in json.loads(again.out)["stages"]] == ["skipped"] * 4


@pytest.mark.slow
@pytest.mark.parametrize("kept", [True, False])
def test_a_recipe_with_a_fault_is_told_once(folder: Path, kept: bool) -> None:
    done = launch(folder, "--set", "sft.epocs=1", kept=kept)
    assert done.code == (2 if kept else 1)  # torchrun's own code is 1
    (line,) = done.errors
    assert "sft.epocs" in line


@pytest.mark.slow
def test_a_process_that_is_killed_ends_the_run(folder: Path) -> None:
    done = launch(folder, fault="killed")
    assert done.code != 0
    assert not (folder / "runs" / "r" / "sft" / "manifest.json").exists()
    assert done.seconds < 60


def test_one_process_joins_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    from residency.flow import processes

    for name in ("RANK", "WORLD_SIZE"):
        monkeypatch.delenv(name, raising=False)
    assert (processes.count(), processes.rank(), processes.team(), processes.leave(2)) == (1, 0, None, 2)
    monkeypatch.setenv("WORLD_SIZE", "4")  # as some schedulers set it, without starting anything
    assert (processes.count(), processes.rank()) == (1, 0)
    monkeypatch.setenv("RANK", "0")
    monkeypatch.setenv("WORLD_SIZE", "1")  # a launcher of one
    assert (processes.count(), processes.team()) == (1, None)


def test_one_process_needs_no_torch() -> None:
    code = (
        "import sys; from residency.flow import processes, runner; processes.team(); processes.tell('x', 2); "
        "sys.exit('torch' in sys.modules)"
    )
    environment = {name: value for name, value in os.environ.items() if name not in ("RANK", "WORLD_SIZE")}
    assert subprocess.run([sys.executable, "-c", code], env=environment).returncode == 0
