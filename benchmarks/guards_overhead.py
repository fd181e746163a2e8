"""What guards and evaluation cost in preference tuning: the time of a step, and the part of the whole that dev takes.

    python -m benchmarks.guards_overhead            # the embedded model, the example corpus: about fifteen minutes
    python -m benchmarks.guards_overhead --quick    # one round of few steps: about two minutes

The same steps from the same weights are taken by the preference stage's trainer as it is, and by one without what
watches it: no report, no keeping of the best, no guards, no proof, no log, and no figures beside the loss. The two take
turns, and step is compared with step: ``overhead_share`` is the median of their ratios less one. Steps between which
dev is measured do not count there. What that takes is timed by itself: ``evaluation_share`` is its part of the whole
time of a training on 400 pairs at the defaults, the passes before the first step left out.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

SEED, ROUNDS, STEPS, QUICK_ROUNDS, QUICK_STEPS = 17, 4, 8, 2, 4
PAIRS = 400
HELD, RANK = 8, 32
DEV_ROWS = 20
"""Dev rows whose time is taken; as many as the default measures take so many times as long."""


def pairs_of(folder: Path, count: int) -> list[dict[str, Any]]:
    """Pairs on the example corpus's train questions over passages: their own answer, and that of another."""
    from residency.core.files import read_jsonl

    rows = [row for row in read_jsonl(folder / "mix" / "train.jsonl") if row["kind"] == "context"]
    return [
        {
            "id": row["id"],
            "prompt": row["messages"][:-1],
            "chosen": row["messages"][-1]["content"],
            "rejected": rows[number - 1]["messages"][-1]["content"],
        }
        for number, row in enumerate(rows[:count])
    ]


class Unwatched:
    """An objective without the figures that are shown beside its loss."""

    def __init__(self, objective: Any) -> None:
        self.objective = objective

    def __getattr__(self, name: str) -> Any:
        return getattr(self.objective, name)

    def loss(self, model: Any, micro: Any, whole: Any) -> tuple[Any, dict[str, Any]]:
        """The loss alone."""
        scores = self.objective.scores(model, micro)
        return self.objective.loss_of_pairs(scores, whole["pairs"], whole["chosen_tokens"]), {}


def step_times(trainer: Any) -> list[float]:
    """Seconds from the beginning of each step to that of the next, but where dev is measured in between (-1)."""
    begun: list[float] = []
    measured: set[int] = set()
    step, evaluate = trainer.training_step, trainer.evaluate

    def timed(*given: Any, **named: Any) -> Any:
        begun.append(time.perf_counter())
        return step(*given, **named)

    def noted(*given: Any, **named: Any) -> Any:
        measured.add(len(begun) - 1)
        return evaluate(*given, **named)

    trainer.training_step, trainer.evaluate = timed, noted
    trainer.train()
    return [-1.0 if number in measured else after - before for number, (before, after) in enumerate(pairwise(begun))]


