"""A whole plan: what was counted, what can be chosen, what is advised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from residency.planning.advice import Advice
from residency.planning.choice import Choice
from residency.planning.counts import Counts
from residency.planning.lengths import filling
from residency.planning.models import Candidate

SCHEMA = 1
FORMAT = "residency-plan"


@dataclass(frozen=True)
class Plan:
    """What was planned. ``choices`` are sorted: what fits, then by cost. ``wanted`` is the recipe's model."""

    recipe: str
    run_folder: Path
    wanted: str
    counts: Counts
    batch_tokens: int
    """Of SFT, as the recipe has it."""
    choices: tuple[Choice, ...]
    advice: Advice | None
    known: Mapping[str, Candidate]
    budget: float | None
    grid: float
    servers: Mapping[str, tuple[float, float]]
    prices: Mapping[str, float]
    """Of what servers are asked, in the recipe's currency; by stage."""

    def filled(self) -> dict[str, Any]:
        """How full SFT's batches are, packed and padded, for programs."""
        found = {}
        for name, packs in (("packed", True), ("padded", False)):
            one = filling(self.counts.train.lengths, self.batch_tokens, packs)
            found[name] = {"batches": one.batches, "computed": one.computed, "padding": round(one.waste, 4)}
        return {"batch_tokens": self.batch_tokens, **found}

    def told(self) -> dict[str, Any]:
        """For programs. Keys are not taken away within a ``schema``."""
        found: dict[str, Any] = {
            "format": FORMAT,
            "schema": SCHEMA,
            "recipe": self.recipe,
            "run_folder": str(self.run_folder),
            "model": self.wanted,
            "budget_usd": self.budget,
            "grid_g_per_kwh": self.grid,
            "counts": {**self.counts.told(), "filling": self.filled()},
            "servers": {
                stage: {"tokens_in": round(sent), "tokens_out": round(got), "price": self.prices.get(stage)}
                for stage, (sent, got) in self.servers.items()
            },
            "choices": [one.told(self.grid) for one in self.choices],
            "models": {
                name: {
                    field: getattr(one, field)
                    for field in ("title", "licence", "licence_means", "format", "context_note", "serving", "thinks")
                }
                for name, one in self.known.items()
            },
            "recommended": None,
        }
        if self.advice is not None:
            batch, longest = self.advice.choice.largest
            found["recommended"] = {
                **self.advice.choice.told(self.grid),
                "largest_batch_tokens": batch,
                "longest_row": longest,
                "says": list(self.advice.says),
                "changes": list(self.advice.changes),
                "risks": list(self.advice.risks),
            }
        return found
