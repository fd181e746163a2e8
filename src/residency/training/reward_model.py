"""A reward model: one score for a prompt with an answer, learnt from a run's preference pairs (Bradley-Terry).

TRL's RewardTrainer is the frame; pairs are compiled by the code that compiles them for preference tuning, so that what
is scored is what is served. For those who want the classical route of RLHF; docs/online.md says when it pays.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple, cast

import torch
from datasets import Dataset
from transformers import PrinterCallback
from trl import RewardConfig, RewardTrainer
from trl.trainer.reward_trainer import suppress_seqcls_warning

from residency.chat.load import renderer_of
from residency.chat.pairs import compile_pairs
from residency.chat.renderer import Renderer
from residency.chat.settings import ChatSettings, CompileSettings
from residency.core.errors import InputError
from residency.core.files import read_json, read_jsonl, write_json
from residency.core.records import Pair
from residency.core.runs import check_run_folder, is_finished, settings_of
from residency.core.stage import Progress, Silent, seeded
from residency.generation.generate import base_model
from residency.generation.models import ADAPTER, choose_device, load_model, load_tokenizer
from residency.generation.settings import ModelSettings
from residency.judging.statistics import Estimate, estimate
from residency.training.model.adapter import add_adapter, hold_in_fp32
from residency.training.model.start import without_card
from residency.training.proof.written import write_last
from residency.training.settings import RewardModelSettings
from residency.training.steps.progress import CHECKPOINTS, Report, drop_checkpoints

FOLDER = "reward"
REPORT = "report.json"
FEWEST = 4
"""Questions with pairs without which there is nothing to hold out."""
BATCH = 8
TRAIN_AGAIN = "Type: residency reward-model RUN"


class Row(NamedTuple):
    """A compiled pair: token ids of the prompt with each answer, the pair's kind, and the question it came from."""

    chosen_ids: list[int]
    rejected_ids: list[int]
    kind: str
    question: str


def train_reward_model(
    run_folder: Path, settings: RewardModelSettings | None = None, seed: int = 0, progress: Progress | None = None
) -> dict[str, Any]:
    """Train a reward model on a run's pairs; writes ``adapter/`` (with its score head), ``log.jsonl`` and, last,
    ``report.json`` to ``RUN/reward/``, in place of what is there.

    Args:
        run_folder: a run whose stage ``pairs`` has finished.
        settings: how it is trained.
        seed: draws the questions that are held out, and the order of the pairs.
        progress: told of each step.

    Returns:
        The report: how many pairs, and the held-out accuracy with its interval, beside that of preferring the longer
        answer.

    Raises:
        InputError: there are no pairs, or too few to hold some out.
    """
    settings, progress = settings or RewardModelSettings(), progress or Silent()
    check_run_folder(run_folder)
    for stage in ("compile", "pairs"):
        if not is_finished(run_folder, stage):
            what = f"the stage {stage!r} has not finished there"
            raise InputError(what, str(run_folder), "Type: residency run RECIPE --until pairs")
    model_settings = settings_of(run_folder, "pairs", "model", ModelSettings)
    tokenizer = load_tokenizer(model_settings)
    renderer = renderer_of(tokenizer, settings_of(run_folder, "pairs", "chat", ChatSettings))
    longest = settings_of(run_folder, "compile", "compile", CompileSettings).max_length
    source = run_folder / "pairs" / "pairs.jsonl"
    rows, refused = compiled(cast(list[Pair], list(read_jsonl(source))), renderer, longest)
    train, held = divided(rows, settings.held_out, seed, str(source))
    out = run_folder / FOLDER
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    model, steps = _trained(train, settings, model_settings, tokenizer, out, seed, progress)
    scores = score(model, [ids for row in held for ids in (row.chosen_ids, row.rejected_ids)], pad_of(tokenizer))
    report = {
        "model": model_settings.name,
        "revision": model_settings.revision,
        "seed": seed,
        "settings": settings.model_dump(mode="json"),
        "pairs": len(rows),
        "refused": refused,
        "trained_on": len(train),
        "held_out": len(held),
        "steps": steps,
        **measured(held, scores[::2], scores[1::2], seed),
    }
    write_json(out / REPORT, report)
    return report


