"""The answers to each question, judged; what luck would give; and whether the model knows more than that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from residency.core.stage import StageContext
from residency.judging.closed_book import Verdict, verdict
from residency.judging.statistics import Difference, paired_difference
from residency.knowledge.asking import Key, Subject, ordered
from residency.knowledge.settings import KnowledgeSettings
from residency.knowledge.sorting import Category, Tally, beyond_luck, sort_fact

Answers = Mapping[str, Sequence[tuple[int, str]]]

NONE = Tally()
OTHERS = 60  # other questions whose answers show what luck gives


@dataclass
class Fact:
    """A question with its answers judged: how many were right, how often luck is, and the category that follows."""

    subject: Subject
    greedy: Tally = NONE
    sampled: Tally = NONE
    chance: float = 0.0
    category: Category = "undecided"
    verdicts: Counter[Verdict] = field(default_factory=Counter)

    def as_row(self) -> dict[str, Any]:
        """The line of ``known.jsonl``. Every answer counts in ``verdicts``."""
        row = self.subject.row
        return {
            "id": row["id"],
            "kind": row["kind"],
            "split": row["split"],
            "cluster": row["cluster"],
            "topic": row["topic"],
            "category": self.category,
            "greedy": {"right": self.greedy.right, "n": self.greedy.n},
            "sampled": {"right": self.sampled.right, "n": self.sampled.n},
            "chance": round(self.chance, 4),
            "verdicts": dict(sorted(self.verdicts.items())),
        }


@dataclass(frozen=True)
class Knows:
    """Whether the model knows more of one kind of question than luck gives: the ``verdict`` is ``knows`` or
    ``undecided``."""

    kind: str
    n: int
    right: float
    chance: float
    difference: Difference

    @property
    def verdict(self) -> str:
        """Undecided where the interval of the difference holds 0, or there is no interval."""
        return "knows" if (self.difference.low or 0.0) > 0 else "undecided"


def judge(
    subjects: Sequence[Subject], greedy: Mapping[Key, str], settings: KnowledgeSettings, context: StageContext
) -> tuple[list[Fact], list[Knows]]:
    """The facts with their greedy answers judged, and by kind whether the model knows more than luck gives."""
    facts, answers = [Fact(subject) for subject in subjects], _by_id(greedy)
    for fact in facts:
        fact.greedy = _tally(fact, answers, context)
        fact.chance = _chance(fact, facts, answers, context)
    kinds = [kind for kind in ("mcq", "open") if any(fact.subject.row["kind"] == kind for fact in facts)]
    return facts, [_knows(kind, facts, settings, context) for kind in kinds]


def needs_samples(fact: Fact, settings: KnowledgeSettings) -> bool:
    """Whether the greedy answers leave open whether the fact is known."""
    return not beyond_luck(fact.greedy, fact.chance, settings.luck)


def settle(
    facts: Sequence[Fact],
    known: Sequence[Knows],
    sampled: Mapping[Key, str],
    settings: KnowledgeSettings,
    context: StageContext,
) -> None:
    """Give each fact its category; those of a kind of which the model knows no more than luck gives stay undecided."""
    decided = {one.kind for one in known if one.verdict == "knows"}
    answers = _by_id(sampled)
    for fact in facts:
        if fact.subject.row["kind"] in decided:
            fact.sampled = _tally(fact, answers, context)
            fact.category = sort_fact(fact.greedy, fact.sampled, fact.chance, settings.luck)


def _by_id(answers: Mapping[Key, str]) -> dict[str, list[tuple[int, str]]]:
    """The answers to each question, each with its set."""
    found: dict[str, list[tuple[int, str]]] = {}
    for key, said in answers.items():
        found.setdefault(key.id, []).append((key.set, said))
    return found


def _tally(fact: Fact, answers: Answers, context: StageContext) -> Tally:
    own = answers.get(fact.subject.row["id"], ())
    found = [verdict(ordered(fact.subject, number, context), said) for number, said in own]
    fact.verdicts.update(found)
    return Tally(found.count("right"), len(found))


def _chance(fact: Fact, facts: Sequence[Fact], answers: Answers, context: StageContext) -> float:
    """How often an answer is right by luck: of an MCQ's options one is; an open question's is measured by holding the
    answers to other questions against its fact."""
    row = fact.subject.row
    if row["kind"] == "mcq":
        return 1 / len(row["options"])
    rng = context.random("luck", row["id"])
    others = [one.subject.row for one in facts]
    others = [other for other in others if other["kind"] == "open" and other["cluster"] != row["cluster"]]
    if len(others) > OTHERS:
        others = rng.sample(others, OTHERS)
    right = [verdict(fact.subject.known, rng.choice(answers[other["id"]])[1]) == "right" for other in others]
    return sum(right) / len(right) if right else 0.0


def _knows(kind: str, facts: Sequence[Fact], settings: KnowledgeSettings, context: StageContext) -> Knows:
    some = [fact for fact in facts if fact.subject.row["kind"] == kind]
    rates, chances = [fact.greedy.rate for fact in some], [fact.chance for fact in some]
    clusters = [fact.subject.row["cluster"] for fact in some]
    found = paired_difference(rates, chances, clusters, settings.confidence, context.seed)
    return Knows(kind, len(some), sum(rates) / len(some), sum(chances) / len(some), found)
