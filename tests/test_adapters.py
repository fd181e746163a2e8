"""Adapters on every layer, experts included; merging; full fine-tuning."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

import torch
import transformers
from hypothesis import given
from hypothesis import strategies as st
from peft import LoraConfig, get_peft_model

from residency.core.errors import InputError, ProofError
from residency.generation import fitting
from residency.generation.architectures import ARCHITECTURES, learning_rate
from residency.generation.models import load_model, load_tokenizer
from residency.generation.settings import ModelSettings
from residency.training.model.adapter import add_adapter, merged, prepare_full
from residency.training.model.placement import check_placed, expert_parameters, routers
from residency.training.settings import LoraSettings
from tests.tiny_experts import (
    ACTIVE,
    EXPERTS,
    KINDS,
    real_gpt_oss,
    real_qwen3_moe,
    tiny_gpt_oss,
    tiny_qwen3_moe,
)

__all__ = ["real_gpt_oss", "real_qwen3_moe", "tiny_gpt_oss", "tiny_qwen3_moe"]  # fixtures
LORA = LoraSettings(r=8, alpha=16)
IDS = torch.randint(3, 500, (2, 24), generator=torch.Generator().manual_seed(0))  # longer than the sliding window
# Logits of merged weights, in fp32: the sum is the same, in another order.
EXACT = 1e-4


@pytest.fixture
def folders(tiny_model: Path, tiny_gpt_oss: Path, tiny_qwen3_moe: Path) -> dict[str, Path]:
    return {"gpt_oss": tiny_gpt_oss, "qwen3_moe": tiny_qwen3_moe, "llama": tiny_model}


def at(folder: Path, dtype: Any = "float32") -> ModelSettings:
    return ModelSettings(name=str(folder), dtype=dtype, device="cpu")


def fresh(folder: Path, dtype: str = "float32", lora: LoraSettings = LORA) -> Any:
    torch.manual_seed(0)
    return add_adapter(load_model(at(folder, dtype), trainable=True), lora)


def train(model: Any, steps: int = 2) -> dict[str, Any]:
    """Train for a few steps; returns what was trained, with the gradients of the last step."""
    trained = {name: weight for name, weight in model.named_parameters() if weight.requires_grad}
    optimiser = torch.optim.AdamW(trained.values(), lr=5e-3)
    for _ in range(steps):
        optimiser.zero_grad()
        model(IDS, labels=IDS).loss.backward()
        optimiser.step()
    return trained


def logits(model: Any) -> torch.Tensor:
    with torch.no_grad():
        return model.eval()(IDS).logits.float()


def written(model: Any, folder: Path) -> Path:
    """The adapter saved as the stages save it: in the precision that it computes in."""
    for name, weight in model.named_parameters():
        if "lora_" in name:
            weight.data = weight.data.to(model.dtype)
    model.save_pretrained(str(folder))
    return folder


# Where adapters sit


@pytest.mark.parametrize("kind", KINDS)
def test_experts_share_the_rank_among_those_that_work_on_a_token(folders: dict[str, Path], kind: str) -> None:
    model = fresh(folders[kind])
    shapes = {name: tuple(weight.shape) for name, weight in model.named_parameters() if "lora_A" in name}
    ranks = {name: shape[0] // (EXPERTS if "experts" in name else 1) for name, shape in shapes.items()}
    assert len(ranks) == 2 * (4 + 2), "per layer four of attention and two of experts"
    assert {rank for name, rank in ranks.items() if "experts" in name} == {8 // ACTIVE}
    assert {rank for name, rank in ranks.items() if "experts" not in name} == {8}
    least = fresh(folders[kind], lora=LoraSettings(r=1, alpha=2))
    assert min(weight.shape[0] for name, weight in least.named_parameters() if "experts.lora_A" in name) == EXPERTS
    layers = {(layer.scaling["default"], "experts" in name) for name, layer in model.named_modules() if scaled(layer)}
    assert layers == {(16 / 8, False), (16 / 4, True)}, "alpha stays, so that alpha / r grows"


def scaled(layer: Any) -> bool:
    return bool(getattr(layer, "scaling", None)) and isinstance(layer.scaling, dict)


def test_all_linear_misses_experts_or_trains_the_router(folders: dict[str, Path]) -> None:
    """The planted fault is PEFT's own shorthand."""
    said = {}
    for kind in KINDS:
        plain = get_peft_model(load_model(at(folders[kind]), trainable=True), LoraConfig(target_modules="all-linear"))
        with pytest.raises(ProofError) as caught:
            check_placed(plain)
        said[kind] = str(caught.value)
    assert "4 layers have no adapter, such as model.layers.0.mlp.experts.gate_up_proj" in said["gpt_oss"]
    assert said["qwen3_moe"] == "the router model.layers.0.mlp.gate would be trained"