def compiled(pairs: Sequence[Pair], renderer: Renderer, max_length: int) -> tuple[list[Row], dict[str, int]]:
    """Pairs as rows, and how many were refused, by reason."""
    rows: list[Row] = []
    refused: dict[str, int] = {}
    for pair in pairs:
        found, why, _ = compile_pairs([pair], renderer, max_length)
        for reason, count in why.items():
            refused[reason] = refused.get(reason, 0) + count
        for ids in found:
            prompt = ids["prompt_ids"]
            question = pair["parents"][-1] if pair["parents"] else pair["id"]
            chosen, rejected = (prompt + ids[f"{side}_ids"] for side in ("chosen", "rejected"))
            rows.append(Row(chosen, rejected, pair["kind"], question))
    return rows, refused


def divided(rows: Sequence[Row], share: float, seed: int, where: str) -> tuple[list[Row], list[Row]]:
    """Rows to train on, and rows held out: all rows of a question go one way.

    Raises:
        InputError: the pairs come from too few questions.
    """
    questions = sorted({row.question for row in rows})
    if len(questions) < FEWEST:
        what = f"the pairs come from {len(questions)} questions, and {FEWEST} are needed to hold some out"
        raise InputError(what, where, "Raise pairs.max_pairs, or add questions")
    seeded(seed, "reward", "held out").shuffle(questions)
    held = set(questions[: min(len(questions) - 1, max(2, round(share * len(questions))))])
    return [row for row in rows if row.question not in held], [row for row in rows if row.question in held]


def measured(rows: Sequence[Row], chosen: Sequence[float], rejected: Sequence[float], seed: int) -> dict[str, Any]:
    """How often the chosen answer scores higher, on all pairs and by kind; a tie counts half. ``longer_is_better`` is
    what the rule to prefer the longer answer would reach: a model that does no better has learnt lengths."""
    right = [_higher(good, bad) for good, bad in zip(chosen, rejected, strict=True)]
    longer = [_higher(len(row.chosen_ids), len(row.rejected_ids)) for row in rows]
    clusters = [row.question for row in rows]
    kinds = {}
    for kind in sorted({row.kind for row in rows}):
        mine = [place for place, row in enumerate(rows) if row.kind == kind]
        kinds[kind] = _told(estimate([right[i] for i in mine], [clusters[i] for i in mine], seed=seed))
    margins = [good - bad for good, bad in zip(chosen, rejected, strict=True)]
    return {
        "accuracy": _told(estimate(right, clusters, seed=seed)),
        "longer_is_better": _told(estimate(longer, clusters, seed=seed)),
        "by_kind": kinds,
        "margin": round(sum(margins) / len(margins), 4),
        "average_score": round(sum((*chosen, *rejected)) / (2 * len(margins)), 4),
    }


def _higher(one: float, other: float) -> float:
    return 0.5 if one == other else float(one > other)


def _told(found: Estimate) -> dict[str, Any]:
    return {name: round(value, 4) if isinstance(value, float) else value for name, value in asdict(found).items()}


def _trained(
    rows: Sequence[Row],
    settings: RewardModelSettings,
    model_settings: ModelSettings,
    tokenizer: Any,
    out: Path,
    seed: int,
    progress: Progress,
) -> tuple[Any, int]:
    """The trained model, its adapter saved to ``out``, and the number of steps."""
    torch.manual_seed(seed)
    base = scoring_model(model_settings, pad_of(tokenizer), tell=progress.note)
    model = add_adapter(base, settings.lora, scores=True)
    without_card(model)
    trainer = RewardTrainer(
        model=model,
        args=RewardConfig(
            output_dir=str(out / CHECKPOINTS),
            num_train_epochs=settings.epochs,
            max_steps=settings.max_steps or -1,
            per_device_train_batch_size=1,
            gradient_accumulation_steps=settings.batch_pairs,
            learning_rate=settings.learning_rate,
            lr_scheduler_type="cosine",
            warmup_steps=0.1,
            max_grad_norm=1.0,
            weight_decay=0.0,
            logging_steps=1,
            save_strategy="no",
            seed=seed,
            data_seed=seed,
            bf16=False,
            use_cpu=choose_device(model_settings.device) == "cpu",
            gradient_checkpointing=choose_device(model_settings.device) != "cpu",
            gradient_checkpointing_kwargs={"use_reentrant": False},
            max_length=None,
            dataloader_pin_memory=False,
            disable_tqdm=True,
            report_to="none",
        ),
        train_dataset=Dataset.from_list(
            [{"chosen_ids": row.chosen_ids, "rejected_ids": row.rejected_ids} for row in rows]
        ),
        processing_class=tokenizer,
        callbacks=[Report(progress)],
    )
    trainer.remove_callback(PrinterCallback)
    hold_in_fp32(trainer.model)
    trainer.train()
    write_last(trainer, out)
    drop_checkpoints(out / CHECKPOINTS)
    return trainer.model, trainer.state.global_step


