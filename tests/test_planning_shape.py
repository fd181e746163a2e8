"""A model's shape from its config: the same weights as transformers builds and as the adapters are put on."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

import torch
import transformers
from hypothesis import given, settings
from hypothesis import strategies as st

from residency.core.errors import InputError
from residency.planning.layouts import LAYOUTS, WITH_VISION
from residency.planning.models import candidates, config_named, shape_named
from residency.planning.shape import PARTS, lora_parameters, lora_parts, shape_of
from residency.training.model.adapter import add_adapter
from residency.training.settings import LoraSettings

BASE: dict[str, Any] = {
    "vocab_size": 301,
    "hidden_size": 48,
    "intermediate_size": 40,
    "num_hidden_layers": 3,
    "num_attention_heads": 6,
    "num_key_value_heads": 2,
    "max_position_embeddings": 512,
    "pad_token_id": 0,
}
EYE = {
    "model_type": "siglip_vision_model",
    "hidden_size": 24,
    "image_size": 56,
    "intermediate_size": 20,
    "num_attention_heads": 2,
    "num_hidden_layers": 2,
    "patch_size": 14,
    "vision_use_head": False,
}
MOE = {"num_experts_per_tok": 2, "head_dim": 8}
EIGHT = {key: value for key, value in BASE.items() if key != "num_key_value_heads"} | {
    "hidden_size": 64,
    "num_attention_heads": 16,
}
ODD: dict[str, dict[str, Any]] = {
    "llama": {**BASE, "model_type": "llama"},
    "llama, all biases, own head size": {
        **BASE,
        "model_type": "llama",
        "attention_bias": True,
        "mlp_bias": True,
        "head_dim": 10,
        "tie_word_embeddings": True,
    },
    "llama, as many keys as queries": {**BASE, "model_type": "llama", "num_key_value_heads": None},
    "mistral": {**BASE, "model_type": "mistral", "sliding_window": 64},
    "mistral, no window": {**BASE, "model_type": "mistral", "sliding_window": None, "head_dim": 12},
    "mistral, defaults": {**EIGHT, "model_type": "mistral"},
    "mixtral, defaults": {**EIGHT, **MOE, "model_type": "mixtral", "num_local_experts": 4},
    "qwen2": {**BASE, "model_type": "qwen2"},
    "qwen2, late windows": {
        **BASE,
        "model_type": "qwen2",
        "use_sliding_window": True,
        "sliding_window": 32,
        "max_window_layers": 1,
    },
    "qwen2, late windows by default": {
        **BASE,
        "model_type": "qwen2",
        "num_hidden_layers": 30,
        "use_sliding_window": True,
    },
    "qwen3, head size by default": {**BASE, "model_type": "qwen3", "tie_word_embeddings": True},
    "qwen3, biases, layer types": {
        **BASE,
        "model_type": "qwen3",
        "head_dim": 8,
        "attention_bias": True,
        "use_sliding_window": True,
        "sliding_window": 16,
        "layer_types": ["full_attention", "sliding_attention", "sliding_attention"],
    },
    "qwen3_moe": {**BASE, **MOE, "model_type": "qwen3_moe", "moe_intermediate_size": 16, "num_experts": 5},
    "qwen3_moe, dense layers": {
        **BASE,
        **MOE,
        "model_type": "qwen3_moe",
        "num_hidden_layers": 6,
        "moe_intermediate_size": 16,
        "num_experts": 5,
        "decoder_sparse_step": 2,
        "mlp_only_layers": [3],
        "use_sliding_window": True,
        "sliding_window": 16,
    },
    "qwen3_moe, no experts": {**BASE, **MOE, "model_type": "qwen3_moe", "moe_intermediate_size": 16, "num_experts": 0},
    "gpt_oss": {**BASE, **MOE, "model_type": "gpt_oss", "num_local_experts": 5, "sliding_window": 16},
    "gpt_oss, no biases, head size by default": {
        **BASE,
        "num_experts_per_tok": 3,
        "model_type": "gpt_oss",
        "num_local_experts": 4,
        "attention_bias": False,
        "num_hidden_layers": 4,
    },
    "gemma3_text": {**BASE, "model_type": "gemma3_text", "head_dim": 8, "num_hidden_layers": 7, "sliding_window": 32},
    "gemma3_text, defaults": {
        "model_type": "gemma3_text",
        "hidden_size": 64,
        "intermediate_size": 30,
        "num_hidden_layers": 2,
    },
    "gemma3_text, untied": {**BASE, "model_type": "gemma3_text", "head_dim": 8, "tie_word_embeddings": False},
    "gemma3": {
        "model_type": "gemma3",
        "text_config": {**BASE, "model_type": "gemma3_text", "head_dim": 8, "sliding_window": 32},
        "vision_config": EYE,
    },
    "phi3": {**BASE, "model_type": "phi3", "sliding_window": 32},
    "mixtral": {**BASE, **MOE, "model_type": "mixtral", "num_local_experts": 4},
}


def built(config: dict[str, Any], device: str = "meta") -> Any:
    with torch.device(device):
        return transformers.AutoModelForCausalLM.from_config(transformers.AutoConfig.for_model(**config))


def part_of(name: str) -> str:
    """The part that a parameter of transformers belongs to, by its name alone."""
    for mark, part in (
        ("vision_tower", "vision"),
        ("multi_modal_projector", "vision"),
        ("embed_tokens", "embedding"),
        ("lm_head", "head"),
        ("norm", "norms"),
        ("self_attn", "attention"),
        ("mlp.experts", "experts"),
        ("mlp.router", "router"),
        ("mlp.gate.", "router"),
        ("mlp", "mlp"),
    ):
        if mark in name:
            return part
    raise AssertionError(name)


def counted(model: Any) -> dict[str, int]:
    found: Counter[str] = Counter(dict.fromkeys(PARTS, 0))
    for name, weight in model.named_parameters():
        found[part_of(name)] += weight.numel()
    return dict(found)


@pytest.mark.parametrize(
    "config", [*ODD.values(), *(c.config for c in candidates().values())], ids=[*ODD, *candidates()]
)
def test_every_part_has_the_weights_that_transformers_builds(config: dict[str, Any]) -> None:
    shape, model = shape_of(config), built(config)
    assert shape.parts == counted(model)
    assert shape.parameters == sum(weight.numel() for weight in model.parameters())


def test_every_known_architecture_is_held_against_transformers() -> None:
    assert {config["model_type"] for config in ODD.values()} == {*LAYOUTS, *WITH_VISION}


@given(
    model_type=st.sampled_from(sorted(LAYOUTS)),
    heads=st.integers(1, 4),
    groups=st.integers(1, 3),
    size=st.sampled_from([4, 6, 16]),
    layers=st.integers(1, 4),
    width=st.integers(1, 50),
    experts=st.integers(2, 6),
    tied=st.booleans(),
    bias=st.booleans(),
)
@settings(max_examples=25, deadline=None)
def test_any_small_model_is_counted_exactly(
    model_type: str, heads: int, groups: int, size: int, layers: int, width: int, experts: int, tied: bool, bias: bool
) -> None:
    config = {
        "model_type": model_type,
        "vocab_size": 97,
        "hidden_size": heads * groups * 8,
        "intermediate_size": width,
        "moe_intermediate_size": width + 1,
        "num_hidden_layers": layers,
        "num_attention_heads": heads * groups,
        "num_key_value_heads": heads,
        "max_position_embeddings": 64,
        "num_experts": experts,
        "num_local_experts": experts,
        "num_experts_per_tok": 2,
        "tie_word_embeddings": tied,
        "attention_bias": bias,
        "pad_token_id": 0,
    } | ({} if model_type == "phi3" else {"head_dim": size})
    if model_type in ("mixtral", "gpt_oss"):
        del config["num_experts"]  # another name of the same figure there
    assert shape_of(config).parts == counted(built(config))


@pytest.mark.parametrize("name", [name for name in ODD if name != "gemma3"])
def test_windows_are_those_that_the_model_attends_by(name: str) -> None:
    config, shape = transformers.AutoConfig.for_model(**ODD[name]), shape_of(ODD[name])
    window = getattr(config, "sliding_window", None)
    if (types := getattr(config, "layer_types", None)) is not None:
        count = types.count("sliding_attention")
    else:
        count = config.num_hidden_layers if window is not None and config.model_type != "llama" else 0
    assert (shape.window, shape.windowed_layers) == ((window, count) if count else (None, 0))


def placed(model: Any, rank: int, experts: bool = True) -> dict[str, int]:
    """The weights that this package's own adapter has on a model, by part."""
    found: Counter[str] = Counter()
    for name, weight in add_adapter(model, LoraSettings(r=rank, experts=experts)).named_parameters():
        if weight.requires_grad:
            found[part_of(name)] += weight.numel()
    return dict(found)