class Bench:
    """A model, pairs and the two trainers on them.

    Args:
        model_name: a model's folder; None for the embedded one.
        steps: optimiser steps of each trainer.
        work: an empty folder.
        say: prints a line.
    """

    def __init__(self, model_name: str | None, steps: int, work: Path, say: Callable[[str], None]) -> None:
        import torch
        from tests.banks import run_data_stages

        from residency.chat.load import renderer_of
        from residency.chat.pairs import compile_pairs
        from residency.chat.settings import ChatSettings
        from residency.chat.stage import compile_files
        from residency.generation.models import load_tokenizer
        from residency.generation.settings import ModelSettings
        from residency.training import preference
        from residency.training.model.start import fresh, ready
        from residency.training.pairs.preferred import Preferred, with_others
        from residency.training.settings import LoraSettings, PreferenceSettings

        run_data_stages(work)
        model_settings = ModelSettings(name=model_name) if model_name else ModelSettings()
        self.renderer = renderer_of(load_tokenizer(model_settings), ChatSettings())
        (work / "compile").mkdir()
        compile_files(self.renderer, work / "mix" / "dev.jsonl", work / "compile" / "dev.parquet", 4096)
        self.defaults = PreferenceSettings()
        changed = {"max_steps": steps, "evaluations": 1, "save_steps": 10**6, "dev_share": 0.0, "dev_rows": DEV_ROWS}
        self.settings = self.defaults.model_copy(update=changed | {"start": "base"})
        self.context = context_of(self.settings, model_settings, work)
        wanted = steps * self.settings.batch_pairs + HELD
        rows, _, _ = compile_pairs(pairs_of(work, wanted), self.renderer, 4096)  # type: ignore[arg-type]
        torch.manual_seed(SEED)
        self.model = fresh(model_settings, "lora", LoraSettings(r=RANK), say)
        ready(self.model, self.settings, model_settings)
        loss = preference.loss_of(self.settings)
        shared = preference.sharing(self.model, self.settings, with_others(rows, False), self.context)
        self.objective = Preferred(with_others(rows, loss.others), loss, shared)
        self.tokens = statistics.mean(
            sum(len(row[name]) for name in ("prompt_ids", "chosen_ids", "rejected_ids")) for row in rows
        )
        say(f"{len(rows)} pairs of {self.tokens:.0f} tokens, prompts shared: {self.objective.shares}")
        self.figures: dict[str, float] = {}
        """What dev gave, for trainers in which it is not measured again."""

    def watched(self) -> Any:
        """The preference stage's trainer as it is, with dev figures that are there already."""
        from residency.training import preference
        from residency.training.proof.claims import Proof
        from residency.training.watch.guards import preference_watch

        proof = Proof(lambda *_: (0.0, 1.0), lambda _: {})
        proof.on_train_begin = lambda *_, **__: None  # type: ignore[method-assign]
        proof.waiting = {name for name, weights in self.model.named_parameters() if weights.requires_grad}
        watch = preference_watch(self.settings.guards)
        trainer, keep = preference.make_trainer(
            self.model, "lora", self.objective, proof, watch, self.renderer, self.context
        )
        callbacks = trainer.callback_handler.callbacks
        trainer.callback_handler.callbacks = [one for one in callbacks if type(one).__name__ != "Reference"]
        trainer.measure = lambda *_: self.figures
        keep.metric = "eval_pairs/loss"
        return trainer

    def bare(self) -> Any:
        """A trainer of the same steps without what watches them."""
        from residency.core.stage import Silent
        from residency.training import preference
        from residency.training.steps.frame import StageTrainer, arguments

        plan = preference.plan_pairs(self.objective, range(len(self.objective.pairs)), self.context, 1)
        args = arguments(self.settings, self.context.out, SEED, "cpu", len(plan), 1e-4)
        args.eval_on_start, args.logging_strategy, args.save_strategy = False, "no", "no"
        trainer = StageTrainer(self.model, args, Unwatched(self.objective), plan, Silent())
        callbacks = trainer.callback_handler.callbacks
        trainer.callback_handler.callbacks = [one for one in callbacks if type(one).__name__ == "DefaultFlowCallback"]
        return trainer


def context_of(settings: Any, model_settings: Any, work: Path) -> Any:
    """The preference stage's context over the folders of the data stages."""
    from residency.chat.settings import ChatSettings, CompileSettings
    from residency.core.stage import Silent, StageContext

    sections = {"preference": settings, "model": model_settings, "chat": ChatSettings(), "compile": CompileSettings()}
    inputs = {"compile": work / "compile", "thoughts": work / "mix"}
    return StageContext(sections, inputs, work / "out", SEED, Silent())


def compare_steps(bench: Bench, rounds: int, say: Callable[[str], None]) -> tuple[list[float], list[float]]:
    """For each step of each round, watched over bare, and the watched ones' seconds; the two take turns."""
    step_times(bench.bare())  # what is compiled for new shapes is not counted
    ratios: list[float] = []
    seconds: list[float] = []
    for number in range(rounds):
        order = (bench.bare, bench.watched) if number % 2 else (bench.watched, bench.bare)
        sides = {side.__name__: step_times(side()) for side in order}
        pairs = [
            (with_all, without)
            for with_all, without in zip(sides["watched"], sides["bare"], strict=True)
            if with_all > 0 and without > 0
        ]
        ratios += [with_all / without for with_all, without in pairs]
        seconds += [with_all for with_all, _ in pairs]
        say(f"  round {number + 1}: median {statistics.median(ratios[-len(pairs) :]):.3f} over {len(pairs)} steps")
    return ratios, seconds


