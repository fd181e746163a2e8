"""The dialogue stage: conversations for every split, built and the bank's own, and the counts of what the text did not
allow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, cast

from residency.core.files import read_jsonl, write_json, write_jsonl
from residency.core.records import Conversation, Question
from residency.core.samples import write_page
from residency.core.stage import Counts, StageContext
from residency.dialogue.build import Built, build_dialogues
from residency.dialogue.own import KIND, own_conversation
from residency.dialogue.report.figures import shares, topics, wording
from residency.dialogue.settings import DialogueSettings


def run(context: StageContext) -> Counts:
    """Reads ``kept.jsonl``; writes ``conversations.jsonl``, ``report.json`` and, for people, ``sample.html``."""
    settings = context.section("dialogue", DialogueSettings)
    rows = [cast(Question, row) for row in read_jsonl(context.inputs["corpus"] / "kept.jsonl")]
    questions = [row for row in rows if row["kind"] != KIND]
    built = build_dialogues(questions, settings, context)
    own, left = own_conversations([row for row in rows if row["kind"] == KIND], context)
    write_jsonl(context.out / "conversations.jsonl", [*built.rows, *own])
    report = _report(built, questions, settings)
    write_json(context.out / "report.json", report | {"own": len(own), "own_left_out": dict(left)})
    page, rng = context.out / "sample.html", context.random("sample")
    package = "residency.dialogue.report"
    write_page(package, "dialogues.html.j2", "Dialogues, drawn by chance", built.rows, report, page, rng)
    if built.foreign:
        context.progress.note(
            f"{built.foreign:,} of {len(questions):,} questions do not read as English; no dialogue is made of them, "
            f"since what is said between the facts, the red flags and the rules are in English"
        )
    for skill, (wanted, made) in built.short.get("train", {}).items():
        context.progress.note(
            f"{skill}: {made} of {wanted} dialogues could be built for training; more questions that it can be made "
            f"of, or a smaller share in dialogue.skills, would meet it"
        )
    return {
        "built": len(built.rows),
        "own": len(own),
        "skills": dict(Counter(row["skill"] for row in built.rows)),
        "rejected": sum(counts.total() for counts in built.rejected.values()),
    }


def own_conversations(rows: Sequence[Question], context: StageContext) -> tuple[list[Conversation], Counter[str]]:
    """The bank's own conversations in a mode's form, and why some cannot be used."""
    found = [own_conversation(row, context.random("own", row["id"])) for row in rows]
    refused = Counter(f"{KIND}: {why}" for why in found if isinstance(why, str))
    return [one for one in found if not isinstance(one, str)], refused


def _report(built: Built, questions: Sequence[Question], settings: DialogueSettings) -> dict[str, Any]:
    rows, tried = built.rows, built.tried.total()
    return {
        "built": len(rows),
        "not_english": built.foreign,
        "splits": dict(Counter(row["split"] for row in rows)),
        "skills": shares(rows, settings.skills, "train"),
        "variants": dict(Counter(f"{row['skill']}: {row['expect']['variant']}" for row in rows).most_common()),
        "messages": {str(n): count for n, count in sorted(Counter(len(row["messages"]) for row in rows).items())},
        "topics": topics(rows),
        "wording": wording(rows, {question["id"]: question for question in questions}),
        "verified": {
            "tried": tried,
            "passed": len(rows),
            "share": round(len(rows) / tried, 4) if tried else None,
            "rejected": {skill: dict(counts) for skill, counts in built.rejected.items()},
            "examples": built.examples,
        },
        "short": {
            split: {skill: {"wanted": wanted, "built": made} for skill, (wanted, made) in skills.items()}
            for split, skills in built.short.items()
        },
    }
