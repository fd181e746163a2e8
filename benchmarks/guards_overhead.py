"""What guards and evaluation cost in preference tuning: the time of a step, and the part of the whole that dev takes.

    python -m benchmarks.guards_overhead            # the embedded model, the example corpus: about fifteen minutes
    python -m benchmarks.guards_overhead --quick    # one round of few steps: about two minutes

The same steps from the same weights are taken by the preference stage's trainer as it is, and by one without what
watches it: no report, no keeping of the best, no guards, no proof, no log, and no figures beside the loss. The two take
turns, and step is compared with step: ``overhead_share`` is the median of their ratios less one. Steps between which
dev is measured do not count there. What that takes is timed by itself: ``evaluation_share`` is its part of the whole
time of a training on 400 pairs, as many as the pairs stage makes, at the defaults, the passes before the first step
left out.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
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


def seconds_of(work: Callable[[], Any]) -> float:
    """How long a call takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def measure(
    model_name: str | None, rounds: int, steps: int, work: Path, say: Callable[[str], None]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The settings and the figures."""
    import torch
    from tests.banks import run_data_stages

    from residency.chat.load import renderer_of
    from residency.chat.pairs import compile_pairs
    from residency.chat.settings import ChatSettings, CompileSettings
    from residency.chat.stage import compile_files
    from residency.core.stage import Silent, StageContext
    from residency.generation.models import load_tokenizer
    from residency.generation.settings import ModelSettings
    from residency.training import preference
    from residency.training.model.start import fresh, ready
    from residency.training.pairs.preferred import Preferred, with_others
    from residency.training.proof.claims import Proof
    from residency.training.settings import LoraSettings, PreferenceSettings
    from residency.training.steps.frame import StageTrainer, arguments
    from residency.training.watch.guards import preference_watch
    from residency.training.watch.measures import preference_measure

    run_data_stages(work)
    model_settings = ModelSettings(name=model_name) if model_name else ModelSettings()
    renderer = renderer_of(load_tokenizer(model_settings), ChatSettings())
    (work / "compile").mkdir()
    compile_files(renderer, work / "mix" / "dev.jsonl", work / "compile" / "dev.parquet", 4096)
    defaults = PreferenceSettings()
    settings = defaults.model_copy(
        update={
            "max_steps": steps,
            "evaluations": 1,
            "save_steps": 10**6,
            "dev_share": 0.0,
            "dev_rows": DEV_ROWS,
            "start": "base",
        }
    )
    context = StageContext(
        {"preference": settings, "model": model_settings, "chat": ChatSettings(), "compile": CompileSettings()},
        {"compile": work / "compile", "thoughts": work / "mix"},
        work / "out",
        SEED,
        Silent(),
    )
    wanted = steps * settings.batch_pairs + HELD
    rows, _, _ = compile_pairs(pairs_of(work, wanted), renderer, 4096)  # type: ignore[arg-type]
    torch.manual_seed(SEED)
    model = fresh(model_settings, "lora", LoraSettings(r=RANK), say)
    ready(model, settings, model_settings)
    loss = preference.loss_of(settings)
    objective = Preferred(
        with_others(rows, loss.others), loss, preference.sharing(model, settings, _pairs(rows), context)
    )
    tokens = statistics.mean(len(row["prompt_ids"]) + len(row["chosen_ids"]) + len(row["rejected_ids"]) for row in rows)
    say(f"{len(rows)} pairs of {tokens:.0f} tokens, prompts shared: {objective.shares}")

    taken = evaluation_seconds(model, objective, renderer, context, preference_measure)
    taken["rows"] *= defaults.dev_rows / DEV_ROWS
    say(f"held-out pair {taken['pair']:.2f} s, dev rows {taken['rows']:.1f} s, answers {taken['answers']:.1f} s")
    figures = taken.pop("figures")

    def watched() -> Any:
        watch = preference_watch(settings.guards)
        proof = Proof(lambda *_: (0.0, 1.0), lambda _: {})
        proof.on_train_begin = lambda *_, **__: None  # type: ignore[method-assign]
        trainer, keep = preference.make_trainer(model, "lora", objective, proof, watch, renderer, context)
        trainer.callback_handler.callbacks = [
            one for one in trainer.callback_handler.callbacks if type(one).__name__ != "Reference"
        ]
        proof.waiting = {name for name, weights in model.named_parameters() if weights.requires_grad}
        trainer.measure = lambda *_: figures
        keep.metric = "eval_pairs/loss"
        return trainer

    def bare() -> Any:
        members = range(len(objective.pairs))
        plan = preference.plan_pairs(objective, list(members), context, 1)
        args = arguments(settings, context.out, SEED, "cpu", len(plan), 1e-4)
        args.eval_on_start, args.logging_strategy, args.save_strategy = False, "no", "no"
        trainer = StageTrainer(model, args, Unwatched(objective), plan, Silent())
        trainer.callback_handler.callbacks = [
            one for one in trainer.callback_handler.callbacks if type(one).__name__ in ("DefaultFlowCallback",)
        ]
        return trainer

    step_times(bare())  # what is compiled for new shapes is not counted
    ratios: list[float] = []
    seconds: list[float] = []
    for number in range(rounds):
        sides = {side.__name__: step_times(side()) for side in ((bare, watched) if number % 2 else (watched, bare))}
        pairs = [
            (with_all, without)
            for with_all, without in zip(sides["watched"], sides["bare"], strict=True)
            if with_all > 0 and without > 0
        ]
        ratios += [with_all / without for with_all, without in pairs]
        seconds += [with_all for with_all, _ in pairs]
        say(f"  round {number + 1}: median {statistics.median(ratios[-len(pairs) :]):.3f} over {len(pairs)} steps")
    step = statistics.median(seconds)
    held = round(PAIRS * defaults.dev_share)
    whole_steps = -(-(PAIRS - held) // defaults.batch_pairs)
    once = taken["pair"] * held + taken["rows"] + taken["answers"]
    dev = (defaults.evaluations + 1) * once
    spread = statistics.quantiles(ratios, n=4) if len(ratios) > 1 else ratios * 3
    return (
        {
            "rounds": rounds,
            "steps": steps,
            "batch_pairs": defaults.batch_pairs,
            "pairs": PAIRS,
            "tokens": round(tokens),
        },
        {
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
        },
    )


def _pairs(rows: Sequence[Any]) -> Any:
    from residency.training.pairs.preferred import with_others

    return with_others(rows, False)


def evaluation_seconds(model: Any, objective: Any, renderer: Any, context: Any, build: Any) -> dict[str, Any]:
    """Seconds of each part of an evaluation, for held-out pairs of one of them; and the ``figures``."""
    import torch

    whole = build(objective, list(range(HELD)), renderer, context)
    model.eval()
    found: dict[str, Any] = {"figures": {}}

    def same(value: Any) -> Any:
        return value

    with torch.no_grad():
        whole._pairs(model, same)  # what is compiled for new shapes is not counted
        begun = time.perf_counter()
        found["figures"] |= whole._pairs(model, same)
        found["pair"] = (time.perf_counter() - begun) / HELD
        for name, part in zip(("rows", "answers"), whole.others, strict=True):
            part(model, same)
            begun = time.perf_counter()
            found["figures"] |= part(model, same)
            found[name] = time.perf_counter() - begun
    model.train()
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
