"""What SFT and preference tuning need: progress, the log, checkpoints to go on from."""

from __future__ import annotations

import logging
import math
import os
import shutil
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("TRL_EXPERIMENTAL_SILENCE", "1")
os.environ.setdefault("HF_DATASETS_DISABLE_PROGRESS_BARS", "1")

import torch
from transformers import TrainerCallback

from residency.core.errors import InputError, ProofError
from residency.core.files import read_json, write_json
from residency.core.memory import give_back
from residency.core.stage import Progress

logging.getLogger("accelerate").setLevel(logging.ERROR)
CHECKPOINTS = "checkpoints"
LOG = "log.jsonl"
TRIM_EVERY = 20
STATE = "trainer_state.json"
# These count from where a process began, which differs after a kill, or are times.
SINCE_START = ("train_loss", "num_tokens", "total_flos", "step_time")
# Nats a token within which two computations of one log-probability are the same: the same weights give
# bfloat16 results that differ by some thousandths from pass to pass on some processors.
SAME = {torch.float32: 1e-4, torch.bfloat16: 0.02}
SETTLED = 900
"""Tokens over whose mean roundings cancel; in bfloat16 that of 40 tokens was seen to be 0.04 nats off (SmolLM2)."""
SHOWN = {"loss": "loss", "rewards/accuracies": "accuracy", "reward": "reward"}


def strays(tokens: torch.Tensor) -> torch.Tensor:
    """How many times ``SAME`` the mean over so many tokens may be off: rounding is each token's own."""
    return (SETTLED / tokens).sqrt().clamp(min=1)


class Report(TrainerCallback):
    """Passes the trainer's steps, losses and speed on to the stage's progress."""

    def __init__(self, progress: Progress, steps_per_epoch: float | None = None) -> None:
        self.progress, self.steps_per_epoch = progress, steps_per_epoch
        self.figures: dict[str, float] = {}
        self.begun = time.monotonic()

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Start counting at the step where the training begins."""
        self.progress.start(state.max_steps, "steps", state.global_step)

    def on_step_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Time runs for a step, and not for what is measured between steps."""
        self.begun = time.monotonic()

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """One optimiser step is done. The trainer, which sees the whole plan as one epoch, is told where it is."""
        if self.steps_per_epoch is not None:
            state.epoch = round(state.global_step / self.steps_per_epoch, 4)
        if state.global_step % TRIM_EVERY == 0:
            give_back()

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, float] | None = None, **kwargs: Any) -> None:
        """A step's figures are there, and no checkpoint of it yet.

        Raises:
            ProofError: its loss, or the norm of its gradient, is no number. A step along such a gradient leaves no
                weight that is one, and a checkpoint would keep that.
        """
        logs = logs or {}
        if "loss" not in logs:
            return
        for name, told in (("loss", "loss"), ("grad_norm", "norm of the gradient")):
            if not math.isfinite(float(logs.get(name, 0.0))):
                what = f"the {told} of step {state.global_step} is {logs[name]}"
                raise ProofError(what, "", "Set a lower learning_rate, or float32")
        seconds = max(time.monotonic() - self.begun, 1e-9)
        self.figures |= {shown: float(logs[name]) for name, shown in SHOWN.items() if name in logs}
        if "tokens" in logs:
            speed = logs["tokens"] / seconds
            before = self.figures.get("tokens/s", speed)
            self.figures["tokens/s"] = 0.9 * before + 0.1 * speed
        self.progress.advance(1, **self.figures)


def place_among_processes() -> tuple[int, int]:
    """This process's number, and how many there are. accelerate's own state does not know it on a CPU before the
    trainer's arguments stand."""
    if not (torch.distributed.is_available() and torch.distributed.is_initialized()):
        return 0, 1
    return torch.distributed.get_rank(), torch.distributed.get_world_size()


def last_checkpoint(folder: Path) -> str | None:
    """The newest complete checkpoint below ``folder``; half-written ones are removed."""
    found = []
    for path in folder.glob("checkpoint-*"):
        # The trainer writes its state last, so a checkpoint without it, or with half of it, was interrupted.
        try:
            read_json(path / STATE)
        except InputError:
            shutil.rmtree(path, ignore_errors=True)  # each process of a run does so
        else:
            found.append((int(path.name.rpartition("-")[2]), str(path)))
    return max(found)[1] if found else None


def kept_log(history: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What of a trainer's history stays. Later stages depend on its digest, and a time differs from run to run."""
    entries = [{key: entry[key] for key in sorted(entry) if _is_kept(key)} for entry in history]
    return [entry for entry in entries if entry.keys() - {"epoch", "step"}]


def _is_kept(key: str) -> bool:
    return not key.endswith(("_runtime", "_per_second")) and key not in SINCE_START


def drop_checkpoints(folder: Path) -> None:
    """Remove a finished stage's checkpoints."""
    for state in folder.glob(f"*/{STATE}"):
        state.unlink()  # first, so that a kill halfway leaves no checkpoint that looks whole
    shutil.rmtree(folder, ignore_errors=True)


def sort_targets(path: Path) -> None:
    """PEFT writes a set; sorted, the same adapter has the same bytes."""
    config = read_json(path)
    for name in ("target_modules", "target_parameters"):
        if isinstance(config.get(name), list):
            config[name].sort()
    write_json(path, config)
