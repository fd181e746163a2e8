"""What a layer of each architecture is made of, as transformers 5 builds it. Data; needs no torch.

A row says only in what an architecture differs from a decoder layer with four matrices of attention (queries, keys,
values, output), an MLP of three (gate, up, down), two norms and no bias.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Bias = bool | str
"""Whether a matrix has a bias; a text is the key of the config that says so."""


@dataclass(frozen=True)
class Layout:
    """One architecture. Keys are those of its ``config.json``."""

    qkv_bias: Bias = False
    output_bias: Bias = False
    mlp_bias: Bias = False
    fused: bool = False
    """Whether queries, keys and values are one matrix, and gate and up another."""
    head_norms: bool = False
    """Whether queries and keys have a norm of a head's size in each layer."""
    sinks: bool = False
    """Whether each head of each layer has one more weight, a logit that takes attention and gives nothing."""
    layer_norms: int = 2
    experts: tuple[str, ...] = ()
    """Keys under which the number of experts may stand; none: the architecture is dense."""
    expert_width: str = "intermediate_size"
    """The key of the width of one expert."""
    expert_bias: bool = False
    """Whether experts' matrices and the router have biases."""
    dense_layers: bool = False
    """Whether ``mlp_only_layers`` and ``decoder_sparse_step`` leave layers without experts."""
    window: Literal["none", "all", "late", "alternating"] = "none"
    """Which layers ``sliding_window`` is for where ``layer_types`` says nothing: all; those from ``max_window_layers``
    on; all but each n-th. Of ``all``, ``layer_types`` is not read."""
    period: int = 2
    """Of ``alternating``: each layer with a number that this divides sees everything."""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """What transformers takes for keys that a published config may leave out."""


_QWEN_WINDOW = {"use_sliding_window": False, "sliding_window": 4096, "max_window_layers": 28}
LAYOUTS: dict[str, Layout] = {
    "llama": Layout(qkv_bias="attention_bias", output_bias="attention_bias", mlp_bias="mlp_bias"),
    "mistral": Layout(window="all", defaults={"num_key_value_heads": 8, "sliding_window": 4096}),
    "qwen2": Layout(qkv_bias=True, window="late", defaults=_QWEN_WINDOW),
    "qwen3": Layout(
        qkv_bias="attention_bias",
        output_bias="attention_bias",
        head_norms=True,
        window="late",
        defaults={"head_dim": 128, **_QWEN_WINDOW},
    ),
    "qwen3_moe": Layout(
        qkv_bias="attention_bias",
        output_bias="attention_bias",
        head_norms=True,
        experts=("num_experts", "num_local_experts"),
        expert_width="moe_intermediate_size",
        dense_layers=True,
        window="all",
        defaults={"use_sliding_window": False, "sliding_window": 4096},
    ),
    "gpt_oss": Layout(
        qkv_bias="attention_bias",
        output_bias="attention_bias",
        sinks=True,
        experts=("num_local_experts", "num_experts"),
        expert_bias=True,
        window="alternating",
        defaults={"attention_bias": True, "head_dim": 64, "sliding_window": 128},
    ),
    "gemma3_text": Layout(
        qkv_bias="attention_bias",
        output_bias="attention_bias",
        head_norms=True,
        layer_norms=4,
        window="alternating",
        period=6,
        defaults={
            "vocab_size": 262_208,
            "num_attention_heads": 8,
            "num_key_value_heads": 4,
            "head_dim": 256,
            "tie_word_embeddings": True,
            "sliding_window": 4096,
            "max_position_embeddings": 131_072,
        },
    ),
    "phi3": Layout(fused=True, window="all"),
    "mixtral": Layout(experts=("num_local_experts", "num_experts"), window="all", defaults={"num_key_value_heads": 8}),
}
"""By ``model_type``. Sources: the modules ``configuration_*`` and ``modeling_*`` of transformers 5.23; the tests hold
every count against the models that it builds."""
WITH_VISION = {"gemma3": "gemma3_text"}
"""Models of text and images whose language model, below ``text_config``, is of a type above."""