@pytest.mark.parametrize("rank", [1, 8])
@pytest.mark.parametrize(
    "name",
    ["llama, all biases, own head size", "qwen2", "qwen3_moe", "gpt_oss", "gemma3_text", "gemma3", "phi3", "mixtral"],
)
def test_an_adapter_has_the_size_of_the_one_that_is_placed(name: str, rank: int) -> None:
    sizes = lora_parts(shape_of(ODD[name]), rank)
    assert {part: size for part, size in sizes.items() if size} == placed(built(ODD[name], "cpu"), rank)
    assert lora_parameters(shape_of(ODD[name]), rank) == sum(sizes.values())


@pytest.mark.parametrize("name", ["qwen3_moe", "gpt_oss"])
def test_experts_may_be_left_without_adapters(name: str) -> None:
    sizes = lora_parts(shape_of(ODD[name]), 4, experts=False)
    assert {part: size for part, size in sizes.items() if size} == placed(built(ODD[name], "cpu"), 4, experts=False)


# From the cards of the models (totals and active parameters), and PEFT's own count at one rank on everything.
PUBLISHED = {
    "openai/gpt-oss-20b": (20_914_757_184, 3.6, 8.0, 177),
    "openai/gpt-oss-120b": (116_829_156_672, 5.1, 11.9, 1062),
    "Qwen/Qwen3-30B-A3B-Thinking-2507": (30_532_122_624, 3.3, 13.4, 629),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_published_figures_of_the_large_models(name: str) -> None:
    total, active, on_attention, on_experts = PUBLISHED[name]
    candidate = candidates()[name]
    assert candidate.shape.parameters == total
    # Qwen writes 3.353 as 3.3.
    assert candidate.active / 1e9 == pytest.approx(active, abs=0.06)
    undivided = lora_parts(candidate.shape, 16, expert_rank=16)
    assert undivided["attention"] / 1e6 == pytest.approx(on_attention, abs=0.05)
    assert undivided["experts"] / 1e6 == pytest.approx(on_experts, abs=0.5)
    divided = lora_parts(candidate.shape, 16)
    assert divided["experts"] * candidate.shape.experts_used == undivided["experts"]


def test_a_token_meets_the_experts_that_are_used_and_no_embedding() -> None:
    shape = shape_of(ODD["gpt_oss"])
    parts = shape.parts
    assert shape.active == shape.parameters - parts["embedding"] - parts["experts"] * 3 // 5
    assert (
        shape_of(ODD["qwen3, head size by default"]).active == shape_of(ODD["qwen3, head size by default"]).parameters
    )


@pytest.mark.parametrize("name", candidates())
def test_a_candidate_says_what_its_figures_say(name: str) -> None:
    candidate, bytes_each = candidates()[name], {"bf16": 2.0, "mxfp4": 4.25 / 8}
    shape = candidate.shape
    # Only the experts' matrices are held in MXFP4; biases are not.
    small = sum(m.count * m.rows * m.columns for m in shape.of("experts")) if candidate.published_as == "mxfp4" else 0
    size = small * bytes_each[candidate.published_as] + (shape.parameters - small) * 2
    assert candidate.published_gb == pytest.approx(size / 1e9, abs=0.06)
    stated = candidate.active_published.split()
    assert candidate.active / {"B": 1e9, "M": 1e6}[stated[1]] == pytest.approx(float(stated[0]), rel=0.02)
    # bitsandbytes passes over fused experts.
    assert ("4bit" in candidate.trains_in) == (shape.experts == 0)


# Faults.


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("llama", "hidden_size"),
        ("qwen3_moe", "num_experts"),
        ("qwen3_moe", "moe_intermediate_size"),
        ("gpt_oss", "num_experts_per_tok"),
        ("mixtral", "vocab_size"),
        ("phi3", "max_position_embeddings"),
        ("gemma3", "vision_config"),
    ],
)
def test_a_missing_key_is_named_in_one_line(name: str, key: str) -> None:
    config = {own: value for own, value in ODD[name].items() if own != key}
    with pytest.raises(InputError) as caught:
        shape_of(config, "here/config.json")
    said = str(caught.value)
    assert f"the key {key} is missing" in said and said.startswith("here/config.json: ") and "\n" not in said
    assert repr(config["model_type"]) in said


