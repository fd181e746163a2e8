"""Causal attention in bfloat16 on a CPU, in blocks of queries.

torch's own kernel computes the backward pass of bfloat16 on a CPU at a small part of the speed of its matrix products,
and a row's attention takes a quarter of a training step. Here it is those products: of each block of queries over the
keys that it can read, for all heads that share their keys at once. Of long rows, as in flash attention, nothing that
grows with the square of the length is kept for the backward pass.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, cast

import torch

BLOCK = 256
"""Queries at once: half of the scores of a long row are never computed, and products stay large."""
KEPT = 512
"""Tokens of a row up to which its weights are kept for the backward pass; of longer ones they are computed anew, since
they grow with the square of the length."""


def serves(query: torch.Tensor) -> bool:
    """Whether :func:`attend` is the faster way: for bfloat16 on a CPU."""
    return query.device.type == "cpu" and query.dtype == torch.bfloat16


def attend(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, scale: float, window: int | None
) -> torch.Tensor:
    """What the last tokens of a row read of it, shape (1, heads, queries, dimension).

    Args:
        query: shape (1, heads, queries, dimension).
        key: shape (1, groups, keys, dimension): each group is read by heads / groups heads. The queries are those of
            the last keys.
        value: of the shape of ``key``.
        scale: what scores are multiplied by.
        window: how many tokens a token reads back, itself included; None reads all.
    """
    return cast(torch.Tensor, _Blockwise.apply(query[0], key[0], value[0], scale, window))[None]  # type: ignore[no-untyped-call]


class _Blockwise(torch.autograd.Function):
    """See :func:`attend`; tensors without their first dimension."""

    @staticmethod
    def forward(ctx: Any, query: Any, key: Any, value: Any, scale: float, window: int | None) -> torch.Tensor:
        groups, width = len(key), query.shape[-1]
        grouped = (query * scale).view(groups, -1, *query.shape[1:])
        out = torch.empty(grouped.shape, dtype=query.dtype)
        kept = []
        for block in _blocks(query.shape[1], key.shape[1]):
            asked = grouped[:, :, block.queries].reshape(groups, -1, width)
            weights = _weights(asked, key, block, window)
            out[:, :, block.queries] = torch.bmm(weights, value[:, : block.keys]).view(groups, -1, block.size, width)
            kept.append(weights)
        short = key.shape[1] <= KEPT
        ctx.save_for_backward(grouped, key, value, *(kept if short else ()))
        ctx.scale, ctx.window, ctx.kept = scale, window, short
        return out.view(query.shape)

    @staticmethod
    def backward(ctx: Any, *grads: torch.Tensor) -> Any:
        grouped, key, value, *kept = ctx.saved_tensors
        groups, _, length, width = grouped.shape
        slope = grads[0].reshape(grouped.shape)
        by_query = torch.empty_like(grouped)
        blocks = _blocks(length, key.shape[1])
        # Summed over several blocks, for which bfloat16 is too coarse.
        exact = key.dtype if len(blocks) == 1 else torch.float32
        by_key, by_value = (torch.zeros(key.shape, dtype=exact) for _ in range(2))
        for number, block in enumerate(blocks):
            asked = grouped[:, :, block.queries].reshape(groups, -1, width)
            given = slope[:, :, block.queries].reshape(groups, -1, width)
            weights = kept[number] if ctx.kept else _weights(asked, key, block, ctx.window)
            by_weight = torch.bmm(given, value[:, : block.keys].transpose(1, 2))
            by_score = torch._softmax_backward_data(by_weight, weights, -1, weights.dtype)
            found = torch.bmm(by_score, key[:, : block.keys])
            by_query[:, :, block.queries] = found.view(groups, -1, block.size, width)
            by_value[:, : block.keys] += torch.bmm(weights.transpose(1, 2), given)
            by_key[:, : block.keys] += torch.bmm(by_score.transpose(1, 2), asked)
        by_query.mul_(ctx.scale)
        return by_query.view(-1, length, width), by_key.to(key.dtype), by_value.to(key.dtype), None, None


class _Block:
    """Queries ``start`` to ``end`` of a row, which read its first ``keys`` keys at most."""

    def __init__(self, start: int, end: int, before: int) -> None:
        self.queries, self.size, self.keys = slice(start, end), end - start, before + end


def _blocks(queries: int, keys: int) -> list[_Block]:
    return [_Block(start, min(queries, start + BLOCK), keys - queries) for start in range(0, queries, BLOCK)]


def _weights(asked: torch.Tensor, key: torch.Tensor, block: _Block, window: int | None) -> torch.Tensor:
    """How much each query reads of each key, shape (groups, heads of a group x queries, keys)."""
    scores = torch.bmm(asked, key[:, : block.keys].transpose(1, 2))
    each = scores.view(len(key), -1, block.size, block.keys)
    if window is None:
        each[..., -block.size :] += _mask(block.size, block.size, None, scores.dtype)
    else:
        each += _mask(block.size, block.keys, window, scores.dtype)
    return torch.softmax(scores, -1)


@lru_cache(maxsize=64)
def _mask(queries: int, keys: int, window: int | None, dtype: torch.dtype) -> torch.Tensor:
    """What is added to the scores of the last queries over the last keys of a row, shape (queries, keys)."""
    distance = torch.arange(keys - queries, keys)[:, None] - torch.arange(keys)
    reads = distance >= 0 if window is None else (distance >= 0) & (distance < window)
    return torch.zeros(reads.shape, dtype=dtype).masked_fill_(~reads, torch.finfo(dtype).min)
