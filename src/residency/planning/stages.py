"""From a recipe and its counts to what each stage computes on a model, as jobs and how often each is done."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, replace
from typing import Any

from residency.chat.batches import batches_by_length, padded_width
from residency.planning.counts import THOUGHT, Counts, Values
from residency.planning.job import Job, Range
from residency.planning.lengths import Lengths, filling

WITHOUT_REFERENCE = frozenset({"orpo", "cpo", "simpo"})
ONLINE = frozenset({"grpo", "rloo"})
MODELS = 3
"""Models that the evaluation asks: the base, the SFT and the final one."""
WRITTEN = Range(0.4, 0.8, 1.0)
"""What of the tokens that an answer may have a batch writes: it lasts as long as its longest answer."""
HINTED = 0.5
"""The share of thoughts that are asked for once more, with the answer shown: assumed."""
HELD, FEWEST_HELD = 40, 20
"""Pairs below which none is held out, and the fewest that are (``training/preference.py``)."""


@dataclass(frozen=True)
class Setup:
    """How a model is trained and on what: what a choice is between.

    ``packs`` says whether rows share a batch's line. A batch is what one device computes at once.
    """

    tune: str = "lora"
    weights: str = "bf16"
    devices: int = 1
    sharding: str = "none"
    checkpointing: bool = True
    packs: bool = True


@dataclass(frozen=True)
class Load:
    """A job of a stage and how often it is done.

    Attributes:
        stage: the stage's name.
        does: what it does there, in words.
        job: one batch of it, on one device.
        batches: how many such batches there are, over all devices.
        tokens: that are computed in all of them, padding included; of generating those that are read and written.
        steps: optimiser steps among them.
        spread: by which factors the amount may be off.
        largest: the batch that takes the most memory, where that is another than the one in the middle.
    """

    stage: str
    does: str
    job: Job
    batches: float
    tokens: float
    steps: int
    spread: Range
    largest: Job | None = None

    @property
    def peak(self) -> Job:
        """The job whose memory counts."""
        return self.largest or self.job

    def told(self) -> dict[str, Any]:
        """For programs."""
        return {
            "stage": self.stage,
            "does": self.does,
            "work": self.job.work,
            "batches": round(self.batches),
            "tokens": round(self.tokens),
            "steps": self.steps,
            "spread": [round(self.spread.low, 3), round(self.spread.high, 3)],
        }


def loads(counts: Counts, recipe: Values, setup: Setup) -> list[Load]:
    """What the stages of a recipe compute on the model, in their order; a stage that computes nothing is left out.

    Stages that ask a server compute nothing here: see :func:`asked_of_servers`.
    """
    base = Job(
        tune="full" if setup.tune == "full" else "lora",
        weights=setup.weights,  # type: ignore[arg-type]
        rank=recipe["sft"]["lora"]["r"],
        experts=recipe["sft"]["lora"]["experts"],
        devices=setup.devices,
        sharding=setup.sharding,  # type: ignore[arg-type]
        checkpointing=setup.checkpointing,
    )
    found = [*_before(counts, recipe, base), *_sft(counts, recipe, base, setup.packs)]
    found += _sampling(counts, recipe, base)
    found += _online(counts, recipe, base) if recipe["preference"]["method"] in ONLINE else _pairs(counts, recipe, base)
    found += _evaluation(counts, recipe, base)
    return [load for load in found if load.batches > 0]


def asked_of_servers(counts: Counts, recipe: Values) -> dict[str, tuple[float, float]]:
    """Tokens that stages send to servers and get from them, by stage."""
    found = {}
    if counts.talks.rows and recipe["teacher"]["backend"] == "server":
        found["teacher"] = (1.5 * counts.talks.tokens, float(counts.talks.tokens))
    if counts.thoughts.rows and recipe["thoughts"]["server"]:
        found["thoughts"] = (
            (1 + HINTED) * counts.thoughts.tokens,
            (1 + HINTED) * counts.thoughts.rows * THOUGHT.likely,
        )
    return found


def _writes(
    stage: str, does: str, prompts: Lengths, new: int, batch: int, base: Job, spread: Range, times: float = 1.0
) -> Load:
    """Answers to prompts of like length, so many at once, of which the longest take the most memory. Nothing is
    trained: the adapter stays as it is."""
    context = round(prompts.mean) + new
    sequences = max(1, min(batch, prompts.rows))
    job = base.but(
        work="generate",
        tune=base.tune if base.tune == "lora" else "none",
        sequences=sequences,
        context=context,
        new_tokens=new,
        longest=max(1, prompts.longest),
        batch_tokens=sequences * max(1, round(prompts.mean)),
        read=sequences,
        checkpointing=False,
    )
    rows = prompts.rows * times
    return Load(
        stage,
        does,
        job,
        math.ceil(prompts.rows / sequences) * times,
        rows * context,
        0,
        spread,
        job.but(context=job.longest + new, batch_tokens=sequences * job.longest),
    )


def _before(counts: Counts, recipe: Values, base: Job) -> list[Load]:
    """Knowledge, teacher and thoughts: the base model answers."""
    found = []
    knowledge, teacher, thoughts = recipe["knowledge"], recipe["teacher"], recipe["thoughts"]
    thought = recipe["chat"]["thought_tokens"] if counts.thinks else 0
    spread = _wider(counts.train.spread)
    if counts.asked.rows:
        new = knowledge["max_new_tokens"] + thought
        found.append(
            _writes("knowledge", "questions from memory", counts.asked, new, knowledge["batch_size"], base, spread)
        )
    if counts.talks.rows and teacher["backend"] == "local":
        new = min(teacher["max_tokens"], round(counts.talks.mean) + thought)
        prompts = counts.talks.longer(1.5)
        found.append(_writes("teacher", "rewordings of dialogues", prompts, new, teacher["batch_size"], base, spread))
    if counts.thoughts.rows and not thoughts["server"]:
        new = thoughts["max_tokens"] + thoughts["max_answer_tokens"]
        size = thoughts["batch_size"]
        found.append(_writes("thoughts", "thoughts", counts.thoughts, new, size, base, spread, 1 + HINTED))
    return found


def _wider(spread: Range) -> Range:
    """With what is not known of how much is written."""
    return Range(spread.low * WRITTEN.low, WRITTEN.likely, max(WRITTEN.likely, spread.high * WRITTEN.high))


def _sft(counts: Counts, recipe: Values, base: Job, packs: bool) -> list[Load]:
    settings, train = recipe["sft"], counts.train
    packs = packs and settings["batching"] != "length"
    filled = filling(train.lengths, settings["batch_tokens"], packs)
    if not filled.batches:
        return []
    steps = max(1, round(math.ceil(filled.batches / settings["batches_per_step"]) * settings["epochs"]))
    steps = min(steps, settings["max_steps"] or steps)
    batches = min(filled.batches * settings["epochs"], steps * settings["batches_per_step"])
    labelled = train.rows.labelled / max(1, train.lengths.tokens)
    job = base.but(
        method="sft",
        batch_tokens=filled.largest,
        longest=train.lengths.longest,
        read=max(1, round(filled.largest * labelled)),
    )
    found = [
        Load("sft", "training", job, batches, batches * filled.computed / filled.batches, steps, train.spread),
    ]
    if counts.dev.lengths.rows:
        found.append(
            _reads(
                "sft", "dev loss", counts.dev.lengths, settings, base, counts.dev.spread, settings["evaluations"] + 1
            )
        )
    return found


def _reads(stage: str, does: str, rows: Lengths, settings: Values, base: Job, spread: Range, times: float) -> Load:
    """Rows that are read and not learnt from, padded, so many times."""
    filled = filling(rows, settings["batch_tokens"], False)
    job = base.but(
        work="score", batch_tokens=filled.largest, longest=rows.longest, read=filled.largest // 3, checkpointing=False
    )
    return Load(stage, does, job, filled.batches * times, filled.computed * times, 0, spread)


def _sampling(counts: Counts, recipe: Values, base: Job) -> list[Load]:
    """The models' own samples, of which pairs are made."""
    settings = recipe["pairs"]
    if not settings["on_policy"] or not counts.apart.rows:
        return []
    wanted = settings["on_policy"] * settings["samples"] * (2 if settings["from_base"] else 1)
    prompts = counts.apart.times(wanted / counts.apart.rows)
    new = settings["sample_tokens"] + (recipe["chat"]["thought_tokens"] if counts.thinks else 0)
    spread = _wider(counts.pairs.spread)
    return [_writes("pairs", "the model's own answers", prompts, new, settings["sample_batch"], base, spread)]


