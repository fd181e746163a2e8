"""A few real steps of a training on random tokens, or a few batches of answers, timed, with the memory that they take:
one setting of a probe.

``python -m residency.flow.trial`` reads a setting as JSON on stdin and prints what was measured: a process of its own
for each, since a process does not give back all of what it once took. One that is forked off another would start
sooner, but has fewer of the libraries' pages (130 MB of 560, seen on Linux) than a run has. The steps are those of the
stages: model, adapter, batches, loss and trainer come from the same functions of the training room, and answers are
written as the evaluation writes them. What a stage does beside its steps (reading rows, proofs, dev, checkpoints) is
not done, and nothing is kept.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import torch
from transformers.trainer_utils import SaveStrategy

from residency.chat.pairs import CompiledPair
from residency.core.errors import InputError, ResidencyError
from residency.core.memory import peak_memory, resident
from residency.core.stage import Silent, StageContext
from residency.generation.generate import generate
from residency.generation.models import choose_device, load_model
from residency.generation.settings import ModelSettings
from residency.planning.job import Job
from residency.training.model.start import PREFERENCE_RATE, fresh, rate_of, ready
from residency.training.pairs.preferred import Preferred, with_others
from residency.training.preference import loss_of, sharing
from residency.training.settings import ONLINE, LoraSettings, PreferenceSettings, SftSettings, Tune
from residency.training.sft import Labelled, packing
from residency.training.steps.batches import IGNORED, TRAITS, Rows
from residency.training.steps.frame import Objective, Plan, StageTrainer, arguments

SEED = 17
LEAST_TOKEN = 3
"""Tokens are drawn from here on: the first ones of a vocabulary are often control tokens."""
OUT_OF_MEMORY = 3
"""The exit code of a setting that found no memory."""


@dataclass(frozen=True)
class Trial:
    """What one setting was measured at. ``seconds`` holds each step, or batch of answers, in its order, the first ones
    included, and ``busy`` the seconds of all processors that this process had in them; ``bare`` are the bytes of the
    process before the model was loaded, ``before`` those before the first step, ``peak`` the most at any time of the
    steps and ``loading`` the most before them; on a GPU those of its memory. ``layout`` is how rows share a
    sequence."""

    job: dict[str, Any]
    device: str
    seconds: list[float]
    busy: list[float]
    bare: int
    before: int
    peak: int
    loading: int
    layout: str
    trained: int


class Meter:
    """The memory of a device: how much is held, and the most since it was last asked to begin anew."""

    def __init__(self, device: str) -> None:
        self.cuda = device == "cuda"

    def held(self) -> int:
        """Bytes that are held now."""
        found = torch.cuda.memory_allocated() if self.cuda else resident()
        if found is None:
            raise InputError("this system does not say what memory a process holds", "probe", "Probe on Linux")
        return found

    @contextmanager
    def peak(self) -> Iterator[Callable[[], int]]:
        """Yield a function that gives the most bytes since the block began."""
        if self.cuda:
            torch.cuda.reset_peak_memory_stats()
            yield torch.cuda.max_memory_allocated
            return
        with peak_memory() as most:
            yield lambda: most() or 0


class StepTimes(Silent):
    """A stage's progress that keeps the seconds of each step."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.busy: list[float] = []
        self._last = (0.0, 0.0)

    def start(self, total: int | None, unit: str, done: int = 0) -> None:
        self._last = (time.perf_counter(), time.process_time())

    def advance(self, steps: int = 1, **figures: float) -> None:
        now = (time.perf_counter(), time.process_time())
        self.seconds.append(now[0] - self._last[0])
        self.busy.append(now[1] - self._last[1])
        self._last = now


def try_steps(model_settings: ModelSettings, job: Job, steps: int) -> Trial:
    """Take ``steps`` steps of one batch each.

    Args:
        model_settings: the model; its precision and quantisation are the job's.
        job: a training by ``sft`` or by a preference method that does not sample; each row has ``longest`` tokens (of a
            pair: with both answers), of which the last ones are learnt.
        steps: how many, those that warm up included.

    Raises:
        InputError: the job cannot be tried, or the model not be loaded.
    """
    settings, tune = _settings(job, steps)
    loaded = model_settings.model_copy(update=_held(job))
    device = choose_device(loaded.device)
    if device == "mps":
        raise InputError("a probe measures on CPU and CUDA", "model.device = 'mps'", "Type: --set model.device=cpu")
    meter, times = Meter(device), StepTimes()
    bare = meter.held()
    torch.manual_seed(SEED)
    name = "sft" if isinstance(settings, SftSettings) else "preference"
    with tempfile.TemporaryDirectory() as out:
        context = StageContext({name: settings, "model": loaded}, {}, Path(out), SEED)
        with meter.peak() as most:
            model = fresh(loaded, tune, settings.lora, context.progress.note)
            ready(model, settings, loaded)
            objective, batch = _objective(model, settings, job, steps, context)
            loading = most()
        rate = rate_of(model, settings, tune, 1.0 if name == "sft" else PREFERENCE_RATE)
        args = arguments(settings, context.out, SEED, loaded.device, steps, rate)
        args.save_strategy = SaveStrategy.NO
        plan = Plan([[list(range(n * batch, (n + 1) * batch))] for n in range(steps)], float(steps))
        trainer = StageTrainer(model, args, objective, plan, times)
        before = meter.held()
        with meter.peak() as most:
            trainer.train()
            peak = max(most(), before)  # the kernel counts a process's pages in lots, and not each at once
    micro = objective.micro(range(batch))
    taken = job.but(
        batch_tokens=micro["input_ids"].numel(),
        read=micro["targets"].numel(),
        weights="fp32" if tune == "full" else job.weights,
    )
    return Trial(
        job=vars(taken),
        device=device,
        seconds=times.seconds,
        busy=times.busy,
        bare=bare,
        before=before,
        peak=peak,
        loading=loading,
        layout="joined" if "row" in micro else "padded",
        trained=sum(weights.numel() for weights in model.parameters() if weights.requires_grad),
    )


