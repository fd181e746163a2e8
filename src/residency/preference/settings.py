"""Settings of the preference pairs."""

from __future__ import annotations

from pydantic import Field

from residency.core.stage import Settings


class PairsSettings(Settings):
    """Which pairs are made from the train questions, and how many."""

    max_pairs: int = Field(default=400, ge=1)
    """Pairs in all, spread evenly over the types that the text allows."""
    types: list[str] = [
        "option",
        "citation",
        "abstention",
        "asking",
        "correction",
        "escalation",
        "refusal",
        "mode",
        "wrong_number",
    ]
    """The kinds of mistake to use."""
    on_policy: int = Field(default=0, ge=0)
    """Prompts for which the SFT model's own samples are scored and paired, best against worst."""
    samples: int = Field(default=3, ge=2, le=8)
    """Samples for each of these prompts."""
    temperature: float = Field(default=0.9, gt=0)
    """Sampling temperature of on-policy candidates."""
    margin: float = Field(default=0.3, ge=0, le=1)
    """Least difference in score between the best and the worst sample."""
