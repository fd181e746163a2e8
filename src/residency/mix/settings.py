"""Settings of the training mix."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from residency.core.stage import Settings

KINDS = (
    "mcq",
    "open",
    "dialogue",
    "context",
    "insufficient",
    "context_dialogue",
    "tool",
    "safety",
    "conversation",
)
OWN, OWN_SHARE = "conversation", 0.1  # the bank's own conversations, and their share where none are named
DEFAULT_WEIGHTS = {"human": 2.0, "synthetic": 1.0}
SMALL = frozenset({"tool", "safety"})  # where no shares are named, these do not make the mix small
ANCHOR, ANCHOR_TOKENS = "anchor", 0.03
ANCHOR_ENDINGS = (".jsonl", ".ndjson", ".json")


class MixSettings(Settings):
    """What share of the training set each kind has, what is drawn within a kind, and how modes are tagged."""

    examples: int | None = Field(default=None, ge=1)
    """Training examples in all, those of the anchor aside; None takes as many as the scarcest kind allows without
    repeats."""
    shares: dict[str, float] = {
        "mcq": 0.2,
        "open": 0.28,
        "dialogue": 0.1,
        "context": 0.14,
        "insufficient": 0.08,
        "context_dialogue": 0.12,
        "tool": 0.04,
        "safety": 0.04,
    }
    """Share of each kind in all but the anchor. A kind that nothing supplies leaves its place to the others, one that
    runs short is filled up by them, and both are reported with what to add. Where none are named and the bank holds
    conversations of its own (``conversation``), these get 0.1, or less where they are few."""
    shares_by: Literal["examples", "tokens"] = "examples"
    """What the shares count; tokens are estimated from the characters, without a tokenizer."""
    anchor: list[Path] = []
    """Files of general conversations of several turns (such as an UltraChat extract; JSONL or JSON, relative to the
    recipe), kept as they are, so that training on one subject does not cost the model its conversation."""
    anchor_tokens: float | None = Field(default=None, ge=0, le=0.5)
    """The anchor's share of all tokens, whatever the other shares count; 0.01 to 0.05 is usual. None is 0.03 where a
    file is named."""
    anchor_licence: str = "unknown"
    """The licence of the anchor's rows that name none."""
    anchor_max_chars: int = Field(default=12_000, ge=100)
    """Longer conversations of the anchor are refused."""
    source_weights: dict[str, float] = DEFAULT_WEIGHTS
    """How much likelier a record of one source is drawn than one of another; a source that is not named weighs 1. It
    matters where a kind holds more than its share takes."""
    topic_temperature: float = Field(default=0.7, ge=0, le=1)
    """How far topics keep their size when rows are drawn: 1 as the bank is, 0 all topics alike."""
    unknown: Literal["keep", "context", "leave_out"] = "keep"
    """What becomes of closed-book examples of facts that the base model does not know, where ``knowledge.questions``
    had it asked: they stay; leave their place to examples of the same fact over passages, where there are some, which
    are then drawn before others; or are all left out."""
    unknown_weight: float = Field(default=1.0, gt=0, le=1)
    """How likely such an example that stays is drawn, against one of a fact that is known or was not asked. Like
    all weights it matters where a kind holds more than its share takes."""
    max_repeats: int = Field(default=1, ge=1)
    """How often one record may occur in the mix, where a number of examples is asked for; none occurs again before all
    of its kind have."""
    tagged: float = Field(default=0.9, ge=0, le=1)
    """Share of the examples with a mode tag, the anchor's aside, which have none; the rest are CLINICAL and untagged.
    Below 0.8 the mode is hardly learnt from its tag."""
    tag_wordings: Literal["many", "one"] = "many"
    """How the tag is worded: half as it is served and the rest in one of many ways, or always as it is served."""
    dev_examples: int = Field(default=120, ge=0)
    """At most this many dev conversations, for the dev loss. No share or weight touches them."""

    @property
    def names_shares(self) -> bool:
        """Whether the shares are others than the defaults. A recipe that was resolved names every value."""
        return bool(self.shares != type(self).model_fields["shares"].default)

    @property
    def anchor_share(self) -> float:
        """The share of all tokens that the anchor shall have."""
        return (ANCHOR_TOKENS if self.anchor else 0.0) if self.anchor_tokens is None else self.anchor_tokens

    def input_files(self) -> list[Path]:
        return self.anchor

    def problems(self) -> list[str]:
        files = [path for path in self.anchor if path.is_file()]
        return [
            f"anchor: this kind of file cannot be read: {path}; save it as JSONL"
            for path in files
            if path.suffix.lower() not in ANCHOR_ENDINGS
        ]

    @model_validator(mode="after")
    def _shares_fit(self) -> Self:
        for kind, share in self.shares.items():
            if kind == ANCHOR:
                raise ValueError("the anchor's share is mix.anchor_tokens, and its files are named under mix.anchor")
            if kind not in KINDS:
                raise ValueError(f"shares names {kind!r}; the kinds are {', '.join(KINDS)}")
            if not 0 <= share <= 1:
                raise ValueError(f"shares.{kind} is {share}; a share lies between 0 and 1")
        total = sum(self.shares.values())
        if abs(total - 1) > 0.001:
            raise ValueError(f"the shares add up to {total:.3f}; make them add up to 1")
        return self

    @model_validator(mode="after")
    def _weights_fit(self) -> Self:
        for source, weight in self.source_weights.items():
            if weight <= 0:
                raise ValueError(f"source_weights.{source} is {weight}; a weight is above 0")
        return self
