"""What both trainers need: progress, the log, checkpoints to go on from."""

from __future__ import annotations

import ctypes
import logging
import os
import shutil
import sys
from functools import partial
from pathlib import Path
from typing import Any

os.environ.setdefault("TRL_EXPERIMENTAL_SILENCE", "1")
os.environ.setdefault("HF_DATASETS_DISABLE_PROGRESS_BARS", "1")

import torch
from datasets.utils.logging import disable_progress_bar
from peft.tuners.lora import LoraLayer
from transformers import TrainerCallback

from residency.core.errors import InputError
from residency.core.files import read_json, write_json, write_jsonl
from residency.core.stage import Progress

disable_progress_bar()
logging.getLogger("accelerate").setLevel(logging.ERROR)
CHECKPOINTS = "checkpoints"
ADAPTER = "adapter"
LOG = "log.jsonl"
TRIM_EVERY = 20
STATE = "trainer_state.json"
# These count from where a process began, which differs after a kill, or are times.
SINCE_START = ("train_loss", "num_tokens", "total_flos", "step_time")
# Nats a token within which two computations of one log-probability are the same: the same weights give
# bfloat16 results that differ by some thousandths from pass to pass on some processors.
SAME = {torch.float32: 1e-4, torch.bfloat16: 0.02}


class Report(TrainerCallback):
    """Passes the trainer's steps and losses on to the stage's progress."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.loss: dict[str, float] = {}

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Start counting at the step where the training begins."""
        self.progress.start(state.max_steps, "steps", state.global_step)

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, float] | None = None, **kwargs: Any) -> None:
        """Remember the loss that was just measured."""
        logs = logs or {}
        if "loss" in logs:
            self.loss["loss"] = float(logs["loss"])
        if "rewards/accuracies" in logs:
            self.loss["accuracy"] = float(logs["rewards/accuracies"])

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """One optimiser step is done."""
        self.progress.advance(1, **self.loss)
        if state.global_step % TRIM_EVERY == 0:
            _return_free_memory()


def _return_free_memory() -> None:
    """Batches of ever new shapes leave glibc's heap in pieces: without this it grew by 25 MB a step on a CPU."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)


def hold_in_fp32(model: Any) -> None:
    """Keep the adapters' weights in fp32 and compute with them in the model's own precision.

    A bfloat16 weight does not move by less than 1/512 of itself, and PEFT turns adapters to fp32 whenever a
    checkpoint is loaded, so that a bfloat16 run would end differently after a kill. PEFT's own forward pass
    with fp32 adapters casts the activations, at 40% of the speed; here the weights are cast, which are few.
    """
    for layer in model.modules():
        if isinstance(layer, LoraLayer):
            layer.cast_input_dtype_enabled = False
            for linear in (*layer.lora_A.values(), *layer.lora_B.values()):
                linear.to(torch.float32)
                linear.forward = partial(_linear, linear)


def _linear(layer: Any, x: torch.Tensor) -> torch.Tensor:
    return torch.nn.functional.linear(x, layer.weight.to(x.dtype))


def last_checkpoint(folder: Path) -> str | None:
    """The newest complete checkpoint below ``folder``; half-written ones are removed."""
    found = []
    for path in folder.glob("checkpoint-*"):
        # The trainer writes its state last, so a checkpoint without it, or with half of it, was interrupted.
        try:
            read_json(path / STATE)
        except InputError:
            shutil.rmtree(path)
        else:
            found.append((int(path.name.rpartition("-")[2]), str(path)))
    return max(found)[1] if found else None


def finish(trainer: Any, out: Path) -> list[dict[str, Any]]:
    """Save the adapter, in the precision it computes in, and the log; remove the checkpoints. Returns the log."""
    model = trainer.accelerator.unwrap_model(trainer.model)
    for name, weights in model.named_parameters():
        if "lora_" in name:
            weights.data = weights.data.to(model.dtype)
    model.save_pretrained(str(out / ADAPTER), selected_adapters=["default"], safe_serialization=True)
    _sort_targets(out / ADAPTER / "adapter_config.json")
    entries = [{key: entry[key] for key in sorted(entry) if _is_kept(key)} for entry in trainer.state.log_history]
    log = [entry for entry in entries if entry.keys() - {"epoch", "step"}]
    write_jsonl(out / LOG, log)
    for state in (out / CHECKPOINTS).glob(f"*/{STATE}"):
        state.unlink()  # first, so that a kill halfway leaves no checkpoint that looks whole
    shutil.rmtree(out / CHECKPOINTS, ignore_errors=True)
    return log


def _is_kept(key: str) -> bool:
    # Later stages depend on this folder's digests, and a time differs from run to run.
    return not key.endswith(("_runtime", "_per_second")) and key not in SINCE_START


def _sort_targets(path: Path) -> None:
    """PEFT writes a set; sorted, the same adapter has the same bytes."""
    config = read_json(path)
    if isinstance(config.get("target_modules"), list):
        config["target_modules"].sort()
    write_json(path, config)
