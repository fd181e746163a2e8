"""Settings of the training mix."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from residency.core.stage import Settings

KINDS = ("mcq", "open", "dialogue", "context", "insufficient", "context_dialogue", "conversation")
OWN, OWN_SHARE = "conversation", 0.1  # the bank's own conversations, and their share where none are named


class MixSettings(Settings):
    """What share of the training examples each kind has, and how modes are tagged."""

    examples: int | None = Field(default=None, ge=1)
    """Training examples in all; None takes as many as the scarcest kind allows without repeats."""
    shares: dict[str, float] = {
        "mcq": 0.2,
        "open": 0.3,
        "dialogue": 0.1,
        "context": 0.15,
        "insufficient": 0.1,
        "context_dialogue": 0.15,
    }
    """Share of the examples for each kind; a share that cannot be met is reported and filled by others. Where
    none are named and the bank holds conversations of its own (``conversation``), these get 0.1, or less where they
    are few."""
    max_repeats: int = Field(default=1, ge=1)
    """How often one record may occur in the mix."""
    tagged: float = Field(default=0.9, ge=0, le=1)
    """Share of the examples with a mode tag; the rest are CLINICAL and untagged."""
    dev_examples: int = Field(default=120, ge=0)
    """At most this many dev conversations, for the dev loss."""

    @property
    def names_shares(self) -> bool:
        """Whether the shares are others than the defaults. A recipe that was resolved names every value."""
        return bool(self.shares != type(self).model_fields["shares"].default)

    @model_validator(mode="after")
    def _shares_fit(self) -> Self:
        for kind, share in self.shares.items():
            if kind not in KINDS:
                raise ValueError(f"shares names {kind!r}; the kinds are {', '.join(KINDS)}")
            if not 0 <= share <= 1:
                raise ValueError(f"shares.{kind} is {share}; a share lies between 0 and 1")
        total = sum(self.shares.values())
        if abs(total - 1) > 0.001:
            raise ValueError(f"the shares add up to {total:.3f}; make them add up to 1")
        return self
