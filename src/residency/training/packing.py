"""Packing: rows one after the other in bins of a fixed number of tokens, with attention that stays within a row.

A bin needs no padding. What tells its rows apart is that their positions restart, which flash kernels and most
of transformers' models read; where a model does not, masks say it. Which of the two a loaded model needs, and
whether it helps, is found by ``separation.py``.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Sequence
from typing import Any

import torch

from residency.core.errors import InputError
from residency.generation.generate import model_body
from residency.training.loss import IGNORED

KeepApart = Callable[[Any, torch.Tensor], dict[str, Any]]
"""From a model and a bin's ``position_ids`` to what the model is given beside the bin's ``input_ids``."""


def pack(lengths: Sequence[int], budget: int) -> list[list[int]]:
    """Group row numbers into bins of at most ``budget`` tokens: best fit, the longest row first.

    Each row goes into the bin that it leaves the least room in, or opens one. The result depends on nothing but
    the arguments, and its order is that in which bins were opened.

    Args:
        lengths: tokens of each row.
        budget: tokens that a bin holds.

    Raises:
        InputError: a row is longer than a bin.
    """
    if longer := [length for length in lengths if length > budget]:
        count = "1 row is" if len(longer) == 1 else f"{len(longer)} rows are"
        what = f"{count} longer than a bin of {budget} tokens (the longest has {max(longer)}), and no row is cut"
        raise InputError(what, fix=f"Set sft.batch_tokens to at least {max(longer)}, or compile.max_length lower")
    bins: list[list[int]] = []
    having: dict[int, list[int]] = {}  # bins by the room that is left in them
    rooms: list[int] = []  # the keys of ``having``, sorted
    for row in sorted(range(len(lengths)), key=lambda i: (-lengths[i], i)):
        place = bisect_left(rooms, lengths[row])
        if place == len(rooms):
            room, chosen = budget, len(bins)
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


def collate_bin(items: list[dict[str, Any]]) -> dict[str, torch.Tensor]:
    """One bin: ``input_ids``, ``labels`` and ``position_ids``, which restart with each row, of shape (1, tokens).

    A row's first token carries no label: what stands before it is another row's.
    """
    (item,) = items
    return {
        "input_ids": torch.tensor([[token for row in item["input_ids"] for token in row]]),
        "labels": torch.tensor([[label for row in item["labels"] for label in (IGNORED, *row[1:])]]),
        "position_ids": torch.tensor([[place for row in item["input_ids"] for place in range(len(row))]]),
    }


def by_positions(model: Any, position_ids: torch.Tensor) -> dict[str, Any]:
    """For models and kernels that read from ``position_ids`` where a row begins. There must be no mask beside."""
    return {"position_ids": position_ids}


def by_masks(model: Any, position_ids: torch.Tensor) -> dict[str, Any]:
    """For models that read no rows from ``position_ids`` and take a mask for each type of layer, as GptOss does.

    Args:
        model: a causal language model; its config's ``layer_types`` and ``sliding_window`` are read.
        position_ids: shape (1, tokens).

    Raises:
        ValueError: a layer's type is not known, so that there is no mask for it.
    """
    body = model_body(model)
    place = torch.arange(position_ids.shape[1], device=position_ids.device)
    row = (position_ids[0] == 0).cumsum(0)
    distance = place[:, None] - place
    full = (row[:, None] == row) & (distance >= 0)
    seen = {"full_attention": full}
    types = set(body.config.layer_types)
    if "sliding_attention" in types:
        seen["sliding_attention"] = full & (distance < body.config.sliding_window)
    if unknown := types - seen.keys():
        raise ValueError(f"no mask is known for layers of the type {min(unknown)}")
    # Added to the attention's scores: the eager attention of transformers misreads masks of booleans.
    least = torch.finfo(body.dtype).min
    masks = {
        name: torch.zeros_like(mask, dtype=body.dtype).masked_fill(~mask, least)[None, None]
        for name, mask in seen.items()
    }
    return {"position_ids": position_ids, "attention_mask": masks}
