"""The adapter: where it sits, and in which precision it is held."""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from peft import LoraConfig, get_peft_model
from peft.tuners.lora import LoraLayer

from residency.training.settings import LoraSettings


def add_adapter(model: Any, settings: LoraSettings) -> Any:
    """The model with a fresh adapter on every linear layer."""
    config = LoraConfig(
        r=settings.r,
        lora_alpha=settings.alpha,
        target_modules="all-linear",
        lora_dropout=0.0,
        task_type="CAUSAL_LM",
    )
    adapted = get_peft_model(model, config)
    hold_in_fp32(adapted)
    return adapted


def hold_in_fp32(model: Any) -> None:
    """Keep the adapters' weights in fp32 and compute with them in the model's own precision.

    A bfloat16 weight does not move by less than 1/512 of itself, and PEFT turns adapters to fp32 whenever a
    checkpoint is loaded, so that a bfloat16 run would end differently after a kill. PEFT's own forward pass
    with fp32 adapters casts the activations, at 40% of the speed; here the weights are cast, which are few.
    """
    for layer in model.modules():
        if isinstance(layer, LoraLayer):
            layer.cast_input_dtype_enabled = False
            for linear in (*layer.lora_A.values(), *layer.lora_B.values()):
                linear.to(torch.float32)
                linear.forward = partial(_linear, linear)


def _linear(layer: Any, x: torch.Tensor) -> torch.Tensor:
    return torch.nn.functional.linear(x, layer.weight.to(x.dtype))
