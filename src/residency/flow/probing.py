"""The probe: real steps of a few settings on this machine, each in a process of its own, and the constants they give.

Nothing here imports torch; the processes do (``trial.py``).
"""

from __future__ import annotations

import json
import signal
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from residency.core.errors import InputError, ResidencyError
from residency.core.files import read_json
from residency.core.stage import Progress
from residency.flow.recipe import Recipe
from residency.generation.embedded import embedded_model_folder
from residency.generation.settings import ModelSettings
from residency.planning.constants import Constants
from residency.planning.hardware import Hardware, hardware_table, this_machine
from residency.planning.job import Job
from residency.planning.probe import FEWEST, Measured, fit, keep, place_of
from residency.planning.shape import Shape, shape_of
from residency.training.settings import ONLINE

STEPS, WARM = 6, 2
"""Steps of a setting, and those of them that are not timed: kernels are chosen, and the optimiser makes its states."""
OUT_OF_MEMORY = 3
"""The exit code of ``trial.py`` where it found no memory."""
KILLED = (-signal.SIGKILL, 128 + signal.SIGKILL)
LABELLED = 0.5
"""The share of a row's tokens that is learnt: about what a question bank's rows have."""
ASKED, WRITTEN, ANSWERS = 192, 16, 16
"""Of the answers that are written: tokens of a prompt and of an answer, and the most of them at once."""


class TrialError(ResidencyError):
    """A setting could not be measured; the others can."""


def measure(model: ModelSettings, job: Job, steps: int = STEPS) -> Measured:
    """What a few steps of a job take on this machine, in a process of their own.

    Args:
        model: which model, where; its precision is the job's.
        job: see :func:`residency.flow.trial.try_steps`.
        steps: how many, of which the first ``WARM`` are not timed.

    Raises:
        TrialError: the process failed, found no memory or was killed.
    """
    found = trial(model, job, steps)
    timed = found["seconds"][WARM:]
    return Measured(
        job=Job(**found["job"]),
        device=found["device"],
        seconds=statistics.median(timed),
        steps=len(timed),
        peak=float(found["peak"]),
        before=float(found["before"]),
    )


def trial(model: ModelSettings, job: Job, steps: int = STEPS) -> dict[str, Any]:
    """All that ``trial.py`` says of a setting; errors as :func:`measure`."""
    asked = {"model": model.model_dump(mode="json"), "job": asdict(job), "steps": max(steps, WARM + 1)}
    command = [sys.executable, "-m", "residency.flow.trial"]
    done = subprocess.run(command, input=json.dumps(asked), capture_output=True, text=True, check=False)
    if done.returncode in (OUT_OF_MEMORY, *KILLED):
        raise TrialError("out of memory" if done.returncode == OUT_OF_MEMORY else "killed, most likely for its memory")
    if done.returncode:
        raise TrialError((done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1])
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def probe(model: ModelSettings, jobs: Sequence[Job], progress: Progress, steps: int = STEPS) -> list[Measured]:
    """Measure settings one after the other. One that fails is told of and left out.

    Args:
        model: which model, where.
        jobs: the settings.
        progress: told how far it is and what was measured.
        steps: of each setting.
    """
    progress.start(len(jobs), "settings")
    found = []
    for job in jobs:
        progress.doing(described(job))
        try:
            one = measure(model, job, steps)
        except TrialError as error:
            progress.note(f"{described(job)}: not measured: {error.what}")
        else:
            each = "batch" if job.work == "generate" else "step"
            progress.note(f"{described(one.job)}: {one.seconds:.3g} s a {each}, {one.peak / 1e9:.2f} GB")
            found.append(one)
        progress.advance()
    return found


def described(job: Job) -> str:
    """A job in a few words."""
    if job.work == "generate":
        return f"{job.sequences} answers of {job.new_tokens} tokens to prompts of {job.context - job.new_tokens}"
    parts = [job.method, job.tune, job.weights, f"{job.batch_tokens} tokens in rows of {job.longest}"]
    return ", ".join(parts + (["checkpointing"] if job.checkpointing else []))


