"""What is planned: a piece of work on a model, and what it is given as an answer. Data; no formulas."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Work = Literal["train", "score", "generate"]
Tune = Literal["lora", "full", "none"]
Weights = Literal["fp32", "bf16", "int8", "4bit", "mxfp4"]
Sharding = Literal["none", "zero2", "zero3", "fsdp", "experts"]
BITS: dict[Weights, float] = {"fp32": 32.0, "bf16": 16.0, "int8": 8.0, "4bit": 4.13, "mxfp4": 4.25}
"""A weight's bits with its share of scales: NF4 with double quantisation (Dettmers et al., 2305.14314: 0.127 a weight);
MXFP4 has one 8-bit exponent for 32 weights (OCP Microscaling Formats 1.0)."""


@dataclass(frozen=True)
class Range:
    """A figure with the ends between which it is expected."""

    low: float
    likely: float
    high: float

    def __post_init__(self) -> None:
        if not self.low <= self.likely <= self.high:
            raise ValueError(f"{self.low} <= {self.likely} <= {self.high} does not hold")

    @classmethod
    def of(cls, value: float, below: float = 1.0, above: float = 1.0) -> Range:
        """A value with its ends as factors of it."""
        return cls(value * below, value, value * above)

    def __add__(self, other: Range) -> Range:
        return Range(self.low + other.low, self.likely + other.likely, self.high + other.high)

    def __mul__(self, by: float) -> Range:
        """Times a number that is not negative."""
        return Range(self.low * by, self.likely * by, self.high * by)

    def holds(self, value: float) -> bool:
        """Whether a value lies within."""
        return self.low <= value <= self.high

    @property
    def width(self) -> float:
        """The upper end over the lower one."""
        return self.high / self.low if self.low else float("inf")


@dataclass(frozen=True)
class Job:
    """What one stage computes on a model, batch by batch.

    Tokens are those that are computed, padding included.
    """

    work: Work = "train"
    method: str = "sft"
    """``sft``, or the name of a preference method as the recipe has it; of scoring and generating it says nothing."""
    tune: Tune = "lora"
    weights: Weights = "bf16"
    """How the base model's weights are held; what is trained, and its optimiser's states, is held in fp32."""
    rank: int = 32
    """The adapter's rank on attention and dense MLP; on experts it is divided by those that work on a token."""
    experts: bool = True
    """Whether experts have adapters."""
    batch_tokens: int = 1024
    """Tokens that one device computes at once."""
    longest: int = 1024
    """Tokens of the longest row, which attention is computed within."""
    read: int = 512
    """Tokens of a batch whose log-probabilities are computed: the labelled ones."""
    checkpointing: bool = False
    """Whether activations are computed a second time in the backward pass."""
    reference: Literal["none", "precomputed", "held"] = "none"
    """Of preference tuning: where the reference's log-probabilities come from. ``held`` keeps its weights in memory."""
    sequences: int = 1
    """Of generating, and of online tuning: sequences that are written at once."""
    context: int = 1024
    """Of generating: tokens of a sequence with its prompt, whose keys and values are kept."""
    new_tokens: int = 256
    """Of generating: tokens that are written of a sequence."""
    devices: int = 1
    sharding: Sharding = "none"
    """What is divided among the devices: ``none`` nothing (each holds a copy), ``zero2`` gradients and optimiser's
    states, ``zero3`` and ``fsdp`` the weights too, ``experts`` the experts' weights alone."""

    def but(self, **changes: object) -> Job:
        """This job with some values changed."""
        return replace(self, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Memory:
    """The peak of one device, in bytes, by part: ``weights``, ``adapter``, ``gradients``, ``optimiser``,
    ``gathered`` (what other devices hold of the layer that is computed), ``activations``, ``copies`` (of experts with
    adapters), ``logits``, ``reference``, ``cache``, ``overhead``; parts that are not there are left out."""

    parts: dict[str, Range]

    @property
    def total(self) -> Range:
        """The sum of the parts."""
        return sum(self.parts.values(), Range(0.0, 0.0, 0.0))
