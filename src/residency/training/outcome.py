"""What a training leaves in its stage's folder: the weights of the step that is kept, the log, the curves."""

from __future__ import annotations

from residency.core.files import write_jsonl
from residency.core.stage import Counts, StageContext
from residency.generation.generate import base_model
from residency.training.common import ADAPTER, CHECKPOINTS, LOG, drop_checkpoints, kept_log
from residency.training.curves import CURVES, draw_curves
from residency.training.frame import StageTrainer
from residency.training.guards import Watch
from residency.training.keep import Keep


def leave(trainer: StageTrainer, keep: Keep, watch: Watch, context: StageContext) -> Counts:
    """Write it, drop the checkpoints, and count what both trainings have in common."""
    best = keep.best(trainer.state)
    log = kept_log(trainer.state.log_history)
    history = keep.history(trainer.state)
    if trainer.args.should_save:
        model = base_model(trainer.accelerator.unwrap_model(trainer.model))
        keep.take(best, context.out / ADAPTER, model.dtype)
        write_jsonl(context.out / LOG, log)
        drawn = draw_curves(log, watch.all_heard(history), best, keep.stopped)
        (context.out / CURVES).write_text(drawn, encoding="utf-8")
        drop_checkpoints(context.out / CHECKPOINTS)
    return {
        "steps": trainer.state.global_step,
        "kept_step": best,
        "stopped": keep.stopped,
        "warnings": watch.counts(history),
    }
