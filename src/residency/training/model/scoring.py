"""Log-probabilities of chosen tokens, for which the output head runs on no other position and keeps no logits.

All losses of this room are made of them. The head works in chunks, and the derivative of each log-probability by its
hidden state, which does not depend on the loss, is taken in the forward pass: at no time are there more logits than a
chunk's, and none is computed twice.
"""

from __future__ import annotations

from functools import wraps
from typing import Any

import torch

from residency.generation.generate import base_model

CHUNK = 128
"""Positions whose logits are held at once: at a vocabulary of 200,000, 100 MB in fp32."""


class _TokenLogprobs(torch.autograd.Function):
    """See :func:`token_logprobs`."""

    @staticmethod
    def forward(ctx: Any, head: Any, hidden: torch.Tensor, targets: torch.Tensor, *weights: torch.Tensor) -> Any:
        ctx.head = head
        needed = ctx.needs_input_grad[1]
        slopes = torch.empty_like(hidden) if needed else None
        found = []
        for start in range(0, len(targets), CHUNK):
            part, target = hidden[start : start + CHUNK], targets[start : start + CHUNK]
            if slopes is None:
                found.append(_logprobs(head, part, target))
                continue
            with torch.enable_grad():
                part = part.detach().requires_grad_()
                logprobs = _logprobs(head, part, target)
            slopes[start : start + CHUNK] = torch.autograd.grad(logprobs, part, torch.ones_like(logprobs))[0]
            found.append(logprobs.detach())
        ctx.learns = any(ctx.needs_input_grad[3:])
        ctx.save_for_backward(slopes, *((hidden, targets, *weights) if ctx.learns else ()))
        return torch.cat(found) if found else hidden.new_zeros(0, dtype=torch.float32)

    @staticmethod
    def backward(ctx: Any, *grads: torch.Tensor) -> Any:
        (grad,) = grads
        slopes, *rest = ctx.saved_tensors
        along = None if slopes is None else slopes * grad[:, None].to(slopes.dtype)
        if not ctx.learns:
            return None, along, None
        # A head that learns sees its logits a second time: what it learns depends on the loss.
        hidden, targets, *weights = rest
        learnt = [torch.zeros_like(weight, dtype=torch.float32) for weight in weights]
        parts = (torch.split(value, CHUNK) for value in (hidden, targets, grad))
        for part, target, share in zip(*parts, strict=True):
            with torch.enable_grad():
                logprobs = _logprobs(ctx.head, part, target)
            for total, found in zip(learnt, torch.autograd.grad(logprobs, weights, share), strict=True):
                total += found
        return None, along, None, *(total.to(weight.dtype) for total, weight in zip(learnt, weights, strict=True))


def _logprobs(head: Any, hidden: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    return -torch.nn.functional.cross_entropy(head(hidden).float(), targets, reduction="none")


def token_logprobs(head: Any, hidden: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """The log-probability of each target token, in nats, in fp32, shape (n,).

    Args:
        head: the output head, from hidden states to logits.
        hidden: shape (n, width): the states that predict the targets.
        targets: token ids, shape (n,).
    """
    weights = [weight for weight in head.parameters() if weight.requires_grad]
    found: torch.Tensor = _TokenLogprobs.apply(head, hidden, targets, *weights)  # type: ignore[no-untyped-call]
    return found


def make_scorable(model: Any) -> None:
    """Let ``model(input_ids=..., read_at=..., targets=..., **attention)`` give :func:`token_logprobs`; without targets
    the model is called as before.

    ``read_at`` are the places, counted through the whole batch row by row, whose states predict the targets. The
    forward of the model itself is what changes, since what wraps it to share the work among processes has its hooks
    there: a call of its parts would leave gradients unsummed.

    Args:
        model: a causal language model of transformers, with an adapter or without.
    """
    base = base_model(model)
    original = base.forward

    @wraps(original)
    def forward(*args: Any, read_at: Any = None, targets: Any = None, **given: Any) -> Any:
        if targets is None:
            return original(*args, **given)
        # Without a cache, transformers reads from position_ids where a packed row begins; with one it does not.
        known = {name: value for name, value in given.items() if value is not None} | {"use_cache": False}
        states = base.get_decoder()(**known).last_hidden_state
        return token_logprobs(base.get_output_embeddings(), states.flatten(0, 1)[read_at], targets)

    base.forward = forward
