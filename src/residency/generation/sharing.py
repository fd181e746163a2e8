"""Whether a model gives several continuations in one line what it gives each by itself, found out on the model.

Not every architecture reads a mask, or keeps to attention: a convolution carries tokens from one continuation to the
next. Names and versions do not tell; a few random tokens, computed both ways, do.
"""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

import torch

from residency.generation.generate import base_model
from residency.generation.lines import Asked, batch_logprobs, lines_of

TRUNK, BRANCH, BRANCHES = 64, 6, 3
SAME = {torch.float32: 1e-4}
LEAST, MOST = 0.02, 0.2
"""Nats a token by which the two may differ: ``SAME`` in fp32, in 16 bits three times what rounding was seen to do in
the same line, within these bounds."""
TAKE_MASKS = ("eager", "sdpa")
"""Kinds of attention that take dense masks; elsewhere they are ignored, or end the process."""
# What may go wrong in a model that does not know what it is given.
FAILURES = (AttributeError, KeyError, NotImplementedError, RuntimeError, TypeError, ValueError)
_known: WeakKeyDictionary[Any, dict[tuple[str, int], bool]] = WeakKeyDictionary()


def shares_prompts(model: Any, longest: int) -> bool:
    """Whether continuations may share a line: found out once for a model and its kind of attention.

    Args:
        model: a causal language model.
        longest: the longest line, in tokens: a window that layers look back over is tried where it is shorter.
    """
    base = base_model(model)
    kind = str(base.config._attn_implementation)
    window = getattr(base.config, "sliding_window", None) or 0
    tried = window if window < longest else 0
    known = _known.setdefault(base, {})
    if (kind, tried) not in known:
        known[kind, tried] = kind in TAKE_MASKS and _is_exact(model, TRUNK + tried)
    return known[kind, tried]


def _is_exact(model: Any, trunk: int) -> bool:
    count, generator = trunk + BRANCHES * BRANCH, torch.Generator().manual_seed(0)
    drawn = torch.randint(base_model(model).config.vocab_size, (count,), generator=generator).tolist()
    prompt, rest = drawn[:trunk], drawn[trunk:]
    asked = Asked(prompt, [rest[start : start + BRANCH] for start in range(0, len(rest), BRANCH)])
    apart, together = lines_of(0, asked, share=False), lines_of(0, asked, share=True)
    with torch.inference_mode():
        try:
            alone, crossed, shared = (
                torch.tensor(values).view(BRANCHES, BRANCH)
                for values in (
                    [value for line in apart for value in batch_logprobs(model, [line])],
                    batch_logprobs(model, together, apart=False),
                    batch_logprobs(model, together),
                )
            )
        except FAILURES:
            return False
    # The first continuation reads what it should even where nothing keeps the others off: it differs by rounding.
    rounding = float((crossed - alone).abs()[0].mean())
    allowed = SAME.get(base_model(model).dtype, min(MOST, max(LEAST, 3 * rounding)))
    return float((shared - alone).abs().mean()) <= allowed
