"""The SFT stage: it learns, keeps its best step, stops when dev turns, and a kill costs nothing."""

from __future__ import annotations

import math
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from residency.core.errors import InputError, ProofError, UsageError
from residency.core.stage import Counts
from residency.generation.models import load_model
from residency.training import sft
from residency.training.model.adapter import add_adapter
from residency.training.model.scoring import make_scorable
from residency.training.settings import LoraSettings, SftSettings
from residency.training.steps.progress import last_checkpoint
from residency.training.watch.dev import DevLoss, figure_names
from tests.conftest import read_rows
from tests.training_runs import (
    Mortal,
    loss_apart,
    random_rows,
    rows_of,
    stage,
    tiny,
    write_compiled,
    write_rows,
)

LORA = LoraSettings(r=4, alpha=8)
# A row a batch and a batch a step; what packing changes is tested in test_packing.py.
SHORT = SftSettings(
    batching="length", max_steps=5, save_steps=2, evaluations=3, batch_tokens=64, batches_per_step=1, lora=LORA
)
PROBE = torch.tensor([[5, 6, 7, 8, 9]])


@pytest.fixture
def compiled(tmp_path: Path) -> Path:
    return write_compiled(tmp_path / "compile", 12, 4)


def tune(out: Path, compiled: Path, folder: Path, last: int | None = None, **changes: Any) -> tuple[Counts, Mortal]:
    """Run the stage with ``SHORT`` and what is changed of it; killed after the step ``last``."""
    dtype = changes.pop("dtype", "float32")
    settings = SftSettings.model_validate({**SHORT.model_dump(), **changes})
    return stage(sft.run, out, {"compile": compiled}, last, sft=settings, model=tiny(folder, dtype))


def evaluations(out: Path, name: str = "loss") -> dict[int, float]:
    """What was measured on dev, by step."""
    return {row["step"]: row[f"eval_{name}"] for row in read_rows(out / "log.jsonl") if f"eval_{name}" in row}


# What is learnt


def test_sft_overfits_a_batch_to_near_zero_loss(tmp_path: Path, tiny_model: Path) -> None:
    write_compiled(tmp_path / "compile", 2, 2)
    shutil.copy(tmp_path / "compile/train.parquet", tmp_path / "compile/dev.parquet")
    changes = {"epochs": 99.0, "max_steps": 80, "learning_rate": 2e-2, "batch_tokens": 256, "save_steps": 80}
    counts, _ = tune(tmp_path / "out", tmp_path / "compile", tiny_model, lora={"r": 16, "alpha": 32}, **changes)
    assert counts["rows"] == 2 and counts["steps"] == 80
    assert counts["loss_first"] > 5
    assert counts["loss_last"] < 0.05 and counts["dev_loss"] < 0.05


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_the_saved_adapter_gives_the_logits_that_were_trained(
    tmp_path: Path, tiny_model: Path, compiled: Path, monkeypatch: pytest.MonkeyPatch, dtype: str
) -> None:
    seen: dict[str, Any] = {}
    finish = sft.finish

    def capture(trainer: Any, *more: Any) -> Counts:
        model = trainer.model.eval()
        seen["weights"] = {weights.dtype for weights in model.parameters() if weights.requires_grad}
        with torch.no_grad():
            seen["logits"] = model(PROBE).logits
        return finish(trainer, *more)

    monkeypatch.setattr(sft, "finish", capture)
    write_rows(compiled / "dev.parquet", [])  # so that the last step is what is kept
    counts, _ = tune(tmp_path / "out", compiled, tiny_model, dtype=dtype)
    assert counts["dev_loss"] is None and counts["kept_step"] == 5
    assert seen["weights"] == {torch.float32}, "trained in fp32"
    saved = load_file(tmp_path / "out/adapter/adapter_model.safetensors")
    assert {weights.dtype for weights in saved.values()} == {getattr(torch, dtype)}, "saved as it computes"
    model = tiny(tiny_model, dtype)
    with torch.no_grad():
        assert torch.equal(load_model(model, tmp_path / "out/adapter")(PROBE).logits, seen["logits"])
        assert not torch.allclose(load_model(model)(PROBE).logits, seen["logits"])


def test_a_bfloat16_model_learns_from_updates_that_bfloat16_weights_would_lose(tiny_model: Path) -> None:
    model = add_adapter(load_model(tiny(tiny_model, "bfloat16"), trainable=True), LORA)
    start = {name: weights.detach().clone() for name, weights in model.named_parameters() if "lora_A" in name}
    for weights in model.parameters():
        if weights.requires_grad:
            weights.data *= 1.0001
    for name, weights in start.items():
        moved = model.get_parameter(name) != weights
        assert moved.float().mean() > 0.99, name
        assert (weights.bfloat16() * 1.0001 == weights.bfloat16()).all(), "the planted fault: none of it would move"


def test_lora_sits_on_every_linear_layer_but_the_head_and_all_of_it_learns(tiny_model: Path) -> None:
    base = load_model(tiny(tiny_model), trainable=True)
    linear = {name for name, part in base.named_modules() if isinstance(part, torch.nn.Linear)} - {"lm_head"}
    assert len(linear) == 2 * 7
    before = {name: weights.clone() for name, weights in base.named_parameters()}
    model = add_adapter(base, LORA)
    make_scorable(model)
    learns = {name: weights for name, weights in model.named_parameters() if weights.requires_grad}
    assert len(learns) == 2 * len(linear) and all("lora_" in name for name in learns)
    objective = sft.Labelled(rows_of(random_rows(4)), None)
    optimiser = torch.optim.SGD(learns.values(), lr=0.1)
    for _ in range(2):  # B starts at zero, so that A moves from the second step on
        objective.loss(model, objective.micro(range(4)), objective.counts(range(4)))[0].backward()
        optimiser.step()
    assert [name for name, weights in learns.items() if weights.grad is None or not weights.grad.any()] == []
    for name, weights in model.get_base_model().named_parameters():
        if "lora_" not in name:
            assert torch.equal(weights, before[name.replace(".base_layer", "")]), f"{name} is the base model's"


