"""A run's tuned model in one piece: the same model, in a folder that a recipe takes as its base."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from residency.core.errors import InputError, ProofError
from residency.core.files import folder_digests, read_json, write_json
from residency.flow import merging
from residency.flow.merging import merged_model
from residency.flow.recipe import load_recipe
from residency.generation.models import load_model, load_tokenizer
from residency.generation.settings import MERGED, ModelSettings

Digests = dict[str, str]


@pytest.fixture
def run(tmp_path: Path, tiny_model: Path, adapter: Path) -> Path:
    """A run that has been trained, as far as merging looks at it."""
    folder = tmp_path / "runs" / "one"
    model = ModelSettings(name=str(tiny_model), dtype="float32", device="cpu")
    for stage in ("sft", "preference"):
        shutil.copytree(adapter, folder / stage / "adapter")
        write_json(folder / stage / "manifest.json", {"parts": {"settings": {"model": model.fingerprint_values()}}})
    write_json(folder / "recipe.json", {})
    return folder


def strengthened(stage: Path, factor: float) -> None:
    """Another training of the same stage."""
    file = stage / "adapter" / "adapter_model.safetensors"
    save_file({name: weight * factor for name, weight in load_file(file).items()}, file)


def said(settings: ModelSettings, tuned: Path | None = None) -> torch.Tensor:
    ids = load_tokenizer(settings)("Which hernia is repaired at once?", return_tensors="pt")["input_ids"]
    with torch.no_grad():
        logits: torch.Tensor = load_model(settings, tuned)(input_ids=ids).logits
    return logits


def test_the_folder_holds_the_tuned_model_and_a_recipe_takes_it(run: Path, tiny_model: Path, tmp_path: Path) -> None:
    out = merged_model(run, "final", tmp_path / "bases" / "one")
    base = ModelSettings(name=str(tiny_model), dtype="float32", device="cpu")
    whole = base.model_copy(update={"name": str(out)})
    assert torch.allclose(said(whole), said(base, run / "preference" / "adapter"), atol=1e-4)
    assert not torch.allclose(said(whole), said(base), atol=1e-2)
    (tmp_path / "bank.jsonl").write_text("{}\n")
    (tmp_path / "recipe.toml").write_text(
        f'[run]\nname = "two"\n[model]\nname = "{out}"\n[corpus]\nfiles = ["bank.jsonl"]\n'
    )
    assert load_recipe(tmp_path / "recipe.toml").recipe.model.folder == out
    assert [path.name for path in out.parent.iterdir()] == ["one"]


def test_what_is_there_is_left_alone_and_what_is_damaged_is_made_again(run: Path, tmp_path: Path) -> None:
    out = merged_model(run, "sft", tmp_path / "whole")
    before, written = folder_digests(out), (out / "model.safetensors").stat().st_mtime_ns
    assert merged_model(run, "sft", out) == out
    assert (out / "model.safetensors").stat().st_mtime_ns == written
    (out / "model.safetensors").write_bytes(b"x")
    merged_model(run, "sft", out)
    assert folder_digests(out) == before


def test_a_run_that_was_trained_anew_gives_another_model_and_another_fingerprint(run: Path, tmp_path: Path) -> None:
    out = merged_model(run, "sft", tmp_path / "whole")
    settings = ModelSettings(name=str(out))
    assert out / MERGED in settings.input_files()
    before, told = folder_digests(out), read_json(out / MERGED)
    strengthened(run / "sft", 2.0)
    merged_model(run, "sft", out)
    assert folder_digests(out)["model.safetensors"] != before["model.safetensors"]
    assert read_json(out / MERGED)["made_of"] != told["made_of"]


def test_a_model_with_no_numbers_in_it_is_not_written(run: Path, tmp_path: Path) -> None:
    strengthened(run / "sft", float("nan"))
    with pytest.raises(ProofError, match="no number"):
        merged_model(run, "sft", tmp_path / "whole")
    assert not (tmp_path / "whole").exists() and not list(tmp_path.glob(".whole*"))


def test_a_model_that_says_something_else_is_not_written(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from residency.generation import whole

    monkeypatch.setattr(whole, "merged", lambda model: model.unload())  # the adapter is lost
    with pytest.raises(ProofError, match="nats a token off"):
        merged_model(run, "sft", tmp_path / "whole")
    assert not (tmp_path / "whole").exists()


def test_a_model_of_which_all_weights_were_tuned_is_written_as_it_is(
    run: Path, tiny_model: Path, tmp_path: Path
) -> None:
    shutil.rmtree(run / "sft" / "adapter")
    whole = merged_model(run, "final", tmp_path / "final")
    shutil.copytree(whole, run / "sft" / "model")
    out = merged_model(run, "sft", tmp_path / "whole")
    assert folder_digests(out)["model.safetensors"] == folder_digests(whole)["model.safetensors"]


def test_what_is_not_there_or_belongs_to_others_is_named(run: Path, tmp_path: Path) -> None:
    (run / "preference" / "manifest.json").unlink()
    with pytest.raises(InputError, match="no finished preference stage"):
        merged_model(run, "final", tmp_path / "whole")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match="holds something else"):
        merged_model(run, "sft", tmp_path / "mine")
    with pytest.raises(InputError, match="not a run folder"):
        merging.merged_model(tmp_path, "sft", tmp_path / "whole")
