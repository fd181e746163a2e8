"""The hub's metadata of a model card: YAML as ``huggingface_hub`` writes it, its figures traced."""

from __future__ import annotations

from typing import Any

from residency.release.facts import Facts
from residency.release.record import RECORD

SUMMARY = "evaluate/summary.json"
ADAPTER = "adapter/adapter_config.json"
TASK = {
    "exam": ("multiple-choice", "Multiple-choice questions"),
    "open": ("text-generation", "Open questions"),
    "followup": ("text-generation", "Dialogues"),
    "faithfulness": ("text-generation", "Answers from given passages"),
    "safety": ("text-generation", "Safety probes"),
}


def head(facts: Facts) -> str:
    """The head without its lines of dashes.

    The model-index holds the final model's headline scores, those that a gate names and the safety probes', each with
    its interval and n. Figures are put in after the library wrote the head, so that each is traced.
    """
    from huggingface_hub import EvalResult, ModelCardData

    held: dict[str, str] = {}

    def traced(file: str, pointer: str, form: str = "{}") -> str:
        held[name := f"FIGURE{len(held):04d}"] = facts.shown(file, pointer, form)
        return name

    gated = {gate["metric"] for gate in facts.value(SUMMARY, "/gates")}
    results = []
    model_name = traced(RECORD, "/title")
    base = traced(RECORD, "/base_model")
    for place, row in enumerate(facts.value(SUMMARY, "/table")):
        final = row["models"]["final"]
        wanted = row["headline"] or row["metric"] in gated or row["metric"] == "safety.handled"
        if not wanted or final["value"] is None:
            continue
        at = f"/table/{place}/models/final"
        task, named = TASK.get(row["axis"], ("text-generation", row["axis"].capitalize()))
        bounds = (
            {}
            if final["low"] is None
            else {name: traced(SUMMARY, f"{at}/{name}", "{:.4f}") for name in ("low", "high")}
        )
        results.append(
            EvalResult(
                task_type=task,
                task_name=named,
                dataset_type=f"held-out-{row['axis']}",
                dataset_name=f"Held-out items of this run: {row['axis']}",
                dataset_split="test",
                metric_type=traced(SUMMARY, f"/table/{place}/metric"),
                metric_name=traced(SUMMARY, f"/table/{place}/title"),
                metric_value=traced(SUMMARY, f"{at}/value", "{:.4f}"),
                metric_args={"n": traced(SUMMARY, f"{at}/n"), **bounds},
            )
        )
    adapter = is_adapter(facts)
    draft = bool(facts.value(RECORD, "/refused"))
    more: dict[str, Any] = {}
    if facts.value(RECORD, "/effort/grams") is not None:
        more["co2_eq_emissions"] = {
            "emissions": traced(RECORD, "/effort/grams", "{:.1f}"),
            "source": "measured power and the grid's carbon intensity, both as the recipe gives them",
            "training_type": "fine-tuning",
        }
    data = ModelCardData(
        base_model=base,
        library_name="peft" if adapter else "transformers",
        license=traced(RECORD, "/licence") if facts.value(RECORD, "/licence") else None,
        pipeline_tag="text-generation",
        tags=[
            "medical",
            "surgery",
            *(["lora"] if adapter else []),
            "not-for-clinical-use",
            *(["draft"] if draft else []),
        ],
        model_name=model_name,
        eval_results=results or None,
        **more,
    )
    text = data.to_yaml(line_break="\n").strip()
    for name, figure in held.items():
        text = text.replace(name, figure if _plain(figure) else f'"{figure}"')
    return text


def is_adapter(facts: Facts) -> bool:
    """Whether the bundle holds an adapter, and not all weights."""
    return ADAPTER in facts.value("preference/manifest.json", "/outputs")


def _plain(figure: str) -> bool:
    """Whether YAML reads a text as it stands."""
    return not any(mark in figure for mark in ":#'\"{}[]&*!|>%@`")
