"""Packing: what is learnt from a packed batch is what is learnt from its rows apart, or packing is refused."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import torch

from residency.core.errors import ProofError
from residency.core.files import folder_digests
from residency.core.stage import StageContext
from residency.generation.generate import model_body
from residency.training import sft
from residency.training.model import separation
from residency.training.model.attention import by_masks, by_positions, by_rows, nothing
from residency.training.model.rowwise import allow_rows
from residency.training.model.scoring import make_scorable
from residency.training.model.separation import prove_apart
from residency.training.settings import LoraSettings, SftSettings
from residency.training.steps.batches import padded_width
from tests.conftest import read_rows
from tests.small_models import ATTENTION, CONFIGS, WINDOW, build
from tests.training_runs import (
    Died,
    Mortal,
    assert_same_gradients,
    gradients,
    loss_apart,
    plant_halves,
    random_rows,
    rows_of,
    stage,
    tiny,
    write_compiled,
    write_rows,
)

PACKED = SftSettings(
    batching="packed", batch_tokens=128, max_steps=5, save_steps=2, evaluations=2, lora=LoraSettings(r=4, alpha=8)
)


def scorable(
    family: str, attention: str = "eager", dtype: torch.dtype = torch.float32, row_by_row: bool = False
) -> Any:
    model = build(family, attention, dtype)
    make_scorable(model)
    if row_by_row:
        allow_rows(model)
    return model


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> dict[str, Path]:
    """The small models as folders, with the tiny model's tokenizer."""
    found = {}
    for family in CONFIGS:
        found[family] = tmp_path_factory.mktemp(family)
        for path in (*tiny_model.glob("*token*"), *tiny_model.glob("*.jinja")):
            shutil.copy(path, found[family])
        build(family).save_pretrained(str(found[family]))
    return found


@pytest.fixture
def compiled(tmp_path: Path) -> Path:
    return write_compiled(tmp_path / "compile", 24, 9, 60)


# The loss


@pytest.mark.parametrize("row_by_row", [True, False])
@pytest.mark.parametrize(("family", "attention"), ATTENTION)
def test_the_loss_of_a_packed_batch_and_its_gradients_are_those_of_its_rows_apart(
    family: str, attention: str, row_by_row: bool
) -> None:
    rows = [*random_rows(7, 4, 3 * WINDOW), {"input_ids": [9], "labels": [9]}]
    assert max(len(row["input_ids"]) for row in rows) > 2 * WINDOW
    model = scorable(family, attention, row_by_row=row_by_row).train()
    total = sum(len(row["input_ids"]) for row in rows)
    objective = sft.Labelled(rows_of(rows), prove_apart(model, total))
    members = range(len(rows))
    micro, whole = objective.micro(members), objective.counts(members)
    assert micro["input_ids"].shape == (1, padded_width(total))
    packed, _ = objective.loss(model, micro, whole)
    apart = loss_apart(model, rows)
    assert_same_gradients(model, packed, apart)
    crossed, _ = sft.Labelled(rows_of(rows), nothing).loss(model, micro, whole)
    assert (crossed - apart).abs() > 1e-3, "the planted fault: joined without a border, the rows have other losses"


@pytest.mark.parametrize("family", ["llama", "qwen3_moe", "gpt_oss"])
def test_a_packed_training_goes_on_after_a_kill_to_the_same_bytes_and_its_losses_still_agree(
    tmp_path: Path, folders: dict[str, Path], compiled: Path, monkeypatch: pytest.MonkeyPatch, family: str
) -> None:
    given = {"sft": PACKED, "model": tiny(folders[family])}
    apart: list[float] = []
    rows = pl.read_parquet(compiled / "dev.parquet").select("input_ids", "labels").to_dicts()
    finish = sft.finish

    def capture(trainer: Any, *more: Any) -> Any:
        with torch.no_grad():
            apart.append(float(loss_apart(trainer.model.eval(), rows)))
        return finish(trainer, *more)

    monkeypatch.setattr(sft, "finish", capture)
    undisturbed, _ = stage(sft.run, tmp_path / "whole", {"compile": compiled}, **given)
    with pytest.raises(Died):
        stage(sft.run, tmp_path / "killed", {"compile": compiled}, last=4, **given)
    plant_halves(tmp_path / "killed/checkpoints")
    resumed, _ = stage(sft.run, tmp_path / "killed", {"compile": compiled}, **given)
    assert resumed == undisturbed
    assert folder_digests(tmp_path / "killed") == folder_digests(tmp_path / "whole")
    measured = [row["eval_loss"] for row in read_rows(tmp_path / "whole/log.jsonl") if "eval_loss" in row]
    assert apart == [pytest.approx(measured[-1], abs=2e-6)] * 2


