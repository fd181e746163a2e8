"""A tuned model written in one piece, with its tokenizer: a folder that can be the base model of another run."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from peft import PeftModel

from residency.core.errors import ProofError
from residency.generation.generate import base_model
from residency.generation.merging import merged
from residency.generation.models import load_model, load_tokenizer
from residency.generation.settings import ModelSettings

TEXT = "A 45-year-old man has a painless lump in the groin. Which operation is advised, and when? Key point: repair it."
"""What the written model is held against the tuned one on."""
SAME = {torch.float32: 1e-3, torch.bfloat16: 0.1}
"""Nats a token, in the mean, within which a model is the same after merging: the sum is rounded once more."""


def write_whole(settings: ModelSettings, tuned: Path, folder: Path) -> None:
    """Write a tuned model whole, and read it back.

    Args:
        settings: of its base model. In 4 bits it is taken in 16: it could not be merged into.
        tuned: the folder of the adapter, or of the whole model where all weights were tuned.
        folder: where to; made where it is not there.

    Raises:
        InputError: the model cannot be loaded.
        ProofError: a weight is no number, or what was written says something else than the tuned model, or reads texts
            otherwise.
    """
    settings = settings.model_copy(update={"quantization": "none"})
    tokenizer = load_tokenizer(settings)
    ids = tokenizer(TEXT)["input_ids"]
    model = load_model(settings, tuned)
    if spoilt := next((name for name, weight in model.state_dict().items() if not bool(weight.isfinite().all())), ""):
        raise ProofError(f"the weight {spoilt} of the tuned model holds what is no number", str(tuned))
    before = _logprobs(model, ids)
    dtype = base_model(model).dtype
    whole = merged(model) if isinstance(model, PeftModel) else model
    whole.save_pretrained(str(folder), safe_serialization=True)
    tokenizer.save_pretrained(str(folder))
    del model, whole
    gc.collect()  # there may be no room for two
    written = settings.model_copy(update={"name": str(folder.absolute()), "revision": None})
    read = load_tokenizer(written)
    if read(TEXT)["input_ids"] != ids or read.chat_template != tokenizer.chat_template:
        raise ProofError("the tokenizer that was written is another than the base model's", str(folder))
    off = float((_logprobs(load_model(written), ids) - before).abs().mean())
    if not off <= SAME[dtype]:
        raise ProofError(f"written in one piece, the model is {off:.4f} nats a token off", str(tuned))


def _logprobs(model: Any, ids: Sequence[int]) -> torch.Tensor:
    """Of each token but the first, in nats, on the CPU."""
    given = torch.tensor([list(ids)], device=next(model.parameters()).device)
    with torch.no_grad():
        logits = model(input_ids=given, use_cache=False).logits[0, :-1].float()
    found: torch.Tensor = logits.log_softmax(-1).gather(1, given[0, 1:, None])[:, 0]
    return found.cpu()
