"""The SFT stage: LoRA on every linear layer, the loss on labelled tokens only.

TRL's SFTTrainer is the frame (checkpoints, schedule, trackers). In its seams: batches under a token budget,
of rows of like length (right padding under causal attention needs no mask) or packed, and a loss for which the
output head runs on labelled positions only.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
import torch
from datasets import Dataset
from transformers import PrinterCallback
from trl import SFTConfig, SFTTrainer

from residency.core.stage import Counts, StageContext
from residency.generation.models import choose_device, load_model, load_tokenizer
from residency.generation.settings import ModelSettings
from residency.training.adapter import add_adapter
from residency.training.common import CHECKPOINTS, Report, finish, last_checkpoint
from residency.training.loss import IGNORED, labelled_loss
from residency.training.packing import KeepApart, collate_bin, pack
from residency.training.separation import prove_apart
from residency.training.settings import SftSettings

# On a CPU each new shape is compiled anew and kept: with any width, memory grew by 25 MB a step.
WIDTH_STEP = 64


def run(context: StageContext) -> Counts:
    """Reads ``train.parquet`` and ``dev.parquet``; writes ``adapter/`` and ``log.jsonl``."""
    settings = context.section("sft", SftSettings)
    model_settings = context.section("model", ModelSettings)
    packed = settings.batching == "packed"
    train = read_batches(context.inputs["compile"] / "train.parquet", settings)
    dev = read_batches(context.inputs["compile"] / "dev.parquet", settings)
    torch.manual_seed(context.seed)
    model = add_adapter(load_model(model_settings, trainable=True, tell=context.progress.note), settings.lora)
    trainer = LabelledTrainer(
        model=model,
        args=_arguments(settings, model_settings, context),
        train_dataset=Dataset.from_list(train),
        eval_dataset=Dataset.from_list(dev) if dev else None,
        processing_class=load_tokenizer(model_settings),
        data_collator=collate_bin if packed else collate,
        callbacks=[Report(context.progress)],
        keep_apart=prove_apart(model, settings.batch_tokens) if packed else None,
    )
    trainer.remove_callback(PrinterCallback)
    trainer.train(resume_from_checkpoint=last_checkpoint(context.out / CHECKPOINTS))
    dev_loss = last_dev_loss(trainer) if dev else None
    log = finish(trainer, context.out)
    losses = [entry["loss"] for entry in log if "loss" in entry]
    return {
        "rows": sum(len(batch["input_ids"]) for batch in train),
        "steps": trainer.state.global_step,
        "loss_first": round(losses[0], 4) if losses else None,
        "loss_last": round(losses[-1], 4) if losses else None,
        "dev_loss": None if dev_loss is None else round(dev_loss, 4),
        "trainable_parameters": sum(p.numel() for p in model.parameters() if p.requires_grad),
    }


def read_batches(path: Path, settings: SftSettings) -> list[dict[str, Any]]:
    """Compiled rows in batches, of like length or packed; each batch is one item of the trainer's data set.

    Raises:
        InputError: a row does not fit into a packed batch.
    """
    frame = pl.read_parquet(path, columns=["input_ids", "labels"])
    rows = list(zip(frame["input_ids"].to_list(), frame["labels"].to_list(), strict=True))
    if settings.batching == "packed":
        batches = pack([len(ids) for ids, _ in rows], settings.batch_tokens)
    else:
        batches = batches_by_length([padded_width(len(ids)) for ids, _ in rows], settings.batch_tokens)
    return [{"input_ids": [rows[i][0] for i in batch], "labels": [rows[i][1] for i in batch]} for batch in batches]


def batches_by_length(lengths: Sequence[int], batch_tokens: int) -> list[list[int]]:
    """Group row numbers so that rows of like length share a batch and rows x longest row stays within
    ``batch_tokens``; a single longer row is a batch of its own."""
    batches: list[list[int]] = []
    for row in sorted(range(len(lengths)), key=lambda i: (-lengths[i], i)):
        if batches and lengths[batches[-1][0]] * (len(batches[-1]) + 1) <= batch_tokens:
            batches[-1].append(row)
        else:
            batches.append([row])
    return batches


def padded_width(length: int) -> int:
    """``length`` rounded up to a multiple of ``WIDTH_STEP``."""
    return -(-length // WIDTH_STEP) * WIDTH_STEP


def collate(items: list[dict[str, Any]]) -> dict[str, torch.Tensor]:
    """One batch, right-padded: ``input_ids`` and ``labels`` of shape (rows, padded width of the longest row)."""
    (batch,) = items
    width = padded_width(max(len(ids) for ids in batch["input_ids"]))

    def padded(rows: list[list[int]], fill: int) -> torch.Tensor:
        return torch.tensor([[*row, *[fill] * (width - len(row))] for row in rows])

    return {"input_ids": padded(batch["input_ids"], 0), "labels": padded(batch["labels"], IGNORED)}


class LabelledTrainer(SFTTrainer):
    """TRL's trainer with :func:`labelled_loss` in its seam; ``keep_apart`` is what packed batches need."""

    def __init__(self, *args: Any, keep_apart: KeepApart | None = None, **kwargs: Any) -> None:
        self.keep_apart = keep_apart
        super().__init__(*args, **kwargs)

    def compute_loss(
        self, model: Any, inputs: dict[str, Any], return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        """The loss of one batch: the mean over its labelled tokens."""
        model = self.accelerator.unwrap_model(model)
        attention = self.keep_apart(model, inputs["position_ids"]) if self.keep_apart else {}
        loss = labelled_loss(model, inputs["input_ids"], inputs["labels"], **attention)
        return (loss, {}) if return_outputs else loss

    def evaluate(self, *_: Any, **__: Any) -> dict[str, float]:
        """The dev loss: the mean over all labelled dev tokens, which batches hold in unequal numbers."""
        model = self.accelerator.unwrap_model(self.model)
        model.eval()
        total, tokens = 0.0, 0
        with torch.no_grad():
            for batch in self.get_eval_dataloader():
                count = int((batch["labels"][:, 1:] != IGNORED).sum())
                total += float(self.compute_loss(model, batch)) * count
                tokens += count
        found = {"eval_loss": total / tokens}
        self.log(found)
        self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, found)
        return found


