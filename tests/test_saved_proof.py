"""What a training wrote is proved: it reloads, writes what it says, differs from its base, and merges."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from residency.chat.load import renderer_of
from residency.chat.settings import ChatSettings
from residency.core.errors import ProofError
from residency.generation.models import load_tokenizer
from residency.training.proof import written
from residency.training.proof.written import prove_saved
from tests.training_runs import tiny

TEXT = list(range(20, 60))


@pytest.fixture
def prove(tiny_model: Path) -> Callable[[Path], dict[str, Any]]:
    renderer = renderer_of(load_tokenizer(tiny(tiny_model)), ChatSettings())
    return lambda folder: prove_saved(tiny(tiny_model), folder, TEXT, renderer)


def altered(folder: Path, tmp_path: Path, change: Callable[[str, torch.Tensor], torch.Tensor]) -> Path:
    """A copy of a folder whose weights are changed."""
    shutil.copytree(folder, tmp_path / "altered")
    path = next((tmp_path / "altered").glob("*.safetensors"))
    save_file({name: change(name, value) for name, value in load_file(path).items()}, path, metadata={"format": "pt"})
    return tmp_path / "altered"


def test_an_adapter_that_learnt_is_shown_to_be_what_it_should(prove: Any, adapter: Path) -> None:
    claims = prove(adapter)
    assert claims["differs_from_base"] > 0 and claims["merged_weights"] == 7 and claims["generates"]


def test_an_adapter_or_a_model_that_changes_nothing_is_found(
    prove: Any, adapter: Path, tiny_model: Path, tmp_path: Path
) -> None:
    idle = altered(adapter, tmp_path, lambda name, value: value * 0 if "lora_B" in name else value)
    with pytest.raises(ProofError, match="the saved adapter changes nothing"):
        prove(idle)
    with pytest.raises(ProofError, match="says what its base says"):
        prove(tiny_model)


def test_weights_that_are_no_numbers_are_found(prove: Any, adapter: Path, tmp_path: Path) -> None:
    with pytest.raises(ProofError):
        prove(altered(adapter, tmp_path, lambda name, value: value * float("nan")))


def test_a_model_that_writes_from_its_cache_what_it_would_not_say_is_found(
    prove: Any, adapter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = written.generate

    def forgetful(model: Any, prompts: Any, **given: Any) -> Any:
        return real(model, [prompt[-2:] for prompt in prompts], **given)  # as if the cache had lost the rest

    monkeypatch.setattr(written, "generate", forgetful)
    with pytest.raises(ProofError, match="writes what it would not say"):
        prove(adapter)


@pytest.mark.parametrize("kind", ["nothing is merged", "a layer is left out"])
def test_a_merge_that_is_not_the_sum_is_found(
    kind: str, prove: Any, adapter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = written.merged

    def faulty(model: Any) -> Any:
        if kind == "nothing is merged":
            return model.unload()
        layer = model.get_base_model().model.layers[0].mlp.down_proj
        before = layer.base_layer.weight.detach().clone()
        whole = real(model)
        whole.model.layers[0].mlp.down_proj.weight.data = before
        return whole

    monkeypatch.setattr(written, "merged", faulty)
    with pytest.raises(ProofError, match="merged,"):
        prove(adapter)
