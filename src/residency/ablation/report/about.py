"""What a report must be told beside the answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from residency.ablation.suggestion import Suggestion


@dataclass(frozen=True)
class Measure:
    """What a metric is called, which way it is read, and what it measures."""

    title: str
    higher_is_better: bool = True
    description: str = ""


@dataclass(frozen=True)
class Candidate:
    """A row of the plan: what one large model would take. ``hours`` and ``usd`` stand with their ranges, as texts."""

    model: str
    method: str
    on: str
    hours: str
    usd: str
    fits: str


@dataclass(frozen=True)
class About:
    """What was run and with what. No date stands in it, so that the same results give the same report.

    ``proxies`` are the small models that were trained, with their digests, the first being the one that is spoken of
    first; ``sizes`` says in words how large each is, where that is known, and ``examples`` on how many examples an arm
    is trained. ``values`` are all values of the recipe, section by section. ``applies`` is the command that writes the
    suggestion, empty where none would. ``items`` counts the held-out questions of each axis, ``rows`` those of the bank
    that the ablation worked with. ``seconds`` are those of the whole ablation. ``agreement`` says by question whether
    the proxies rank its arms alike.
    """

    title: str
    recipe: str
    proxies: Mapping[str, str]
    measures: Mapping[str, Measure]
    seeds: int
    confidence: float
    items: Mapping[str, int]
    rows: int
    quick: bool
    seconds: float
    versions: Mapping[str, str] = field(default_factory=dict)
    candidates: Sequence[Candidate] = ()
    agreement: Mapping[str, str] = field(default_factory=dict)
    suggestion: Suggestion | None = None
    notes: Sequence[str] = ()
    sizes: Mapping[str, str] = field(default_factory=dict)
    examples: int = 0
    values: Mapping[str, Any] = field(default_factory=dict)
    applies: str = ""

    def measure(self, metric: str) -> Measure:
        """What is known of a metric; its name where nothing is."""
        return self.measures.get(metric, Measure(metric))
