"""Small random models of several families, made in memory: what differs between them is how they attend."""

from __future__ import annotations

from typing import Any

import torch
import transformers
from transformers import AutoModelForCausalLM

WINDOW = 8
SMALL = {
    "vocab_size": 1200,
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "max_position_embeddings": 4096,
    "initializer_range": 0.2,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "pad_token_id": 2,
}
MOE = {"num_experts_per_tok": 2, "intermediate_size": 24}
CONFIGS: dict[str, tuple[str, dict[str, Any]]] = {
    "llama": ("LlamaConfig", {"intermediate_size": 48}),
    "qwen3": ("Qwen3Config", {"intermediate_size": 48}),
    "qwen3_moe": ("Qwen3MoeConfig", {"moe_intermediate_size": 24, "num_experts": 4, **MOE}),
    "gpt_oss": (
        "GptOssConfig",
        {
            "num_local_experts": 4,
            "sliding_window": WINDOW,
            "layer_types": ["sliding_attention", "full_attention"],
            "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0},
            **MOE,
        },
    ),
    # A convolution carries each token over to the next two: nothing but a row of its own keeps it in.
    "lfm2": ("Lfm2Config", {"intermediate_size": 48, "layer_types": ["conv", "full_attention"], "conv_L_cache": 3}),
}
ATTENTION = [("llama", "eager"), ("llama", "sdpa"), ("qwen3", "sdpa"), ("qwen3_moe", "eager"), ("qwen3_moe", "sdpa")]
ATTENTION += [("gpt_oss", "eager")]
"""Families, with the kinds of attention that a CPU has for them."""


def build(family: str, attention: str = "eager", dtype: torch.dtype = torch.float32, **changes: Any) -> Any:
    """A small random model of a family; sinks, which begin at nothing, are random too."""
    torch.manual_seed(3)
    name, own = CONFIGS[family]
    config = getattr(transformers, name)(**{**SMALL, **own, **changes})
    model = AutoModelForCausalLM.from_config(config, attn_implementation=attention, dtype=dtype)
    for name, weights in model.named_parameters():
        if name.endswith("sinks"):
            torch.nn.init.normal_(weights)
    return model
