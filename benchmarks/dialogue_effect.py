"""Do dialogues in the training mix help the conversation? SFT with and without them, the same steps, compared paired.

    python -m benchmarks.dialogue_effect                    # an hour or so on two cores; goes on where it was killed
    python -m benchmarks.dialogue_effect --folder runs/effect --items 120 --steps 150

On the example corpus and the embedded model. Two arms from one base: ``single`` is trained on single turns only;
``dialogues`` gives part of their place to conversations, all else alike. The base and both arms answer the same
follow-ups: built ones of held-out questions, and those written by hand. Differences are paired, with 95% intervals by
clusters. ``single - base`` answers whether training on single turns alone hurts the conversation; ``dialogues -
single`` what the conversations do.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from residency.chat.load import renderer_of
from residency.chat.settings import ChatSettings
from residency.core.files import append_jsonl, recover_jsonl
from residency.core.stage import StageContext
from residency.evaluation.items import Item, collect_items
from residency.evaluation.score import as_result
from residency.evaluation.settings import EvaluateSettings
from residency.evaluation.statistics import compare, summarise
from residency.flow.recipe import load_recipe
from residency.flow.runner import run_recipe
from residency.generation.generate import generate
from residency.generation.models import load_model, load_tokenizer
from residency.generation.settings import ModelSettings

RECIPE = Path(__file__).parent.parent / "examples" / "surgery" / "recipe.toml"
_NONE = "context = 0.0, insufficient = 0.0, context_dialogue = 0.0"
ARMS: dict[str, str] = {
    "single": f"{{ mcq = 0.4, open = 0.6, dialogue = 0.0, safety = 0.0, {_NONE} }}",
    "dialogues": f"{{ mcq = 0.32, open = 0.48, dialogue = 0.15, safety = 0.05, {_NONE} }}",
}
SEED, BATCH, NEW_TOKENS = 17, 32, 128
METRICS = ("followup.token_f1", "followup.key_fact_recall", "skill.shown")


def train(folder: Path, arm: str, examples: int, steps: int) -> Path:
    """The run folder of an arm, trained as far as SFT."""
    overrides = [
        f'run.folder="{folder.resolve()}"',
        f'run.name="{arm}"',
        f"mix.shares={ARMS[arm]}",
        f"mix.examples={examples}",
        f"sft.max_steps={steps}",
        "sft.epochs=20.0",
    ]
    run_recipe(load_recipe(RECIPE, None, overrides), "sft")
    return folder / arm


def asked(run: Path, count: int) -> list[Item]:
    """The follow-ups, of at most ``count`` clusters, those written by hand and those built."""
    examples = RECIPE.parent
    settings = EvaluateSettings(
        followups=[examples / "followups.jsonl"],
        dialogues=sorted((examples / "dialogues").glob("*.jsonl")),
        max_items=count,
    )
    inputs = {name: run / name for name in ("corpus", "index", "dialogue", "grounding")}
    items = collect_items(StageContext({"evaluate": settings}, inputs, run, SEED), settings)
    return [item for item in items if item.axis == "followup"]


def answers(name: str, adapter: Path | None, items: Sequence[Item], out: Path) -> list[dict[str, Any]]:
    """The scored answers of one model; those on disk are not asked again."""
    done = {row["id"]: row["output"] for row in recover_jsonl(out)}
    left = [item for item in items if item.id not in done]
    if left:
        settings = ModelSettings(name="embedded")
        model, renderer = load_model(settings, adapter), renderer_of(load_tokenizer(settings), ChatSettings())
        left.sort(key=lambda item: len(renderer.prompt(item.messages)))
        with out.open("a", encoding="utf-8") as handle:
            for start in range(0, len(left), BATCH):
                batch = left[start : start + BATCH]
                prompts = [renderer.prompt(item.messages) for item in batch]
                ids = generate(model, prompts, stop=renderer.stops, max_new_tokens=NEW_TOKENS, batch_size=BATCH)
                rows = [{"id": one.id, "output": renderer.answer(new)} for one, new in zip(batch, ids, strict=True)]
                append_jsonl(handle, rows)
                done |= {row["id"]: row["output"] for row in rows}
                print(f"{name}: {len(done)} of {len(items)}", file=sys.stderr, flush=True)
    return [as_result(item, done[item.id], None, "") for item in items]


def main() -> int:
    """Train, ask, compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=Path("runs") / "dialogue-effect", help="what is kept")
    parser.add_argument("--items", type=int, default=160, help="clusters of follow-ups at most")
    parser.add_argument("--examples", type=int, default=400, help="training examples of each arm")
    parser.add_argument("--steps", type=int, default=150, help="optimiser steps of each arm")
    parser.add_argument("--quick", action="store_true", help="a few steps and items, to try the way")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout, last")
    arguments = parser.parse_args()
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    steps, count = (4, 8) if arguments.quick else (arguments.steps, arguments.items)
    runs = {arm: train(arguments.folder, arm, arguments.examples, steps) for arm in ARMS}
    items = asked(runs["single"], count)
    adapters = {"base": None} | {arm: run / "sft" / "adapter" for arm, run in runs.items()}
    scored = {
        name: answers(name, adapter, items, arguments.folder / f"answers-{name}.jsonl")
        for name, adapter in adapters.items()
    }
    figures: dict[str, Any] = {}
    for name, rows in scored.items():
        for metric, one in summarise(rows, seed=SEED).items():
            figures[f"{metric} {name}"] = {"value": one.value, "low": one.low, "high": one.high, "n": one.n}
    for arm, other in (("single", "base"), ("dialogues", "base"), ("dialogues", "single")):
        for metric, change in compare(scored[arm], scored[other], seed=SEED).items():
            figures[f"{metric} {arm} - {other}"] = {"value": change.value, "low": change.low, "high": change.high}
    for name, figure in figures.items():
        if name.startswith(METRICS) or "skill." in name or "mode." in name:
            shown = ", ".join("-" if part is None else f"{part:.3f}" for part in list(figure.values())[:3])
            print(f"{name:<55} {shown}  n {figure.get('n', '')}", file=sys.stderr)
    settings = {"arms": ARMS, "examples": arguments.examples, "steps": steps, "items": len(items)}
    if arguments.json:
        print(json.dumps({"name": "dialogue_effect", "settings": settings, "figures": figures, "peers": {}}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
