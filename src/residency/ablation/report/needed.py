"""How much more an undecided comparison would have taken."""

from __future__ import annotations

import math
from dataclasses import dataclass

from residency.ablation.records import Contrast


@dataclass(frozen=True)
class Needed:
    """Items of the axis, or trainings of each arm, with which a difference as large as the margin would be shown four
    times in five, the other number being as it was. None where no number of these alone would do, or where it is not
    known. ``factor`` is how many times as much of both would do."""

    factor: float
    items: int | None
    repeats: int | None


def needed(contrast: Contrast) -> Needed | None:
    """What the comparison would need; None where the margin could have been seen, or nothing can be said.

    The smallest visible difference goes with the standard error. Of its square, between^2 / repeats falls with the
    number of trainings, and the rest with that of items.
    """
    seen, items, repeats, error = contrast.seen, contrast.difference.n, contrast.repeats, contrast.difference.se
    if seen is None or seen <= contrast.margin or not items:
        return None
    factor = (seen / contrast.margin) ** 2
    if contrast.between is None or not error:
        return Needed(factor, math.ceil(items * factor), None)
    trainings = min(1.0, contrast.between**2 / repeats / error**2)
    rest, wanted = 1 - trainings, 1 / factor
    more_items = math.ceil(items * rest / (wanted - trainings)) if trainings < wanted else None
    more_repeats = math.ceil(repeats * trainings / (wanted - rest)) if rest < wanted else None
    return Needed(factor, more_items, more_repeats)
