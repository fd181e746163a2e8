"""An adapter merged into its base model's weights: the same model in one piece, to rounding."""

from __future__ import annotations

from typing import Any, cast

import torch
from peft.tuners.lora import LoraLayer

from residency.core.errors import InputError
from residency.generation.quantisation import is_4bit


def merged(model: Any) -> Any:
    """The base model with its adapter's update in its weights; the adapted model is used up by it.

    base + update is computed in fp32 and rounded once, to the precision of the weight: PEFT rounds the update to
    bfloat16 first. In fp32 the logits are equal to rounding.

    Args:
        model: a PEFT model with one adapter.

    Raises:
        InputError: the base's weights are in 4 bits.
    """
    if any(is_4bit(module) for module in model.modules()):
        what = "an adapter is not merged into 4-bit weights: they would be rounded anew"
        raise InputError(what, "model.quantization = '4bit'", "Load the base model in 16 bits to merge into it")
    for layer in [module for module in model.modules() if isinstance(module, LoraLayer)]:
        held = {weight: weight.dtype for weight in cast(torch.nn.Module, layer).parameters()}
        for weight in held:
            weight.data = weight.data.float()
        layer.merge(safe_merge=True)
        for weight, dtype in held.items():
            weight.data = weight.data.to(dtype)
    return model.unload()