@pytest.mark.parametrize("kind", KINDS)
def test_a_base_weight_that_would_learn_is_found(folders: dict[str, Path], kind: str) -> None:
    model = fresh(folders[kind])
    check_placed(model)
    name = next(name for name, _ in model.named_parameters() if "norm" in name)
    model.get_parameter(name).requires_grad_(True)
    with pytest.raises(ProofError, match="is no part of the adapter"):
        check_placed(model)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize("kind", KINDS)
def test_all_of_the_adapter_learns_and_nothing_else_moves(folders: dict[str, Path], kind: str, dtype: str) -> None:
    model = fresh(folders[kind], dtype)
    before = {name: weight.detach().clone() for name, weight in model.named_parameters()}
    trained = train(model)  # B starts at zero, so that A has a gradient from the second step on
    assert [name for name, weight in trained.items() if not weight.grad.any()] == []
    assert {weight.dtype for weight in trained.values()} == {torch.float32}
    moved = {name for name, weight in model.named_parameters() if not torch.equal(weight, before[name])}
    assert moved == set(trained) and all("lora_" in name for name in moved)
    assert model.dtype == getattr(torch, dtype) == model(IDS).logits.dtype


def test_experts_can_be_left_out(folders: dict[str, Path]) -> None:
    for kind in KINDS:
        names = [name for name, _ in fresh(folders[kind], lora=LoraSettings(r=8, experts=False)).named_parameters()]
        assert not [name for name in names if "experts" in name and "lora_" in name]
        assert sum("lora_A" in name for name in names) == 2 * 4


def unknown(**changes: Any) -> Any:
    """A random model of an architecture with experts that is not in the table."""
    shape: dict[str, Any] = {
        "vocab_size": 600,
        "hidden_size": 32,
        "intermediate_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_experts": EXPERTS,
        "num_experts_per_tok": ACTIVE,
        "eos_token_id": 2,
    }
    torch.manual_seed(0)
    return transformers.AutoModelForCausalLM.from_config(transformers.OlmoeConfig(**shape | changes))


def test_an_unknown_architecture_has_its_experts_and_routers_found() -> None:
    model = unknown()
    assert model.config.model_type not in ARCHITECTURES
    assert len(expert_parameters(model)) == 4 and len(routers(model)) == 2
    adapted = add_adapter(model, LORA)
    assert sum("experts" in name and "lora_A" in name for name, _ in adapted.named_parameters()) == 4
    assert len(routers(adapted.get_base_model())) == 2, "found beneath the adapters too"


def test_an_unknown_architecture_that_hides_its_active_experts_is_refused() -> None:
    model = unknown()
    model.config.num_experts_per_tok = 0
    with pytest.raises(InputError, match=r"does not say how many of its experts.*Set it to false"):
        add_adapter(model, LORA)
    assert add_adapter(model, LoraSettings(experts=False))


def test_an_architecture_in_which_a_layer_would_stay_without_an_adapter_is_refused() -> None:
    config = transformers.Qwen3MoeConfig(
        vocab_size=99,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        intermediate_size=32,
        moe_intermediate_size=32,
        num_experts=EXPERTS,
        mlp_only_layers=[0],
    )
    with pytest.raises(ProofError, match=r"3 layers have no adapter, such as model\.layers\.0\.mlp\.gate_proj"):
        add_adapter(transformers.AutoModelForCausalLM.from_config(config), LORA)


