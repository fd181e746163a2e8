"""What the mix does with facts that the base model does not know: it learns them slowly, and once it has learnt them it
makes up more about what it did know (Gekhman et al. 2024).

The stage ``knowledge`` says which questions these are. An example is *closed-book* where its answer rests on nothing
that was given: the kinds in :data:`CLOSED_BOOK`, whichever of its parents is such a question. A fact's *context form*
is an example over passages that the same question was made into.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from residency.core.files import read_jsonl
from residency.core.records import TRAINED_ON, Conversation
from residency.mix.settings import MixSettings

TABLE = "known.jsonl"
CLOSED_BOOK = frozenset({"mcq", "open", "dialogue"})
CONTEXT_FORMS = frozenset({"context", "context_dialogue"})
WITHOUT_TEXT = "irrelevant"  # the skill of answers that leave their passages aside
UNDECIDED = (
    "unknown: the base model was not found to know more than luck gives, so that nothing is known or unknown: no "
    "example was weighted or left out"
)
NOT_ASKED = "unknown: the base model was asked nothing, so that nothing is weighted; set knowledge.questions"


@dataclass(frozen=True)
class Knowledge:
    """The train questions that the base model was asked: how many of each category, and the ``unknown`` ones."""

    categories: Mapping[str, int] = field(default_factory=dict)
    unknown: frozenset[str] = frozenset()

    def about(self, row: Conversation) -> frozenset[str]:
        """The unknown facts among a row's parents."""
        return self.unknown.intersection(row["parents"]) if self.unknown else self.unknown


@dataclass(frozen=True)
class Kept:
    """The rows that stay, those that are drawn before others of their kind, and the factor of each row's weight by
    (kind, id); ``counts`` say what was done."""

    rows: list[Conversation]
    first: frozenset[tuple[str, str]] = frozenset()
    factors: Mapping[tuple[str, str], float] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)


def read_knowledge(folder: Path | None) -> Knowledge:
    """What the stage ``knowledge`` found for train questions; nothing where it did not run."""
    if folder is None or not (folder / TABLE).is_file():
        return Knowledge()
    rows = [row for row in read_jsonl(folder / TABLE) if row["split"] in TRAINED_ON]
    return Knowledge(
        dict(sorted(Counter(row["category"] for row in rows).items())),
        frozenset(row["id"] for row in rows if row["category"] == "unknown"),
    )


def keep(rows: Sequence[Conversation], knowledge: Knowledge, settings: MixSettings) -> Kept:
    """What becomes of the training rows by ``mix.unknown`` and ``mix.unknown_weight``."""
    if not knowledge.unknown:
        return Kept(list(rows))
    forms = [row for row in rows if _is_context_form(row) and knowledge.about(row)]
    shown = frozenset[str]().union(*(knowledge.about(row) for row in forms))
    kept: list[Conversation] = []
    factors: dict[tuple[str, str], float] = {}
    counts: Counter[str] = Counter()
    for row in rows:
        facts = knowledge.about(row) if row["kind"] in CLOSED_BOOK else frozenset[str]()
        if facts:
            counts["closed_book"] += 1
            if settings.unknown == "leave_out" or (settings.unknown == "context" and facts <= shown):
                counts["left_out"] += 1
                continue
            factors[_key(row)] = settings.unknown_weight
        kept.append(row)
    counts["context_forms"] = len(forms)
    counts["facts_with_context_form"] = len(shown)
    first = frozenset(map(_key, forms)) if settings.unknown == "context" else frozenset[tuple[str, str]]()
    return Kept(kept, first, factors, counts)


def unknown_report(
    written: Sequence[Conversation], knowledge: Knowledge, kept: Kept, settings: MixSettings
) -> dict[str, Any]:
    """What was asked for and came of it: the categories of the train questions asked; the closed-book examples of
    unknown facts that there were, and how many were left out; and how many unknown facts the mix holds closed book,
    in a context form alone, or not at all."""
    closed = _facts_in(written, knowledge, CLOSED_BOOK)
    shown = _facts_in([row for row in written if _is_context_form(row)], knowledge, CONTEXT_FORMS)
    return {
        "policy": settings.unknown,
        "weight": settings.unknown_weight,
        "categories": dict(knowledge.categories),
        "closed_book": kept.counts.get("closed_book", 0),
        "left_out": kept.counts.get("left_out", 0),
        "context_forms": kept.counts.get("context_forms", 0),
        "facts_with_context_form": kept.counts.get("facts_with_context_form", 0),
        "written": {
            "closed_book": len(closed),
            "in_context_alone": len(shown - closed),
            "not_at_all": len(knowledge.unknown - closed - shown),
        },
    }


def unmet(knowledge: Knowledge, settings: MixSettings) -> list[str]:
    """Why what was asked for unknown facts could not be done; empty where it was."""
    if settings.unknown == "keep" and settings.unknown_weight == 1:
        return []
    if not knowledge.categories:
        return [NOT_ASKED]
    return [UNDECIDED] if set(knowledge.categories) == {"undecided"} else []


def _facts_in(rows: Sequence[Conversation], knowledge: Knowledge, kinds: Collection[str]) -> frozenset[str]:
    return frozenset[str]().union(*(knowledge.about(row) for row in rows if row["kind"] in kinds))


def _is_context_form(row: Conversation) -> bool:
    return row["kind"] in CONTEXT_FORMS and row["skill"] != WITHOUT_TEXT


def _key(row: Conversation) -> tuple[str, str]:
    return row["kind"], row["id"]
