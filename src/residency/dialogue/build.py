"""Builds the conversations of a split to the shares that the skills have, each of them verified before it is kept."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from residency.core.prompt import MODES, Mode
from residency.core.records import Conversation, Question, record_text, trace
from residency.core.stage import StageContext
from residency.dialogue.library import Library
from residency.dialogue.material import Builder, Draft, Material
from residency.dialogue.settings import DialogueSettings
from residency.dialogue.skills import SAFETY, SKILLS
from residency.domain.surgery.red_flags import red_flags_in
from residency.domain.surgery.referents import tidy
from residency.domain.surgery.rules import rule_texts
from residency.judging.dialogues import verify

LEADS = 2  # exchanges that may be put before a conversation
ROUNDS = 3  # how often a question may serve a skill
SCARCE, FIRST = 3.0, 0.7  # builders of this weight come first, up to this share, before those that anything allows


@dataclass
class Built:
    """The conversations that passed, how many were tried by skill, and why the others were left out.

    ``rejected`` counts by skill and reason what the verifiers found; ``short`` holds, by split and skill, how many
    were wanted and how many could be built, where these differ; ``foreign`` counts questions that are not in English.
    """

    rows: list[Conversation] = field(default_factory=list)
    tried: Counter[str] = field(default_factory=Counter)
    rejected: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    examples: dict[str, str] = field(default_factory=dict)
    foreign: int = 0
    short: dict[str, dict[str, tuple[int, int]]] = field(default_factory=dict)


def build_dialogues(questions: Sequence[Question], settings: DialogueSettings, context: StageContext) -> Built:
    """``per_question`` conversations a question for each split, by the skills' shares, as far as the text allows."""
    splits: dict[str, list[Question]] = defaultdict(list)
    for question in questions:
        splits[question["split"]].append(question)
    wanted = {split: round(settings.per_question * len(rows)) for split, rows in splits.items()}
    scale = min(1.0, settings.most / max(1, wanted.get("train", 0)))
    built = Built()
    context.progress.start(sum(round(number * scale) for number in wanted.values()), "dialogues")
    for split, rows in splits.items():
        library = Library(rows, settings.longest_answer)
        built.foreign += library.foreign
        for skill, number in _parts(round(wanted[split] * scale), settings.skills).items():
            made = _build_skill(skill, number, library, settings, context, built)
            if made < number:
                built.short.setdefault(split, {})[skill] = (number, made)
    return built


def _build_skill(
    skill: str, number: int, library: Library, settings: DialogueSettings, context: StageContext, built: Built
) -> int:
    made = 0
    done: set[str] = set()
    order = _interleaved(library, context.random("dialogue", skill, len(library.questions)))
    for turn in range(ROUNDS):
        builders = {one: weight for one, weight in SKILLS[skill].items() if turn or weight >= SCARCE}
        for question in order:
            if made >= (number if turn else FIRST * number):
                break
            rng = context.random("dialogue", skill, turn, question["id"])
            material = Material(question, library, _mode(skill, question, library, rng), rng)
            row = _one(skill, builders, material, settings, built, done)
            if row is not None:
                made += 1
                done.add(row["id"])
                built.rows.append(row)
                context.progress.advance()
    return made


def _mode(skill: str, question: Question, library: Library, rng: random.Random) -> Mode:
    """By chance; but a patient in danger is answered in CLINICAL mode only where the escalation comes first."""
    if library.in_danger(question):
        return "CLINICAL" if skill == "safety" and red_flags_in(question["question"]) else "EXAM"
    return rng.choice(MODES)


