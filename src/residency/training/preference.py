"""The preference stage: losses on pairs, from the SFT model, which is also the reference.

A prompt that two answers share is computed once. Held-out pairs and dev rows are measured at intervals; the best step
of which no guard warns is what is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

import torch
from accelerate import PartialState

from residency.chat.load import renderer_of
from residency.chat.pairs import CompiledPair, compile_pairs
from residency.chat.settings import ChatSettings, CompileSettings
from residency.core.errors import InputError, ProofError
from residency.core.files import read_jsonl, write_jsonl
from residency.core.records import Pair
from residency.core.stage import Counts, StageContext
from residency.generation.generate import base_model
from residency.generation.models import load_model, load_tokenizer
from residency.generation.settings import ModelSettings
from residency.training.adapter import add_adapter, hold_in_fp32
from residency.training.attention import Attention
from residency.training.batches import PairTokens, batches_by_length
from residency.training.common import ADAPTER, CHECKPOINTS, LOG, drop_checkpoints, kept_log, last_checkpoint
from residency.training.dev import DevPairs
from residency.training.frame import Plan, StageTrainer, arguments
from residency.training.keep import Keep
from residency.training.objectives import PairLoss
from residency.training.pairs import Preferred, with_others
from residency.training.reference import PROBES, Reference, check_tuned, plain_logprobs
from residency.training.scoring import make_scorable
from residency.training.separation import prove_shared
from residency.training.settings import PreferenceSettings

FEWEST = 40
"""Pairs below which none is held out."""


def run(context: StageContext) -> Counts:
    """Reads ``pairs.jsonl`` and the SFT adapter; writes ``adapter/`` and ``log.jsonl``."""
    settings = context.section("preference", PreferenceSettings)
    model_settings = context.section("model", ModelSettings)
    rows, refused, left_out = read_pairs(context)
    torch.manual_seed(context.seed)
    tuned = context.inputs["sft"] / ADAPTER if settings.start == "sft" else None
    model = load_model(model_settings, tuned, trainable=True)
    if tuned is None:
        model = add_adapter(model, settings.lora)
    hold_in_fp32(model)
    make_scorable(model)
    loss = loss_of(settings)
    pairs = with_others(rows, loss.others)
    objective = Preferred(pairs, loss, sharing(model, settings, pairs, context))
    trainer, keep, reference = make_trainer(model, objective, context)
    keep.train(last_checkpoint(context.out / CHECKPOINTS))
    return {
        "pairs": len(rows),
        "refused": refused,
        "left_out": left_out,
        "prompts_shared": objective.shares,
    } | finish(trainer, keep, reference, context)


def read_pairs(context: StageContext) -> tuple[list[CompiledPair], dict[str, int], dict[str, int]]:
    """The pairs as tokens, what was refused and what was left out.

    Raises:
        InputError: there is no pair.
    """
    tokenizer = load_tokenizer(context.section("model", ModelSettings))
    renderer = renderer_of(tokenizer, context.section("chat", ChatSettings))
    longest = context.section("compile", CompileSettings).max_length
    pairs = cast(Iterable[Pair], read_jsonl(context.inputs["pairs"] / "pairs.jsonl"))
    rows, refused, left_out = compile_pairs(pairs, renderer, longest)
    if not rows:
        raise InputError("there is no pair to train on", str(context.inputs["pairs"]), "See its report.json for why")
    return rows, refused, left_out


def loss_of(settings: PreferenceSettings) -> PairLoss:
    """The loss that the settings ask for."""
    weights: Mapping[str, float] = {str(name): weight for name, weight in settings.losses.items()}
    weights = weights or {settings.method: 1.0}
    return PairLoss(weights, settings.beta, settings.gamma, settings.sft_weight)


def sharing(
    model: Any, settings: PreferenceSettings, pairs: Sequence[PairTokens], context: StageContext
) -> Attention | None:
    """How answers that share a prompt are kept apart; None where each is computed after a prompt of its own.

    Raises:
        ProofError: prompts must be shared, and it is not shown that answers stay apart.
    """
    if settings.share_prompts == "never":
        return None
    try:
        return prove_shared(model, max(pair.width(shared=False) for pair in pairs))
    except ProofError as error:
        if settings.share_prompts == "always":
            raise
        context.progress.note(f"prompts are computed for each answer apart: {error.what}")
        return None


def plan_pairs(objective: Preferred, members: Sequence[int], context: StageContext, processes: int) -> Plan:
    """The steps of the training: ``batch_pairs`` pairs each, in batches under the budget of tokens, of which there are
    at least as many as processes, or as pairs."""
    settings = context.section("preference", PreferenceSettings)
    per_epoch = -(-len(members) // settings.batch_pairs)
    wanted = max(1, round(per_epoch * settings.epochs))
    wanted = min(wanted, settings.max_steps) if settings.max_steps else wanted
    steps: list[list[list[int]]] = []
    epoch = 0
    while len(steps) < wanted:
        order = list(members)
        context.random("pairs", epoch).shuffle(order)
        for start in range(0, len(order), settings.batch_pairs):
            step = order[start : start + settings.batch_pairs]
            parts = batches_by_length([objective.width(member) for member in step], settings.batch_tokens)
            while len(parts) < min(processes, len(step)):
                largest = parts.pop(max(range(len(parts)), key=lambda number: len(parts[number])))
                parts += [largest[: len(largest) // 2], largest[len(largest) // 2 :]]
            steps.append([[step[place] for place in part] for part in parts])
        epoch += 1
    return Plan(steps[:wanted], float(per_epoch))


def held_out(pairs: Sequence[PairTokens], settings: PreferenceSettings, context: StageContext) -> list[int]:
    """The numbers of the pairs that are measured and not trained on: whole prompts, since to have learnt one answer to
    a question tells of another."""
    wanted = round(len(pairs) * settings.dev_share) if len(pairs) >= FEWEST else 0
    by_prompt: dict[tuple[int, ...], list[int]] = {}
    for number, pair in enumerate(pairs):
        by_prompt.setdefault(tuple(pair.prompt), []).append(number)
    prompts = list(by_prompt.values())
    context.random("held out").shuffle(prompts)
    chosen: list[int] = []
    for numbers in prompts:
        if len(chosen) + len(numbers) <= wanted:
            chosen += numbers
    return sorted(chosen)


def make_trainer(
    model: Any, objective: Preferred, context: StageContext
) -> tuple[StageTrainer, Keep, Reference | None]:
    """The trainer of this stage, what keeps its best step, and what fills in the reference where there is one."""
    settings = context.section("preference", PreferenceSettings)
    processes = PartialState()
    dev = held_out(objective.pairs, settings, context)
    members = [number for number in range(len(objective.pairs)) if number not in set(dev)]
    plan = plan_pairs(objective, members, context, processes.num_processes)
    measure = DevPairs(objective, dev, settings.batch_tokens, (), processes.process_index, processes.num_processes)
    keep = Keep(
        len(plan),
        settings.evaluations,
        "eval_pairs/loss",
        settings.patience,
        lambda history: [],
        context.progress,
        from_start=True,
    )
    callbacks: list[Any] = [keep]
    reference = None
    if objective.loss_of_pairs.reference:
        probes = objective.pairs[:PROBES]
        expected = plain_logprobs(model, probes)
        if settings.start == "sft":
            check_tuned(model, expected, probes, context.inputs["sft"] / ADAPTER)
        reference = Reference(objective, settings.batch_tokens, expected, context.progress)
        callbacks.insert(0, reference)
    device = context.section("model", ModelSettings).device
    trainer = StageTrainer(
        model,
        arguments(settings, context.out, context.seed, device, len(plan), settings.learning_rate or 1e-4),
        objective,
        plan,
        context.progress,
        measure if dev else None,
        callbacks,
    )
    for callback in callbacks:
        callback.trainer = trainer
    return trainer, keep, reference


def finish(trainer: StageTrainer, keep: Keep, reference: Reference | None, context: StageContext) -> Counts:
    """Write what the stage leaves, and count."""
    history = trainer.state.log_history
    best = keep.best(trainer.state)
    model = base_model(trainer.accelerator.unwrap_model(trainer.model))
    if trainer.args.should_save:
        keep.take(best, context.out / ADAPTER, model.dtype)
        write_jsonl(context.out / LOG, kept_log(history))
        drop_checkpoints(context.out / CHECKPOINTS)
    accuracies = [entry["rewards/accuracies"] for entry in history if "rewards/accuracies" in entry]
    chosen = [entry["rewards/chosen"] for entry in history if "rewards/chosen" in entry]
    tail = max(1, len(accuracies) // 4)
    return {
        "steps": trainer.state.global_step,
        "kept_step": best,
        "stopped": keep.stopped,
        "reference_gap_per_token": None if reference is None else reference.gap,
        "accuracy_first": _mean(accuracies[:tail]),
        "accuracy_last": _mean(accuracies[-tail:]),
        "chosen_reward_last": _mean(chosen[-tail:]),
    }


def _mean(values: list[float]) -> float | None:
    return round(sum(values) / len(values), 4) if values else None
