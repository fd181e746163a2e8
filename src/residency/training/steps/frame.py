"""The frame of SFT and preference tuning: transformers' trainer, with steps that are planned beforehand.

The trainer brings what it does well: the optimiser, the schedule, several processes, checkpoints, trackers. In its
seams stands what this room adds. What the trainer calls a batch is here a whole optimiser step: a list of
micro-batches, of which each process takes its part, divided by the counts of the whole step. So a step is the same
whatever the number of processes is, and a run that was killed goes on in the middle of the plan.
"""

from __future__ import annotations

import importlib.util
import math
import os
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

import torch
from accelerate.utils import DistributedType
from torch.distributed.checkpoint.state_dict import StateDictOptions, get_model_state_dict
from torch.utils.data import DataLoader, Dataset
from transformers import PrinterCallback, Trainer, TrainerCallback, TrainingArguments

from residency.core.errors import InputError, UsageError
from residency.core.stage import Progress
from residency.generation.models import choose_device
from residency.training.model.attention import Micro
from residency.training.settings import TRACKERS, Schedule
from residency.training.steps.progress import CHECKPOINTS, Report

Item = TypeVar("Item")
Counted = dict[str, float]
Measure = Callable[[Any, Callable[[torch.Tensor], torch.Tensor]], dict[str, float]]
"""From the model, and a function that sums a tensor over the processes, to what is measured on dev."""


class Objective(Protocol):
    """What is learnt: batches, and the loss on them. ``members`` are numbers of rows, or of pairs."""

    def micro(self, members: Sequence[int]) -> Micro:
        """The batch of these members."""

    def counts(self, members: Sequence[int]) -> Counted:
        """What a loss is divided by, and ``tokens``, the unpadded tokens that are read; summed over a step."""

    def loss(self, model: Any, micro: Micro, whole: Counted) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        """The batch's part of the step's loss, ``whole`` being the step's counts, and figures whose sums over the
        step's batches are shown."""


@dataclass(frozen=True)
class Plan:
    """All optimiser steps of a training in their order; each is a list of micro-batches, each a list of members."""

    steps: list[list[list[int]]]
    steps_per_epoch: float

    def __len__(self) -> int:
        return len(self.steps)