def last_dev_loss(trainer: Any) -> float:
    """The dev loss after the last step; measured now unless the schedule has just done so."""
    measured = [
        entry["eval_loss"]
        for entry in trainer.state.log_history
        if "eval_loss" in entry and entry["step"] == trainer.state.global_step
    ]
    return float(measured[-1] if measured else trainer.evaluate()["eval_loss"])


def _arguments(settings: SftSettings, model: ModelSettings, context: StageContext) -> SFTConfig:
    return SFTConfig(
        output_dir=str(context.out / CHECKPOINTS),
        num_train_epochs=settings.epochs,
        max_steps=settings.max_steps or -1,
        per_device_train_batch_size=1,
        per_device_eval_batch_size=1,
        learning_rate=settings.learning_rate,
        lr_scheduler_type="cosine",
        warmup_steps=settings.warmup,
        max_grad_norm=1.0,
        weight_decay=0.0,
        logging_steps=1,
        save_strategy="steps",
        save_steps=settings.save_steps,
        save_total_limit=2,
        eval_strategy="steps" if settings.eval_steps else "no",
        eval_steps=settings.eval_steps or None,
        seed=context.seed,
        data_seed=context.seed,
        bf16=False,
        use_cpu=choose_device(model.device) == "cpu",
        gradient_checkpointing=False,
        max_length=None,
        dataset_kwargs={"skip_prepare_dataset": True},
        remove_unused_columns=False,
        dataloader_pin_memory=False,
        disable_tqdm=True,
        report_to=settings.report_to or "none",
    )