# Saved, reloaded, merged


def variants() -> list[tuple[str, str, LoraSettings]]:
    plain, rs, dora = LORA, LoraSettings(r=8, alpha=8, rslora=True), LoraSettings(r=8, alpha=16, dora=True)
    with_experts = [(kind, dtype, lora) for kind in KINDS for dtype in ("float32", "bfloat16") for lora in (plain, rs)]
    return [*with_experts, ("llama", "float32", dora), ("llama", "bfloat16", dora)]


@pytest.mark.parametrize(("kind", "dtype", "lora"), variants())
def test_a_reloaded_adapter_is_the_trained_one_and_merging_it_keeps_the_logits(
    tmp_path: Path, folders: dict[str, Path], kind: str, dtype: str, lora: LoraSettings
) -> None:
    model = fresh(folders[kind], dtype, lora)
    base = logits(model)
    train(model)
    trained = logits(model)
    reloaded = load_model(at(folders[kind], dtype), written(model, tmp_path / "adapter"))
    assert torch.equal(logits(reloaded), trained)
    whole = merged(reloaded)
    assert type(whole).__name__.endswith("ForCausalLM")
    assert not [name for name, _ in whole.named_parameters() if "lora_" in name]
    off, moved = (logits(whole) - trained).abs(), (trained - base).abs()
    assert moved.mean() > 0.1
    if dtype == "float32":
        assert off.max() < EXACT
    else:
        # A token at the edge between two experts may go to the other one, so that single logits say nothing.
        assert off.mean() < 0.25 * moved.mean()


@pytest.mark.parametrize("kind", KINDS)
def test_a_merge_that_drops_the_experts_would_be_seen(folders: dict[str, Path], kind: str) -> None:
    model = fresh(folders[kind])
    train(model)
    trained = logits(model)
    for name, weight in model.named_parameters():
        if "experts" in name and "lora_B" in name:
            weight.data.zero_()
    assert (logits(merged(model)) - trained).abs().max() > 100 * EXACT


def test_a_merge_rounds_once(folders: dict[str, Path]) -> None:
    model = fresh(folders["qwen3_moe"], "bfloat16")
    train(model)
    names = ["model.layers.1.self_attn.q_proj.weight", "model.layers.0.mlp.experts.down_proj"]
    layers = [model.get_base_model().get_submodule(name) for name in ("model.layers.1.self_attn.q_proj",)]
    layers.append(next(m for m in model.modules() if getattr(m, "parameter_name", "") == "down_proj"))
    exact = []
    for layer in layers:
        parameter = getattr(layer, "parameter_name", "weight")
        weight = getattr(layer.get_base_layer(), parameter).detach().clone()
        getattr(layer.get_base_layer(), parameter).data = weight.float()
        exact.append((weight.float() + layer.get_delta_weight("default")).bfloat16())
        getattr(layer.get_base_layer(), parameter).data = weight
    whole = merged(model)
    for name, expected in zip(names, exact, strict=True):
        assert torch.equal(whole.get_parameter(name), expected)


def test_dora_on_fused_experts_is_refused_and_without_them_works(folders: dict[str, Path]) -> None:
    with pytest.raises(InputError, match=r"sft\.lora\.dora = true: DoRA is not defined here .* sft\.lora\.experts to"):
        fresh(folders["gpt_oss"], lora=LoraSettings(dora=True))
    model = fresh(folders["gpt_oss"], "bfloat16", LoraSettings(r=8, dora=True, experts=False))
    trained = train(model)
    assert sum("magnitude" in name for name in trained) == 2 * 4
    assert {weight.dtype for weight in trained.values()} == {torch.float32}


# Full fine-tuning


