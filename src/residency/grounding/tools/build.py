"""Builds the exemplars: as many of each variant, each question drawn by seed, what cannot be built counted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from residency.core.records import Conversation
from residency.core.stage import StageContext
from residency.grounding.asked import Asked
from residency.grounding.material import Material, mode_for
from residency.grounding.settings import GroundingSettings
from residency.grounding.tools import VARIANTS
from residency.grounding.tools.case import Case, Others, as_row
from residency.retrieval.index import Index


@dataclass
class Exemplars:
    """The rows, how many of each variant by split, the refusals by variant and reason, and what the model's likelihoods
    said where they were asked for."""

    rows: list[Conversation] = field(default_factory=list)
    built: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    refused: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    gain: dict[str, Any] = field(default_factory=dict)

    def report(self) -> dict[str, Any]:
        """As it stands in ``report.json``."""
        return {
            "variants": {split: dict(counts) for split, counts in sorted(self.built.items())},
            "refused": {variant: dict(counts) for variant, counts in self.refused.items()},
            **({"gain": self.gain} if self.gain else {}),
        }


def latest_month(date: str) -> str:
    """The last month in which a passage of this date can be; empty without a date."""
    return f"{date}-12" if len(date) == 4 else date[:7]


def build_exemplars(
    asked: Sequence[Asked], index: Index, settings: GroundingSettings, context: StageContext
) -> Exemplars:
    """At most ``settings.tools`` exemplars for training, and one a question at most for each other split, the same
    number of each variant where the questions allow it."""
    made = Exemplars()
    if not settings.tools:
        return made
    newest = max((latest_month(passage["date"]) for passage in index.passages), default="")
    by_split: dict[str, list[Asked]] = defaultdict(list)
    for one in asked:
        by_split[one.question["split"]].append(one)
    for split, some in sorted(by_split.items()):
        others = Others(some, index)
        most = settings.tools if split == "train" else min(settings.tools, len(some))
        for place, variant in enumerate(VARIANTS):
            wanted = most // len(VARIANTS) + (place < most % len(VARIANTS))
            context.progress.start(wanted, f"{split} tool calls: {variant}")
            order = context.random("tools", split, variant).sample(some, len(some))
            for one in order:
                if made.built[split][variant] == wanted:
                    break
                rng = context.random("tool", variant, one.question["id"])
                mode = mode_for([one.question], rng)
                case = Case(Material(one, index, settings, mode, rng), others, newest)
                found = VARIANTS[variant](case)
                if isinstance(found, str):
                    made.refused[variant][found] += 1
                    continue
                made.rows.append(as_row(found, variant, case))
                made.built[split][variant] += 1
                context.progress.advance()
    return made
