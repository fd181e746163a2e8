"""What a training leaves in its stage's folder: the weights of the step that is kept, the log, the curves."""

from __future__ import annotations

from pathlib import Path

from residency.core.stage import Counts
from residency.training.proof.written import write_best
from residency.training.steps.frame import StageTrainer
from residency.training.steps.progress import kept_log
from residency.training.watch.curves import CURVES, draw_curves
from residency.training.watch.guards import Watch
from residency.training.watch.keep import Keep


def leave(trainer: StageTrainer, keep: Keep, watch: Watch, out: Path) -> Counts:
    """Write it, and count what both trainings have in common."""
    best = write_best(trainer, keep, out)
    history = keep.history(trainer.state)
    if trainer.args.should_save:
        heard = watch.all_heard(history)
        drawn = draw_curves(kept_log(trainer.state.log_history), heard, best, keep.stopped)
        (out / CURVES).write_text(drawn, encoding="utf-8")
    return {
        "steps": trainer.state.global_step,
        "kept_step": best,
        "stopped": keep.stopped,
        "warnings": watch.counts(history),
    }
