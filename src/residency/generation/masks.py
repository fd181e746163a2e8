"""Dense attention masks, for rows that share a sequence: which token reads which, made for each type of layer.

A *row* is a run of tokens that read each other. Rows may stand side by side, or *above* one another: several
continuations read the prompt that they share, and not each other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch

Reads = Callable[..., torch.Tensor]
"""Whether a token reads another, as a function of (batch, head, place, place read), which are broadcast."""


def which_reads_which(rows: Mapping[str, torch.Tensor], window: int | None = None) -> Reads:
    """A token reads those of its own row, and of the row above, that stand before it.

    Args:
        rows: ``row`` (each token's row number), ``above`` (that of the row it goes on from; its own where there is
            none) and ``position_ids``, all of the shape (batch, width).
        window: how many positions a token reads back, itself included; None reads all.
    """
    row, above, position = rows["row"], rows["above"], rows["position_ids"]

    def reads(batch: torch.Tensor, head: Any, place: torch.Tensor, read: torch.Tensor) -> torch.Tensor:
        other = row[batch, read]
        allowed = ((other == row[batch, place]) | (other == above[batch, place])) & (read <= place)
        if window is not None:
            allowed = allowed & (position[batch, place] - position[batch, read] < window)
        return allowed

    return reads


def dense_mask(reads: Reads, ids: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    """What is added to the attention's scores, shape (batch, 1, width, width) for ``ids`` of the shape (batch, width):
    the eager attention of transformers misreads masks of booleans. It grows with the square of the width."""
    places = torch.arange(ids.shape[1], device=ids.device)
    lines = torch.arange(len(ids), device=ids.device)[:, None, None]
    allowed = reads(lines, None, places[None, :, None], places[None, None, :])
    mask = torch.zeros(allowed.shape, dtype=dtype, device=ids.device)
    return mask.masked_fill_(~allowed, torch.finfo(dtype).min)[:, None]


def by_layer_type(config: Any, build: Callable[[int | None], Any]) -> Any:
    """A mask for each type of layer where a model has several, as GptOss does, else one.

    Args:
        config: the model's.
        build: makes a mask for a window; None is the whole row.

    Raises:
        ValueError: a layer's type is not known, so that there is no mask for it.
    """
    types = getattr(config, "layer_types", None)
    window = getattr(config, "sliding_window", None)
    if not types or set(types) == {"full_attention"}:
        return build(window)
    known = {"full_attention": None, "sliding_attention": window}
    if unknown := set(types) - known.keys():
        raise ValueError(f"no mask is known for layers of the type {min(unknown)}")
    return {name: build(known[name]) for name in sorted(set(types))}
