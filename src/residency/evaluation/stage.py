"""The evaluate stage: base, SFT and final model of a run on the same held-out items."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from residency.chat.settings import ChatSettings, CompileSettings
from residency.core.files import read_json
from residency.core.stage import Counts, StageContext
from residency.evaluation.gates import check_gates
from residency.evaluation.run import Evaluation, collect, evaluate
from residency.evaluation.settings import EvaluateSettings
from residency.evaluation.sources import sources_of
from residency.evaluation.targets.speaker import Speaker
from residency.evaluation.targets.target import STAGE_OF, Target
from residency.generation.models import tuned_folder
from residency.generation.settings import ModelSettings

MODELS = ("base", "sft", "final")


def run(context: StageContext) -> Counts:
    """Reads the held-out records and both trained models; writes ``items.jsonl`` and raw answers as it goes, then
    ``scores-*.jsonl``, ``summary.json`` and the report."""
    settings = context.section("evaluate", EvaluateSettings)
    check_gates(settings.gates)
    sources = sources_of(context.inputs, settings, context.seed)
    items = collect(sources)
    of = Evaluation(
        settings,
        context.out,
        context.seed,
        context.progress,
        context.out.parent.name,
        context.section("compile", CompileSettings).max_length,
        (_trained_on(read_json(context.inputs["compile"] / "report.json")["train"]),),
    )
    return evaluate(items, sources, {name: _opens(name, context, settings) for name in MODELS}, of)


def _opens(name: str, context: StageContext, settings: EvaluateSettings) -> Callable[[], Speaker]:
    from residency.evaluation.targets.local import LocalSpeaker

    tuned = tuned_folder(context.inputs[STAGE_OF[name]]) if name in STAGE_OF else None
    model, chat = context.section("model", ModelSettings), context.section("chat", ChatSettings)
    return partial(LocalSpeaker, Target(name, model, chat, tuned), settings)


def _trained_on(compiled: Mapping[str, Any]) -> str:
    """The training rows in a sentence: how many, how long, and what they lost to the budget."""
    lengths = compiled["lengths"]
    lost = [f"{count:,} rows: {reason}" for reason, count in compiled["left_out"].items()]
    lost += [f"{count:,} refused: {reason}" for reason, count in compiled["refused"].items()]
    return (
        f"Trained on {compiled['rows']:,} rows with {compiled['turns']:,} answers, {compiled['tokens']:,} tokens; half "
        f"of the rows have at most {lengths['p50']:,}, 99% at most {lengths['p99']:,} and the longest "
        f"{lengths['longest']:,}"
        f" ({'; '.join(lost) or 'nothing was left out'})."
    )
