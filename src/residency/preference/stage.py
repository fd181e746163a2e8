"""The pairs stage: corruption pairs and, where asked for, on-policy pairs, with counts by type."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, cast

from residency.chat.load import renderer_of
from residency.chat.settings import ChatSettings
from residency.core.errors import RecipeError
from residency.core.files import read_jsonl, write_json, write_jsonl
from residency.core.records import TRAINED_ON, Conversation, Pair, Question, in_splits
from residency.core.stage import Counts, StageContext
from residency.generation.models import load_model, load_tokenizer, tuned_folder
from residency.generation.settings import ModelSettings
from residency.judging.model_judge import ModelJudge
from residency.judging.rules import Rules
from residency.preference.audit.page import write_page
from residency.preference.audit.run import audit_own
from residency.preference.build import MAKERS, build_pairs
from residency.preference.material import Material
from residency.preference.on_policy import lengths, on_policy_pairs
from residency.preference.sampling import Sampler, model_sampler, tasks
from residency.preference.settings import PairsSettings
from residency.preference.thoughts import with_thoughts
from residency.retrieval.index import open_index

PAIRS = "pairs.jsonl"
JUDGED = "checkpoints/judged.jsonl"


def run(context: StageContext) -> Counts:
    """Reads train questions, train dialogues, train context examples and the SFT adapter; writes ``pairs.jsonl``,
    ``report.json`` and the audit of the pairs, ``audit.json`` and ``audit.html``."""
    settings = context.section("pairs", PairsSettings)
    unknown = [name for name in settings.types if name not in MAKERS]
    if unknown:
        raise RecipeError([f"pairs.types names {unknown[0]!r}; there are: {', '.join(MAKERS)}"], "recipe")
    questions = cast(list[Question], _train(context, "corpus", "kept.jsonl"))
    grounded = cast(list[Conversation], _train(context, "grounding", "conversations.jsonl"))
    dialogues = cast(list[Conversation], _train(context, "dialogue", "conversations.jsonl"))
    material = Material(questions, grounded, open_index(context.inputs["index"]), dialogues)
    types = (settings.types or list(MAKERS)) if settings.corruption else []
    context.progress.start(len(types), "types of mistakes")
    pairs, refused = build_pairs(
        material, types, settings.max_pairs, context.random, lambda name: context.progress.advance()
    )
    judged: Counts = {}
    if settings.on_policy:
        sampled, more, judged = _on_policy(questions, material, settings, context)
        pairs += sampled
        refused += more
        context.random("mixed").shuffle(pairs)
    pairs, more = with_thoughts(pairs, context.inputs["thoughts"])
    refused += more
    write_jsonl(context.out / PAIRS, pairs)
    counts: Counts = {
        "pairs": len(pairs),
        "types": dict(Counter(pair["kind"] for pair in pairs)),
        "refused": dict(refused),
        "audit": _audited(pairs, context),
        **judged,
    }
    write_json(context.out / "report.json", counts)
    return counts


def _train(context: StageContext, stage: str, file: str) -> list[Any]:
    """A stage's train rows, those of a question together, in an order drawn by chance: of a large bank not all rows are
    looked at."""
    rows = in_splits(read_jsonl(context.inputs[stage] / file), TRAINED_ON)
    parents = list(dict.fromkeys(_question_of(row) for row in rows))
    context.random("order", stage).shuffle(parents)
    places = {parent: place for place, parent in enumerate(parents)}
    return sorted(rows, key=lambda row: places[_question_of(row)])


def _question_of(row: Question | Conversation) -> str:
    return row["parents"][-1] if row["parents"] else row["id"]


def _audited(pairs: Sequence[Pair], context: StageContext) -> dict[str, str]:
    """The audit's verdict on the pairs, whose page is ``audit.html``."""
    if not pairs:
        return {"verdict": "undecided", "says": "there is no pair"}
    found = audit_own(pairs, PAIRS, seed=context.seed)
    write_json(context.out / "audit.json", found)
    write_page(found, context.out / "audit.html")
    if found["verdict"]["verdict"] == "fail":
        context.progress.note(f"answers alone tell chosen from rejected: {found['verdict']['says']}")
    return {name: found["verdict"][name] for name in ("verdict", "says")}


def _on_policy(
    questions: Sequence[Question], material: Material, settings: PairsSettings, context: StageContext
) -> tuple[list[Pair], Counter[str], Counts]:
    """Pairs of the models' own samples, what was refused, and what the report tells of them."""
    model_settings = context.section("model", ModelSettings)
    renderer = renderer_of(load_tokenizer(model_settings), context.section("chat", ChatSettings))
    folders = {"sft": tuned_folder(context.inputs["sft"])} | ({"base": None} if settings.from_base else {})

    def opened(folder: Path | None) -> Sampler:
        model = load_model(model_settings, folder)
        return model_sampler(model, renderer, settings, context.progress.advance)

    asked = tasks(
        questions,
        [*material.context, *material.insufficient],
        material.texts,
        settings.on_policy,
        context,
    )
    samplers = {name: partial(opened, folder) for name, folder in folders.items()}
    scorer = _scorer(settings, context)
    pairs, refused = on_policy_pairs(asked, samplers, scorer, settings, context)
    told: Counts = {"on_policy": lengths(pairs)}
    return pairs, refused, told | ({"judge": scorer.report()} if isinstance(scorer, ModelJudge) else {})


def _scorer(settings: PairsSettings, context: StageContext) -> Rules | ModelJudge:
    return ModelJudge(settings.judge, context.out / JUDGED) if settings.scorer == "judge" else Rules()
