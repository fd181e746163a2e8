"""Where adapters belong on a model, and the assertion that they are there and nowhere else."""

from __future__ import annotations

import re
from typing import Any

import torch
from peft.tuners.lora import LoraLayer, ParamWrapper
from torch.nn.modules.conv import _ConvNd

from residency.core.errors import InputError, ProofError
from residency.generation.architectures import architecture_of

ACTIVE = ("num_experts_per_tok", "num_experts_per_token", "moe_topk", "moe_k", "top_k_experts")
"""How configs of architectures that are not in the table name the number of experts that work on a token."""


SCORE = "score"
"""The head of a model that gives a score, trained whole."""


def linear_layers(model: Any) -> list[str]:
    """The names of the linear layers of attention and MLP: all but the head and the routers."""
    head, left_out = model.get_output_embeddings(), routers(model)
    return [
        name
        for name, module in model.named_modules()
        if isinstance(module, torch.nn.Linear)
        and module is not head
        and name not in left_out
        and name.partition(".")[0] != SCORE
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


def check_placed(model: Any, experts: bool = True) -> dict[str, int]:
    """Assert that each layer that should have an adapter has one, that no router has, and that nothing else learns.
    Returns how many linear layers and fused experts have one.

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
    own = ("lora_", f".{SCORE}.modules_to_save.")
    learns = [
        name
        for name, weight in model.named_parameters()
        if weight.requires_grad and not any(part in name for part in own)
    ]
    if learns:
        raise ProofError(f"{learns[0]} is no part of the adapter, and would be trained")
    linear = sum(isinstance(layer, LoraLayer) and not isinstance(layer, ParamWrapper) for layer in base.modules())
    return {"linear_layers": linear, "fused_experts": len(wrapped), "routers_frozen": len(routers(base))}
