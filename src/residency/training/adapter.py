"""What is trained: an adapter on every layer, experts included, or for small models all weights.

Linear layers are found on the model itself, and so are experts that are fused into parameters of three dimensions,
which PEFT's ``all-linear`` passes over. Routers are never trained: which expert a token goes to was balanced over far
more text than a question bank holds, and a drift of it shows in no loss before it shows in answers.
"""

from __future__ import annotations

import re
import warnings
from functools import partial
from types import SimpleNamespace
from typing import Any

import torch
from peft import LoraConfig, get_peft_model
from peft.tuners.lora import LoraLayer, ParamWrapper
from torch.nn.modules.conv import _ConvNd

from residency.core.errors import InputError, ProofError
from residency.generation.architectures import architecture_of
from residency.generation.fitting import FULL_BYTES, check_fits
from residency.generation.merging import merged as merged
from residency.generation.quantisation import is_4bit
from residency.training.settings import LoraSettings

ACTIVE = ("num_experts_per_tok", "num_experts_per_token", "moe_topk", "moe_k", "top_k_experts")
"""How configs of architectures that are not in the table name the number of experts that work on a token."""


def add_adapter(model: Any, lora: LoraSettings) -> Any:
    """The model with a fresh adapter on every linear layer of attention and MLP and on fused experts, held in fp32.

    Each expert sees a share of the tokens, and several work on one: the rank is divided by the number of those, so
    that a token is given as many adapter weights as in a dense model. Alpha stays, since the first steps of an adapter
    scaled by alpha / r move the weights alike at any rank ("LoRA Without Regret", 2025).

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
        task_type="CAUSAL_LM",
    )
    with warnings.catch_warnings():
        # It does not know that a pattern may be meant for a parameter.
        warnings.filterwarnings("ignore", message="The following rank_pattern keys")
        adapted = get_peft_model(model, config)
    check_placed(adapted, lora.experts)
    hold_in_fp32(adapted)
    return adapted


def linear_layers(model: Any) -> list[str]:
    """The names of the linear layers of attention and MLP: all but the output head and the routers."""
    head, left_out = model.get_output_embeddings(), routers(model)
    return [
        name
        for name, module in model.named_modules()
        if isinstance(module, torch.nn.Linear) and module is not head and name not in left_out
    ]


def expert_parameters(model: Any) -> list[str]:
    """The names of the parameters of three dimensions, each of which holds all experts of a layer; convolutions have
    such weights too, and are none."""
    return [
        f"{name}.{own}"
        for name, module in model.named_modules()
        if not isinstance(module, _ConvNd)
        for own, weight in module.named_parameters(recurse=False)
        if weight.ndim == 3
    ]


def routers(model: Any) -> set[str]:
    """The names of the modules that choose experts: those of the table, else those that stand beside fused experts and
    give as many values as there are experts."""
    known = architecture_of(model.config.model_type).routers
    if known:
        return {name for name, _ in model.named_modules() if name.endswith(tuple(f".{end}" for end in known))}
    found = set()
    for expert in expert_parameters(model):
        count = model.get_parameter(expert).shape[0]
        inside = expert.replace(".base_layer", "").rpartition(".")[0]
        block = inside.rpartition(".")[0]
        for name, module in model.get_submodule(block).named_modules(prefix=block):
            weight = getattr(module, "weight", None)
            if not name.startswith(inside) and weight is not None and weight.ndim == 2 and weight.shape[0] == count:
                found.add(name)
    return found


def active_experts(model: Any) -> int:
    """How many experts work on a token, by the model's config.

    Raises:
        InputError: the config says nothing of it.
    """
    config = model.config.get_text_config()
    for key in (architecture_of(config.model_type).active, *ACTIVE):
        if isinstance(count := getattr(config, key, None), int) and count > 0:
            return count
    what = f"the config of this model ({config.model_type}) does not say how many of its experts work on a token"
    raise InputError(what, "sft.lora.experts = true", "Set it to false, to train attention and dense layers alone")


def check_placed(model: Any, experts: bool = True) -> None:
    """Assert that each layer that should have an adapter has one, that no router has, and that nothing else learns.

    Args:
        model: a PEFT model.
        experts: whether fused experts should have one.

    Raises:
        ProofError: names the first that is not as it should be.
    """
    base = model.get_base_model()
    for name in sorted(routers(base)):
        if any(isinstance(module, LoraLayer) for module in base.get_submodule(name).modules()):
            raise ProofError(f"the router {name} would be trained")
    bare = [name for name in linear_layers(base) if not re.search(r"\.(lora_[AB]|base_layer)\b", name)]
    wrapped = {
        id(getattr(layer.get_base_layer(), layer.parameter_name))
        for layer in base.modules()
        if isinstance(layer, ParamWrapper)
    }
    for name in expert_parameters(base) if experts else []:
        if id(base.get_parameter(name)) not in wrapped:
            bare.append(name)
    if bare:
        # Of layers named gate_proj, up_proj or down_proj PEFT 0.21 makes fused experts in architectures that have some.
        raise ProofError(f"{len(bare)} layers have no adapter, such as {bare[0]}; this architecture is not known here")
    learns = [name for name, weight in model.named_parameters() if weight.requires_grad and "lora_" not in name]
    if learns:
        raise ProofError(f"{learns[0]} is no part of the adapter, and would be trained")


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


def prepare_full(model: Any) -> Any:
    """The model with all of its weights but the routers' to be trained, in fp32.

    A bfloat16 weight of 1 does not move by less than 1/256, which is more than a step of full fine-tuning moves it:
    most updates would be lost. With its gradient and Adam's two moments a weight takes 16 bytes, which is why this
    is for small models.

    Raises:
        InputError: the model is in 4 bits, or cannot fit.
    """
    if any(is_4bit(module) for module in model.modules()):
        what = "4-bit weights are not trained, only adapters on them"
        raise InputError(what, "model.quantization = '4bit'", 'Set it to "none", or sft.tune to "lora"')
    needed = FULL_BYTES * sum(weight.numel() for weight in model.parameters())
    what = "the weights, gradients and moments of full fine-tuning"
    check_fits(needed, model.device.type, "sft.tune = 'full'", what, warnings.warn)
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
