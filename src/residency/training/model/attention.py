"""Attention that stays within a row, where several rows share a sequence.

A *row* here is a run of tokens that read each other; each has a number. Rows may stand side by side (packing), or
*above* one another: both answers of a preference pair read their prompt, which is computed once, and not each other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from residency.generation.generate import model_body
from residency.generation.masks import Reads, by_layer_type, dense_mask, which_reads_which
from residency.training.model.rowwise import runs_of

Micro = dict[str, torch.Tensor]
"""A batch as the model is given it. ``input_ids``: shape (batch, width). ``targets``: shape (n,), tokens to predict,
and ``read_at``, the places that predict them, counted through the batch row by row. Where rows share a sequence, of the
shape of ``input_ids`` too: ``position_ids``, ``row`` (the row's number) and ``above`` (that of the row it goes on
from; its own where there is none)."""
Attention = Callable[[Any, Micro], dict[str, Any]]
"""From a model and a batch to what the model is given beside the ``input_ids``, so that rows stay apart."""


def nothing(model: Any, micro: Micro) -> dict[str, Any]:
    """For one row a line, padded on the right: under causal attention no token reads what stands after it."""
    return {}


def by_rows(model: Any, micro: Micro) -> dict[str, Any]:
    """For models that were made to take rows one by one (``rowwise.py``)."""
    return {"position_ids": micro["position_ids"], "runs": runs_of(micro["row"], micro["above"])}


def by_positions(model: Any, micro: Micro) -> dict[str, Any]:
    """For models and kernels that read from ``position_ids`` where a row begins. There must be no mask beside, and no
    row above another."""
    return {"position_ids": micro["position_ids"]}


def by_masks(model: Any, micro: Micro) -> dict[str, Any]:
    """Dense masks, which grow with the square of the width; they are added to the attention's scores, since the eager
    attention of transformers misreads masks of booleans.

    Raises:
        ValueError: a layer's type is not known, so that there is no mask for it.
    """
    dtype = model_body(model).dtype
    return _by_layer_type(model, micro, lambda reads: dense_mask(reads, micro["row"], dtype))


def by_blocks(model: Any, micro: Micro) -> dict[str, Any]:
    """Sparse block masks, for flex attention."""
    from torch.nn.attention.flex_attention import create_block_mask

    batch, width = micro["row"].shape

    def sparse(reads: Reads) -> Any:
        return create_block_mask(reads, batch, None, width, width, device=micro["row"].device)

    return _by_layer_type(model, micro, sparse)


def _by_layer_type(model: Any, micro: Micro, build: Callable[[Reads], Any]) -> dict[str, Any]:
    """A mask for each type of layer where the model has several, as GptOss does, else one."""
    masks = by_layer_type(model_body(model).config, lambda window: build(which_reads_which(micro, window)))
    return {"position_ids": micro["position_ids"], "attention_mask": masks}
