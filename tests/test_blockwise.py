"""Attention in blocks of queries gives what the plain computation gives, forward and backward."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from residency.training.model import blockwise
from residency.training.model.blockwise import attend, serves


def plain(query: Any, key: Any, value: Any, scale: float, window: int | None) -> torch.Tensor:
    """The definition: softmax of the scores over the keys that a query may read."""
    queries, keys = query.shape[2], key.shape[2]
    share = query.shape[1] // key.shape[1]
    key, value = key.repeat_interleave(share, 1), value.repeat_interleave(share, 1)
    distance = torch.arange(keys - queries, keys)[:, None] - torch.arange(keys)
    reads = (distance >= 0) & (distance < (window or keys))
    scores = (query @ key.transpose(2, 3) * scale).masked_fill(~reads, float("-inf"))
    return scores.softmax(-1) @ value


@given(
    before=st.integers(0, 9),
    queries=st.integers(1, 12),
    groups=st.integers(1, 3),
    share=st.integers(1, 3),
    window=st.none() | st.integers(1, 20),
    block=st.integers(1, 14),
    kept=st.sampled_from([0, 999]),
)
@settings(max_examples=60, deadline=None)
def test_it_is_the_plain_computation(
    before: int, queries: int, groups: int, share: int, window: int | None, block: int, kept: int
) -> None:
    draw = torch.Generator().manual_seed(1)
    # As models give them: heads stand behind the tokens in memory.
    made = [
        torch.randn(1, length, heads, 4, generator=draw, dtype=torch.float64).transpose(1, 2).requires_grad_()
        for length, heads in (
            (queries, groups * share),
            (before + queries, groups),
            (before + queries, groups),
        )
    ]
    slope = torch.randn(1, groups * share, queries, 4, generator=draw, dtype=torch.float64)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blockwise, "BLOCK", block)
        patch.setattr(blockwise, "KEPT", kept)
        found = attend(*made, 0.3, window)
        by_ours = torch.autograd.grad(found, made, slope)
    expected = plain(*made, 0.3, window)
    by_plain = torch.autograd.grad(expected, made, slope)
    assert torch.allclose(found, expected, atol=1e-10)
    for ours, theirs in zip(by_ours, by_plain, strict=True):
        assert torch.allclose(ours, theirs, atol=1e-6), "sums over blocks are in fp32"


def test_in_bfloat16_it_is_as_exact_as_torchs_own() -> None:
    draw = torch.Generator().manual_seed(2)
    exact = [torch.randn(1, heads, 300, 64, generator=draw) for heads in (9, 3, 3)]
    coarse = [states.bfloat16() for states in exact]
    wanted = plain(*(states.float() for states in coarse), 0.125, None)
    own = torch.nn.functional.scaled_dot_product_attention(*coarse, is_causal=True, enable_gqa=True)
    assert serves(coarse[0]) and not serves(exact[0])
    ours, theirs = ((found.float() - wanted).pow(2).mean().sqrt() for found in (attend(*coarse, 0.125, None), own))
    assert ours < 2 * theirs