def scoring_model(
    settings: ModelSettings,
    pad: int,
    adapter: Path | None = None,
    tell: Callable[[str], None] = lambda line: None,
) -> Any:
    """The base model with a score head in place of its output head.

    Args:
        settings: which model, in which precision, where.
        pad: the token that fills up rows.
        adapter: the folder of a reward model's adapter and score head; without it the head's weights are random, and
            both are to be trained.
        tell: is given a line where the weights hardly fit.
    """
    with suppress_seqcls_warning():
        model = load_model(settings, adapter, trainable=adapter is None, tell=tell, scores=True)
    base_model(model).config.get_text_config().pad_token_id = pad
    return model


def pad_of(tokenizer: Any) -> int:
    """The token that fills up rows, as RewardTrainer chooses it."""
    token = tokenizer.eos_token_id if tokenizer.pad_token_id is None else tokenizer.pad_token_id
    return int(token)


def score(model: Any, rows: Sequence[Sequence[int]], pad: int) -> list[float]:
    """The score of each row of token ids, a prompt with its answer; any number, higher for the better."""
    found = [0.0] * len(rows)
    order = sorted(range(len(rows)), key=lambda place: len(rows[place]))
    device = next(model.parameters()).device
    training = model.training
    model.eval()
    for start in range(0, len(order), BATCH):
        batch = order[start : start + BATCH]
        width = max(len(rows[place]) for place in batch)
        ids = torch.tensor([[*rows[place], *[pad] * (width - len(rows[place]))] for place in batch])
        mask = torch.tensor([[1] * len(rows[place]) + [0] * (width - len(rows[place])) for place in batch])
        with torch.inference_mode():
            logits = model(input_ids=ids.to(device), attention_mask=mask.to(device), use_cache=False).logits
        for place, value in zip(batch, logits[:, 0].float().tolist(), strict=True):
            found[place] = value
    model.train(training)
    return found


class RewardModel:
    """A trained reward model as a part of a reward.

    Args:
        folder: what :func:`train_reward_model` wrote.
        settings: the base model; it must be the one that the reward model was trained on.

    Raises:
        InputError: there is no whole reward model in the folder, or it was trained on another base model.
    """

    def __init__(self, folder: Path, settings: ModelSettings) -> None:
        if not (folder / REPORT).is_file():
            raise InputError("there is no whole reward model in this folder", str(folder), TRAIN_AGAIN)
        report = read_json(folder / REPORT)
        if report["model"] != settings.name:
            what = f"this reward model was trained on {report['model']}, and the model here is {settings.name}"
            raise InputError(what, str(folder), "Train one on this run's pairs. " + TRAIN_AGAIN)
        self.average = float(report["average_score"])
        self.pad = pad_of(load_tokenizer(settings))
        self.model = scoring_model(settings, self.pad, folder / ADAPTER)

    def scores(self, rows: Sequence[Sequence[int]]) -> list[float]:
        """The score of each row of token ids, a prompt with its answer."""
        return score(self.model, rows, self.pad)

    def __call__(self, rows: Sequence[Sequence[int]]) -> list[float]:
        """The chance, by Bradley and Terry, that each answer is preferred over one with the average score of the
        held-out pairs: between 0 and 1."""
        centred = torch.tensor(self.scores(rows)) - self.average
        return [float(value) for value in centred.sigmoid()]