def test_losses_are_the_same_in_both_batchings(tmp_path: Path, folders: dict[str, Path], compiled: Path) -> None:
    """All rows in one step that changes nothing: its loss, and that of dev, do not depend on how rows are batched."""
    found = {}
    for batching in ("length", "packed"):
        changes = {"batching": batching, "max_steps": 1, "learning_rate": 1e-7, "warmup": 0.0, "batches_per_step": 99}
        given = {"sft": PACKED.model_copy(update=changes), "model": tiny(folders["gpt_oss"])}
        counts, _ = stage(sft.run, tmp_path / batching, {"compile": compiled}, **given)
        assert counts["rows"] == 24
        log = read_rows(tmp_path / batching / "log.jsonl")
        found[batching] = [row[name] for row in log for name in ("eval_loss", "loss") if name in row]
    assert found["packed"] == pytest.approx(found["length"], abs=2e-6) and len(found["packed"]) == 3


def test_packed_batches_are_fewer(compiled: Path) -> None:
    context = StageContext({}, {"compile": compiled}, compiled, seed=5)
    rows = sft.read_rows(compiled / "train.parquet")
    whole = PACKED.model_copy(update={"max_steps": None})
    packed, padded = (sft.plan_rows(rows, packs, whole, context) for packs in (True, False))
    assert len(packed) < len(padded)


def test_rows_are_packed_unless_told_otherwise_where_they_are_shown_to_stay_apart(tmp_path: Path) -> None:
    progress = Mortal()
    context = StageContext({}, {}, tmp_path, seed=5, progress=progress)
    for family, by_length in (("llama", None), ("gpt_oss", None), ("lfm2", "rows are not packed: it is not shown")):
        model = scorable(family, "eager" if family == "gpt_oss" else "sdpa", row_by_row=True)
        assert sft.packing(model, 60, SftSettings(), context) is (None if by_length else by_rows)
        assert sft.packing(model, 60, SftSettings(batching="length"), context) is None
        assert [note.startswith(by_length or "no note") for note in progress.notes] == ([True] if by_length else [])


