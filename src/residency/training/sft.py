"""The SFT stage: an adapter, or all weights of a small model, and the loss on labelled tokens only.

Batches keep to a budget of tokens: rows of like length, padded on the right, or packed. Dev is measured at intervals;
the best step's weights are what is written.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any

import torch

from residency.chat.load import renderer_of
from residency.chat.settings import ChatSettings
from residency.core.errors import InputError, ProofError, UsageError
from residency.core.stage import Counts, StageContext
from residency.generation.models import load_tokenizer
from residency.generation.settings import ModelSettings
from residency.training.model.attention import Attention, nothing
from residency.training.model.separation import prove_apart
from residency.training.model.start import fresh, like, rate_of, ready
from residency.training.proof.claims import Proof, labels_shown, plain_loss
from residency.training.proof.outcome import leave
from residency.training.proof.written import prove_written
from residency.training.settings import SftSettings
from residency.training.steps.batches import (
    WIDTH_STEP,
    Micro,
    Rows,
    batches_by_length,
    first_rows,
    pack,
    packed,
    padded,
    padded_width,
    read_rows,
)
from residency.training.steps.frame import Counted, Plan, StageTrainer, arguments, check_trackers, plan_steps
from residency.training.steps.progress import CHECKPOINTS, last_checkpoint, place_among_processes
from residency.training.watch.dev import DevLoss, figure_names, part_sizes
from residency.training.watch.guards import Watch, sft_watch
from residency.training.watch.keep import Keep


def run(context: StageContext) -> Counts:
    """Reads ``train.parquet`` and ``dev.parquet``; writes ``adapter/``, ``log.jsonl`` and ``curves.svg``."""
    settings = context.section("sft", SftSettings)
    check_trackers(settings)
    model_settings = context.section("model", ModelSettings)
    train = read_rows(context.inputs["compile"] / "train.parquet")
    dev = first_rows(read_rows(context.inputs["compile"] / "dev.parquet"), settings.dev_rows)
    check_rows(train, context)
    check_best(settings.best, dev)
    torch.manual_seed(context.seed)
    model = fresh(model_settings, settings.tune, settings.lora, context.progress.note)
    ready(model, settings, model_settings)
    attention = packing(model, max(train.lengths), settings, context)
    plan = plan_rows(train, attention is not None, settings, context)
    objective = Labelled(train, attention)
    renderer = renderer_of(load_tokenizer(model_settings), context.section("chat", ChatSettings))
    proof = Proof(plain_loss(train), labels_shown(train, objective.micro, renderer))
    watch = sft_watch(settings.guards, part_sizes(dev))
    trainer, keep = make_trainer(model, objective, plan, dev, proof, watch, context)
    keep.train(last_checkpoint(context.out / CHECKPOINTS))
    counts = finish(trainer, keep, watch, context)
    proof.trainer = keep.trainer = None
    del trainer, model  # what was written is loaded anew, beside which there may be no room for it
    claims = prove_written(context, proof.claims, train.row(0)[0].tolist(), renderer)
    return {"rows": len(train)} | counts | {"proof": claims}


class Labelled:
    """Cross-entropy on labelled tokens: its mean over those of a step.

    Args:
        rows: the compiled rows; members are their numbers.
        attention: the way by which a model was proved to keep packed rows apart; None pads them.
    """

    def __init__(self, rows: Rows, attention: Attention | None) -> None:
        self.rows, self.build, self.attention = rows, packed if attention else padded, attention or nothing
        self.lengths, self.labelled = rows.lengths, rows.labelled

    def micro(self, members: Sequence[int]) -> Micro:
        """The batch of these rows."""
        return self.build([self.rows.row(member) for member in members])

    def counts(self, members: Sequence[int]) -> Counted:
        """Their tokens, and those of them that are predicted."""
        return {
            "tokens": sum(self.lengths[member] for member in members),
            "labelled": float(self.labelled[list(members)].sum()),
        }

    def loss(self, model: Any, micro: Micro, whole: Counted) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        """The batch's part of the step's loss."""
        logprobs = model(
            input_ids=micro["input_ids"],
            read_at=micro["read_at"],
            targets=micro["targets"],
            **self.attention(model, micro),
        )
        return -logprobs.sum() / max(1.0, whole["labelled"]), {}


def check_rows(rows: Rows, context: StageContext) -> None:
    """Assert that there is something to learn.

    Raises:
        UsageError: there is not.
    """
    if not len(rows) or not rows.labelled.sum():
        raise UsageError("there is no row to train on", str(context.inputs["compile"]), "See its report.json for why")


def packing(model: Any, longest: int, settings: SftSettings, context: StageContext) -> Attention | None:
    """How packed rows, the ``longest`` of so many tokens, are kept apart; None where rows are not packed.

    Raises:
        ProofError: rows must be packed, and it is not shown that they stay apart.
    """
    if settings.batching == "length":
        return None
    try:
        return prove_apart(like(model), longest)
    except ProofError as error:
        if settings.batching == "packed":
            raise
        context.progress.note(f"rows are not packed: {error.what}")
        return None


def plan_rows(rows: Rows, packs: bool, settings: SftSettings, context: StageContext) -> Plan:
    """The steps of the training, of packed batches or of rows of like length."""
    if packs:
        batches = pack(rows.lengths, max(WIDTH_STEP, settings.batch_tokens // WIDTH_STEP * WIDTH_STEP))
    else:
        batches = batches_by_length([padded_width(length) for length in rows.lengths], settings.batch_tokens)
    return plan_steps(
        batches,
        settings.batches_per_step,
        settings.epochs,
        settings.max_steps,
        lambda epoch: context.random("batches", epoch),
        list,
    )


def check_best(metric: str, dev: Rows) -> None:
    """Assert that the figure by which the best step is chosen will be measured.

    Raises:
        InputError: it will not.
    """
    names = figure_names(dev)
    if metric in names or (metric == "loss" and not names):
        return
    near = difflib.get_close_matches(metric, names, n=3, cutoff=0) or ["loss"]
    what = f"no such figure is measured on these {len(dev)} dev rows"
    raise InputError(what, f"sft.best = {metric!r}", f"Set it to one that is, such as {', '.join(near)}")


def make_trainer(
    model: Any, objective: Labelled, plan: Plan, dev: Rows, proof: Proof, watch: Watch, context: StageContext
) -> tuple[StageTrainer, Keep]:
    """The trainer of this stage, and what keeps its best step."""
    settings = context.section("sft", SftSettings)
    device = context.section("model", ModelSettings).device
    keep = Keep(
        len(plan),
        settings.evaluations,
        f"eval_{settings.best}",
        settings.patience,
        watch.warn,
        context.progress,
        note=watch.note,
    )
    measure = DevLoss(dev, settings.batch_tokens, *place_among_processes())
    trainer = StageTrainer(
        model,
        arguments(
            settings,
            context.out,
            context.seed,
            device,
            len(plan),
            rate_of(model, settings, settings.tune),
        ),
        objective,
        plan,
        context.progress,
        measure if figure_names(dev) else None,
        [keep, proof],
    )
    keep.trainer = proof.trainer = trainer
    return trainer, keep


def finish(trainer: StageTrainer, keep: Keep, watch: Watch, context: StageContext) -> Counts:
    """Write what the stage leaves, and count."""
    history = trainer.state.log_history
    left = leave(trainer, keep, watch, context.out)
    model = trainer.accelerator.unwrap_model(trainer.model)
    losses = [entry["loss"] for entry in history if "loss" in entry]
    kept = next((entry for entry in history if entry["step"] == left["kept_step"] and keep.metric in entry), {})
    return left | {
        "loss_first": round(losses[0], 4) if losses else None,
        "loss_last": round(losses[-1], 4) if losses else None,
        "dev_loss": round(kept["eval_loss"], 4) if kept else None,
        "trainable_parameters": sum(weights.numel() for weights in model.parameters() if weights.requires_grad),
    }