def _one(
    skill: str,
    builders: Mapping[Builder, float],
    material: Material,
    settings: DialogueSettings,
    built: Built,
    done: set[str],
) -> Conversation | None:
    """The first of the skill's builders, in random order, that the question allows and whose conversation passes."""
    for builder in _in_order(builders, material.rng):
        draft = builder(material)
        if draft is None or _answers_danger_plainly(draft, material):
            continue
        draft = _lengthened(draft, material, settings)
        row = _row(skill, draft, material)
        if row["id"] in done:
            continue
        built.tried[skill] += 1
        records = {record["id"]: record_text(record) for record in (material.question, *draft.records)}
        rules = {f"rule:{name}": rule_texts()[name] for name in draft.rules}
        faults = verify(row, records | rules)
        if not faults:
            return row
        built.rejected[skill][faults[0].reason] += 1
        built.examples.setdefault(f"{skill}: {faults[0].reason}", f"{row['id']}: {faults[0].says}")
    return None


def _answers_danger_plainly(draft: Draft, material: Material) -> bool:
    """Whether the question of a patient in danger is answered in CLINICAL mode without the escalation that comes first
    there: another record that a builder took, or the material's own in a talk about safety."""
    danger = [tidy(one["question"]) for one in (material.question, *draft.records) if material.library.in_danger(one)]
    critical, urgent = draft.check["critical"], draft.check.get("urgent", False)
    for place in range(1, len(draft.turns), 2):
        mode = draft.check.get("mode", material.mode) if place >= critical else material.mode
        asked = draft.turns[place - 1]["content"]
        escalates = urgent and place == critical
        if mode == "CLINICAL" and not escalates and any(question in asked for question in danger):
            return True
    return False


def _in_order(weights: Mapping[Builder, float], rng: random.Random) -> list[Builder]:
    """All builders in random order, those of a larger weight sooner (Efraimidis and Spirakis 2006)."""
    keys = {builder: rng.random() ** (1 / weight) for builder, weight in weights.items()}
    return sorted(keys, key=keys.__getitem__, reverse=True)


def _row(skill: str, draft: Draft, material: Material) -> Conversation:
    question = material.question
    return cast(
        Conversation,
        {
            "id": f"{question['id']}/{skill}-{draft.variant}",
            "kind": "safety" if skill in SAFETY else "dialogue",
            "skill": skill,
            "mode": material.mode,
            "split": question["split"],
            **trace(question, *draft.records),
            "passages": [],
            "messages": draft.turns,
            "expect": draft.expect,
        },
    )


def _lengthened(draft: Draft, material: Material, settings: DialogueSettings) -> Draft:
    """The conversation after exchanges about the same topic, until it has as many messages as were drawn for it."""
    lengths = settings.messages
    wanted = int(material.rng.choices(list(lengths), list(lengths.values()))[0])
    if not draft.lead or len(draft.turns) >= wanted:
        return draft
    used = {material.question["cluster"], *(record["cluster"] for record in draft.records)}
    for lead in _leads(material):
        if len(draft.turns) >= wanted:
            break
        if lead["cluster"] not in used and not (material.mode == "CLINICAL" and material.library.in_danger(lead)):
            used.add(lead["cluster"])
            draft = draft.after(material.exchange(lead), lead)
    return draft


def _leads(material: Material) -> Iterator[Question]:
    """Open questions that may come before: related ones, then others of the topic, then any."""
    related = material.library.related(material.question)
    yield from material.rng.sample(related, len(related))
    for others in (material.library.by_topic[material.question["topic"]], material.library.questions):
        for other in material.rng.sample(others, min(len(others), 4 * LEADS)):
            if other["kind"] == "open":
                yield other


def _interleaved(library: Library, rng: random.Random) -> list[Question]:
    """The questions with the topics taking turns, so that a skill is not built from the largest topic alone."""
    groups = [rng.sample(rows, len(rows)) for rows in library.by_topic.values()]
    rng.shuffle(groups)
    order: list[Question] = []
    for place in range(max(map(len, groups), default=0)):
        order += [group[place] for group in groups if place < len(group)]
    return order


def _parts(number: int, shares: Mapping[str, float]) -> dict[str, int]:
    """``number`` in parts by shares, by largest remainders."""
    parts = {name: int(number * share) for name, share in shares.items()}
    rest: Iterable[str] = sorted(shares, key=lambda name: parts[name] - number * shares[name])
    for name in list(rest)[: number - sum(parts.values())]:
        parts[name] += 1
    return parts