@pytest.mark.parametrize("value", ["48", 48.5, -1, 0, True])
def test_what_is_no_count_is_refused(value: Any) -> None:
    with pytest.raises(InputError, match=r"hidden_size = .* is no count"):
        shape_of({**ODD["llama"], "hidden_size": value})


def test_an_architecture_that_is_not_known_names_those_that_are() -> None:
    with pytest.raises(InputError, match=r"'mamba'.*known: gemma3, gemma3_text, gpt_oss, llama"):
        shape_of({**BASE, "model_type": "mamba"})
    with pytest.raises(InputError, match="model_type None"):
        shape_of(BASE)


# Where a config comes from.


def test_a_config_is_found_by_folder_file_and_name(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps(ODD["qwen2"]))
    shape = shape_of(ODD["qwen2"])
    assert shape_named(str(tmp_path)) == shape_named(str(tmp_path / "config.json")) == shape
    assert shape_named("openai/gpt-oss-20b").parameters == 20_914_757_184
    assert shape_named("embedded").parameters == 134_515_008


def test_what_transformers_saves_is_read_alike(tmp_path: Path) -> None:
    for name, config in ODD.items():
        transformers.AutoConfig.for_model(**config).save_pretrained(tmp_path / name)
        saved = shape_named(str(tmp_path / name))
        assert (saved.parts, saved.windowed_layers) == (shape_of(config).parts, shape_of(config).windowed_layers), name


@pytest.mark.parametrize(("name", "said"), [("no/such/folder", "no config"), ("{}/broken.json", "no JSON")])
def test_a_config_that_is_not_there_is_told_in_one_line(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / "broken.json").write_text("{")
    with pytest.raises(InputError, match=said):
        config_named(name.format(tmp_path))


def test_an_unknown_hub_id_without_the_hubs_client_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(InputError, match=r"in no table.*huggingface_hub.*Qwen/Qwen3-8B.*pip install") as caught:
        shape_named("Qwen/Qwen3-8b")
    assert "\n" not in str(caught.value)


def test_a_hub_that_is_not_asked_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    hub = pytest.importorskip("huggingface_hub")
    monkeypatch.setattr(hub.constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(InputError, match=r"the hub does not give its config \(offline mode is on\)"):
        shape_named("nobody/nothing")
