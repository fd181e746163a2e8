"""The dialogue stage: conversations for every split, and the counts of what the text did not allow."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import cast

from residency.core.errors import RecipeError
from residency.core.files import read_jsonl, write_json, write_jsonl
from residency.core.prompt import MODES
from residency.core.records import Conversation, Question, trace
from residency.core.stage import Counts, StageContext
from residency.core.text import content_stems
from residency.dialogue.build import BUILDERS, Material
from residency.dialogue.settings import DialogueSettings

NEAREST = 3


def run(context: StageContext) -> Counts:
    """Reads ``kept.jsonl``; writes ``conversations.jsonl`` and ``report.json``."""
    settings = context.section("dialogue", DialogueSettings)
    unknown = [skill for skill in settings.skills if skill not in BUILDERS]
    if unknown:
        raise RecipeError([f"dialogue.skills names {unknown[0]!r}; there are: {', '.join(BUILDERS)}"], "recipe")
    questions = [cast(Question, row) for row in read_jsonl(context.inputs["corpus"] / "kept.jsonl")]
    built, refused = build_dialogues(questions, settings, context)
    write_jsonl(context.out / "conversations.jsonl", built)
    counts: Counts = {
        "built": len(built),
        "skills": dict(Counter(row["skill"] for row in built)),
        "refused": dict(refused),
    }
    write_json(context.out / "report.json", counts)
    return counts


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
        stems = {question["id"]: set(content_stems(question["question"])) for question in group}
        for question in group:
            context.progress.advance()
            rng = context.random("dialogue", question["id"])
            wanted = int(settings.per_question) + (rng.random() < settings.per_question % 1)
            skills = rng.sample(settings.skills, len(settings.skills))
            made = 0
            for skill in skills:
                if made == wanted:
                    break
                material = Material(question, _nearest(question, group, stems), rng.choice(MODES), rng)
                result = BUILDERS[skill](material)
                if result is None:
                    refused[f"{skill}: the record does not allow it"] += 1
                    continue
                made += 1
                turns, expect = result
                other = [q for q in material.related if q["id"] == expect.pop("second", None)]
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


def _nearest(question: Question, group: Iterable[Question], stems: dict[str, set[str]]) -> list[Question]:
    """The questions of the group that share most with ``question``: passages first, then words."""
    own, passages = stems[question["id"]], set(question["passages"])

    def nearness(other: Question) -> tuple[int, float, str]:
        words = stems[other["id"]]
        overlap = len(own & words) / max(1, len(own | words))
        return (-len(passages & set(other["passages"])), -overlap, other["id"])

    others = (other for other in group if other["id"] != question["id"] and other["cluster"] != question["cluster"])
    return sorted(others, key=nearness)[:NEAREST]
