"""What is loaded how: attention, quantisation, memory, remote code, and what a training stage left."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

import torch
import transformers
from safetensors.torch import load_file

from residency.core.errors import InputError, MissingDependencyError
from residency.flow.recipe import load_recipe
from residency.generation import fitting, quantisation
from residency.generation.architectures import attention_for
from residency.generation.merging import merged
from residency.generation.models import load_model, tuned_folder
from residency.generation.settings import ModelSettings
from residency.generation.shape import model_shape
from residency.training.model.adapter import add_adapter, prepare_full
from residency.training.model.placement import expert_parameters
from residency.training.proof import written
from residency.training.settings import LoraSettings
from tests.tiny_experts import EXPERTS, as_mxfp4, tiny_gpt_oss, tiny_qwen3_moe

__all__ = ["tiny_gpt_oss", "tiny_qwen3_moe"]  # fixtures
IDS = torch.randint(3, 500, (2, 24), generator=torch.Generator().manual_seed(0))
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def at(folder: Path, **changes: Any) -> ModelSettings:
    return ModelSettings(**{"name": str(folder), "dtype": "float32", "device": "cpu"} | changes)


def logits(model: Any) -> torch.Tensor:
    with torch.no_grad():
        return model.eval()(IDS).logits


# Attention


def test_attention_goes_by_architecture(tiny_model: Path, tiny_gpt_oss: Path, tiny_qwen3_moe: Path) -> None:
    found = {folder: load_model(at(folder)) for folder in (tiny_model, tiny_gpt_oss, tiny_qwen3_moe)}
    assert [model.config._attn_implementation for model in found.values()] == ["sdpa", "eager", "sdpa"]
    eager = load_model(at(tiny_qwen3_moe, attention="eager"))
    assert eager.config._attn_implementation == "eager"
    assert torch.allclose(logits(eager), logits(found[tiny_qwen3_moe]), atol=1e-4)
    assert attention_for("gpt_oss", "cuda", trainable=True) == "flex_attention"
    assert attention_for("gpt_oss", "cpu", trainable=True) is None
    assert attention_for("qwen3_moe", "cuda", trainable=True) is None


@pytest.mark.parametrize(
    ("kind", "attention", "says"),
    [
        ("gpt_oss", "sdpa", "does not support an attention implementation through"),
        ("llama", "nonsense", "is not supported"),
        ("llama", "flash_attention_2", "FlashAttention2 has been toggled on"),
    ],
)
def test_attention_that_cannot_be_had_is_one_clear_line(
    tiny_model: Path, tiny_gpt_oss: Path, kind: str, attention: str, says: str
) -> None:
    with pytest.raises(InputError, match=says) as caught:
        load_model(at(tiny_gpt_oss if kind == "gpt_oss" else tiny_model, attention=attention))
    line = str(caught.value)
    assert line.startswith(f"model.attention = '{attention}': the model cannot be loaded with this attention (")
    assert line.endswith("Set it to auto or eager") and "\n" not in line


def test_gpt_oss_is_not_trained_through_kernels_that_have_no_gradient_for_its_sinks(tiny_gpt_oss: Path) -> None:
    settings = at(tiny_gpt_oss, attention="kernels-community/vllm-flash-attn3")
    with pytest.raises(InputError, match="no gradient through the attention sinks of gpt_oss"):
        load_model(settings, trainable=True)


# 4 bits


def test_a_dense_model_is_loaded_in_4_bits_and_learns_even_after_a_look_at_dev(tiny_model: Path) -> None:
    bnb = pytest.importorskip("bitsandbytes")
    settings = at(tiny_model, dtype="bfloat16", quantization="4bit")
    base = load_model(settings, trainable=True)
    assert sum(quantisation.is_4bit(module) for module in base.modules()) == 2 * 7
    whole = load_model(at(tiny_model, dtype="bfloat16"))
    assert not torch.allclose(logits(base), logits(whole))
    for name, module in base.named_modules():
        if quantisation.is_4bit(module):
            expanded = bnb.functional.dequantize_4bit(module.weight.data, module.weight.quant_state)
            whole.get_submodule(name).weight.data = expanded
    assert torch.allclose(logits(base), logits(whole), atol=0.1)
    model = add_adapter(base, LoraSettings(r=4, alpha=8))
    logits(model)  # where bitsandbytes would repack the weights, after which nothing has a gradient
    model.train()
    for _ in range(2):
        model(IDS, labels=IDS).loss.backward()
        for weight in model.parameters():
            if weight.requires_grad:
                weight.data -= 0.1 * weight.grad
    trained = [weight for weight in model.parameters() if weight.requires_grad]
    assert len(trained) == 2 * 14 and all(weight.grad.any() for weight in trained)
    with pytest.raises(InputError, match="an adapter is not merged into 4-bit weights"):
        merged(model)
    with pytest.raises(InputError, match="only adapters on them"):
        prepare_full(base)


@pytest.mark.parametrize("kind", ["gpt_oss", "qwen3_moe"])
def test_fused_experts_that_would_stay_in_16_bits_are_named_with_their_size(
    tiny_gpt_oss: Path, tiny_qwen3_moe: Path, kind: str
) -> None:
    pytest.importorskip("bitsandbytes")
    with pytest.raises(InputError) as caught:
        load_model(at(tiny_gpt_oss if kind == "gpt_oss" else tiny_qwen3_moe, quantization="4bit"))
    assert str(caught.value) == (
        "model.quantization = '4bit': only 20% of its weights can be in 4 bits; experts.gate_up_proj (32.8 kB), "
        'experts.down_proj (16.4 kB) would stay in 16. Set model.quantization to "none", or take a dense model'
    )


def test_the_experts_of_the_real_model_are_refused_before_they_are_read() -> None:
    with torch.device("meta"):
        model = transformers.AutoModelForCausalLM.from_config(
            transformers.Qwen3MoeConfig(
                num_hidden_layers=48, num_attention_heads=32, head_dim=128, num_experts=128, vocab_size=151_936
            )
        )
    with pytest.raises(
        InputError, match=r"only 3% .* experts\.gate_up_proj \(38\.7 GB\), experts\.down_proj \(19\.3 GB\)"
    ):
        quantisation.check_4bit(model, ModelSettings(quantization="4bit"))


def test_layers_that_were_passed_over_in_silence_are_found(tiny_model: Path) -> None:
    """The planted fault: a model that was to be in 4 bits, and is not."""
    whole = load_model(at(tiny_model, dtype="bfloat16"))
    with pytest.raises(InputError, match=r"only 0% .* mlp\.|only 0% .*_proj\.weight"):
        quantisation.check_4bit(whole, at(tiny_model, quantization="4bit"))


def test_without_bitsandbytes_the_line_that_installs_it_is_shown(
    tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quantisation.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingDependencyError, match=r'pip install "residency\[quantized\]"'):
        load_model(at(tiny_model, quantization="4bit"))


# MXFP4


def test_mxfp4_experts_are_expanded_and_can_be_trained(tmp_path: Path, tiny_gpt_oss: Path) -> None:
    meant = as_mxfp4(tiny_gpt_oss, tmp_path / "model")
    stored = load_file(tmp_path / "model/model.safetensors")
    assert stored["model.layers.0.mlp.experts.gate_up_proj_blocks"].shape == (EXPERTS, 64, 1, 16)
    model = load_model(at(tmp_path / "model", dtype="bfloat16"), trainable=True)
    for name in expert_parameters(meant):
        assert torch.equal(model.get_parameter(name), meant.get_parameter(name)), name
        assert meant.get_parameter(name).unique().numel() > 8
    assert torch.equal(logits(model), logits(meant))
    adapted = add_adapter(model, LoraSettings(r=4, alpha=8))
    adapted(IDS, labels=IDS).loss.backward()
    assert all(w.grad.any() for n, w in adapted.named_parameters() if "lora_B" in n)


def test_mxfp4_experts_are_not_loaded_in_the_other_4_bits(tmp_path: Path, tiny_gpt_oss: Path) -> None:
    pytest.importorskip("bitsandbytes", reason="the extra quantized is not installed")
    as_mxfp4(tiny_gpt_oss, tmp_path / "model")
    with pytest.raises(InputError, match="its files hold MXFP4 experts"):
        load_model(at(tmp_path / "model", quantization="4bit"))


def test_weights_stored_in_a_form_that_is_not_trained_are_refused(tmp_path: Path, tiny_model: Path) -> None:
    config = transformers.AutoConfig.from_pretrained(str(tiny_model))
    config.quantization_config = {"quant_method": "gptq", "bits": 4}
    with pytest.raises(InputError, match="its weights are stored as gptq, which is not trained here"):
        quantisation.options(at(tiny_model), config, torch.bfloat16, trainable=True)
    assert quantisation.options(at(tiny_model), config, torch.bfloat16, trainable=False) == {}


# Memory


def test_what_cannot_fit_is_refused_before_it_is_read_and_what_hardly_fits_is_told(
    tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = sum(weight.numel() for weight in load_model(at(tiny_model)).parameters()) * 4
    told: list[str] = []
    monkeypatch.setattr(fitting, "memory", lambda device: size - 1)
    assert load_model(at(tiny_model)), "what only answers may swap"
    with pytest.raises(InputError, match=r"weights take 0\.4 MB, and do not fit the 0\.4 MB of this machine"):
        load_model(at(tiny_model), trainable=True, tell=told.append)
    assert load_model(at(tiny_model, dtype="bfloat16"), trainable=True, tell=told.append)
    assert told == []
    monkeypatch.setattr(fitting, "memory", lambda device: size * 1.2)
    load_model(at(tiny_model), trainable=True, tell=told.append)
    assert len(told) == 1 and "little is left for activations" in told[0]


def test_the_memory_of_a_container_is_its_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fitting, "CGROUP_LIMIT", tmp_path / "memory.max")
    machine = fitting.memory("cpu")
    (tmp_path / "memory.max").write_text("1000000\n")
    assert fitting.memory("cpu") == 1e6
    (tmp_path / "memory.max").write_text("max\n")
    assert fitting.memory("cpu") == machine > 1e8


def test_the_weights_of_the_models_that_this_is_for_are_those_of_their_files() -> None:
    config = transformers.GptOssConfig()
    config.num_hidden_layers, config.num_local_experts = 24, 32
    config.layer_types = config.layer_types[:24]
    with torch.device("meta"):
        model = transformers.AutoModelForCausalLM.from_config(config)
    assert fitting.weights_size(model, torch.bfloat16, "none") == pytest.approx(41.8e9, rel=0.01)


# The hub


def test_a_hub_id_without_a_commit_has_a_note_and_runs_no_code() -> None:
    (note,) = ModelSettings(name="openai/gpt-oss-20b", revision="main").notes()
    assert "may change on the hub" in note and "model.revision" in note
    assert ModelSettings(name="openai/gpt-oss-20b", revision=COMMIT).notes() == []
    assert ModelSettings().notes() == ModelSettings(name="./folder").notes() == []
    (problem,) = ModelSettings(name="some/model", trust_remote_code=True).problems()
    assert "Set model.revision to the commit that you have read" in problem
    assert ModelSettings(name="some/model", revision=COMMIT, trust_remote_code=True).problems() == []


def test_the_note_is_shown_with_a_recipe(tiny_recipe: Path) -> None:
    assert load_recipe(tiny_recipe).notes == []
    (note,) = load_recipe(tiny_recipe, None, ['model.name="some/model"']).notes
    assert note.startswith("model: some/model may change")


def test_code_that_comes_with_a_model_does_not_run_unless_the_recipe_says_so(tmp_path: Path, tiny_model: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(tiny_model, folder)
    config = transformers.AutoConfig.from_pretrained(str(tiny_model)).to_dict()
    config |= {"model_type": "own", "auto_map": {"AutoConfig": "own.OwnConfig"}}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "own.py").write_text(
        f"import pathlib\nfrom transformers import LlamaConfig\npathlib.Path({str(tmp_path / 'ran')!r}).touch()\n"
        "class OwnConfig(LlamaConfig):\n    model_type = 'own'\n"
    )
    with pytest.raises(InputError, match="the model cannot be loaded"):
        load_model(at(folder))
    assert not (tmp_path / "ran").exists()
    with pytest.raises(InputError):  # there is a config, and no model class, to go with it
        load_model(at(folder, trust_remote_code=True))
    assert (tmp_path / "ran").exists()


# What a training stage left


def test_an_adapter_or_a_whole_model_is_found_and_opened(tmp_path: Path, tiny_model: Path, adapter: Path) -> None:
    with pytest.raises(InputError, match="there is neither an adapter nor a model"):
        tuned_folder(tmp_path)
    shutil.copytree(adapter, tmp_path / "lora/adapter")
    assert tuned_folder(tmp_path / "lora") == tmp_path / "lora/adapter"
    base = load_model(at(tiny_model))
    tuned = load_model(at(tiny_model), tuned_folder(tmp_path / "lora"))
    whole = merged(load_model(at(tiny_model), adapter))
    whole.save_pretrained(str(tmp_path / "full/model"))
    assert tuned_folder(tmp_path / "full") == tmp_path / "full/model"
    opened = load_model(at(tiny_model, revision=COMMIT), tuned_folder(tmp_path / "full"), trainable=True)
    assert torch.allclose(logits(opened), logits(tuned), atol=1e-4)
    assert not torch.allclose(logits(opened), logits(base), atol=1e-2)
    assert all(weight.requires_grad for weight in opened.parameters())


@pytest.mark.parametrize("name", ["ACCELERATE_USE_FSDP", "ACCELERATE_USE_DEEPSPEED"])
def test_sharded_training_counts_the_memory_of_all_processes(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def check(device: str) -> None:
        fitting.check_fits(30e9, device, "model.name = 'x'", "the model's weights", lambda line: None)

    monkeypatch.setattr(fitting, "memory", lambda device: 24e9)
    monkeypatch.setenv("WORLD_SIZE", "2")
    for device in ("cuda", "cpu"):
        with pytest.raises(InputError, match=r"take 30\.0 GB, and do not fit the 24\.0 GB of"):
            check(device)
    monkeypatch.setenv(name, "true")
    check("cuda")
    with pytest.raises(InputError):
        check("cpu")


def test_what_was_shared_out_among_devices_is_proved_on_the_cpu_where_one_does_not_hold_it(
    tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = ModelSettings(name=str(tiny_model), dtype="bfloat16", device="auto")
    needed = 2 * model_shape(settings).parameters
    monkeypatch.setattr(written, "choose_device", lambda name: "cuda")
    for room, device in ((needed * 4, "auto"), (needed * 1.1, "cpu")):
        monkeypatch.setattr(written, "memory", lambda name, room=room: room)
        assert written.where_it_fits(settings).device == device
    monkeypatch.undo()
    assert written.where_it_fits(settings.model_copy(update={"device": "cpu"})).device == "cpu"


def test_a_model_that_one_device_does_not_hold_is_spread_where_it_only_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fitting, "memory", lambda device: 80e9)
    assert fitting.spread_over_devices(230e9, "cuda") == {"device_map": "auto"}
    assert fitting.spread_over_devices(40e9, "cuda") == fitting.spread_over_devices(230e9, "cpu") == {}
    monkeypatch.setenv("WORLD_SIZE", "2")
    assert fitting.spread_over_devices(230e9, "cuda") == {}, "each process has a device of its own"
