"""The proof, on the loaded model itself, that the rows of a packed batch do not reach each other.

transformers lets rows cross in silence where a model, or its kind of attention, does not read where a row begins.
Names and versions do not tell; two short rows, computed apart and packed, do.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import torch

from residency.core.errors import ProofError
from residency.generation.generate import model_body
from residency.training.common import SAME
from residency.training.loss import labelled_loss
from residency.training.packing import KeepApart, by_masks, by_positions, collate_bin

ROW = 32
# transformers takes dense masks in these alone; elsewhere they are ignored, or end the process.
DENSE = ("eager", "sdpa")
# What may go wrong in a model that does not know what it is given.
FAILURES = (AttributeError, KeyError, NotImplementedError, RuntimeError, TypeError, ValueError)


class Measured(NamedTuple):
    """Two rows in one sequence, against the same rows apart."""

    first: float
    """Mean difference of the first row's losses from its own, in nats a token."""
    second: float
    """The same for the second row."""
    reach: float
    """The greatest derivative of the second row's losses by the first row's embeddings."""


def prove_apart(model: Any, longest: int) -> KeepApart:
    """The way by which this model keeps packed rows apart: the first by which the second of two rows of random
    tokens has a derivative of exactly 0 by the first, and both have the losses that they have apart.

    The derivative finds a leak of any size in any precision. The losses find masks that are wrong within a row, for
    which the rows are longer than the window that layers look back over. Where rows are joined without a border
    the derivative must not be 0, or it would tell nothing.

    Args:
        model: a causal language model, adapters included; it is left as it was.
        longest: the longest row there can be, in tokens; a wider window is never reached.

    Raises:
        ProofError: there is no such way among those known.
    """
    training = model.training
    model.eval()
    try:
        return _first_that_holds(model, longest)
    finally:
        model.train(training)


def _first_that_holds(model: Any, longest: int) -> KeepApart:
    config = model_body(model).config
    window = getattr(config, "sliding_window", None) or 0
    length = ROW + (window if window < longest else 0)
    rows = torch.randint(config.vocab_size, (2, length), generator=torch.Generator().manual_seed(0)).tolist()
    batch = collate_bin([{"input_ids": rows, "labels": rows}])
    device = next(model.parameters()).device
    ids, labels, positions = (batch[name].to(device) for name in ("input_ids", "labels", "position_ids"))
    with torch.no_grad():
        own = labelled_loss(model, ids.view(2, length), labels.view(2, length), "none")
    joined = _measure(model, ids, labels, own)
    if not joined.reach > 0:
        raise _refusal(model, "even rows without a border do not reach each other")
    # Nothing stands before the first row, so that its difference is the arithmetic's own.
    allowed = max(SAME[model.dtype], 3 * joined.first)
    evidence = []
    for way in (by_positions, by_masks):
        if way is by_masks and config._attn_implementation not in DENSE:
            continue
        try:
            packed = _measure(model, ids, labels, own, **way(model, positions))
        except FAILURES as error:
            evidence.append(f"{way.__name__}: {type(error).__name__}")
            continue
        if packed.reach == 0 and max(packed.first, packed.second) <= allowed:
            return way
        evidence.append(f"{way.__name__}: {packed.second:.2g} nats a token off, derivative {packed.reach:.2g}")
    raise _refusal(model, "; ".join(evidence))


def _measure(model: Any, ids: torch.Tensor, labels: torch.Tensor, own: torch.Tensor, **attention: Any) -> Measured:
    """``own`` holds the losses apart, those of the first row first."""
    embedded = []

    def keep(module: Any, inputs: Any, output: torch.Tensor) -> torch.Tensor:
        embedded.append(output.detach().requires_grad_())
        return embedded[0]

    hook = model_body(model).get_input_embeddings().register_forward_hook(keep)
    try:
        losses = labelled_loss(model, ids, labels, "none", **attention)
    finally:
        hook.remove()
    first, second = (losses.detach() - own).abs().chunk(2)
    (derivative,) = torch.autograd.grad(losses.chunk(2)[1].sum(), embedded)
    reach = derivative[:, : ids.shape[1] // 2].abs().max()
    return Measured(float(first.mean()), float(second.mean()), float(reach))


def _refusal(model: Any, evidence: str) -> ProofError:
    config = model_body(model).config
    return ProofError(
        f"it is not shown that packed rows stay apart in {config.model_type} with the attention "
        f"{config._attn_implementation!r} ({evidence})",
        "sft.batching = 'packed'",
        "Set it to length",
    )
