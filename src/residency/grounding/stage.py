"""The grounding stage: context examples for every split, and the counts of what could not be built."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import cast

from residency.core.files import read_jsonl, write_json, write_jsonl
from residency.core.prompt import MODES
from residency.core.records import Conversation, Question
from residency.core.stage import Counts, StageContext
from residency.grounding.build import align, gold_text, insufficient_example, supported_example
from residency.grounding.settings import GroundingSettings
from residency.retrieval.index import Index, open_index


def run(context: StageContext) -> Counts:
    """Reads ``kept.jsonl`` and the index; writes ``conversations.jsonl`` and ``report.json``."""
    settings = context.section("grounding", GroundingSettings)
    index = open_index(context.inputs["index"])
    questions = [cast(Question, row) for row in read_jsonl(context.inputs["corpus"] / "kept.jsonl")]
    chosen = _choose(questions, settings.max_per_split, context)
    built, refused = build_examples(chosen, index, settings, context)
    if not built:
        context.progress.note("nothing could be built: " + ", ".join(f"{n} {why}" for why, n in refused.items()))
    write_jsonl(context.out / "conversations.jsonl", built)
    counts: Counts = {
        "questions": len(chosen),
        "built": len(built),
        "context": sum(row["kind"] == "context" for row in built),
        "insufficient": sum(row["kind"] == "insufficient" for row in built),
        "refused": dict(refused),
    }
    write_json(context.out / "report.json", counts)
    return counts


def build_examples(
    questions: Sequence[Question], index: Index, settings: GroundingSettings, context: StageContext
) -> tuple[list[Conversation], Counter[str]]:
    """Build what each question allows; returns the examples and the refusals counted by reason."""
    built: list[Conversation] = []
    refused: Counter[str] = Counter()
    context.progress.start(len(questions), "questions")
    for question in questions:
        context.progress.advance()
        if not index.passages:
            refused["no passages in the index"] += 1
            continue
        if not gold_text(question).strip():
            refused["no rationale to cite"] += 1
            continue
        aligned = align(question, index, settings.support_threshold)
        total = len(aligned.sentences) + aligned.dropped
        if not aligned.sentences or len(aligned.sentences) < settings.min_supported * total:
            refused["gold answer not supported by any passage"] += 1
            continue
        if len(aligned.supporting) > settings.passages:
            refused["needs more passages than the context holds"] += 1
            continue
        held_out = question["split"] != "train"
        for variant in range(1 if held_out else settings.variants):
            rng = context.random("grounding", question["id"], variant)
            mode = rng.choice(MODES)
            built.append(supported_example(question, aligned, index, mode, settings.passages, rng, variant))
            # A held-out question is always asked both ways, so that both errors are measured on the same items.
            if not held_out and rng.random() >= settings.insufficient_share:
                continue
            without = insufficient_example(
                question, aligned, index, mode, settings.passages, settings.support_threshold, rng, variant
            )
            if without is None:
                refused["no context without the answer"] += 1
            else:
                built.append(without)
    return built, refused


def _choose(questions: Sequence[Question], most: int | None, context: StageContext) -> list[Question]:
    """Open questions, at most ``most`` of each split, by seed; the bank's order is kept."""
    by_split: dict[str, list[Question]] = {}
    for question in questions:
        if question["kind"] == "open":
            by_split.setdefault(question["split"], []).append(question)
    kept: set[str] = set()
    for split, rows in sorted(by_split.items()):
        if most is not None and len(rows) > most:
            rows = context.random("choose", split).sample(rows, most)
        kept.update(row["id"] for row in rows)
    return [question for question in questions if question["id"] in kept]
