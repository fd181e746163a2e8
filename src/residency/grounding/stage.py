"""The grounding stage: context examples for every split, and the counts of what could not be built."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import cast

from residency.core.files import read_jsonl, write_json, write_jsonl
from residency.core.records import Conversation, Question
from residency.core.stage import Counts, StageContext
from residency.grounding.build import Aligned, align, gold_text, insufficient_example, mode_for, supported_example
from residency.grounding.settings import GroundingSettings
from residency.grounding.several import Asked, Pool, several_questions
from residency.retrieval.index import Index, open_index

KINDS = ("context", "insufficient", "context_dialogue")


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
        **{kind: sum(row["kind"] == kind for row in built) for kind in KINDS},
        "refused": dict(refused),
    }
    write_json(context.out / "report.json", counts)
    return counts


def build_examples(
    questions: Sequence[Question], index: Index, settings: GroundingSettings, context: StageContext
) -> tuple[list[Conversation], Counter[str]]:
    """Build what each question allows; returns the examples and the refusals counted by reason."""
    refused: Counter[str] = Counter()
    context.progress.start(len(questions), "questions")
    asked: list[Asked] = []
    for question in questions:
        aligned = _find_support(question, index, settings)
        if isinstance(aligned, str):
            refused[aligned] += 1
            context.progress.advance()
        else:
            asked.append(Asked(question, aligned))
    # A conversation over one context is training data alone: evaluation asks its questions one at a time.
    pool = Pool([one for one in asked if one.question["split"] == "train"], index)
    built: list[Conversation] = []
    for one in asked:
        built += _examples_of(one, pool, index, settings, context, refused)
        context.progress.advance()
    return built, refused


def _find_support(question: Question, index: Index, settings: GroundingSettings) -> Aligned | str:
    """The gold answer with its passages, or the reason for which it cannot be used."""
    if not index.passages:
        return "no passages in the index"
    if not gold_text(question).strip():
        return "no rationale to cite"
    aligned = align(question, index, settings.support_threshold)
    total = len(aligned.sentences) + aligned.dropped
    if not aligned.sentences or len(aligned.sentences) < settings.min_supported * total:
        return "gold answer not supported by any passage"
    if len(aligned.supporting) > settings.passages:
        return "needs more passages than the context holds"
    return aligned


def _examples_of(
    one: Asked,
    pool: Pool,
    index: Index,
    settings: GroundingSettings,
    context: StageContext,
    refused: Counter[str],
) -> Iterator[Conversation]:
    question, size, threshold = one.question, settings.passages, settings.support_threshold
    held_out = question["split"] != "train"
    for variant in range(1 if held_out else settings.variants):
        rng = context.random("grounding", question["id"], variant)
        mode = mode_for([question], rng)
        yield supported_example(question, one.aligned, index, mode, size, rng, variant)
        # A held-out question is always asked both ways, so that both errors are measured on the same items.
        if held_out or rng.random() < settings.insufficient_share:
            without = insufficient_example(question, one.aligned, index, mode, size, threshold, rng, variant)
            if without is None:
                refused["no context without the answer"] += 1
            else:
                yield without
        if not held_out and settings.turns > 1:
            rng = context.random("several", question["id"], variant)
            several = several_questions(one, pool, index, size, settings.turns, threshold, rng, variant)
            if several is None:
                refused["no second question for the context"] += 1
            else:
                yield several


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