def test_a_row_longer_than_a_batch_is_trained_alone(
    tmp_path: Path, folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [*random_rows(6, 2, 30), *(row for row in random_rows(9, 3, 300) if len(row["input_ids"]) > 128)]
    for split in ("train", "dev"):
        write_rows(tmp_path / "compile" / f"{split}.parquet", rows)
    seen: list[list[int]] = []
    micro = sft.Labelled.micro

    def keep(self: sft.Labelled, members: Any) -> Any:
        seen.append(sorted(members))
        return micro(self, members)

    monkeypatch.setattr(sft.Labelled, "micro", keep)
    settings = PACKED.model_copy(update={"batches_per_step": 99, "max_steps": 1})
    given = {"sft": settings, "model": tiny(folders["llama"])}
    counts, _ = stage(sft.run, tmp_path / "out", {"compile": tmp_path / "compile"}, **given)
    long = [number for number, row in enumerate(rows) if len(row["input_ids"]) > 128]
    assert len(long) >= 3 and counts["steps"] == 1
    assert all([number] in seen for number in long)
    assert {number for members in seen for number in members} == set(range(len(rows)))
    (step,) = (row for row in read_rows(tmp_path / "out/log.jsonl") if "loss" in row)
    assert step["tokens"] == sum(len(row["input_ids"]) for row in rows), "not one of their tokens is left out"


# The proof


@pytest.mark.parametrize("row_by_row", [True, False])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize(("family", "attention"), ATTENTION)
def test_each_family_is_shown_to_keep_rows_apart_by_what_it_reads(
    family: str, attention: str, dtype: torch.dtype, row_by_row: bool
) -> None:
    model = scorable(family, attention, dtype, row_by_row).train()
    before = torch.get_rng_state()
    whole = by_masks if family == "gpt_oss" else by_positions
    assert prove_apart(model, 512) is (by_rows if row_by_row else whole)
    assert model.training and torch.equal(torch.get_rng_state(), before), "the training is not touched"
    assert gradients(model) == {}


@pytest.mark.parametrize(("family", "attention"), [("llama", "eager"), ("llama", "sdpa"), ("qwen3_moe", "sdpa")])
def test_positions_that_do_not_restart_are_refused(
    monkeypatch: pytest.MonkeyPatch, family: str, attention: str
) -> None:
    """The planted fault: rows joined without a border."""

    def unbroken(model: Any, micro: Any) -> dict[str, Any]:
        return {"position_ids": torch.arange(micro["row"].shape[1])[None]}

    monkeypatch.setattr(separation, "by_positions", unbroken)
    monkeypatch.setattr(separation, "by_masks", unbroken)
    message = r"^sft\.batching = 'packed': it is not shown that packed rows stay apart in .*unbroken.*Set it to length$"
    with pytest.raises(ProofError, match=message):
        prove_apart(scorable(family, attention), 512)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_one_layer_that_lets_rows_cross_is_found(dtype: torch.dtype) -> None:
    """The planted fault: SDPA with no mask is causal, and knows no rows."""
    model = scorable("llama", "sdpa", dtype)
    layer = model_body(model).layers[1].self_attn
    hook = layer.register_forward_pre_hook(
        lambda module, args, kwargs: (args, {**kwargs, "attention_mask": None}), with_kwargs=True
    )
    with pytest.raises(ProofError, match=r"by_positions: .* nats a token off, derivative [\d.]+;"):
        prove_apart(model, 512)
    hook.remove()
    assert prove_apart(model, 512) is by_positions


def test_a_window_that_is_lost_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted fault: sliding layers that see the whole row. No row crosses, but the losses are others."""

    def whole(model: Any, micro: Any) -> dict[str, Any]:
        given = by_masks(model, micro)
        masks = given["attention_mask"]
        return {**given, "attention_mask": {**masks, "sliding_attention": masks["full_attention"]}}

    monkeypatch.setattr(separation, "by_masks", whole)
    with pytest.raises(ProofError, match=r"whole: .* nats a token off, derivative 0\)"):
        prove_apart(scorable("gpt_oss"), 512)


def test_a_model_whose_layers_carry_over_from_row_to_row_is_refused_before_anything_is_trained(
    tmp_path: Path, folders: dict[str, Path], compiled: Path
) -> None:
    with pytest.raises(ProofError, match="stay apart in lfm2 with the attention 'sdpa'"):
        stage(sft.run, tmp_path / "out", {"compile": compiled}, sft=PACKED, model=tiny(folders["lfm2"]))
    assert list((tmp_path / "out").iterdir()) == []


def test_a_window_is_proved_where_a_row_reaches_over_it_though_no_batch_is_meant_to(tmp_path: Path) -> None:
    """The planted fault: a layer that does not tell the window it has. Rows shorter than the window would not show
    it."""
    model = build("gpt_oss", sliding_window=80)
    make_scorable(model)
    allow_rows(model)
    model_body(model).layers[0].self_attn.sliding_window = None
    context = StageContext({}, {}, tmp_path, seed=5)
    settings = PACKED.model_copy(update={"batch_tokens": 64})
    assert sft.packing(model, 64, settings, context) is by_rows
    assert sft.packing(model, 200, settings, context) is by_masks