def measure(
    model_name: str | None, rounds: int, steps: int, work: Path, say: Callable[[str], None]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The settings and the figures."""
    bench = Bench(model_name, steps, work, say)
    defaults = bench.defaults
    taken = evaluation_seconds(bench)
    taken["rows"] *= defaults.dev_rows / DEV_ROWS
    say(f"held-out pair {taken['pair']:.2f} s, dev rows {taken['rows']:.1f} s, answers {taken['answers']:.1f} s")
    ratios, seconds = compare_steps(bench, rounds, say)
    step = statistics.median(seconds)
    held = round(PAIRS * defaults.dev_share)
    whole_steps = -(-(PAIRS - held) // defaults.batch_pairs)
    once = taken["pair"] * held + taken["rows"] + taken["answers"]
    dev = (defaults.evaluations + 1) * once
    spread = statistics.quantiles(ratios, n=4) if len(ratios) > 1 else ratios * 3
    settings = {
        "rounds": rounds,
        "steps": steps,
        "batch_pairs": defaults.batch_pairs,
        "pairs": PAIRS,
        "tokens": round(bench.tokens),
    }
    figures = {
        "overhead_share": round(statistics.median(ratios) - 1, 4),
        "overhead_quartiles": [round(spread[0] - 1, 4), round(spread[-1] - 1, 4)],
        "evaluation_share": round(dev / (dev + whole_steps * step), 4),
        "step_s": round(step, 3),
        "evaluation_s": round(once, 2),
        "evaluation_parts_s": {
            "held_out_pairs": round(taken["pair"] * held, 2),
            "dev_rows": round(taken["rows"], 2),
            "answers": round(taken["answers"], 2),
        },
    }
    return settings, figures


def evaluation_seconds(bench: Bench) -> dict[str, float]:
    """Seconds of each part of an evaluation, for held-out pairs of one of them; its figures are the bench's."""
    import torch

    from residency.training.watch.measures import preference_measure

    whole = preference_measure(bench.objective, list(range(HELD)), bench.renderer, bench.context)
    assert whole is not None
    bench.model.eval()
    found: dict[str, float] = {}

    def same(value: Any) -> Any:
        return value

    with torch.no_grad():
        whole._pairs(bench.model, same)  # what is compiled for new shapes is not counted
        begun = time.perf_counter()
        bench.figures |= whole._pairs(bench.model, same)
        found["pair"] = (time.perf_counter() - begun) / HELD
        for name, part in zip(("rows", "answers"), whole.others, strict=True):
            part(bench.model, same)
            begun = time.perf_counter()
            bench.figures |= part(bench.model, same)
            found[name] = time.perf_counter() - begun
    bench.model.train()
    return found


def main() -> int:
    """Print the figures, and with ``--json`` one JSON object last."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.guards_overhead", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_ROUNDS} rounds of {QUICK_STEPS} steps")
    parser.add_argument("--model", help="a model's folder, in place of the embedded one")
    parser.add_argument("--json", action="store_true", help="print one JSON object on stdout, last")
    chosen = parser.parse_args()

    def say(line: str) -> None:
        print(line, file=sys.stderr if chosen.json else sys.stdout, flush=True)

    rounds, steps = (QUICK_ROUNDS, QUICK_STEPS) if chosen.quick else (ROUNDS, STEPS)
    with tempfile.TemporaryDirectory() as name:
        settings, figures = measure(chosen.model, rounds, steps, Path(name), say)
    say(json.dumps(figures, indent=1))
    if chosen.json:
        print(json.dumps({"name": "guards_overhead", "settings": settings, "figures": figures, "peers": {}}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
