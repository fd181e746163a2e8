"""TRL's own trainers as a careful user sets them up: with their defaults, and with the best of their settings.

``default``: the model as TRL loads it from a folder (float32 weights, bfloat16 by autocast), PEFT's fp32 adapters,
batches of eight, gradient checkpointing. ``best``: weights and adapters in bfloat16, small batches, nothing recomputed.
"""

from __future__ import annotations

import gc
import logging
import os
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("TRL_EXPERIMENTAL_SILENCE", "1")
os.environ.setdefault("HF_DATASETS_DISABLE_PROGRESS_BARS", "1")
os.environ.setdefault("TQDM_DISABLE", "1")

import datasets
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import PrinterCallback, TrainerCallback
from trl import DPOConfig, DPOTrainer, SFTConfig, SFTTrainer

from benchmarks.trainers import SEED
from residency.generation.embedded import embedded_model_folder
from residency.generation.models import load_model
from residency.generation.settings import ModelSettings

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)
datasets.disable_caching()

Row = dict[str, list[int]]
LORA = LoraConfig(r=32, target_modules="all-linear", task_type="CAUSAL_LM")
COMMON: dict[str, Any] = {
    "num_train_epochs": 1,
    "bf16": True,
    "use_cpu": not torch.cuda.is_available(),
    "logging_steps": 1,
    "save_strategy": "no",
    "report_to": "none",
    "disable_tqdm": True,
    "seed": SEED,
}
BEST: dict[str, Any] = {"per_device_train_batch_size": 1, "gradient_checkpointing": False}
Trainer = Callable[[str], Any]
"""A trainer that writes to the folder named."""


class Clock(TrainerCallback):
    """When the training began, and when its last step was done."""

    def __init__(self) -> None:
        self.begun = self.ended = 0.0

    def on_train_begin(self, *_: Any, **__: Any) -> None:
        """The first step is next."""
        self.begun = self.ended = time.perf_counter()

    def on_step_end(self, *_: Any, **__: Any) -> None:
        """One optimiser step is done."""
        self.ended = time.perf_counter()


class CompiledPairs(DPOTrainer):
    """TRL's trainer on pairs that are compiled already, so that both sides train on the same tokens."""

    def _prepare_dataset(self, dataset: Any, *_: Any, **__: Any) -> Any:
        return dataset


def base(best: bool) -> Any:
    """The model: as our stages load it, or as TRL loads a folder."""
    if best:
        return load_model(ModelSettings(), trainable=True)
    from trl.trainer.utils import create_model_from_path

    return create_model_from_path(str(embedded_model_folder()))


def sft(rows: Sequence[Row], best: bool, cap: int) -> tuple[float, list[float]]:
    """Seconds of one pass over the rows, from the first step to the last, and the losses."""

    def trainer(folder: str) -> Any:
        chosen = {**BEST, "gradient_accumulation_steps": 4, "packing": True} if best else {}
        model = base(best)
        return SFTTrainer(
            model=get_peft_model(model, LORA, autocast_adapter_dtype=False) if best else model,
            peft_config=None if best else LORA,
            args=SFTConfig(folder, max_length=cap, **COMMON, **chosen),
            train_dataset=datasets.Dataset.from_list(list(rows)),
            processing_class=_tokenizer(),
        )

    seconds, _, losses = _trained(trainer)
    return seconds, losses


def dpo(rows: Sequence[Row], adapter: Path, best: bool, batch: int) -> tuple[float, list[float]]:
    """Seconds of one pass over the pairs, the reference's log-probabilities included, and the losses."""

    def trainer(folder: str) -> Any:
        chosen = {**BEST, "gradient_accumulation_steps": 4, "precompute_ref_log_probs": True}
        return CompiledPairs(
            model=PeftModel.from_pretrained(base(best), adapter, is_trainable=True, autocast_adapter_dtype=not best),
            args=DPOConfig(folder, **COMMON, **(chosen if best else {"per_device_train_batch_size": batch})),
            train_dataset=datasets.Dataset.from_list(list(rows)),
            processing_class=_tokenizer(),
        )

    seconds, making, losses = _trained(trainer)
    return seconds + (making if best else 0), losses


def _trained(make: Trainer) -> tuple[float, float, list[float]]:
    """Seconds of the steps and of making the trainer, and the losses."""
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        trainer = make(folder)
        making, clock = time.perf_counter() - begun, Clock()
        trainer.add_callback(clock)
        trainer.remove_callback(PrinterCallback)
        trainer.train()
    losses = [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]
    del trainer
    gc.collect()
    return clock.ended - clock.begun, making, losses


def _tokenizer() -> Any:
    from residency.generation.models import load_tokenizer

    return load_tokenizer(ModelSettings())
