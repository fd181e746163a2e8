"""How full packed batches are."""

from __future__ import annotations

from collections.abc import Sequence

from residency.training.steps.batches import pack


def packing_fill(lengths: Sequence[int], budget: int) -> float:
    """The share of the bins' tokens that rows take up, the last and emptiest bin included.

    Args:
        lengths: tokens of each row; none is longer than ``budget``.
        budget: tokens that a bin holds.
    """
    return sum(lengths) / (budget * len(pack(lengths, budget)))
