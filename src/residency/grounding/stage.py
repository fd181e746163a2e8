"""The grounding stage: context examples for every split, and the counts of what could not be built."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import cast

from residency.core.files import read_jsonl, write_json, write_jsonl
from residency.core.records import HELD_OUT, Conversation, Question
from residency.core.samples import write_page
from residency.core.stage import Counts, StageContext
from residency.grounding.asked import Asked, with_support
from residency.grounding.kinds import BOTH_WAYS, BUILDERS
from residency.grounding.kinds.several import Pool, several_questions
from residency.grounding.material import Material, as_example, mode_for
from residency.grounding.settings import GroundingSettings
from residency.grounding.tools.build import build_exemplars
from residency.grounding.tools.gain import keep_useful
from residency.judging.contexts import verify_context
from residency.retrieval.index import Index, open_index

LEAST_NEAR = 1 / 3  # of the abstentions: the others are told from an answer too easily
KINDS = ("context", "insufficient", "context_dialogue", "tool")


def run(context: StageContext) -> Counts:
    """Reads ``kept.jsonl`` and the index; writes ``conversations.jsonl``, ``report.json`` and ``sample.html``."""
    settings = context.section("grounding", GroundingSettings)
    index = open_index(context.inputs["index"])
    questions = [cast(Question, row) for row in read_jsonl(context.inputs["corpus"] / "kept.jsonl")]
    chosen = _choose(questions, settings.max_per_split, context)
    asked, refused, sentences = with_support(chosen, index, settings, context.progress)
    built, more = build_examples(asked, index, settings, context)
    refused += more
    tools = build_exemplars(asked, index, settings, context)
    if settings.tool_gain is not None:
        keep_useful(tools, settings.tool_gain, context)
    built += tools.rows
    if not built:
        context.progress.note("nothing could be built: " + ", ".join(f"{n} {why}" for why, n in refused.items()))
    write_jsonl(context.out / "conversations.jsonl", built)
    counts: Counts = {
        "questions": len(chosen),
        "built": len(built),
        **{kind: sum(row["kind"] == kind for row in built) for kind in KINDS},
        "skills": dict(sorted(Counter(row["skill"] for row in built).items())),
        "near_misses": dict(sorted(Counter(near for row in built if (near := _near_miss(row))).items())),
        "sentences": dict(sentences),
        "refused": dict(refused),
        "tools": tools.report(),
    }
    near, abstentions = sum(counts["near_misses"].values()), counts["skills"].get("abstention", 0)
    if near < LEAST_NEAR * abstentions:
        context.progress.note(
            f"only {near} of {abstentions} abstentions stand over near misses, and a third is wanted: raise "
            "grounding.near_misses, or add passages on the same conditions and drugs"
        )
    write_json(context.out / "report.json", counts)
    page, rng = context.out / "sample.html", context.random("sample")
    write_page(
        "residency.grounding", "contexts.html.j2", "Answers over a context, drawn by chance", built, counts, page, rng
    )
    return counts


def build_examples(
    asked: Sequence[Asked], index: Index, settings: GroundingSettings, context: StageContext
) -> tuple[list[Conversation], Counter[str]]:
    """Build what each question allows; returns the examples and the refusals counted by reason."""
    refused: Counter[str] = Counter()
    context.progress.start(len(asked), "questions")
    # A conversation over one context is training data alone: evaluation asks its questions one at a time.
    pool = Pool([one for one in asked if one.question["split"] == "train"], index)
    built: list[Conversation] = []
    for one in asked:
        for row in _examples_of(one, pool, index, settings, context):
            reason = row if isinstance(row, str) else _fault(row, index)
            if reason:
                refused[reason] += 1
            else:
                built.append(cast(Conversation, row))
        context.progress.advance()
    return built, refused


def _fault(row: Conversation, index: Index) -> str:
    """The first fault that the verifier, which knows no builder, finds in an example; empty where there is none."""
    shown = row.get("shown") or [index.by_id[name] for name in row["passages"]]
    faults = verify_context(row, row["messages"][-1]["content"], shown)
    return f"verifier, {row['skill']}: {faults[0].reason}" if faults else ""


def _near_miss(row: Conversation) -> str:
    """The kind of near miss that an abstention is, and whether it was made; empty where it is none."""
    check = row["expect"]["check"]
    kind = str(check.get("near_miss", "")) if row["skill"] == "abstention" else ""
    return f"{kind}, made" if kind and check.get("made") else kind


def _examples_of(
    one: Asked, pool: Pool, index: Index, settings: GroundingSettings, context: StageContext
) -> Iterator[Conversation | str]:
    """The examples of a question, and for each that cannot be built the reason."""
    question = one.question
    held_out = question["split"] in HELD_OUT
    # Dev rows stand for training's, so that they are built as those are; but one context each is enough.
    for variant in range(settings.variants if question["split"] == "train" else 1):
        # One mode for all, so that pairs can be made of two answers to one question.
        mode = mode_for([question], context.random("mode", question["id"], variant))
        for skill, builder in BUILDERS.items():
            rng = context.random("grounding", skill, question["id"], variant)
            wanted = rng.random() < settings.shares[skill] or (held_out and skill in BOTH_WAYS)
            if not wanted:
                continue
            material = Material(one, index, settings, mode, rng, variant)
            draft = builder(material)
            yield draft if isinstance(draft, str) else as_example(draft, material)
            if not isinstance(draft, str) and draft.twin is not None:
                yield as_example(draft.twin, material)
        rng = context.random("several", question["id"], variant)
        if question["split"] == "train" and rng.random() < settings.shares["several_questions"]:
            material = Material(one, index, settings, mode, rng, variant)
            yield several_questions(material, pool)


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
