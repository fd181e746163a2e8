"""The preference stage: DPO (or IPO) from the SFT model, which is also the reference.

TRL's DPOTrainer is the frame and computes the loss. It copies the SFT adapter under the name ``ref``; that
this copy is what the log-ratios are taken against, and not the base model, is checked on the first pair.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import torch
from datasets import Dataset
from transformers import PrinterCallback
from trl import DPOConfig, DPOTrainer

from residency.chat.chatml import ChatML
from residency.chat.settings import CompileSettings
from residency.core.errors import InputError, ProofError
from residency.core.files import read_jsonl
from residency.core.records import Pair
from residency.core.stage import Counts, StageContext
from residency.generation.generate import model_body, output_head
from residency.generation.models import choose_device, load_model, load_tokenizer
from residency.generation.settings import ModelSettings
from residency.training.common import ADAPTER, CHECKPOINTS, Report, finish, last_checkpoint
from residency.training.settings import PreferenceSettings

LOSSES = {"dpo": "sigmoid", "ipo": "ipo"}
SAME = 1e-4  # nats a token within which two computations of one log-probability are the same


def run(context: StageContext) -> Counts:
    """Reads ``pairs.jsonl`` and the SFT adapter; writes ``adapter/`` and ``log.jsonl``."""
    settings = context.section("preference", PreferenceSettings)
    model_settings = context.section("model", ModelSettings)
    tokenizer = load_tokenizer(model_settings)
    rows, refused = compile_pairs(
        context.inputs["pairs"] / "pairs.jsonl",
        ChatML(tokenizer),
        context.section("compile", CompileSettings).max_length,
    )
    if not rows:
        raise InputError("there is no pair to train on", str(context.inputs["pairs"]), "See its report.json for why")
    torch.manual_seed(context.seed)
    model = load_model(model_settings, context.inputs["sft"] / ADAPTER, trainable=True)
    trainer = CompiledPairTrainer(
        model=model,
        args=_arguments(settings, model_settings, context),
        train_dataset=Dataset.from_list(rows),
        processing_class=tokenizer,
        callbacks=[Report(context.progress)],
    )
    trainer.remove_callback(PrinterCallback)
    gap = check_reference(trainer.model, rows[0])
    trainer.train(resume_from_checkpoint=last_checkpoint(context.out / CHECKPOINTS))
    log = finish(trainer, context.out)
    accuracies = [entry["rewards/accuracies"] for entry in log if "rewards/accuracies" in entry]
    chosen = [entry["rewards/chosen"] for entry in log if "rewards/chosen" in entry]
    tail = max(1, len(accuracies) // 4)
    return {
        "pairs": len(rows),
        "refused": refused,
        "steps": trainer.state.global_step,
        "reference_gap_per_token": gap,
        "accuracy_first": _mean(accuracies[:tail]),
        "accuracy_last": _mean(accuracies[-tail:]),
        "chosen_reward_last": _mean(chosen[-tail:]),
    }


def compile_pairs(path: Path, renderer: ChatML, max_length: int) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """Pairs as ``prompt_ids``, ``chosen_ids`` and ``rejected_ids``, by the code that compiles SFT rows."""
    rows: list[dict[str, Any]] = []
    refused = {"longer than compile.max_length": 0}
    for pair in (cast(Pair, row) for row in read_jsonl(path)):
        prompt = renderer.prompt(pair["prompt"])
        chosen, rejected = renderer.target(pair["chosen"]), renderer.target(pair["rejected"])
        if len(prompt) + max(len(chosen), len(rejected)) > max_length:
            refused["longer than compile.max_length"] += 1
            continue
        rows.append({"prompt_ids": prompt, "chosen_ids": chosen, "rejected_ids": rejected})
    return rows, {reason: count for reason, count in refused.items() if count}


class CompiledPairTrainer(DPOTrainer):
    """TRL's trainer on pairs that are compiled already."""

    def _prepare_dataset(self, dataset: Dataset, *_: Any, **__: Any) -> Dataset:
        return dataset


def check_reference(model: Any, row: dict[str, Any]) -> float:
    """Assert that before training the policy and its reference give one pair the same log-probability.

    Returns:
        Their difference in nats a token.

    Raises:
        ProofError: there is no reference adapter, or it is not the SFT model.
    """
    if "ref" not in model.peft_config:
        raise ProofError("the trainer made no copy of the SFT adapter; its reference would be the base model")
    values = []
    for name in ("default", "ref"):
        model.set_adapter(name)
        values.append(_sequence_logprob(model, row["prompt_ids"], row["chosen_ids"]))
    model.set_adapter("default")
    # set_adapter makes the adapter that it chose trainable: the reference must not learn.
    for name, parameter in model.named_parameters():
        if ".ref." in name:
            parameter.requires_grad_(False)
    gap = abs(values[0] - values[1]) / len(row["chosen_ids"])
    if gap > SAME:
        raise ProofError(f"the reference is not the SFT model: {gap:.4f} nats a token apart")
    return gap


def _sequence_logprob(model: Any, prompt: list[int], target: list[int]) -> float:
    ids = torch.tensor([prompt + target], device=next(model.parameters()).device)
    with torch.inference_mode():
        hidden = model_body(model)(input_ids=ids, use_cache=False).last_hidden_state[0, len(prompt) - 1 : -1]
        logprobs = torch.log_softmax(output_head(model)(hidden).float(), dim=-1)
    return float(logprobs.gather(1, ids[0, len(prompt) :, None]).sum())


def _mean(values: list[float]) -> float | None:
    return round(sum(values) / len(values), 4) if values else None


def _arguments(settings: PreferenceSettings, model: ModelSettings, context: StageContext) -> DPOConfig:
    with_sft = settings.sft_weight > 0
    losses = [LOSSES[settings.method], *(["sft"] if with_sft else [])]
    return DPOConfig(
        output_dir=str(context.out / CHECKPOINTS),
        loss_type=losses,
        loss_weights=[1.0, settings.sft_weight] if with_sft else None,
        beta=settings.beta,
        num_train_epochs=settings.epochs,
        max_steps=settings.max_steps or -1,
        per_device_train_batch_size=1,
        gradient_accumulation_steps=settings.batch_pairs,
        learning_rate=settings.learning_rate,
        lr_scheduler_type="cosine",
        warmup_steps=settings.warmup,
        max_grad_norm=1.0,
        weight_decay=0.0,
        logging_steps=1,
        save_strategy="steps",
        save_steps=settings.save_steps,
        save_total_limit=2,
        seed=context.seed,
        data_seed=context.seed,
        bf16=False,
        use_cpu=choose_device(model.device) == "cpu",
        gradient_checkpointing=False,
        max_length=None,
        remove_unused_columns=False,
        dataloader_pin_memory=False,
        disable_tqdm=True,
        report_to=settings.report_to or "none",
    )
