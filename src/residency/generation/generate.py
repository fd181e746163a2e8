"""Writing text with a loaded model, in batches of like length; and a model's parts, for what scores with it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
import transformers
from transformers import TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper

from residency.core.memory import held
from residency.generation.settings import TOP_P

IdLists = Sequence[Sequence[int]]


def generate(
    model: Any,
    prompts: IdLists,
    *,
    stop: Collection[int],
    max_new_tokens: int,
    batch_size: int = 16,
    temperature: float = 0.0,
    top_p: float = TOP_P,
    top_k: int = 0,
    seed: int = 0,
    on_batch: Callable[[list[tuple[int, list[int]]]], None] | None = None,
) -> list[list[int]]:
    """Continue each prompt until a stop token or ``max_new_tokens``.

    Args:
        model: a causal language model.
        prompts: token ids of each prompt.
        stop: the ids that end an answer; they are not part of what is returned.
        max_new_tokens: the longest answer, in tokens.
        batch_size: prompts at once.
        temperature: 0 takes the likeliest token each time.
        top_p: tokens are drawn from the likeliest of this whole probability.
        top_k: and from so many of the likeliest; 0 for all.
        seed: for sampling.
        on_batch: called after each batch with (position in ``prompts``, ids) pairs, so that a caller can
            keep what is done.

    Returns:
        The new ids for each prompt, in the order of ``prompts``.
    """
    order = sorted(range(len(prompts)), key=lambda i: len(prompts[i]))
    answers: list[list[int]] = [[] for _ in prompts]
    for start in range(0, len(order), batch_size):
        batch = order[start : start + batch_size]
        choose = chooser(temperature, top_p, top_k, seed + start)
        with able_to_write(model), held():
            written = _continue(model, [prompts[i] for i in batch], stop, max_new_tokens, choose)
        for i, new in zip(batch, written, strict=True):
            answers[i] = new
        if on_batch is not None:
            on_batch([(i, answers[i]) for i in batch])
    return answers


def _continue(
    model: Any,
    prompts: IdLists,
    stop: Collection[int],
    max_new_tokens: int,
    choose: Callable[[torch.Tensor], torch.Tensor],
) -> list[list[int]]:
    """One batch. An answer that has ended leaves it: in ``model.generate`` every row is computed until the longest
    has ended, which for a batch with one runaway answer is twice the work."""
    device = next(model.parameters()).device
    width = max(map(len, prompts))
    ids = torch.zeros((len(prompts), width), dtype=torch.long)
    mask = torch.zeros_like(ids)
    for row, prompt in enumerate(prompts):
        ids[row, width - len(prompt) :] = torch.tensor(prompt, dtype=torch.long)
        mask[row, width - len(prompt) :] = 1
    ids, mask = ids.to(device), mask.to(device)
    positions = (mask.cumsum(-1) - 1).clamp(min=0)
    cache = transformers.DynamicCache(config=model.config)
    written: list[list[int]] = [[] for _ in prompts]
    rows = list(range(len(prompts)))
    with torch.inference_mode():
        for _ in range(max_new_tokens):
            logits = model(
                input_ids=ids,
                attention_mask=mask,
                position_ids=positions,
                past_key_values=cache,
                use_cache=True,
                logits_to_keep=1,
            ).logits[:, -1]
            ids = choose(logits.float())
            going = [place for place, token in enumerate(ids.tolist()) if token not in stop]
            for place in going:
                written[rows[place]].append(int(ids[place]))
            if not going:
                break
            if len(going) < len(rows):
                keep = torch.tensor(going, device=device)
                cache.batch_select_indices(keep)
                ids, mask, positions = ids[keep], mask[keep], positions[keep]
                rows = [rows[place] for place in going]
            ids = ids[:, None]
            mask = torch.cat([mask, mask.new_ones(len(rows), 1)], dim=-1)
            positions = positions[:, -1:] + 1
    return written


def chooser(temperature: float, top_p: float, top_k: int, seed: int) -> Callable[[torch.Tensor], torch.Tensor]:
    """From logits (rows x vocabulary) to a token each: the likeliest, or one drawn from the likeliest, the next draw of
    ``seed`` each time."""
    if temperature <= 0:
        return lambda logits: logits.argmax(dim=-1)
    warpers: list[Any] = [TemperatureLogitsWarper(float(temperature))]
    warpers += [TopKLogitsWarper(top_k)] if top_k > 0 else []
    warpers += [TopPLogitsWarper(top_p)] if top_p < 1 else []
    generator = torch.Generator().manual_seed(seed)

    def draw(logits: torch.Tensor) -> torch.Tensor:
        # None of them looks at the ids before. Drawn on the CPU, so that a seed means the same everywhere.
        for warp in warpers:
            logits = warp(None, logits)
        chances = logits.softmax(dim=-1).cpu()
        return torch.multinomial(chances, 1, generator=generator)[:, 0].to(logits.device)

    return draw


@contextmanager
def able_to_write(model: Any) -> Iterator[None]:
    """While it lasts, a model that is trained with flex attention has the attention that it is served with: flex
    attention is compiled for the shapes of a training, and a cache has another with each token."""
    base = base_model(model)
    trained_with = base.config._attn_implementation
    if "flex" in str(trained_with):
        base.set_attn_implementation("sdpa" if base._supports_sdpa else "eager")
    try:
        yield
    finally:
        if base.config._attn_implementation != trained_with:
            base.set_attn_implementation(trained_with)


def base_model(model: Any) -> Any:
    """The model of transformers inside whatever holds its adapters, or shares its work among processes."""
    model = getattr(model, "module", model)
    return model.get_base_model() if hasattr(model, "get_base_model") else model


def model_body(model: Any) -> Any:
    """The decoder without its output head, adapters included."""
    return base_model(model).get_decoder()


def output_head(model: Any) -> Any:
    """The output head."""
    return base_model(model).get_output_embeddings()
