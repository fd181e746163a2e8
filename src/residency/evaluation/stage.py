"""The evaluate stage: base, SFT and final model on the same items, compared paired, judged by gates."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from residency.chat.load import renderer_of
from residency.chat.renderer import Renderer
from residency.chat.settings import ChatSettings, CompileSettings
from residency.core.errors import InputError
from residency.core.files import append_jsonl, read_json, recover_jsonl, write_json, write_jsonl
from residency.core.prompt import ANSWER, assistant_message
from residency.core.stage import Counts, StageContext
from residency.evaluation.gates import check_gates, judge
from residency.evaluation.items import Item, collect_items
from residency.evaluation.report import summary_table, write_report
from residency.evaluation.score import as_result
from residency.evaluation.settings import EvaluateSettings
from residency.generation.choices import choice_logprobs
from residency.generation.generate import generate
from residency.generation.lines import Asked
from residency.generation.models import load_model, load_tokenizer, tuned_folder
from residency.generation.settings import ModelSettings

MODELS = ("base", "sft", "final")
AXES = ("exam", "open", "followup", "faithfulness")
Results = dict[str, list[dict[str, Any]]]


def run(context: StageContext) -> Counts:
    """Reads the held-out records and both trained models; writes raw answers as it goes, then ``scores-*.jsonl``,
    ``summary.json`` and ``report.html``."""
    settings = context.section("evaluate", EvaluateSettings)
    model_settings = context.section("model", ModelSettings)
    check_gates(settings.gates)
    items = collect_items(context, settings)
    if not items:
        what = "there is no held-out record to evaluate on"
        raise InputError(what, str(context.inputs["corpus"]), "Raise corpus.test_share")
    renderer = renderer_of(load_tokenizer(model_settings), context.section("chat", ChatSettings))
    items, too_long = _that_fit(items, renderer, context.section("compile", CompileSettings).max_length)
    adapters = {
        "base": None,
        "sft": tuned_folder(context.inputs["sft"]),
        "final": tuned_folder(context.inputs["preference"]),
    }
    results: Results = {}
    for name in MODELS:
        answers = _answer(name, adapters[name], items, renderer, model_settings, settings, context)
        results[name] = [
            as_result(item, answers[item.id]["output"], answers[item.id]["letters"], _shown(item)) for item in items
        ]
        write_jsonl(context.out / f"scores-{name}.jsonl", results[name])
    return _conclude(results, settings, context, too_long)


def _conclude(results: Results, settings: EvaluateSettings, context: StageContext, too_long: int) -> Counts:
    verdicts = [judge(gate, results, settings.confidence, context.seed) for gate in settings.gates]
    table = summary_table(results, settings.confidence, context.seed)
    run_name = context.out.parent.name
    notes = [_trained_on(read_json(context.inputs["compile"] / "report.json")["train"])]
    if too_long:
        notes.append(f"{too_long} items were left out: their prompt is longer than compile.max_length.")
    about = {"run": run_name, "seed": str(context.seed), "items": str(len(results["base"]))}
    write_report(
        context.out / "report.html", run_name, results, verdicts, about, notes, settings.confidence, context.seed
    )
    gates = [{"metric": v.gate.metric, "verdict": v.verdict, "says": v.says, "needed_n": v.needed_n} for v in verdicts]
    write_json(context.out / "summary.json", {"table": table, "gates": gates, "report": "report.html"})
    axes = {axis: sum(row["axis"] == axis for row in results["base"]) for axis in AXES}
    passed = {kind: sum(v.verdict == kind for v in verdicts) for kind in ("pass", "fail", "undecided")}
    return {"items": axes, "too_long": too_long, "gates": passed}


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


def _answer(
    name: str,
    adapter: Path | None,
    items: Sequence[Item],
    renderer: Renderer,
    model_settings: ModelSettings,
    settings: EvaluateSettings,
    context: StageContext,
) -> dict[str, dict[str, Any]]:
    """The model's answers by item id; those already on disk are not asked again."""
    path = context.out / f"answers-{name}.jsonl"
    done = {row["id"]: row for row in recover_jsonl(path)}
    context.progress.start(len(items), f"answers of the {name} model", len(done))
    if all(item.id in done for item in items):
        return done
    model = load_model(model_settings, adapter)
    order = sorted(items, key=lambda item: len(renderer.prompt(item.messages)))
    with path.open("a", encoding="utf-8") as handle:
        for start in range(0, len(order), settings.batch_size):
            # After a kill the batches are cut as before it: which rows share one can move a score's last digit.
            batch = [item for item in order[start : start + settings.batch_size] if item.id not in done]
            if batch:
                rows = _answer_batch(model, batch, renderer, settings.max_new_tokens)
                append_jsonl(handle, rows)
                done |= {row["id"]: row for row in rows}
                context.progress.advance(len(rows))
    return done


def _answer_batch(model: Any, batch: Sequence[Item], renderer: Renderer, max_new_tokens: int) -> list[dict[str, Any]]:
    prompts = [renderer.prompt(item.messages) for item in batch]
    size = len(batch)
    limit = renderer.limit(max_new_tokens)
    outputs = generate(model, prompts, stop=renderer.stops, max_new_tokens=limit, batch_size=size)
    # Before it has thought, what a model that thinks gives to a letter means nothing.
    lettered = [] if renderer.thinking else [item for item in batch if item.letter]
    letters = letter_logprobs(model, lettered, renderer)
    return [
        {"id": item.id, "output": renderer.answer(ids), "tokens": len(ids), "letters": letters.get(item.id)}
        for item, ids in zip(batch, outputs, strict=True)
    ]


def letter_logprobs(model: Any, items: Sequence[Item], renderer: Renderer) -> dict[str, list[float]]:
    """For each exam item the log-probability of each of its letters after ``ANSWER:``, by item id.

    The letters are compared at the first token in which they differ: in most vocabularies this is the letter
    with the space before it, in some the letter alone.
    """
    asked = []
    for item in items:
        endings = [renderer.target(assistant_message(f"{ANSWER} {letter}")) for letter in item.letters]
        shared = len(os.path.commonprefix(endings))
        prompt = [*renderer.prompt(item.letter_prompt), *endings[0][:shared]]
        asked.append(Asked(prompt, [ending[shared : shared + 1] for ending in endings]))
    return {item.id: row for item, row in zip(items, choice_logprobs(model, asked), strict=True)}


def _that_fit(items: Sequence[Item], renderer: Renderer, max_length: int) -> tuple[list[Item], int]:
    fit = [item for item in items if len(renderer.prompt(item.messages)) < max_length]
    return fit, len(items) - len(fit)


def _shown(item: Item) -> str:
    return "\n\n".join(f"{message['role']}: {message['content']}" for message in item.messages)
