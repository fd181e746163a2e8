"""Attention computed row by row, for sequences that several rows share: nothing between rows is computed at all.

The model's own attention is called once for each row, on that row's tokens and those of the row above it. So it keeps
its sinks, windows and kernels, and what is left out is what dense masks compute and discard. Only where a CPU's kernel
is slow another takes its place (``blockwise.py``).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import torch
from transformers import AttentionInterface
from transformers.masking_utils import ALL_MASK_ATTENTION_FUNCTIONS, AttentionMaskInterface
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

from residency.generation.generate import model_body
from residency.training.model.blockwise import attend, serves

PREFIX = "rows_"
WRAPPED = ("sdpa", "eager")


class Run(NamedTuple):
    """A row's place in its line: ``length`` tokens, which read those of the row number ``above`` of the same line too,
    counted from 0; -1 where there is none."""

    length: int
    above: int


Runs = tuple[tuple[Run, ...], ...]
"""The rows of each line, in their order."""


def runs_of(row: torch.Tensor, above: torch.Tensor) -> Runs:
    """The rows of a batch.

    Args:
        row: each token's row number, shape (batch, width); a row's tokens stand together.
        above: the number of the row that its row goes on from; its own where there is none.
    """
    lines = []
    for numbers, parents in zip(row.tolist(), above.tolist(), strict=True):
        starts = [place for place, number in enumerate(numbers) if not place or number != numbers[place - 1]]
        place_of = {numbers[start]: place for place, start in enumerate(starts)}
        lines.append(
            tuple(
                Run(end - start, place_of[parents[start]] if parents[start] != numbers[start] else -1)
                for start, end in zip(starts, [*starts[1:], len(numbers)], strict=True)
            )
        )
    return tuple(lines)


def allow_rows(model: Any) -> None:
    """Let a model take ``runs`` beside its ``input_ids``; without them its attention is what it was. A model whose
    attention is neither SDPA nor eager is left alone."""
    config = model_body(model).config
    name = config._attn_implementation
    if name not in WRAPPED:
        return
    AttentionInterface.register(PREFIX + name, _rowwise(name))
    AttentionMaskInterface.register(PREFIX + name, ALL_MASK_ATTENTION_FUNCTIONS[name])
    config._attn_implementation = PREFIX + name


def plain_name(model: Any) -> str:
    """The name of the model's own attention."""
    return str(model_body(model).config._attn_implementation).removeprefix(PREFIX)


def takes_rows(model: Any) -> bool:
    """Whether :func:`allow_rows` has changed the model."""
    return str(model_body(model).config._attn_implementation).startswith(PREFIX)


def _rowwise(name: str) -> Callable[..., tuple[torch.Tensor, None]]:
    def attention(
        module: Any,
        query: torch.Tensor,
        key: torch.Tensor,
        value: torch.Tensor,
        attention_mask: Any,
        runs: Runs | None = None,
        **given: Any,
    ) -> Any:
        own = (
            ALL_ATTENTION_FUNCTIONS[name]
            if name in ALL_ATTENTION_FUNCTIONS
            else sys.modules[type(module).__module__].eager_attention_forward
        )
        if runs is None:
            return own(module, query, key, value, attention_mask, **given)
        window = given.get("sliding_window")
        lines = []
        # Split, and not sliced: the backward pass of each slice would fill a tensor of the whole width.
        for number, rows in enumerate(runs):
            lengths = [row.length for row in rows]
            parts = [torch.split(states[number : number + 1], lengths, dim=2) for states in (query, key, value)]
            found = []
            for row, (mine, keys, values) in zip(rows, zip(*parts, strict=True), strict=True):
                before = 0
                if row.above >= 0:
                    before = rows[row.above].length
                    keys = torch.cat([parts[1][row.above], keys], dim=2)
                    values = torch.cat([parts[2][row.above], values], dim=2)
                if name == "sdpa" and serves(mine):
                    scale = given.get("scaling") or mine.shape[-1] ** -0.5
                    found.append(attend(mine, keys, values, scale, window).transpose(1, 2))
                    continue
                plain = name == "sdpa" and not before and (window is None or row.length <= window)
                mask = None if plain else _mask(before, row.length, window, query.dtype, query.device)
                found.append(own(module, mine, keys, values, mask, **given)[0])
            lines.append(torch.cat(found, dim=1))
        return torch.cat(lines), None

    return attention


@lru_cache(maxsize=32)  # those of a batch: each layer asks for the same
def _mask(before: int, length: int, window: int | None, dtype: torch.dtype, device: torch.device) -> torch.Tensor:
    """What is added to the scores of a row's tokens over those above it and its own, shape (1, 1, length, before +
    length)."""
    own = torch.arange(before, before + length, device=device)
    distance = own[:, None] - torch.arange(before + length, device=device)
    allowed = distance >= 0 if window is None else (distance >= 0) & (distance < window)
    mask = torch.zeros(allowed.shape, dtype=dtype, device=device)
    return mask.masked_fill_(~allowed, torch.finfo(dtype).min)[None, None]
