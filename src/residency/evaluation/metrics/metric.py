"""What a metric is."""

from __future__ import annotations

from typing import NamedTuple


class Metric(NamedTuple):
    """What a metric measures: a mean over items, from 0 to 1; of a ``clipped`` one an item's value may be negative, and
    the mean is clipped to this range. With ``signed``, values lie between -1 and 1."""

    title: str
    description: str
    higher_is_better: bool = True
    clipped: bool = False
    signed: bool = False