def settings_of(recipe: Recipe, device: str) -> list[Job]:
    """The settings that are probed for a recipe: batches of a quarter, a half and all of its tokens, of short and of
    long rows, with and without checkpointing, one of its pairs, and answers, few and many at once. The largest come
    last, so that what does not fit costs no other measurement."""
    sft, preference = recipe.sft, recipe.preference
    weights = _weights(recipe.model, device)
    base = Job(
        method="sft",
        tune=sft.tune,
        weights="fp32" if sft.tune == "full" else weights,  # type: ignore[arg-type]
        rank=sft.lora.r,
        experts=sft.lora.experts,
        checkpointing=sft.gradient_checkpointing == "on" or (sft.gradient_checkpointing == "auto" and device != "cpu"),
    )
    most = max(256, sft.batch_tokens)
    longest = min(recipe.compile.max_length, most)
    sizes = [(most // 4, longest // 4), (most // 2, longest // 4), (most // 2, longest // 2), (most, longest // 4)]
    sizes.append((most, longest))
    jobs = [_sized(base, tokens, length) for tokens, length in sizes]
    answers = min(ANSWERS, recipe.evaluate.batch_size)
    for number in sorted({max(1, answers // 4), answers}):
        jobs.insert(0, _writes(weights, number))
    jobs.insert(-2, _sized(base.but(checkpointing=not base.checkpointing), most // 2, longest // 2))
    if preference.method not in ONLINE:
        methods = list(preference.losses) or [preference.method]
        pairs = base.but(method=methods[0], tune="lora", weights=weights, reference="precomputed")
        jobs.insert(-2, _sized(pairs, most // 2, longest // 2))
    return jobs


def _writes(weights: str, sequences: int) -> Job:
    return Job(
        work="generate",
        tune="none",
        weights=weights,  # type: ignore[arg-type]
        batch_tokens=sequences * ASKED,
        longest=ASKED,
        read=sequences,
        sequences=sequences,
        context=ASKED + WRITTEN,
        new_tokens=WRITTEN,
    )


def _sized(job: Job, tokens: int, length: int) -> Job:
    length = max(32, length)
    return job.but(batch_tokens=max(tokens, length), longest=length, read=max(1, round(max(tokens, length) * LABELLED)))


def _weights(model: ModelSettings, device: str) -> str:
    """How a job names the weights that these settings load."""
    if model.quantization == "4bit":
        return "4bit"
    if model.dtype == "auto":
        return "bf16" if device == "cuda" or hardware_table()["cpu"].bf16_native else "fp32"
    return {"bfloat16": "bf16", "float32": "fp32"}[model.dtype]


def config_of(model: ModelSettings) -> Mapping[str, Any]:
    """The config of the model that is probed, which must lie on this machine.

    Raises:
        InputError: it does not.
    """
    folder = embedded_model_folder() if model.name == "embedded" else model.folder
    if folder is None:
        from transformers import AutoConfig

        config: Mapping[str, Any] = AutoConfig.from_pretrained(model.name, revision=model.revision or "main").to_dict()
        return config
    return dict(read_json(Path(folder) / "config.json"))


def probe_machine(recipe: Recipe, progress: Progress, steps: int = STEPS) -> Constants:
    """Measure a recipe's model on this machine, fit the constants to it and keep them for later plans.

    Raises:
        InputError: the model is not here, or too little could be measured, or it contradicts itself.
    """
    hardware = device_of(recipe.model)
    shape = shape_of(config_of(recipe.model))
    measured = probe(recipe.model, settings_of(recipe, hardware.kind), progress, steps)
    if len(measured) < FEWEST:
        fix = "Lower sft.batch_tokens or compile.max_length, or take a smaller model"
        raise InputError(f"{len(measured)} settings could be measured, too few to plan by", "probe", fix)
    return keep_fitted(shape, recipe.model, measured, hardware, progress)


def keep_fitted(
    shape: Shape, model: ModelSettings, measured: Sequence[Measured], hardware: Hardware, progress: Progress
) -> Constants:
    """Fit the constants of a device to what was measured on it, and keep both."""
    constants = fit(shape, measured, Constants.default(hardware.kind), hardware)
    path = keep(place_of(model.name, hardware.kind), measured, constants)
    progress.note(f"kept for later plans: {path}")
    return constants


def device_of(model: ModelSettings, table: Mapping[str, Hardware] | None = None) -> Hardware:
    """The device that a recipe's model runs on here, with what the table says of it (the built-in one if left out)."""
    known = hardware_table() if table is None else table
    return known["cpu"] if model.device == "cpu" else this_machine(known)
