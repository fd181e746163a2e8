"""Writing and scoring text with a loaded model, in batches of like length."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

IdLists = Sequence[Sequence[int]]


def generate(
    model: Any,
    prompts: IdLists,
    *,
    stop: int,
    max_new_tokens: int,
    batch_size: int = 16,
    temperature: float = 0.0,
    seed: int = 0,
    on_batch: Callable[[list[tuple[int, list[int]]]], None] | None = None,
) -> list[list[int]]:
    """Continue each prompt until the stop token or ``max_new_tokens``.

    Args:
        model: a causal language model.
        prompts: token ids of each prompt.
        stop: the id that ends an answer; it is not part of what is returned.
        max_new_tokens: the longest answer, in tokens.
        batch_size: prompts at once.
        temperature: 0 takes the likeliest token each time.
        seed: for sampling.
        on_batch: called after each batch with (position in ``prompts``, ids) pairs, so that a caller can
            keep what is done.

    Returns:
        The new ids for each prompt, in the order of ``prompts``.
    """
    order = sorted(range(len(prompts)), key=lambda i: len(prompts[i]))
    answers: list[list[int]] = [[] for _ in prompts]
    device = next(model.parameters()).device
    options: dict[str, Any] = {"do_sample": False}
    if temperature > 0:
        options = {"do_sample": True, "temperature": temperature, "top_p": 0.95, "top_k": 0}
    for start in range(0, len(order), batch_size):
        batch = order[start : start + batch_size]
        width = max(len(prompts[i]) for i in batch)
        ids = torch.full((len(batch), width), stop, dtype=torch.long)
        mask = torch.zeros_like(ids)
        for row, i in enumerate(batch):
            ids[row, width - len(prompts[i]) :] = torch.tensor(prompts[i], dtype=torch.long)
            mask[row, width - len(prompts[i]) :] = 1
        with torch.random.fork_rng(enabled=temperature > 0), torch.inference_mode():
            if temperature > 0:
                torch.manual_seed(seed + start)
            out = model.generate(
                input_ids=ids.to(device),
                attention_mask=mask.to(device),
                max_new_tokens=max_new_tokens,
                eos_token_id=stop,
                pad_token_id=stop,
                **options,
            )
        done = []
        for row, i in enumerate(batch):
            new = out[row, width:].tolist()
            answers[i] = new[: new.index(stop)] if stop in new else new
            done.append((i, answers[i]))
        if on_batch is not None:
            on_batch(done)
    return answers


def next_token_logprobs(model: Any, prompts: IdLists, candidates: IdLists, batch_size: int = 16) -> list[list[float]]:
    """The log-probability of single-token continuations.

    Args:
        model: a causal language model.
        prompts: token ids of each prompt.
        candidates: for each prompt, the token ids to score as its next token.
        batch_size: prompts at once.

    Returns:
        For each prompt, the natural log-probabilities of its candidates, in their order.
    """
    order = sorted(range(len(prompts)), key=lambda i: len(prompts[i]))
    scores: list[list[float]] = [[] for _ in prompts]
    device = next(model.parameters()).device
    for start in range(0, len(order), batch_size):
        batch = order[start : start + batch_size]
        width = max(len(prompts[i]) for i in batch)
        ids = torch.zeros((len(batch), width), dtype=torch.long)
        for row, i in enumerate(batch):
            ids[row, : len(prompts[i])] = torch.tensor(prompts[i], dtype=torch.long)
        last = torch.tensor([len(prompts[i]) - 1 for i in batch])
        with torch.inference_mode():
            # Right-padded under causal attention: what follows the last prompt token cannot reach it.
            hidden = model_body(model)(input_ids=ids.to(device), use_cache=False).last_hidden_state
            logits = output_head(model)(hidden[torch.arange(len(batch)), last.to(device)]).float()
            logprobs = torch.log_softmax(logits, dim=-1).cpu()
        for row, i in enumerate(batch):
            scores[i] = [float(logprobs[row, token]) for token in candidates[i]]
    return scores


def model_body(model: Any) -> Any:
    """The decoder without its output head, adapters included."""
    base = model.get_base_model() if hasattr(model, "get_base_model") else model
    return base.get_decoder()


def output_head(model: Any) -> Any:
    """The output head."""
    base = model.get_base_model() if hasattr(model, "get_base_model") else model
    return base.get_output_embeddings()
