"""Rows that join and leave the cache of a running batch.

Rows are of unlike length, and each ends at the right: what a shorter one lacks stands before it as padding, which the
attention mask hides. A layer with a sliding window keeps the last ``window - 1`` places alone.
"""

from __future__ import annotations

from typing import Any

import torch
from torch.nn.functional import pad
from transformers.cache_utils import DynamicLayer, DynamicSlidingWindowLayer


def can_join(cache: Any) -> bool:
    """Whether rows of this model's cache can stand side by side in unlike lengths: not where a layer keeps a state of
    another kind, as linear attention does, which padding would change."""
    return all(type(layer) in (DynamicLayer, DynamicSlidingWindowLayer) for layer in cache.layers)


def join(cache: Any, other: Any, width: int, other_width: int) -> int:
    """Put the rows of ``other`` below those of ``cache``, which holds all of them then.

    Args:
        cache: of transformers, its keys and values of the shape (rows, heads, places, head size).
        other: another of the same model.
        width: tokens that the longest row of ``cache`` has.
        other_width: that of ``other``.

    Returns:
        The width of the whole.
    """
    whole = max(width, other_width)
    for layer, added in zip(cache.layers, other.layers, strict=True):
        if not layer.is_initialized:
            continue  # a layer that reads another's keys has none
        places = _kept(layer, whole)
        layer.keys = torch.cat([_at_right(layer.keys, places), _at_right(added.keys, places)])
        layer.values = torch.cat([_at_right(layer.values, places), _at_right(added.values, places)])
        _tell_width(layer, whole)
    return whole


def keep(cache: Any, rows: torch.Tensor, width: int) -> None:
    """Keep some rows, and of their places the last ``width``: as many tokens as the longest of them has."""
    for layer in cache.layers:
        if not layer.is_initialized:
            continue
        places = _kept(layer, width)
        layer.keys = layer.keys[rows][:, :, -places:]
        layer.values = layer.values[rows][:, :, -places:]
        _tell_width(layer, width)


def _kept(layer: Any, width: int) -> int:
    return min(width, layer.sliding_window - 1) if layer.is_sliding else width


def _at_right(states: torch.Tensor, places: int) -> torch.Tensor:
    return pad(states, (0, 0, places - states.shape[2], 0))


def _tell_width(layer: Any, width: int) -> None:
    if layer.is_sliding:
        layer.cumulative_length = width