def _pairs(counts: Counts, recipe: Values, base: Job) -> list[Load]:
    """The reference's log-probabilities, the training on pairs, and what is measured beside it."""
    settings = recipe["preference"]
    shares = settings["share_prompts"] != "never"
    widths = [
        padded_width(length) * (1 if shares else 2)
        for length in (counts.pairs.lengths if shares else counts.apart).each()
    ]
    if not widths:
        return []
    held = 0
    if len(widths) >= HELD and settings["dev_share"] > 0:
        held = max(round(len(widths) * settings["dev_share"]), min(FEWEST_HELD, len(widths) // 5))
    steps, batches, computed, largest = _pair_steps(widths, len(widths) - held, settings)
    methods = list(settings["losses"]) or [settings["method"]]
    needs = any(method not in WITHOUT_REFERENCE for method in methods)
    labelled = counts.pairs.rows.labelled / max(1, counts.pairs.lengths.tokens)
    tune = "full" if recipe["sft"]["tune"] == "full" and settings["start"] == "sft" else "lora"
    job = base.but(
        method=methods[0],
        tune=tune,
        batch_tokens=largest,
        longest=max(widths) // (1 if shares else 2),
        read=max(1, round(largest * labelled)),
        reference="precomputed" if needs else "none",
    )
    spread, evaluations = counts.pairs.spread, settings["evaluations"] + 1
    pairs = Lengths.of(widths)
    found = [Load("preference", "training", job, batches, computed, steps, spread)]
    if needs:
        found.insert(0, _reads("preference", "reference", pairs, settings, base, spread, 1))
    if held:
        held_out = pairs.times(held / len(widths))
        found.append(_reads("preference", "held-out pairs", held_out, settings, base, spread, evaluations))
    found += _watched(counts, recipe, base, evaluations)
    return found


def _pair_steps(widths: list[int], trained: int, settings: Values) -> tuple[int, float, float, int]:
    """Steps, batches, computed tokens and the largest batch. Pairs come in some order, as in the training, which draws
    its own."""
    order = list(widths)
    random.Random(0).shuffle(order)
    order = order[:trained]
    batches = computed = largest = 0
    for start in range(0, len(order), settings["batch_pairs"]):
        step = order[start : start + settings["batch_pairs"]]
        for members in batches_by_length(step, settings["batch_tokens"]):
            size = step[members[0]] * len(members)
            batches, computed, largest = batches + 1, computed + size, max(largest, size)
    per_epoch = math.ceil(len(order) / settings["batch_pairs"])
    wanted = max(1, round(per_epoch * settings["epochs"]))
    steps = min(wanted, settings["max_steps"] or wanted)
    part = steps / per_epoch if per_epoch else 0.0
    return steps, batches * part, computed * part, largest


def _watched(counts: Counts, recipe: Values, base: Job, times: int) -> list[Load]:
    """Dev rows and answers to dev prompts, at each evaluation of preference tuning."""
    settings = recipe["preference"]
    found = []
    rows = counts.dev.lengths.times(min(1.0, settings["dev_rows"] / max(1, counts.dev.lengths.rows)))
    if rows.rows:
        found.append(_reads("preference", "dev loss", rows, settings, base, counts.dev.spread, times))
    if settings["dev_prompts"] and counts.apart.rows:
        prompts = counts.apart.times(math.ceil(settings["dev_prompts"] * 4 / 3) / counts.apart.rows)
        new = settings["dev_answer_tokens"] + (settings["dev_thought_tokens"] if counts.thinks else 0)
        spread = _wider(counts.pairs.spread)
        found.append(_writes("preference", "dev answers", prompts, new, 16, base, spread, times))
    return found


def _online(counts: Counts, recipe: Values, base: Job) -> list[Load]:
    """GRPO and RLOO: the answers to one prompt are written, read under the reference and learnt from, prompt by prompt
    (``training/online/run.py``)."""
    settings = recipe["preference"]["online"]
    if not counts.apart.rows:
        return []
    new = settings["max_new_tokens"] + (recipe["chat"]["thought_tokens"] if counts.thinks else 0)
    context = round(counts.apart.mean) + new
    together = settings["generations"]
    job = base.but(
        method=recipe["preference"]["method"],
        batch_tokens=together * context,
        longest=context,
        read=together * new,
        sequences=together,
        context=context,
        new_tokens=new,
        reference="precomputed" if settings["beta"] else "none",
    )
    batches = settings["steps"] * settings["prompts_per_step"]
    tokens = float(batches * together * context)
    spread = _wider(counts.pairs.spread)
    return [Load("preference", "answering and learning", job, batches, tokens, settings["steps"], spread)]


def _evaluation(counts: Counts, recipe: Values, base: Job) -> list[Load]:
    settings, prompts = recipe["evaluate"], counts.written
    new = settings["max_new_tokens"] + (recipe["chat"]["thought_tokens"] if counts.thinks else 0)
    off = Range(1, 1, 1) if counts.items_basis == "counted" else Range(0.7, 1.0, 1.3)
    found = [
        _writes("evaluate", "answers of three models", prompts, new, settings["batch_size"], base, _wider(off), MODELS)
    ]
    if counts.items.letters.rows and not counts.thinks:
        letters = {"batch_tokens": settings["batch_size"] * round(counts.items.letters.mean)}
        found.append(_reads("evaluate", "letters of three models", counts.items.letters, letters, base, off, MODELS))
    return [replace(load, job=load.job.but(read=load.job.sequences)) for load in found[:1]] + found[1:]
