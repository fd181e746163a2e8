"""What is trained: an adapter on every layer, experts included, or for small models all weights.

Linear layers are found on the model itself, and so are experts that are fused into parameters of three dimensions,
which PEFT's ``all-linear`` passes over. Routers are never trained: which expert a token goes to was balanced over far
more text than a question bank holds, and a drift of it shows in no loss before it shows in answers.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

import torch
from peft import LoraConfig, get_peft_model
from peft.tuners.lora import LoraLayer

from residency.core.errors import InputError
from residency.generation.fitting import FULL_BYTES, check_fits
from residency.generation.merging import merged as merged
from residency.generation.quantisation import is_4bit
from residency.training.model.placement import (
    SCORE,
    active_experts,
    check_placed,
    expert_parameters,
    linear_layers,
    routers,
)
from residency.training.settings import LoraSettings


def add_adapter(model: Any, lora: LoraSettings, scores: bool = False) -> Any:
    """The model with a fresh adapter on every linear layer of attention and MLP and on fused experts, held in fp32.

    Each expert sees a share of the tokens, and several work on one: the rank is divided by the number of those, so
    that a token is given as many adapter weights as in a dense model. Alpha stays, since the first steps of an adapter
    scaled by alpha / r move the weights alike at any rank ("LoRA Without Regret", 2025).

    Args:
        model: of transformers.
        lora: the adapter.
        scores: whether the model has a score head in place of its output head; it is trained whole.

    Raises:
        InputError: the settings and the model do not go together.
        ProofError: a layer is left without an adapter, or a router has one.
    """
    experts = expert_parameters(model)
    if experts and lora.experts and lora.dora:
        what = "DoRA is not defined here for experts that are fused into one parameter"
        raise InputError(what, "sft.lora.dora = true", "Set it to false, or sft.lora.experts to false")
    ends = sorted({_end(name) for name in experts}) if lora.experts else []
    config = LoraConfig(
        r=lora.r,
        lora_alpha=lora.alpha,
        target_modules=_module_ends(model, linear_layers(model)),
        target_parameters=ends or None,
        rank_pattern={end.replace(".", r"\."): max(1, lora.r // active_experts(model)) for end in ends},
        lora_dropout=0.0,
        use_rslora=lora.rslora,
        use_dora=lora.dora,
        task_type="SEQ_CLS" if scores else "CAUSAL_LM",
        modules_to_save=[SCORE] if scores else None,
    )
    with warnings.catch_warnings():
        # It does not know that a pattern may be meant for a parameter.
        warnings.filterwarnings("ignore", message="The following rank_pattern keys")
        adapted = get_peft_model(model, config)
    check_placed(adapted, lora.experts)
    hold_in_fp32(adapted)
    return adapted


def hold_in_fp32(model: Any) -> None:
    """Keep the adapters' weights in fp32 and compute with them in the model's own precision.

    A bfloat16 weight does not move by less than 1/512 of itself, and PEFT turns adapters to fp32 whenever a
    checkpoint is loaded, so that a bfloat16 run would end differently after a kill. PEFT's own forward pass
    with fp32 adapters casts the activations, at 40% of the speed; here the weights are cast, which are few. Those of
    fused experts are cast by PEFT itself. An adapter that is reloaded in the model's precision computes the same.
    """
    for layer in model.modules():
        if isinstance(layer, LoraLayer):
            layer.cast_input_dtype_enabled = False
            for linear in (*layer.lora_A.values(), *layer.lora_B.values()):
                linear.to(torch.float32)
                linear.forward = partial(_linear, linear)
            for magnitude in (layer.lora_magnitude_vector or {}).values():
                magnitude.to(torch.float32)
                magnitude.forward = partial(_dora, magnitude)


def _linear(layer: Any, x: torch.Tensor) -> torch.Tensor:
    return torch.nn.functional.linear(x, layer.weight.to(x.dtype))


def _dora(layer: Any, x: torch.Tensor, **given: Any) -> torch.Tensor:
    """PEFT's own computation, on the magnitudes and the update that they scale in the model's precision."""

    def update(lora_A: Any, lora_B: Any, adapter_name: str | None = None) -> torch.Tensor:  # noqa: N803, PEFT's own
        one = torch.eye(lora_A.weight.shape[1], device=x.device, dtype=x.dtype)
        return lora_B(lora_A(one)).T  # type: ignore[no-any-return]

    cast = SimpleNamespace(
        weight=layer.weight.to(x.dtype),
        fan_in_fan_out=layer.fan_in_fan_out,
        get_weight_norm=layer.get_weight_norm,
        get_lora_weight=update,
    )
    return type(layer).forward(cast, x, **given)  # type: ignore[no-any-return]


def prepare_full(model: Any, tell: Callable[[str], None] = lambda line: None) -> Any:
    """The model with all of its weights but the routers' to be trained, in fp32.

    A bfloat16 weight of 1 does not move by less than 1/256, which is more than a step of full fine-tuning moves it:
    most updates would be lost. With its gradient and Adam's two moments a weight takes 16 bytes, which is why this
    is for small models.

    Args:
        model: a causal language model.
        tell: is given a line where there is hardly room.

    Raises:
        InputError: the model is in 4 bits, or cannot fit.
    """
    if any(is_4bit(module) for module in model.modules()):
        what = "4-bit weights are not trained, only adapters on them"
        raise InputError(what, "model.quantization = '4bit'", 'Set it to "none", or sft.tune to "lora"')
    needed = FULL_BYTES * sum(weight.numel() for weight in model.parameters())
    what = "the weights, gradients and moments of full fine-tuning"
    check_fits(needed, model.device.type, "sft.tune = 'full'", what, tell)
    model.float().requires_grad_(True)
    for name in routers(model):
        model.get_submodule(name).requires_grad_(False)
    return model


def _end(name: str) -> str:
    """The last two parts of a name: experts.gate_up_proj."""
    return ".".join(name.split(".")[-2:])


def _module_ends(model: Any, names: list[str]) -> list[str]:
    """The shortest targets that mean these modules and no others: the ends of their names, or their whole names where
    a module that is left out ends alike."""
    others = {name.rpartition(".")[2] for name, _ in model.named_modules() if name not in set(names)}
    return sorted({name if (end := name.rpartition(".")[2]) in others else end for name in names})