def try_answers(model_settings: ModelSettings, job: Job, batches: int) -> Trial:
    """Write ``batches`` batches of answers, each of all its tokens, with a model that has no adapter or a merged one.

    Args:
        model_settings: the model; its precision and quantisation are the job's.
        job: of the work ``generate``.
        batches: how many, those that warm up included.

    Raises:
        InputError: the model cannot be loaded.
    """
    loaded = model_settings.model_copy(update=_held(job))
    device = choose_device(loaded.device)
    meter, times = Meter(device), StepTimes()
    bare = meter.held()
    with meter.peak() as most:
        model = load_model(loaded)
        model.eval()
        loading = most()
    tokens = _drawn(model)
    before = meter.held()
    with meter.peak() as most:
        times.start(batches, "batches")
        for _ in range(batches):
            prompts = [tokens(job.context - job.new_tokens) for _ in range(job.sequences)]
            generate(model, prompts, stop=(), max_new_tokens=job.new_tokens, batch_size=job.sequences)
            times.advance()
        peak = max(most(), before)
    taken = job.but(tune="none", batch_tokens=job.sequences * (job.context - job.new_tokens), read=job.sequences)
    return Trial(vars(taken), device, times.seconds, times.busy, bare, before, peak, loading, "padded", 0)


def _drawn(model: Any) -> Callable[[int], list[int]]:
    """Random tokens of a model's vocabulary, so many at a time."""
    vocabulary = model.get_input_embeddings().weight.shape[0]
    rng = random.Random(SEED)
    return lambda count: [rng.randrange(LEAST_TOKEN, vocabulary) for _ in range(count)]


def _held(job: Job) -> dict[str, str]:
    """How the model is loaded for the weights that the job names."""
    ways = {
        "fp32": {"dtype": "float32", "quantization": "none"},
        "bf16": {"dtype": "bfloat16", "quantization": "none"},
        "4bit": {"dtype": "bfloat16", "quantization": "4bit"},
    }
    if job.weights not in ways:
        raise InputError(f"no training holds its weights as {job.weights}", "probe", f"Name one of {', '.join(ways)}")
    return ways[job.weights]


def _settings(job: Job, steps: int) -> tuple[SftSettings | PreferenceSettings, Tune]:
    if job.work != "train" or job.method in ONLINE or job.tune == "none":
        what = f"{job.work} by {job.method} has no steps that a probe could take"
        raise InputError(what, "probe", "Name a training by sft or by a loss on pairs")
    shared: dict[str, Any] = {
        "lora": LoraSettings(r=job.rank, experts=job.experts),
        "gradient_checkpointing": "on" if job.checkpointing else "off",
        "batch_tokens": max(64, job.batch_tokens),
        "max_steps": steps,
    }
    if job.method == "sft":
        return SftSettings.model_validate(shared | {"tune": job.tune}), job.tune
    return PreferenceSettings.model_validate(shared | {"method": job.method, "start": "base"}), job.tune


def _objective(
    model: Any, settings: SftSettings | PreferenceSettings, job: Job, steps: int, context: StageContext
) -> tuple[Objective, int]:
    """What is learnt, and the rows or pairs of a batch."""
    tokens = _drawn(model)
    batch = max(1, job.batch_tokens // job.longest)
    read = max(1, min(job.read // batch, job.longest - 1))
    if isinstance(settings, SftSettings):
        rows = rows_of([tokens(job.longest) for _ in range(batch * steps)], read)
        return Labelled(rows, packing(model, job.longest, settings, context)), batch
    loss = loss_of(settings)
    answer = max(1, read // 2)
    made: list[CompiledPair] = [
        {
            "prompt_ids": tokens(max(1, job.longest - 2 * answer)),
            "chosen_ids": tokens(answer),
            "rejected_ids": tokens(answer),
        }
        for _ in range(batch * steps)
    ]
    pairs = with_others(made, loss.others)
    objective = Preferred(pairs, loss, sharing(model, settings, pairs, context))
    return objective, max(1, job.batch_tokens // objective.width(0))


def rows_of(tokens: Sequence[Sequence[int]], read: int) -> Rows:
    """Rows of which the last ``read`` tokens are learnt, as compiled ones are held."""
    labels = [[IGNORED] * (len(row) - read) + list(row[-read:]) for row in tokens]
    flat = [np.concatenate([np.array(row, dtype=np.int32) for row in part]) for part in (tokens, labels)]
    ends = np.cumsum([len(row) for row in tokens], dtype=np.int64)
    traits = pl.DataFrame({name: [""] * len(tokens) for name in TRAITS})
    return Rows(flat[0], flat[1], ends, traits)


def main() -> int:
    """The command: a setting on stdin, what was measured on stdout, what went wrong in one line on stderr."""
    asked = json.load(sys.stdin)
    try:
        job = Job(**asked["job"])
        measure = try_answers if job.work == "generate" else try_steps
        found = measure(ModelSettings.model_validate(asked["model"]), job, asked["steps"])
    except ResidencyError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except (MemoryError, RuntimeError) as error:
        if isinstance(error, MemoryError | torch.cuda.OutOfMemoryError) or "not enough memory" in str(error):
            print("out of memory", file=sys.stderr)
            return OUT_OF_MEMORY
        raise
    print(json.dumps(vars(found)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
