"""The preference stage: losses on pairs, from the SFT model, which is also the reference.

A prompt that two answers share is computed once. Held-out pairs and dev rows are measured at intervals; the best step
of which no guard warns is what is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

import torch

from residency.chat.load import renderer_of
from residency.chat.pairs import CompiledPair, compile_pairs
from residency.chat.renderer import Renderer
from residency.chat.settings import ChatSettings, CompileSettings
from residency.core.errors import InputError, ProofError
from residency.core.files import read_jsonl
from residency.core.records import Pair
from residency.core.stage import Counts, StageContext
from residency.generation.models import load_tokenizer, tuned_folder
from residency.generation.settings import ModelSettings
from residency.training.model.attention import Attention
from residency.training.model.separation import prove_shared
from residency.training.model.start import PREFERENCE_RATE, begin, like, rate_of, ready
from residency.training.pairs.objectives import PairLoss
from residency.training.pairs.preferred import Preferred, with_others
from residency.training.pairs.reference import Reference, plain_pair_loss
from residency.training.proof.claims import Proof, answers_shown
from residency.training.proof.outcome import leave
from residency.training.proof.written import prove_written
from residency.training.settings import ONLINE, PreferenceSettings, Tune
from residency.training.steps.batches import PairTokens, batches_by_length
from residency.training.steps.frame import Plan, StageTrainer, arguments, check_trackers, plan_steps
from residency.training.steps.progress import CHECKPOINTS, last_checkpoint, place_among_processes
from residency.training.watch.guards import Watch, preference_watch
from residency.training.watch.keep import Keep
from residency.training.watch.measures import preference_measure

FEWEST = 40
"""Pairs below which none is held out."""
ENOUGH = 20
"""Held-out pairs, below which a few of them would choose the best step; but never more than a fifth of all."""


def run(context: StageContext) -> Counts:
    """Reads ``pairs.jsonl`` and the SFT adapter; writes ``adapter/``, ``log.jsonl`` and ``curves.svg``."""
    settings = context.section("preference", PreferenceSettings)
    check_trackers(settings)
    if settings.method in ONLINE:
        from residency.training.online.run import tune_online

        return tune_online(context)
    model_settings = context.section("model", ModelSettings)
    renderer = renderer_of(load_tokenizer(model_settings), context.section("chat", ChatSettings))
    rows, refused, left_out = read_pairs(renderer, context)
    torch.manual_seed(context.seed)
    model, tune = begin(settings, model_settings, context)
    ready(model, settings, model_settings)
    loss = loss_of(settings)
    pairs = with_others(rows, loss.others)
    objective = Preferred(pairs, loss, sharing(like(model), settings, pairs, context))
    watch = preference_watch(settings.guards)
    proof = Proof(plain_pair_loss(objective), answers_shown(objective, renderer))
    trainer, keep = make_trainer(model, tune, objective, proof, watch, renderer, context)
    keep.train(last_checkpoint(context.out / CHECKPOINTS))
    counts = finish(trainer, keep, watch, context)
    for callback in trainer.callback_handler.callbacks:
        callback.trainer = None
    del trainer, model  # what was written is loaded anew, beside which there may be no room for it
    claims = prove_written(context, proof.claims, [*rows[0]["prompt_ids"], *rows[0]["chosen_ids"]], renderer)
    about = {"pairs": len(rows), "refused": refused, "left_out": left_out, "prompts_shared": objective.shares}
    return about | counts | {"proof": claims}


def read_pairs(renderer: Renderer, context: StageContext) -> tuple[list[CompiledPair], dict[str, int], dict[str, int]]:
    """The pairs as tokens, what was refused and what was left out.

    Raises:
        InputError: there is no pair.
    """
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

    def batches(step: list[int]) -> list[list[int]]:
        parts = batches_by_length([objective.width(member) for member in step], settings.batch_tokens)
        while len(parts) < min(processes, len(step)):
            largest = parts.pop(max(range(len(parts)), key=lambda number: len(parts[number])))
            parts += [largest[: len(largest) // 2], largest[len(largest) // 2 :]]
        return [[step[place] for place in part] for part in parts]

    return plan_steps(
        members,
        settings.batch_pairs,
        settings.epochs,
        settings.max_steps,
        lambda epoch: context.random("pairs", epoch),
        batches,
    )


def held_out(pairs: Sequence[PairTokens], settings: PreferenceSettings, context: StageContext) -> list[int]:
    """The numbers of the pairs that are measured and not trained on: whole prompts, since to have learnt one answer to
    a question tells of another."""
    enough = len(pairs) >= FEWEST and settings.dev_share > 0
    wanted = max(round(len(pairs) * settings.dev_share), min(ENOUGH, len(pairs) // 5)) if enough else 0
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
    model: Any, tune: Tune, objective: Preferred, proof: Proof, watch: Watch, renderer: Renderer, context: StageContext
) -> tuple[StageTrainer, Keep]:
    """The trainer of this stage, and what keeps its best step."""
    settings = context.section("preference", PreferenceSettings)
    _, processes = place_among_processes()
    dev = held_out(objective.pairs, settings, context)
    members = [number for number in range(len(objective.pairs)) if number not in set(dev)]
    plan = plan_pairs(objective, members, context, processes)
    keep = Keep(
        len(plan),
        settings.evaluations,
        "eval_pairs/loss" if dev else None,
        settings.patience,
        watch.warn,
        context.progress,
        from_start=settings.start == "sft",  # of a base model there is no adapter before the first step
        note=watch.note,
    )
    callbacks: list[Any] = [keep, proof]
    if objective.loss_of_pairs.reference:
        tuned = tuned_folder(context.inputs["sft"]) if settings.start == "sft" else None
        callbacks.insert(0, Reference(objective, settings.batch_tokens, proof, tuned, context.progress))
    device = context.section("model", ModelSettings).device
    rate = rate_of(model, settings, tune, PREFERENCE_RATE)
    trainer = StageTrainer(
        model,
        arguments(settings, context.out, context.seed, device, len(plan), rate),
        objective,
        plan,
        context.progress,
        preference_measure(objective, dev, renderer, context),
        callbacks,
    )
    for callback in callbacks:
        callback.trainer = trainer
    return trainer, keep


def finish(trainer: StageTrainer, keep: Keep, watch: Watch, context: StageContext) -> Counts:
    """Write what the stage leaves, and count."""
    history = trainer.state.log_history
    accuracies = [entry["rewards/accuracies"] for entry in history if "rewards/accuracies" in entry]
    chosen = [entry["rewards/chosen"] for entry in history if "rewards/chosen" in entry]
    tail = max(1, len(accuracies) // 4)
    return leave(trainer, keep, watch, context.out) | {
        "accuracy_first": _mean(accuracies[:tail]),
        "accuracy_last": _mean(accuracies[-tail:]),
        "chosen_reward_last": _mean(chosen[-tail:]),
    }


def _mean(values: list[float]) -> float | None:
    return round(sum(values) / len(values), 4) if values else None
