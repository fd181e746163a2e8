"""The dialogue stage: conversations for every split, built and the bank's own, and the counts of what the text did not
allow."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import cast

from residency.core.errors import RecipeError
from residency.core.files import read_jsonl, write_json, write_jsonl
from residency.core.prompt import MODES
from residency.core.records import Conversation, Question, trace
from residency.core.stage import Counts, StageContext
from residency.dialogue.build import BUILDERS, Material
from residency.dialogue.neighbours import Neighbours
from residency.dialogue.own import KIND, own_conversation
from residency.dialogue.settings import DialogueSettings


def run(context: StageContext) -> Counts:
    """Reads ``kept.jsonl``; writes ``conversations.jsonl`` and ``report.json``."""
    settings = context.section("dialogue", DialogueSettings)
    unknown = [skill for skill in settings.skills if skill not in BUILDERS]
    if unknown:
        raise RecipeError([f"dialogue.skills names {unknown[0]!r}; there are: {', '.join(BUILDERS)}"], "recipe")
    rows = [cast(Question, row) for row in read_jsonl(context.inputs["corpus"] / "kept.jsonl")]
    built, refused = build_dialogues([row for row in rows if row["kind"] != KIND], settings, context)
    own, left = own_conversations([row for row in rows if row["kind"] == KIND], context)
    write_jsonl(context.out / "conversations.jsonl", [*built, *own])
    refused += left
    counts: Counts = {
        "built": len(built),
        "own": len(own),
        "skills": dict(Counter(row["skill"] for row in built)),
        "refused": dict(refused),
    }
    write_json(context.out / "report.json", counts)
    return counts


def own_conversations(rows: Sequence[Question], context: StageContext) -> tuple[list[Conversation], Counter[str]]:
    """The bank's own conversations in a mode's form, and why some cannot be used."""
    found = [own_conversation(row, context.random("own", row["id"])) for row in rows]
    refused = Counter(f"{KIND}: {why}" for why in found if isinstance(why, str))
    return [one for one in found if not isinstance(one, str)], refused


def build_dialogues(
    questions: Sequence[Question], settings: DialogueSettings, context: StageContext
) -> tuple[list[Conversation], Counter[str]]:
    """``per_question`` conversations a question as far as the text allows, the skills taking turns."""
    built: list[Conversation] = []
    refused: Counter[str] = Counter()
    groups: dict[tuple[str, str], list[Question]] = defaultdict(list)
    for question in questions:
        groups[question["split"], question["topic"]].append(question)
    context.progress.start(len(questions), "questions")
    for group in groups.values():
        neighbours = Neighbours(group)
        for question in group:
            context.progress.advance()
            rng = context.random("dialogue", question["id"])
            wanted = int(settings.per_question) + (rng.random() < settings.per_question % 1)
            skills = rng.sample(settings.skills, len(settings.skills))
            related, made = neighbours.of(question), 0
            for skill in skills:
                if made == wanted:
                    break
                material = Material(question, related, rng.choice(MODES), rng)
                result = BUILDERS[skill](material)
                if result is None:
                    refused[f"{skill}: the record does not allow it"] += 1
                    continue
                made += 1
                turns, expect = result
                second = expect.pop("second", None)
                other = [q for q in related if q["id"] == second]
                built.append(
                    cast(
                        Conversation,
                        {
                            "id": f"{question['id']}/{skill}",
                            "kind": "dialogue",
                            "skill": skill,
                            "mode": material.mode,
                            "split": question["split"],
                            **trace(question, *other),
                            "passages": [],
                            "messages": turns,
                            "expect": expect,
                        },
                    )
                )
    return built, refused
