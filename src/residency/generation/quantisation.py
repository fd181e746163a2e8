"""Weights in fewer than 16 bits: which can be, which are, and when that is refused.

bitsandbytes puts linear layers into 4 bits and passes over, without a word, experts that are fused into parameters of
three dimensions. So what became of the weights is measured, before they are read and once they are there.
"""

from __future__ import annotations

import importlib.util
from collections import Counter
from typing import Any

import torch

from residency.core.errors import InputError, MissingDependencyError
from residency.generation.architectures import architecture_of

ENOUGH = 0.95
"""Of the weights of attention and MLP, the share that must be in 4 bits for the model to count as a 4-bit model."""
BITS = 4.13
"""A weight in NF4 with double quantisation: 4 bits and its share of the scales."""
TRAINABLE = ("mxfp4", "bitsandbytes")
NONE = 'Set model.quantization to "none"'


def options(settings: Any, config: Any, dtype: torch.dtype, trainable: bool) -> dict[str, Any]:
    """What ``from_pretrained`` is given beside the model's name, so that its weights end as the recipe asks.

    MXFP4 weights, as those of gpt-oss on the hub, are always expanded to 16 bits: transformers cannot train them, and
    an adapter on experts has no effect on them.

    Raises:
        InputError: the files hold weights in a form that cannot be trained.
        MissingDependencyError: bitsandbytes is not there.
    """
    stored = stored_as(config)
    if trainable and stored and stored not in TRAINABLE:
        what = f"its weights are stored as {stored}, which is not trained here"
        raise InputError(what, f"model.name = {settings.name!r}", "Name the same model in 16 bits")
    if settings.quantization == "4bit":
        if importlib.util.find_spec("bitsandbytes") is None:
            raise MissingDependencyError("bitsandbytes", "quantized", "or set model.quantization to none")
        if stored == "mxfp4":
            what = "its files hold MXFP4 experts, which do not become 4-bit weights of bitsandbytes"
            raise InputError(what, _where(settings), NONE)
        from transformers import BitsAndBytesConfig

        made = BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=dtype,
        )
        return {"quantization_config": made}
    if stored == "mxfp4":
        from transformers.utils.quantization_config import Mxfp4Config

        return {"quantization_config": Mxfp4Config(dequantize=True)}
    return {}


def stored_as(config: Any) -> str:
    """The quantisation that a model's files are stored in, or nothing."""
    stored = getattr(config, "quantization_config", None) or {}
    method = stored.get("quant_method", "") if isinstance(stored, dict) else stored.quant_method
    return str(getattr(method, "value", method))


def check_4bit(model: Any, settings: Any) -> None:
    """Refuse a model whose weights are not nearly all in 4 bits, or, where it is still without weights, would not be.

    Raises:
        InputError: names what stays in 16 bits, and its size.
    """
    whole, left = _matrices(model)
    if not whole or 1 - sum(left.values()) / whole >= ENOUGH:
        return
    sizes = ", ".join(f"{name} ({gigabytes(count * 2)})" for name, count in left.most_common(4))
    what = f"only {1 - sum(left.values()) / whole:.0%} of its weights can be in 4 bits; {sizes} would stay in 16"
    raise InputError(what, _where(settings), f"{NONE}, or take a dense model")


def size_in_4bit(model: Any) -> float:
    """The bytes of a model without weights, once it is in 4 bits and all else in 16."""
    whole, left = _matrices(model)
    quantised = whole - sum(left.values())
    return float((sum(p.numel() for p in model.parameters()) - quantised) * 2 + quantised * BITS / 8)


def keep_differentiable(model: Any) -> None:
    """On CPUs with bfloat16 units bitsandbytes repacks a layer at its first pass in evaluation, and no gradient goes
    through it from then on, in silence: training after the first look at dev would learn nothing."""
    for module in model.modules():
        if is_4bit(module):
            module.support_avx512bf16_for_cpu = False


def is_4bit(module: Any) -> bool:
    """Whether a module's weight is in 4 bits."""
    return type(getattr(module, "weight", None)).__name__ == "Params4bit"


def gigabytes(count: float) -> str:
    """Bytes for readers."""
    if count >= 1e8:
        return f"{count / 1e9:,.1f} GB"
    return f"{count / 1e6:,.1f} MB" if count >= 1e5 else f"{count / 1e3:,.1f} kB"


def _matrices(model: Any) -> tuple[int, Counter[str]]:
    """Weights of the matrices in the layers, and those of them that are, or would be, in 16 bits, by the end of their
    names. Without weights yet, every linear layer counts as one that will be in 4 bits."""
    head, routers = model.get_output_embeddings(), architecture_of(model.config.model_type).routers
    whole, left = 0, Counter[str]()
    for name, module in model.named_modules():
        if isinstance(module, torch.nn.Embedding) or module is head or name.endswith(tuple(routers) or ("\0",)):
            continue
        for own, weight in module.named_parameters(recurse=False):
            if own.endswith("bias") or (weight.ndim < 2 and not is_4bit(module)):
                continue
            if is_4bit(module) and own == "weight":
                whole += module.in_features * module.out_features
                continue
            whole += weight.numel()
            if not (weight.is_meta and type(module) is torch.nn.Linear):
                left[".".join(f"{name}.{own}".split(".")[-2:])] += weight.numel()
    return whole, left


def _where(settings: Any) -> str:
    return f"model.quantization = {settings.quantization!r}"
