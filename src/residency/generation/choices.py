"""How likely a model finds each of several continuations of a prompt: letters, texts of options, whole answers.

A prompt is computed once for all its continuations (``lines.py``), and the output head runs where something is read.
Where a shared prompt is not exact (``sharing.py``) each continuation has a line of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch

from residency.core.errors import InputError
from residency.generation.generate import IdLists, able_to_write
from residency.generation.lines import Asked, Line, batch_logprobs, lines_of
from residency.generation.sharing import shares_prompts

BUDGET = {"cpu": 1792}
"""Tokens at once, padding included. A CPU with matrix units shares out the products of fewer badly between its cores
(1,024 are 12% slower), and the states of more leave its caches."""
BUDGET_ELSEWHERE = 16_384
Encode = Callable[[list[str]], IdLists]
"""Texts to token ids, with the tokens that the tokenizer itself sets before a text."""


def encode_choices(encode: Encode, questions: Sequence[tuple[str, Sequence[str]]]) -> list[Asked]:
    """Texts as lm-evaluation-harness encodes them: spaces that end a context go to its continuations; a continuation's
    tokens are those of the whole text after as many tokens as the context has by itself.

    Args:
        encode: the tokenizer.
        questions: (context, continuations) each.

    Raises:
        InputError: a context is empty, or a continuation adds no token to it.
    """
    texts = []
    for context, continuations in questions:
        bare = context.rstrip()
        if not bare:
            raise InputError("there is nothing before the continuations", repr(context), "Give a context")
        texts += [bare, *(context + continuation for continuation in continuations)]
    encoded = iter(encode(texts))
    found = []
    for context, continuations in questions:
        prompt = next(encoded)
        asked = Asked(prompt, [next(encoded)[len(prompt) :] for _ in continuations])
        if not all(asked.continuations):
            empty = continuations[[bool(ids) for ids in asked.continuations].index(False)]
            raise InputError("a continuation adds no token to its context", repr(context[-40:] + empty), "Leave it out")
        found.append(asked)
    return found


def choice_logprobs(model: Any, asked: Sequence[Asked], budget: int | None = None) -> list[list[float]]:
    """The log-probability of each continuation after its prompt: the sum over its tokens, in nats.

    Args:
        model: a causal language model, with an adapter or without.
        asked: prompts with their continuations.
        budget: tokens at once, padding included; a line that is longer is computed alone. None goes by the device.

    Returns:
        For each prompt the values of its continuations, in their order.

    Raises:
        ValueError: a prompt or a continuation is empty.
    """
    if not all(one.prompt and all(one.continuations) for one in asked):
        raise ValueError("neither a prompt nor a continuation may be empty")
    found = [[0.0] * len(one.continuations) for one in asked]
    with able_to_write(model), torch.inference_mode():
        lines = [line for number, one in enumerate(asked) for line in lines_of(number, one, share=True)]
        joined = [line.length for line in lines if len(line.branches) > 1]
        if joined and not shares_prompts(model, max(joined)):
            lines = [line for number, one in enumerate(asked) for line in lines_of(number, one, share=False)]
        limit = budget or BUDGET.get(next(model.parameters()).device.type, BUDGET_ELSEWHERE)
        for batch in _batches(lines, limit):
            values = batch_logprobs(model, batch)
            owners = [read.owner for line in batch for read in line.reads]
            for (number, which), value in zip(owners, values, strict=True):
                found[number][which] += value
    return found


def _batches(lines: Sequence[Line], budget: int) -> Iterator[list[Line]]:
    """Lines of like length together, those that need a mask apart."""
    batch: list[Line] = []
    for line in sorted(lines, key=lambda line: (len(line.branches) > 1, line.length)):
        crowded = max(line.length, *(one.length for one in batch), 0) * (len(batch) + 1) > budget
        if batch and (crowded or (len(line.branches) > 1) != (len(batch[0].branches) > 1)):
            yield batch
            batch = []
        batch.append(line)
    if batch:
        yield batch
