"""The pairs stage: corruption pairs and, where asked for, on-policy pairs, with counts by type."""

from __future__ import annotations

from collections import Counter
from typing import cast

from residency.chat.load import renderer_of
from residency.chat.settings import ChatSettings
from residency.core.errors import RecipeError
from residency.core.files import read_jsonl, write_json, write_jsonl
from residency.core.records import TRAINED_ON, Conversation, Question, in_splits
from residency.core.stage import Counts, StageContext
from residency.generation.models import load_model, load_tokenizer, tuned_folder
from residency.generation.settings import ModelSettings
from residency.preference.build import MAKERS, build_pairs
from residency.preference.material import Material
from residency.preference.on_policy import on_policy_pairs
from residency.preference.settings import PairsSettings
from residency.preference.thoughts import with_thoughts
from residency.retrieval.index import open_index


def run(context: StageContext) -> Counts:
    """Reads train questions, train dialogues, train context examples and the SFT adapter; writes ``pairs.jsonl`` and
    ``report.json``."""
    settings = context.section("pairs", PairsSettings)
    unknown = [name for name in settings.types if name not in MAKERS]
    if unknown:
        raise RecipeError([f"pairs.types names {unknown[0]!r}; there are: {', '.join(MAKERS)}"], "recipe")
    questions = [cast(Question, row) for row in read_jsonl(context.inputs["corpus"] / "kept.jsonl")]
    grounded = [cast(Conversation, row) for row in read_jsonl(context.inputs["grounding"] / "conversations.jsonl")]
    dialogues = [cast(Conversation, row) for row in read_jsonl(context.inputs["dialogue"] / "conversations.jsonl")]
    material = Material(
        in_splits(questions, TRAINED_ON),
        in_splits(grounded, TRAINED_ON),
        open_index(context.inputs["index"]),
        in_splits(dialogues, TRAINED_ON),
    )
    pairs, refused = build_pairs(material, settings.types, settings.max_pairs, context.random)
    if settings.on_policy:
        model_settings = context.section("model", ModelSettings)
        sampled, more = on_policy_pairs(
            [*material.context, *material.insufficient],
            material.texts,
            load_model(model_settings, tuned_folder(context.inputs["sft"])),
            renderer_of(load_tokenizer(model_settings), context.section("chat", ChatSettings)),
            settings,
            context,
        )
        pairs += sampled
        refused += more
        context.random("mixed").shuffle(pairs)
    pairs, more = with_thoughts(pairs, context.inputs["thoughts"])
    refused += more
    write_jsonl(context.out / "pairs.jsonl", pairs)
    counts: Counts = {
        "pairs": len(pairs),
        "types": dict(Counter(pair["kind"] for pair in pairs)),
        "refused": dict(refused),
    }
    write_json(context.out / "report.json", counts)
    return counts
