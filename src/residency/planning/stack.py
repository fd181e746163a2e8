"""How a piece of software trains, as far as memory and time depend on it: this one, and those of published points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Stack:
    """What differs between stacks that load the same model for the same job."""

    attention: Literal["auto", "fused", "eager"] = "auto"
    """``auto``: eager where the model has attention sinks, which SDPA cannot express, and is not trained on CUDA, else
    fused. Eager holds the scores of all pairs of a row's tokens; fused kernels (SDPA, flash, flex) hold none."""
    logit_bytes: float | None = None
    """Bytes for each logit of *all* of a batch's tokens; None: logits of labelled tokens alone, a chunk at a time."""
    expert_copies: bool = True
    """Whether an adapter on experts is added to a copy of all their weights in each pass, as PEFT does."""
    adapter_weights: int | None = None
    """Weights of the adapter, where it is not on all layers with the rank of the experts divided."""
    adapter_bytes: float = 16.0
    """For each weight of the adapter: itself, its gradient and the optimiser's two states; fp32 here."""
    full_bytes: float = 16.0
    """The same of full fine-tuning."""
    full_in_16_bits: bool = False
    """Whether full fine-tuning computes in 16 bits."""
    cache_copies: float = 1.0
    """Copies of the cache while a token is written: tuples of tensors are made anew beside the old ones."""
    compiled: bool = False
    """Whether layers are compiled, and nothing waits for kernels to be launched."""


OURS = Stack()
"""This project: see ``residency.training.model`` and ``residency.generation``."""
