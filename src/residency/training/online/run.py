"""GRPO and RLOO from the SFT adapter, called by the preference stage."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, cast

import torch
from accelerate import PartialState
from transformers import PrinterCallback
from trl import GRPOConfig, RLOOConfig

from residency.chat.load import renderer_of
from residency.chat.renderer import Renderer
from residency.chat.settings import ChatSettings, CompileSettings
from residency.core.errors import InputError
from residency.core.files import read_json, read_jsonl
from residency.core.records import Conversation, Passage
from residency.core.stage import Counts, StageContext
from residency.generation.models import choose_device, load_tokenizer
from residency.generation.settings import ModelSettings
from residency.training.model.adapter import hold_in_fp32
from residency.training.model.start import begin, computes_twice, without_card
from residency.training.online.curve import PART, write_curve
from residency.training.online.sampling import (
    SAMPLES,
    AskedGRPOTrainer,
    AskedRLOOTrainer,
    Grader,
    Scorer,
    check_reference,
)
from residency.training.online.settings import OnlineSettings
from residency.training.online.tasks import Task, collect_tasks, spread
from residency.training.proof.claims import Learns
from residency.training.proof.written import prove_written, write_last
from residency.training.reward_model import RewardModel
from residency.training.settings import PreferenceSettings
from residency.training.steps.progress import CHECKPOINTS, STATE, Report, last_checkpoint

Method = Literal["grpo", "rloo"]
CURVE = "rewards.svg"
TOO_LONG = "longer than compile.max_length"
CONVERSATIONS = ("thoughts", "mix")


def tune_online(context: StageContext) -> Counts:
    """Reads ``train.jsonl`` of the thoughts (or the mix), the passages of the index and, unless it starts from the base
    model, what the SFT stage left; writes ``adapter/``, ``log.jsonl``, ``samples.jsonl`` and ``rewards.svg``.

    Raises:
        InputError: no conversation can be verified, or all of their prompts are too long.
        ProofError: what would be learnt from was not asked as it is served, or the reference is another model.
    """
    preference = context.section("preference", PreferenceSettings)
    settings, method = preference.online, cast(Method, preference.method)
    model_settings = context.section("model", ModelSettings)
    tokenizer = load_tokenizer(model_settings)
    renderer = renderer_of(tokenizer, context.section("chat", ChatSettings))
    tasks, left_out = _tasks(context, settings, renderer)
    torch.manual_seed(context.seed)
    scorer = _scorer(settings, model_settings)
    grader = Grader(tasks, renderer, dict(settings.weights), context.out / SAMPLES, scorer)
    learns = Learns()
    trainer = _trainer(method, settings, preference, model_settings, grader, tokenizer, context, learns)
    checkpoint = last_checkpoint(context.out / CHECKPOINTS)
    grader.forget_after(int(read_json(Path(checkpoint) / STATE)["global_step"]) if checkpoint else 0)
    trainer.train(resume_from_checkpoint=checkpoint)
    log = write_last(trainer, context.out)
    write_curve(log, context.out / CURVE)
    counts: Counts = {
        "prompts": len(tasks),
        "asks": dict(Counter(task.skill or "mcq" for task in tasks)),
        "left_out": left_out,
        "steps": trainer.state.global_step,
        "tokens": grader.tokens() if trainer.args.should_save else 0,
        **_ends(log),
    }
    claims = learns.claims | {"prompts_as_served": len(tasks), "reference_is_the_start": settings.beta > 0}
    learns.trainer = None
    del trainer  # what was written is loaded anew, beside which there may be no room for it
    shown = [*grader.prompt(tasks[0].id), *renderer.encoder.encode([tasks[0].row["messages"][-1]["content"]])[0]]
    return counts | {"proof": prove_written(context, claims, shown, renderer)}


def _tasks(context: StageContext, settings: OnlineSettings, renderer: Renderer) -> tuple[list[Task], dict[str, int]]:
    folder = next(context.inputs[name] for name in CONVERSATIONS if name in context.inputs)
    rows = (cast(Conversation, row) for row in read_jsonl(folder / "train.jsonl"))
    passages = {row["id"]: cast(Passage, row) for row in read_jsonl(context.inputs["index"] / "passages.jsonl")}
    tasks, left_out = collect_tasks(rows, passages)
    if not tasks:
        what = f"no conversation has an answer that can be verified ({json.dumps(left_out)})"
        raise InputError(what, str(folder), "Online tuning needs MCQs, or questions over a context")
    longest = context.section("compile", CompileSettings).max_length
    budget = renderer.limit(settings.max_new_tokens)
    fit = [task for task in tasks if len(renderer.prompt(task.messages)) + budget <= longest]
    if len(fit) < len(tasks):
        left_out[TOO_LONG] = len(tasks) - len(fit)
    if not fit:
        what = f"no prompt leaves room for {budget} tokens of an answer"
        raise InputError(what, f"compile.max_length = {longest}", "Raise it, or lower preference.online.max_new_tokens")
    return spread(fit, settings.prompts, context.random("online", "prompts").shuffle), left_out


def _scorer(settings: OnlineSettings, model: ModelSettings) -> Scorer | None:
    return RewardModel(settings.reward_model, model) if settings.reward_model else None


def _trainer(
    method: Method,
    settings: OnlineSettings,
    preference: PreferenceSettings,
    model_settings: ModelSettings,
    grader: Grader,
    tokenizer: Any,
    context: StageContext,
    learns: Learns,
) -> Any:
    model, _ = begin(preference, model_settings, context)
    without_card(model)
    kinds: dict[str, tuple[Any, Any]] = {
        "grpo": (AskedGRPOTrainer, GRPOConfig),
        "rloo": (AskedRLOOTrainer, RLOOConfig),
    }
    kind, config = kinds[method]
    trainer = kind(
        model=model,
        reward_funcs=grader.reward,
        args=config(**_arguments(settings, preference, model_settings, grader, context)),
        train_dataset=grader.rows(),
        processing_class=tokenizer,
        callbacks=[Report(context.progress), learns],
    )
    learns.trainer = trainer
    trainer.remove_callback(PrinterCallback)
    trainer.attach(grader)
    hold_in_fp32(trainer.model)
    check_reference(trainer.model)
    return trainer


def _arguments(
    settings: OnlineSettings,
    preference: PreferenceSettings,
    model: ModelSettings,
    grader: Grader,
    context: StageContext,
) -> dict[str, Any]:
    return {
        "output_dir": str(context.out / CHECKPOINTS),
        "num_generations": settings.generations,
        "per_device_train_batch_size": settings.generations,
        # The sampler takes no part of a batch: with fewer prompts than a step asks for there would be no step.
        "gradient_accumulation_steps": max(
            1, min(settings.prompts_per_step, len(grader.tasks)) // PartialState().num_processes
        ),
        "max_completion_length": grader.renderer.limit(settings.max_new_tokens),
        "temperature": settings.temperature,
        "beta": settings.beta,
        "learning_rate": settings.learning_rate,
        "warmup_steps": settings.warmup,
        "max_steps": settings.steps,
        "max_grad_norm": 1.0,
        "weight_decay": 0.0,
        "logging_steps": 1,
        "save_strategy": "steps",
        "save_steps": settings.save_steps,
        "save_total_limit": 2,
        "seed": context.seed,
        "data_seed": context.seed,
        "bf16": False,
        "use_cpu": choose_device(model.device) == "cpu",
        "gradient_checkpointing": computes_twice(preference, model),
        "gradient_checkpointing_kwargs": {"use_reentrant": False},
        "dataloader_pin_memory": False,
        "disable_tqdm": True,
        "report_to": preference.report_to or "none",
    }


def _ends(log: Sequence[dict[str, Any]]) -> Counts:
    """The means of the first and the last quarter of the steps: of the reward, of its parts, and of the shares of MCQs
    unparsed and of answers cut off."""
    rows = [row for row in log if row.get("reward") is not None]
    size = max(1, len(rows) // 4)
    names = {"reward": "reward", "cut_off": "completions/clipped_ratio"}
    names |= {key.removeprefix(PART): key for row in rows for key in row if key.startswith(PART)}
    return {
        name: {"first": _mean(rows[:size], key), "last": _mean(rows[-size:], key)}
        for name, key in sorted(names.items())
    }


def _mean(rows: Sequence[dict[str, Any]], key: str) -> float | None:
    values = [row[key] for row in rows if row.get(key) is not None]
    return round(sum(values) / len(values), 4) if values else None
