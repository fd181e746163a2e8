"""Tiny random models of the two architectures with fused experts, gpt-oss and Qwen3-MoE, as folders that
``ModelSettings(name=...)`` opens: for the fast tests with the tiny model's vocabulary, and with the real tokenizers.

They have what makes the real ones different: several experts of which two work on a token, grouped-query attention,
and in gpt-oss attention sinks and a sliding window in every other layer.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import shared
from tests.real_tokenizers import real_tokenizer

EXPERTS, ACTIVE = 4, 2
WINDOW = 16
KINDS = ("gpt_oss", "qwen3_moe")
SHAPE: dict[str, Any] = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "num_experts_per_tok": ACTIVE,
    "max_position_embeddings": 4096,
    "initializer_range": 0.2,
}


def make_tiny_experts(folder: Path, kind: str, tokenizer: Any, seed: int = 0) -> None:
    """Write a random model of one of ``KINDS``, with ``tokenizer``, to ``folder``."""
    import torch
    from transformers import GptOssConfig, GptOssForCausalLM, Qwen3MoeConfig, Qwen3MoeForCausalLM

    torch.manual_seed(seed)
    # The real vocabularies are padded: 201,088 and 151,936 rows, more than the tokenizers have tokens.
    rows = {"gpt_oss": 201_088, "qwen3_moe": 151_936}[kind] if len(tokenizer) > 100_000 else len(tokenizer)
    common: dict[str, Any] = SHAPE | {
        "vocab_size": rows,
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": tokenizer.pad_token_id,
    }
    model: Any
    if kind == "gpt_oss":
        config = GptOssConfig(
            **common,
            intermediate_size=32,
            num_local_experts=EXPERTS,
            sliding_window=WINDOW,
            layer_types=["sliding_attention", "full_attention"],
        )
        model = GptOssForCausalLM(config)
    else:
        model = Qwen3MoeForCausalLM(
            Qwen3MoeConfig(
                **common,
                intermediate_size=64,
                moe_intermediate_size=32,
                num_experts=EXPERTS,
                norm_topk_prob=True,
                tie_word_embeddings=False,
            )
        )
    model.to(torch.bfloat16 if rows > 100_000 else torch.float32).save_pretrained(str(folder))
    tokenizer.save_pretrained(str(folder))


def _tiny(kind: str) -> Callable[..., Path]:
    def build(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> Path:
        from transformers import AutoTokenizer

        tokenizer = AutoTokenizer.from_pretrained(str(tiny_model))
        name = f"tiny-{kind}"
        return shared(tmp_path_factory, name, lambda folder: make_tiny_experts(folder, kind, tokenizer))

    return build


def _real(kind: str, tokenizer_name: str) -> Callable[..., Path]:
    def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
        tokenizer = real_tokenizer(tokenizer_name)
        name = f"real-{kind}"
        return shared(tmp_path_factory, name, lambda folder: make_tiny_experts(folder, kind, tokenizer))

    return build


tiny_gpt_oss = pytest.fixture(scope="session", name="tiny_gpt_oss")(_tiny("gpt_oss"))
tiny_qwen3_moe = pytest.fixture(scope="session", name="tiny_qwen3_moe")(_tiny("qwen3_moe"))
real_gpt_oss = pytest.fixture(scope="session", name="real_gpt_oss")(_real("gpt_oss", "gptoss"))
real_qwen3_moe = pytest.fixture(scope="session", name="real_qwen3_moe")(_real("qwen3_moe", "qwen3"))
"""Folders: random models of two layers with the tiny model's tokenizer, and with the real ones."""


def as_mxfp4(source: Path, folder: Path) -> Any:
    """Write the tiny gpt-oss to ``folder`` as the hub holds it, its experts in MXFP4: blocks of 32 4-bit floats with a
    power of two as their scale. Returns the model in 16 bits that it stands for."""
    import torch
    from safetensors.torch import load_file, save_file
    from transformers import AutoModelForCausalLM

    values = torch.tensor([0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0])
    table = torch.cat([values, -values])
    shutil.copytree(source, folder)
    model = AutoModelForCausalLM.from_pretrained(str(source), dtype=torch.bfloat16)
    weights = load_file(source / "model.safetensors")
    for name in [name for name in weights if name.endswith(("gate_up_proj", "down_proj"))]:
        rows = weights.pop(name).float().transpose(1, 2)
        blocks = rows.reshape(*rows.shape[:2], -1, 32)
        power = torch.ceil(torch.log2(blocks.abs().amax(dim=-1, keepdim=True) / 6))
        codes = ((blocks / 2**power)[..., None] - table).abs().argmin(dim=-1).to(torch.uint8)
        weights[f"{name}_blocks"] = codes[..., ::2] | codes[..., 1::2] << 4
        weights[f"{name}_scales"] = (power[..., 0] + 127).to(torch.uint8)
        meant = (table[codes.int()] * 2**power).reshape(rows.shape).transpose(1, 2)
        model.get_parameter(name).data = meant.to(torch.bfloat16).contiguous()
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"quantization_config": {"quant_method": "mxfp4"}}))
    return model.eval()