def plan_steps(
    items: Sequence[Item],
    per_step: int,
    epochs: float,
    max_steps: int | None,
    shuffled: Callable[[int], Any],
    batches: Callable[[list[Item]], list[list[int]]],
) -> Plan:
    """Draw an order of the items for each epoch and cut it into steps; the last step of an epoch may be smaller.

    Args:
        items: what is shuffled: micro-batches, or members.
        per_step: items in a step, of all processes together.
        epochs: passes over the items; a part of one is a part of its steps.
        max_steps: the last step, if there is one.
        shuffled: the random generator of an epoch.
        batches: from a step's items to its micro-batches, each a list of members.
    """
    per_epoch = -(-len(items) // per_step)
    wanted = max(1, round(per_epoch * epochs))
    wanted = min(wanted, max_steps) if max_steps else wanted
    steps: list[list[list[int]]] = []
    epoch = 0
    while len(steps) < wanted:
        order = list(items)
        shuffled(epoch).shuffle(order)
        steps += [batches(order[start : start + per_step]) for start in range(0, len(order), per_step)]
        epoch += 1
    return Plan(steps[:wanted], float(per_epoch))


class Steps(Dataset[dict[str, Any]]):
    """A process's part of each step of a plan: ``micros``, and the counts of the ``whole`` step."""

    def __init__(self, objective: Objective, plan: Plan, process: int, processes: int) -> None:
        self.objective, self.plan, self.process, self.processes = objective, plan, process, processes

    def __len__(self) -> int:
        return len(self.plan)

    def __getitem__(self, number: int) -> dict[str, Any]:
        step = self.plan.steps[number]
        own = step[self.process :: self.processes]
        micros = [(self.objective.micro(members), 1.0) for members in own]
        # Each process goes through the model equally often, or those that share its weights would wait for ever.
        while len(micros) < -(-len(step) // self.processes):
            micros.append((self.objective.micro(step[0]), 0.0))
        whole: Counter[str] = Counter()
        for members in step:
            whole.update(self.objective.counts(members))
        return {"micros": micros, "whole": dict(whole)}


class StageTrainer(Trainer):
    """transformers' trainer over a :class:`Plan`."""

    def __init__(
        self,
        model: Any,
        arguments: TrainingArguments,
        objective: Objective,
        plan: Plan,
        progress: Progress,
        measure: Measure | None = None,
        callbacks: Sequence[TrainerCallback] = (),
    ) -> None:
        report = Report(progress, plan.steps_per_epoch)
        # The report begins to count steps when what else is counted before the first of them is done.
        self.own_callbacks: list[TrainerCallback] = [*callbacks, report]
        super().__init__(model=model, args=arguments, callbacks=self.own_callbacks)
        self.remove_callback(PrinterCallback)
        self.objective: Objective = objective
        self.plan, self.measure = plan, measure
        self.sums: Counter[str] = Counter()
        needed = max(map(len, plan.steps))
        if self.accelerator.num_processes > needed:
            what = f"a step has {needed} batches, fewer than there are processes ({self.accelerator.num_processes})"
            raise UsageError(what, fix="Raise sft.batches_per_step or preference.batch_pairs, or take fewer processes")

    def get_train_dataloader(self) -> DataLoader[Any]:
        """Each process reads the plan for itself, so that the loader is not to be shared out."""
        steps = Steps(self.objective, self.plan, self.accelerator.process_index, self.accelerator.num_processes)
        return DataLoader(steps, batch_size=1, collate_fn=_only)

    def training_step(self, model: Any, inputs: dict[str, Any], num_items_in_batch: Any = None) -> torch.Tensor:
        """All micro-batches of one step. Gradients are averaged over processes, which is why the loss is multiplied by
        their number."""
        model.train()
        processes = self.accelerator.num_processes
        whole = inputs["whole"]
        total: torch.Tensor = torch.zeros((), device=self.args.device)
        for number, (micro, weight) in enumerate(inputs["micros"], 1):
            with self._gathering(model, number == len(inputs["micros"])):
                loss, figures = self.objective.loss(model, self._prepare_inputs(micro), whole)
                self.accelerator.backward(loss * (processes * weight))
            total += loss.detach() * weight
            for name, value in figures.items():
                self.sums[name] += float(value) * weight
        self.sums["tokens"] += whole["tokens"] / processes
        return total.mul(processes)

    def _gathering(self, model: Any, last: bool) -> AbstractContextManager[Any]:
        """Gradients are summed over processes with a step's last micro-batch only."""
        self.accelerator.gradient_state._set_sync_gradients(last)
        if last or self.accelerator.distributed_type == DistributedType.DEEPSPEED:
            return nullcontext()
        return self.accelerator.no_sync(model)  # type: ignore[no-any-return]

    def over_processes(self, value: torch.Tensor) -> torch.Tensor:
        """The sum of a tensor over the processes."""
        summed: torch.Tensor = self.accelerator.reduce(value.to(self.args.device), reduction="sum")
        return summed

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        """Log, beside the trainer's figures, those of the objective since the last time."""
        if "loss" in logs and self.sums:
            names = sorted(self.sums)
            values = torch.tensor([self.sums[name] for name in names], dtype=torch.float64)
            if self.accelerator.num_processes > 1:
                values = self.over_processes(values.float())
            logs = {**logs, **dict(zip(names, values.tolist(), strict=True))}
            self.sums.clear()
        super().log(logs, start_time)

    def evaluate(self, *_: Any, **__: Any) -> dict[str, float]:
        """What is measured on dev, under names that begin with ``eval_``."""
        if self.measure is None:
            return {}
        model = self.model_wrapped
        model.eval()
        with torch.no_grad():
            found = {f"eval_{name}": value for name, value in self.measure(model, self.over_processes).items()}
        model.train()
        self.log(found)
        self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, found)
        return found

    def save_model(self, output_dir: str | None = None, _internal_call: bool = False) -> None:
        """Save what is trained. Of weights that processes share out, the frozen ones are not gathered, and transformers
        itself would save none."""
        if not self.is_fsdp_enabled:
            super().save_model(output_dir, _internal_call)
            return
        only = StateDictOptions(full_state_dict=True, cpu_offload=True, ignore_frozen_params=True)
        state = get_model_state_dict(cast(torch.nn.Module, self.model), options=only)
        if self.args.should_save:
            self._save(output_dir, state_dict=state)

    def create_scheduler(self, num_training_steps: int, optimizer: Any = None) -> Any:
        """The learning rate rises in equal steps and falls by half a cosine; the first step is one of those that rise,
        and not one of rate 0, in which nothing would be learnt."""
        rising = math.ceil(self.args.warmup_steps * num_training_steps)

        def share(step: int) -> float:
            if step < rising:
                return (step + 1) / rising
            return (1 + math.cos(math.pi * (step - rising) / max(1, num_training_steps - rising))) / 2

        self.lr_scheduler = torch.optim.lr_scheduler.LambdaLR(
            cast(torch.optim.Optimizer, optimizer or self.optimizer), share
        )
        return self.lr_scheduler

    def store_flos(self) -> None:
        """Not counted: transformers' rule of thumb knows neither experts nor what is frozen."""


def _only(items: list[Any]) -> Any:
    (item,) = items
    return item


def check_trackers(settings: Schedule) -> None:
    """Assert that what a training reports to is installed, before a model is read.

    Raises:
        InputError: a tracker is not.
    """
    for name in settings.report_to:
        package = TRACKERS[name]
        if importlib.util.find_spec(package) is None:
            fix = f"Type: pip install {package}; or leave it out"
            raise InputError(f"the tracker {name} is not installed", f"report_to = {settings.report_to}", fix)


def arguments(
    settings: Schedule, out: Path, seed: int, device: str, max_steps: int, learning_rate: float
) -> TrainingArguments:
    """The trainer's arguments for a stage's folder."""
    args = TrainingArguments(
        output_dir=str(out / CHECKPOINTS),
        max_steps=max_steps,
        per_device_train_batch_size=1,
        learning_rate=learning_rate,
        warmup_steps=settings.warmup,
        max_grad_norm=1.0,
        weight_decay=0.0,
        logging_steps=1,
        logging_nan_inf_filter=False,
        save_strategy="steps",
        save_steps=settings.save_steps,
        save_total_limit=2,
        eval_strategy="no",
        eval_on_start=True,
        seed=seed,
        data_seed=seed,
        # The model is in its precision already; but DeepSpeed wants to be told.
        bf16=os.environ.get("ACCELERATE_USE_DEEPSPEED") == "true",
        use_cpu=choose_device(device) == "cpu",
        remove_unused_columns=False,
        dataloader_pin_memory=False,
        ddp_find_unused_parameters=False,
        disable_tqdm=True,
        report_to=settings.report_to or "none",
    )
    # One process computes on one device: several visible ones would be given parts of what is a list of batches.
    args._n_gpu = min(1, args.n_gpu)
    return args
