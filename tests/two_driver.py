"""Runs the SFT stage as one of several processes on the CPU; started by torchrun with a JSON file of what to run."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import accelerate.state
import torch.distributed as dist
from accelerate.utils import DistributedType

from residency.chat.settings import ChatSettings
from residency.core.stage import Silent, StageContext
from residency.generation.settings import ModelSettings
from residency.training import sft
from residency.training.settings import SftSettings


def shard_on_the_cpu() -> None:
    """Take accelerate's way for GPUs with gloo: it shards on GPUs alone, and on a CPU is silently plain DDP."""
    os.environ["ACCELERATE_TORCH_DEVICE"] = "cpu"
    accelerate.state.PartialState._prepare_backend = (  # type: ignore[method-assign]
        lambda *_, **__: ("gloo", DistributedType.MULTI_GPU)
    )


class Dying(Silent):
    """A progress that ends its process, as a kill does, after so many steps."""

    def __init__(self, last: int | None) -> None:
        self.left = last

    def advance(self, steps: int = 1, **figures: float) -> None:
        if self.left is not None:
            self.left -= steps
            if self.left == 0:
                os._exit(0)


def context_of(task: dict[str, Any], dies_after: int | None = None) -> StageContext:
    """What the stage is given."""
    return StageContext(
        settings={
            "sft": SftSettings(**task["sft"]),
            "model": ModelSettings(**task["model"]),
            "chat": ChatSettings(),
        },
        inputs={"compile": Path(task["compile"])},
        out=Path(task["out"]),
        seed=17,
        progress=Dying(dies_after),
    )


def main(path: Path) -> None:
    task = json.loads(path.read_text())
    dist.init_process_group("gloo")
    if os.environ.get("ACCELERATE_USE_FSDP") == "true":
        shard_on_the_cpu()
    sft.run(context_of(task, task.get("dies_after")))
    dist.barrier()
    dist.destroy_process_group()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
