"""What a kind of training example does to a small model: arms trained alike but for their mix, compared paired.

Everything is kept in one folder: a run that was killed goes on where it was, and an answer is asked again only where
its prompt or its model changed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from residency.core.files import folder_digests, value_digest
from residency.evaluation.answering import answered
from residency.evaluation.item import Item, Result, result_of
from residency.evaluation.registry import TASKS
from residency.evaluation.run import collect
from residency.evaluation.scales import SCALES
from residency.evaluation.settings import EvaluateSettings
from residency.evaluation.sources import STAGES, sources_of
from residency.evaluation.targets.local import LocalSpeaker
from residency.evaluation.targets.target import Target
from residency.flow.progress import ConsoleProgress
from residency.flow.recipe import load_recipe
from residency.flow.runner import run_recipe
from residency.generation.models import tuned_folder
from residency.judging.statistics import compare, summarise

RECIPE = Path(__file__).parent.parent / "examples" / "surgery" / "recipe.toml"
SEED, BATCH, NEW_TOKENS, LONGEST = 17, 32, 128, 4096
BASE = "base"
Scored = Mapping[str, Sequence[Any]]


@dataclass(frozen=True)
class Effect:
    """What is compared.

    Args:
        name: the benchmark's.
        arms: the shares of each arm's mix, by its name.
        pairs: the arms compared, each with the one that it is compared with (``BASE`` is the model before training).
        axis: of the items asked.
        settings: which items are asked, all but how many.
    """

    name: str
    arms: Mapping[str, Mapping[str, float]]
    pairs: Sequence[tuple[str, str]]
    axis: str
    settings: EvaluateSettings


def parser_of(effect: Effect, about: str, items: int, examples: int, steps: int) -> argparse.ArgumentParser:
    """The command's options, with these defaults."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    folder = Path("runs") / effect.name.replace("_", "-")
    parser.add_argument("--folder", type=Path, default=folder, help="what is kept, and gone on with")
    parser.add_argument("--items", type=int, default=items, help="questions asked at most")
    parser.add_argument("--examples", type=int, default=examples, help="training examples of each arm")
    parser.add_argument("--steps", type=int, default=steps, help="optimiser steps of each arm")
    parser.add_argument("--quick", action="store_true", help="2 steps and 6 questions, to try the way")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout, last")
    return parser


def run_effect(effect: Effect, chosen: argparse.Namespace) -> int:
    """Train, ask, compare."""
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    steps, count = (2, 6) if chosen.quick else (chosen.steps, chosen.items)
    runs = {arm: train(chosen.folder, arm, shares, chosen.examples, steps) for arm, shares in effect.arms.items()}
    items = asked(effect, next(iter(runs.values())), count)
    adapters = {BASE: None} | {arm: tuned_folder(run / "sft") for arm, run in runs.items()}
    scored = {name: scores(name, adapter, items, chosen.folder) for name, adapter in adapters.items()}
    figures = figures_of(scored, effect.pairs)
    for name, figure in figures.items():
        shown = ", ".join("-" if part is None else f"{part:.3f}" for part in list(figure.values())[:3])
        print(f"{name:<60} {shown}  n {figure['n']}", file=sys.stderr)
    if chosen.json:
        arms = {arm: dict(shares) for arm, shares in effect.arms.items()}
        settings = {"arms": arms, "examples": chosen.examples, "steps": steps, "items": len(items), "seed": SEED}
        print(json.dumps({"name": effect.name, "settings": settings, "figures": figures, "peers": {}}))
    return 0


def train(folder: Path, arm: str, shares: Mapping[str, float], examples: int, steps: int) -> Path:
    """The run folder of an arm, trained as far as SFT; what is done already is not done again."""
    told = ", ".join(f"{kind} = {share}" for kind, share in shares.items())
    overrides = [
        f'run.folder="{folder.resolve()}"',
        f'run.name="{arm}"',
        f"mix.shares={{ {told} }}",
        f"mix.examples={examples}",
        f"sft.max_steps={steps}",
        "sft.epochs=20.0",
    ]
    run_recipe(load_recipe(RECIPE, None, overrides), "sft")
    return folder / arm


def asked(effect: Effect, run: Path, count: int) -> list[Item]:
    """The items of the axis, of at most ``count`` questions."""
    settings = effect.settings.model_copy(update={"max_items": count})
    items = collect(sources_of({name: run / name for name in STAGES}, settings, SEED))
    return [item for item in items if item.axis == effect.axis]


def scores(name: str, adapter: Path | None, items: Sequence[Item], folder: Path) -> list[Result]:
    """The results of one model; what is on disk is not asked again, where neither its items nor its model changed."""
    model_id = [folder_digests(adapter) if adapter else BASE, [item.as_row() for item in items]]
    out = folder / f"answers-{value_digest(model_id)[:12]}.jsonl"
    speaker = LocalSpeaker(Target(name, tuned=adapter), EvaluateSettings(max_new_tokens=NEW_TOKENS))
    answers = answered(
        speaker, items, out, batch_size=BATCH, max_length=LONGEST, seed=SEED, progress=ConsoleProgress(name), name=name
    )
    found = []
    for item in items:
        own = answers.get(item.id, {})
        found.append(result_of(item, own, TASKS[item.task].grade(item, own, None)))
    return found


def figures_of(scored: Scored, pairs: Iterable[tuple[str, str]]) -> dict[str, dict[str, Any]]:
    """Each metric of each model, then the paired differences, with intervals by clusters."""
    figures: dict[str, dict[str, Any]] = {}
    for name, rows in scored.items():
        for metric, one in summarise(rows, seed=SEED, scales=SCALES).items():
            figures[f"{metric} {name}"] = {"value": one.value, "low": one.low, "high": one.high, "n": one.n}
    for arm, other in pairs:
        for metric, change in compare(scored[arm], scored[other], seed=SEED, scales=SCALES).items():
            figures[f"{metric} {arm} - {other}"] = {
                "value": change.value,
                "low": change.low,
                "high": change.high,
                "n": change.n,
            }
    return figures
