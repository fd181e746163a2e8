"""Rows in batches by their lengths alone: what is computed at once, and how much of it is padding.

Training makes its batches by this, and planning counts them by it, so that a plan's steps are the training's.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Sequence

# On a CPU each new shape is compiled anew and kept: with any width, memory grew by 25 MB a step.
WIDTH_STEP = 64


def batches_by_length(lengths: Sequence[int], batch_tokens: int) -> list[list[int]]:
    """Group row numbers so that rows of like length share a batch and rows x longest row stays within
    ``batch_tokens``; a single longer row is a batch of its own."""
    batches: list[list[int]] = []
    for row in sorted(range(len(lengths)), key=lambda i: (-lengths[i], i)):
        if batches and lengths[batches[-1][0]] * (len(batches[-1]) + 1) <= batch_tokens:
            batches[-1].append(row)
        else:
            batches.append([row])
    return batches


def padded_width(length: int) -> int:
    """``length`` rounded up to a multiple of ``WIDTH_STEP``."""
    return -(-length // WIDTH_STEP) * WIDTH_STEP


def pack(lengths: Sequence[int], budget: int) -> list[list[int]]:
    """Group row numbers into bins of at most ``budget`` tokens: best fit, the longest row first. A row longer than a
    bin has one of its own.

    Each row goes into the bin that it leaves the least room in, or opens one. The result depends on nothing but
    the arguments, and its order is that in which bins were opened.

    Args:
        lengths: tokens of each row.
        budget: tokens that a bin holds.
    """
    bins: list[list[int]] = []
    having: dict[int, list[int]] = {}  # bins by the room that is left in them
    rooms: list[int] = []  # the keys of ``having``, sorted
    for row in sorted(range(len(lengths)), key=lambda i: (-lengths[i], i)):
        place = bisect_left(rooms, lengths[row])
        if place == len(rooms):
            room, chosen = max(budget, lengths[row]), len(bins)
            bins.append([row])
        else:
            room = rooms[place]
            chosen = having[room].pop()
            bins[chosen].append(row)
            if not having[room]:
                del having[room], rooms[place]
        left = room - lengths[row]
        if left not in having:
            having[left] = []
            insort(rooms, left)
        having[left].append(chosen)
    return bins
