"""The proof, on the loaded model itself, that rows which share a sequence read what they should and nothing else.

transformers lets rows cross in silence where a model, or its kind of attention, does not read where a row begins.
Names and versions do not tell; a few short rows, computed apart and together, do.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch

from residency.core.errors import ProofError
from residency.generation.generate import model_body
from residency.training.model.attention import Attention, Micro, by_blocks, by_masks, by_positions, by_rows, nothing
from residency.training.model.blockwise import serves
from residency.training.model.rowwise import plain_name, takes_rows
from residency.training.steps.batches import PairTokens, apart, packed, padded, shared
from residency.training.steps.progress import SAME

ROW = 32
# transformers takes dense masks in these alone; elsewhere they are ignored, or end the process.
TAKEN_BY: dict[Attention, tuple[str, ...]] = {by_masks: ("eager", "sdpa"), by_blocks: ("flex_attention",)}
# What may go wrong in a model that does not know what it is given.
FAILURES = (AttributeError, KeyError, NotImplementedError, RuntimeError, TypeError, ValueError)


class Measured(NamedTuple):
    """Rows in one sequence, against the same rows apart."""

    first: float
    """Mean difference of the first row's log-probabilities from its own, in nats a token."""
    last: float
    """The same for the last row."""
    reach: float
    """The greatest derivative of the last row's log-probabilities by the embeddings of the row it must not read."""
    reads: float
    """The same by those of the row that it must read; 1 where there is none."""


def prove_apart(model: Any, longest: int) -> Attention:
    """The way by which this model keeps packed rows apart: the first by which the second of two rows of random
    tokens has a derivative of exactly 0 by the first, and both have the log-probabilities that they have apart.

    The derivative finds a leak of any size in any precision. The log-probabilities find masks that are wrong within a
    row, for which the rows are longer than the window that layers look back over. Where rows are joined without a
    border the derivative must not be 0, or it would tell nothing.

    Args:
        model: a causal language model made scorable, adapters included; it is left as it was.
        longest: the longest row there can be, in tokens; a wider window is never reached.

    Raises:
        ProofError: there is no such way among those known.
    """
    first, second = _random_rows(model, longest, 2)
    rows = [(first, first), (second, second)]
    half = len(first)
    return _first_that_holds(
        model,
        (by_rows, by_positions, by_masks, by_blocks),
        packed(rows),
        padded(rows),
        (slice(0, half), slice(0, 0)),
        "packed rows stay apart",
        ("sft.batching = 'packed'", "Set it to length"),
    )


def prove_shared(model: Any, longest: int) -> Attention:
    """The way by which two answers read the prompt that they share and not each other, found and proved as in
    :func:`prove_apart`.

    Raises:
        ProofError: there is no such way among those known.
    """
    prompt, chosen, rejected = _random_rows(model, longest, 3)
    pair = [PairTokens(prompt, (chosen, rejected))]
    return _first_that_holds(
        model,
        (by_rows, by_masks, by_blocks),
        shared(pair),
        apart(pair),
        (slice(len(prompt), len(prompt) + len(chosen)), slice(0, len(prompt))),
        "answers that share a prompt stay apart",
        ("preference.share_prompts = 'always'", "Set it to auto"),
    )


def _random_rows(model: Any, longest: int, count: int) -> list[list[int]]:
    config = model_body(model).config
    window = getattr(config, "sliding_window", None) or 0
    length = ROW + (window if window < longest else 0)
    rows = torch.randint(config.vocab_size, (count, length), generator=torch.Generator().manual_seed(0))
    return [list(map(int, row)) for row in rows]


def _first_that_holds(
    model: Any,
    ways: Sequence[Attention],
    joined: Micro,
    own: Micro,
    parts: tuple[slice, slice],
    claim: str,
    otherwise: tuple[str, str],
) -> Attention:
    training = model.training
    model.eval()
    try:
        device = next(model.parameters()).device
        joined, own = ({name: value.to(device) for name, value in batch.items()} for batch in (joined, own))
        evidence = []
        crossed = _measure(model, joined, _alone(model, own), parts, nothing)
        if not crossed.reach > 0:
            evidence.append("even rows without a border do not reach each other")
            ways = ()
        # Joined without a border, the first row still reads what it should: its difference is the arithmetic's own.
        allowed = max(SAME[model.dtype], 3 * crossed.first)
        for way in ways:
            if not _may_take(model, way):
                continue
            try:
                found = _measure(model, joined, _alone(model, own, way), parts, way)
            except FAILURES as error:
                evidence.append(f"{way.__name__}: {type(error).__name__}")
                continue
            if found.reach == 0 and found.reads > 0 and max(found.first, found.last) <= allowed:
                return way
            evidence.append(f"{way.__name__}: {found.last:.2g} nats a token off, derivative {found.reach:.2g}")
    finally:
        model.train(training)
    config = model_body(model).config
    raise ProofError(
        f"it is not shown that {claim} in {config.model_type} with the attention "
        f"{plain_name(model)!r} ({'; '.join(evidence) or 'no way is known'})",
        *otherwise,
    )


def _alone(model: Any, own: Micro, way: Attention = nothing) -> torch.Tensor:
    """The log-probabilities of rows in lines of their own, by the attention of transformers: where the way has a kernel
    of its own (``blockwise.py``), by the one that rounds as it does."""
    config = model_body(model).config
    named = config._attn_implementation
    if way is by_rows and plain_name(model) == "sdpa" and serves(next(model.parameters())):
        config._attn_implementation = "eager"
    try:
        with torch.no_grad():
            found: torch.Tensor = model(input_ids=own["input_ids"], read_at=own["read_at"], targets=own["targets"])
    finally:
        config._attn_implementation = named
    return found


def _may_take(model: Any, way: Attention) -> bool:
    return takes_rows(model) if way is by_rows else plain_name(model) in TAKEN_BY.get(way, (plain_name(model),))


def _measure(
    model: Any, joined: Micro, alone: torch.Tensor, parts: tuple[slice, slice], attention: Attention
) -> Measured:
    """``alone`` holds the log-probabilities apart, the first row's first; ``parts`` are the places of the row that the
    last one must not read, and of that which it must."""
    embedded = []

    def keep(module: Any, inputs: Any, output: torch.Tensor) -> torch.Tensor:
        embedded.append(output.detach().requires_grad_())
        return embedded[0]

    hook = model_body(model).get_input_embeddings().register_forward_hook(keep)
    try:
        logprobs = model(
            input_ids=joined["input_ids"],
            read_at=joined["read_at"],
            targets=joined["targets"],
            **attention(model, joined),
        )
    finally:
        hook.remove()
    first, last = (logprobs.detach() - alone).abs().chunk(2)
    (derivative,) = torch.autograd.grad(logprobs.chunk(2)[1].sum(), embedded)
    other, above = (derivative[:, part].abs() for part in parts)
    return Measured(
        float(first.mean()), float(last.mean()), float(other.max()), float(above.max()) if above.numel() else 1.0
    )
