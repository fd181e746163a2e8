"""Which step's weights are kept: dev is measured at intervals, the best is put aside, and a training that has turned
for the worse is stopped."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transformers import TrainerCallback, TrainerState

from residency.core.errors import ProofError
from residency.core.stage import Progress
from residency.training.steps.progress import STATE
from residency.training.watch.guards import evaluations

BEST = "best-"
Warn = Callable[[Sequence[dict[str, float]]], list[str]]
"""From all evaluations so far to what is wrong with the last one, a line each."""


@dataclass(frozen=True)
class Verdict:
    """What the evaluations so far say: the ``best`` step, why the training should ``stop``, or an empty text, and what
    the guards ``warn`` of at the last one."""

    best: int
    stop: str
    warnings: list[str]


def judge(
    history: Sequence[dict[str, float]], metric: str | None, patience: int, warn: Warn, from_start: bool = False
) -> Verdict:
    """The verdict on a training, from its evaluations alone, so that a run that goes on comes to the same.

    The best step is the one with the lowest ``metric`` among those of which no guard warns and whose metric is a
    number; without a metric it is the last of which none warns.

    Args:
        history: the evaluations in their order, each with its ``step``.
        metric: the name of the figure that is to be low; None where none was measured but what the guards look at.
        patience: evaluations in a row after the best that are borne; 0 never stops.
        warn: the guards.
        from_start: whether the model as it was before the training may be the best.
    """
    told = [warn(history[: number + 1]) for number in range(len(history))]
    able = [
        (entry[metric] if metric else -entry["step"], entry["step"])
        for entry, warnings in zip(history, told, strict=True)
        if not warnings and (metric is None or math.isfinite(entry[metric])) and (from_start or entry["step"] > 0)
    ]
    after_start = [entry for entry in history if entry["step"] > 0]
    best = int(min(able)[1]) if able else int((history if from_start else after_start or history)[0]["step"])
    since = [warnings for entry, warnings in zip(history, told, strict=True) if entry["step"] > best]
    stop = ""
    if patience and len(since) >= patience:
        reasons = list(dict.fromkeys(line for warnings in since[-patience:] for line in warnings))
        worse = f"{(metric or '').removeprefix('eval_')} on dev has not been lower for {len(since)} evaluations"
        stop = "; ".join(reasons) or worse
    return Verdict(best, stop, told[-1])


class Keep(TrainerCallback):
    """Has dev measured at the planned steps, keeps the best step's weights beside the checkpoints, and stops."""

    def __init__(
        self,
        steps: int,
        evaluations: int,
        metric: str | None,
        patience: int,
        warn: Warn,
        progress: Progress,
        from_start: bool = False,
        note: Warn = lambda history: [],
    ) -> None:
        self.at = {max(1, round(steps * number / evaluations)) for number in range(1, evaluations + 1)}
        self.metric, self.patience, self.warn, self.from_start = metric, patience, warn, from_start
        self.progress, self.note = progress, note
        self.trainer: Any = None
        self.stopped = ""

    def train(self, checkpoint: str | None) -> None:
        """Train, from a checkpoint where there is one, at which dev was measured already if that was planned. Where a
        training was stopped at it, there is nothing left to do."""
        trainer = self.trainer
        if checkpoint is not None:
            state = TrainerState.load_from_json(str(Path(checkpoint) / STATE))
            verdict = self.verdict(state)
            if verdict is not None and verdict.stop and state.global_step < state.max_steps:
                trainer.state, self.stopped = state, verdict.stop
                for callback in trainer.own_callbacks:
                    callback.on_train_begin(trainer.args, state, trainer.control)
                return
        trainer.args.eval_on_start = checkpoint is None
        trainer.train(resume_from_checkpoint=checkpoint)

    def verdict(self, state: Any) -> Verdict | None:
        """The verdict so far; None where nothing was measured."""
        history = self.history(state)
        if not history or (not self.from_start and all(entry["step"] == 0 for entry in history)):
            return None
        return judge(history, self.metric, self.patience, self.warn, self.from_start)

    def history(self, state: Any) -> list[dict[str, float]]:
        """The evaluations so far."""
        return [entry for entry in evaluations(state.log_history) if self.metric is None or self.metric in entry]

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Measure at the planned steps, and write a checkpoint there."""
        if self.trainer.measure is not None and state.global_step in self.at:
            control.should_evaluate = control.should_save = True

    def on_evaluate(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Put the weights aside if they are the best so far; stop if they have not been for long enough."""
        verdict = self.verdict(state)
        if verdict is None:
            return
        for line in (*verdict.warnings, *self.note(self.history(state))):
            self.progress.note(f"step {state.global_step}: {line}")
        if verdict.best == state.global_step:
            self.put_aside(state.global_step)
        if verdict.stop and state.global_step < state.max_steps:
            self.stopped = verdict.stop
            self.progress.note(f"stopped at step {state.global_step}, keeping step {verdict.best}: {verdict.stop}")
            control.should_training_stop = True

    def on_save(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """A run that goes on from this checkpoint needs none of the older best."""
        verdict = self.verdict(state)
        for folder in self._folder().glob(f"{BEST}*"):
            if verdict is not None and state.is_world_process_zero and folder.name != f"{BEST}{verdict.best}":
                shutil.rmtree(folder, ignore_errors=True)

    def put_aside(self, step: int) -> None:
        """Save the weights of now as those of ``step``; whole or not at all."""
        place = self.place(step)
        half = place.with_name(f".{place.name}.partial")
        self.trainer.save_model(str(half))
        if self.trainer.args.should_save:
            shutil.rmtree(place, ignore_errors=True)
            half.rename(place)

    def best(self, state: Any) -> int:
        """The step whose weights are put aside; where nothing was measured, the last one, whose weights now are.

        Raises:
            ProofError: the best step's weights are not there.
        """
        verdict = self.verdict(state)
        if verdict is None:
            self.put_aside(state.global_step)
            return int(state.global_step)
        # Only the process that writes knows when they are there.
        if self.trainer.args.should_save and not self.place(verdict.best).exists():
            what = f"the weights of step {verdict.best}, the best on dev, are gone"
            raise ProofError(what, str(self._folder()), "Remove this folder to train anew")
        return verdict.best

    def place(self, step: int) -> Path:
        """The folder in which the weights of ``step`` are put aside."""
        return self._folder() / f"{BEST}{step}"

    def _folder(self) -> Path:
        return Path(self.trainer.args.output_dir)