@pytest.mark.parametrize("kind", [*KINDS, "llama"])
def test_full_fine_tuning_moves_all_weights_but_the_routers(
    folders: dict[str, Path], kind: str, tmp_path: Path
) -> None:
    model = prepare_full(load_model(at(folders[kind], "bfloat16"), trainable=True))
    before = {name: weight.detach().clone() for name, weight in model.named_parameters()}
    assert {weight.dtype for weight in before.values()} == {torch.float32}
    trained = train(model)
    still = {name for name, weight in model.named_parameters() if torch.equal(weight, before[name])}
    assert still == set(before) - set(trained)
    assert {name.rpartition(".")[0] for name in still} == routers(model)
    model.save_pretrained(str(tmp_path / "model"))
    reloaded = load_model(at(folders[kind]), tmp_path / "model")
    assert torch.equal(logits(reloaded), logits(model))


def test_full_fine_tuning_in_bfloat16_would_lose_what_it_learns(tiny_model: Path) -> None:
    """The planted fault: steps of 1e-5 on weights that are held in bfloat16."""
    lost = {}
    for held in (torch.float32, torch.bfloat16):
        model = prepare_full(load_model(at(tiny_model, "bfloat16"), trainable=True)).to(held)
        start = {name: weight.detach().clone() for name, weight in model.named_parameters()}
        optimiser = torch.optim.AdamW(model.parameters(), lr=1e-5, weight_decay=0.0)
        model(IDS, labels=IDS).loss.backward()
        optimiser.step()
        layers = [name for name in start if "layers" in name]
        lost[held] = sum(int((model.get_parameter(n) == start[n]).sum()) for n in layers)
    assert lost[torch.bfloat16] > 20 * max(1, lost[torch.float32])


def test_full_fine_tuning_that_cannot_fit_is_refused_and_a_tight_one_told(
    tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = load_model(at(tiny_model), trainable=True)
    needed = 16 * sum(weight.numel() for weight in model.parameters())
    monkeypatch.setattr(fitting, "memory", lambda device: needed - 1)
    with pytest.raises(InputError, match=r"sft\.tune = 'full': the weights, gradients and moments .* do not fit"):
        prepare_full(model)
    monkeypatch.setattr(fitting, "memory", lambda device: needed * 1.1)
    told: list[str] = []
    prepare_full(model, told.append)
    assert len(told) == 1 and "little is left" in told[0]
    monkeypatch.setattr(fitting, "memory", lambda device: needed * 2)
    prepare_full(model, told.append)
    assert len(told) == 1


# Learning rates


@given(st.sampled_from([*ARCHITECTURES, "other"]), st.integers(64, 16384), st.integers(1, 256), st.floats(1, 512))
def test_a_learning_rate_goes_with_the_inverse_of_what_the_adapter_multiplies_by(
    kind: str, hidden: int, rank: int, alpha: float
) -> None:
    rate = learning_rate(kind, hidden, strength=alpha)
    assert rate * alpha == pytest.approx(learning_rate(kind, hidden, strength=32) * 32)
    assert learning_rate(kind, hidden, strength=32) == pytest.approx(10 * learning_rate(kind, hidden, "full"))
    lora = LoraSettings(r=rank, alpha=max(1, int(alpha)), rslora=True)
    assert lora.strength == pytest.approx(lora.alpha / rank**0.5 * rank)


def test_learning_rates_of_the_models_that_this_is_for() -> None:
    assert learning_rate("llama", 576) == pytest.approx(1.32e-3, rel=0.01)
    assert learning_rate("qwen3_moe", 2048) == pytest.approx(5.0e-4, rel=0.01)
    assert learning_rate("gpt_oss", 2880) == pytest.approx(4.9e-4, rel=0.01)


# The real tokenizers


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "rows"), [("gpt_oss", 201_088), ("qwen3_moe", 151_936)])
def test_the_real_vocabularies_go_through_the_models(kind: str, rows: int, request: pytest.FixtureRequest) -> None:
    folder = request.getfixturevalue(f"real_{kind}")
    tokenizer = load_tokenizer(at(folder))
    model = fresh(folder, "bfloat16")
    ids = torch.tensor([[*tokenizer.encode("A perforated appendix is washed out."), len(tokenizer) - 1]])
    assert model(ids).logits.shape == (1, ids.shape[1], rows)
    assert rows >= len(tokenizer)