# What is shown


def test_steps_losses_and_speed_are_shown_and_kept_without_times(
    tmp_path: Path, tiny_model: Path, compiled: Path
) -> None:
    counts, progress = tune(tmp_path / "out", compiled, tiny_model)
    assert (progress.total, progress.steps) == (5, 5)
    assert all(figures["loss"] > 0 and figures["tokens/s"] > 0 for figures in progress.figures)
    log = read_rows(tmp_path / "out/log.jsonl")
    steps = [row for row in log if "loss" in row]
    assert [row["step"] for row in steps] == [1, 2, 3, 4, 5]
    assert sorted(evaluations(tmp_path / "out")) == [0, 2, 3, 5]
    assert evaluations(tmp_path / "out")[counts["kept_step"]] == pytest.approx(counts["dev_loss"], abs=1e-4)
    assert not [key for row in log for key in row if "runtime" in key or "second" in key]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "adapter",
        "curves.svg",
        "log.jsonl",
        "proof.json",
    ]
    lengths = rows_of(random_rows(12, 12)).lengths
    per_epoch = math.ceil(steps[0]["step"] / steps[0]["epoch"])
    assert sum(row["tokens"] for row in steps[:per_epoch]) <= sum(lengths) and steps[0]["tokens"] >= min(lengths)


TRAITS = [
    {"topic": "hernia", "source": "human", "mode": "EXAM", "kind": "mcq"},
    {"topic": "hernia", "source": "synthetic", "mode": "CLINICAL", "kind": "open"},
    {"topic": "burns", "source": "synthetic", "mode": "EXAM", "kind": "open"},
    {"topic": "", "source": "synthetic", "mode": "CLINICAL", "kind": "context"},
]


def test_the_dev_loss_by_topic_source_mode_and_kind_is_that_of_those_rows_alone(tiny_model: Path) -> None:
    model = load_model(tiny(tiny_model))
    make_scorable(model)
    rows = random_rows(8, 4)
    rows[7]["labels"] = [-100] * len(rows[7]["labels"])
    traits = [*TRAITS, *TRAITS[:3], {"topic": "unlabelled", "source": "", "mode": "", "kind": ""}]
    dev = rows_of(rows, traits)
    with torch.no_grad():
        found = DevLoss(dev, 128)(model, lambda value: value)
        expected = {"loss": float(loss_apart(model, rows))}
        for trait in ("topic", "source", "mode", "kind"):
            for value in {row[trait] for row in traits} - {"", "unlabelled"}:
                those = [row for row, told in zip(rows, traits, strict=True) if told[trait] == value]
                expected[f"loss/{trait}/{value}"] = float(loss_apart(model, those))
    assert found.keys() == expected.keys() == set(figure_names(dev)), "no figure where no token is labelled"
    assert found == {name: pytest.approx(value, abs=1e-5) for name, value in expected.items()}
    first, second = (DevLoss(dev, 128, process, 2) for process in range(2))
    with torch.no_grad():
        sums: list[torch.Tensor] = []
        first(model, lambda value: sums.append(value) or value)  # type: ignore[func-returns-value]
        assert second(model, lambda value: value + sums[0]) == {n: pytest.approx(v) for n, v in found.items()}


# What is refused


def test_a_figure_that_will_not_be_measured_is_refused_before_the_model_is_loaded(
    tmp_path: Path, compiled: Path
) -> None:
    write_rows(compiled / "dev.parquet", [{**row, **TRAITS[0]} for row in random_rows(3)])
    message = (
        r"^sft\.best = 'loss/mode/EXAMS': no such figure is measured on these 3 dev rows\. .* such as loss/mode/EXAM,"
    )
    with pytest.raises(InputError, match=message):
        tune(tmp_path / "out", compiled, tmp_path / "no model is here", best="loss/mode/EXAMS")
    write_rows(compiled / "dev.parquet", [])
    with pytest.raises(InputError, match=r"on these 0 dev rows\. Set it to one that is, such as loss$"):
        tune(tmp_path / "out", compiled, tmp_path / "no model is here", best="loss/mode/EXAM")


def test_without_a_row_to_train_on_there_is_one_clear_line(tmp_path: Path, compiled: Path) -> None:
    write_rows(compiled / "train.parquet", [])
    with pytest.raises(UsageError, match=r"there is no row to train on. See its report\.json"):
        tune(tmp_path / "out", compiled, tmp_path / "no model is here")


def test_a_loss_that_is_no_number_ends_the_training_in_one_line(
    tmp_path: Path, tiny_model: Path, compiled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loss = sft.Labelled.loss
    seen = []

    def burst(self: Any, model: Any, micro: Any, whole: Any) -> Any:
        if model.training:
            seen.append(1)
        value, figures = loss(self, model, micro, whole)
        return (value * math.nan if model.training and len(seen) == 3 else value), figures

    monkeypatch.setattr(sft.Labelled, "loss", burst)
    with pytest.raises(ProofError, match=r"^the loss of step 3 is nan\. Set a lower learning_rate, or float32$"):
        tune(tmp_path / "out", compiled, tiny_model)
    assert last_checkpoint(tmp_path / "out/checkpoints") == str(tmp_path / "out/checkpoints/checkpoint-2")
    assert not (tmp_path / "out/adapter").exists()
