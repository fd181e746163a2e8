"""Packing: bins are full, and what is learnt from a packed batch is what is learnt from its rows apart."""

from __future__ import annotations

import itertools
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import torch
import transformers
from benchmarks.packing import packing_fill
from datasets import Dataset
from hypothesis import given
from hypothesis import strategies as st
from transformers import AutoModelForCausalLM
from trl import SFTConfig

from residency.core.errors import InputError, ProofError
from residency.core.files import folder_digests
from residency.core.stage import Silent, StageContext
from residency.generation.generate import model_body
from residency.generation.models import load_tokenizer
from residency.generation.settings import ModelSettings
from residency.training import separation, sft
from residency.training.loss import IGNORED, labelled_loss
from residency.training.packing import by_masks, by_positions, collate_bin, pack
from residency.training.separation import prove_apart
from residency.training.settings import LoraSettings, SftSettings
from tests.conftest import EXAMPLES, read_rows
from tests.test_training import Died, Mortal, gradients, plant_halves, random_rows, tiny, write_compiled

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
CONFIGS = {
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
PACKED = SftSettings(
    batching="packed", batch_tokens=128, max_steps=5, save_steps=2, eval_steps=2, lora=LoraSettings(r=4, alpha=8)
)


def build(family: str, attention: str = "eager", dtype: torch.dtype = torch.float32) -> Any:
    """A small random model of a family; sinks, which begin at nothing, are random too."""
    torch.manual_seed(3)
    name, changes = CONFIGS[family]
    config = getattr(transformers, name)(**{**SMALL, **changes})
    model = AutoModelForCausalLM.from_config(config, attn_implementation=attention, dtype=dtype)
    for name, weights in model.named_parameters():
        if name.endswith("sinks"):
            torch.nn.init.normal_(weights)
    return model


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> dict[str, Path]:
    """The small models as folders, with the tiny model's tokenizer."""
    found = {}
    for family in CONFIGS:
        found[family] = tmp_path_factory.mktemp(family)
        for path in tiny_model.glob("*token*"):
            shutil.copy(path, found[family])
        build(family).save_pretrained(str(found[family]))
    return found


@pytest.fixture
def compiled(tmp_path: Path) -> Path:
    return write_compiled(tmp_path / "compile", 24, 9, 60)


def run(out: Path, compiled: Path, model: ModelSettings, settings: SftSettings, last: int | None = None) -> Any:
    out.mkdir(exist_ok=True)
    progress = Mortal(last) if last else Silent()
    sections: Any = {"sft": settings, "model": model}
    return sft.run(StageContext(sections, {"compile": compiled}, out, seed=5, progress=progress))


# Bins


def naive(lengths: list[int], budget: int) -> list[list[int]]:
    """Best-fit decreasing as it is defined: every bin is looked at for every row."""
    bins: list[list[int]] = []
    for length in sorted(lengths, reverse=True):
        fitting = [held for held in bins if sum(held) + length <= budget]
        if fitting:
            max(fitting, key=sum).append(length)
        else:
            bins.append([length])
    return bins


LENGTHS = st.lists(st.integers(1, 60), max_size=80)


@given(lengths=LENGTHS, budget=st.integers(60, 200))
def test_bins_hold_each_row_once_and_are_those_of_best_fit_decreasing(lengths: list[int], budget: int) -> None:
    bins = pack(lengths, budget)
    assert sorted(row for held in bins for row in held) == list(range(len(lengths)))
    totals = [sum(lengths[row] for row in held) for held in bins]
    assert sorted(totals) == sorted(map(sum, naive(lengths, budget)))
    assert max(totals, default=0) <= budget
    assert all(one + other > budget for one, other in itertools.combinations(totals, 2)), "two bins would fit in one"
    assert pack(lengths, budget) == bins


def test_no_rows_make_no_bins_and_a_row_as_long_as_a_bin_fills_it() -> None:
    assert pack([], 64) == []
    assert pack([64, 1, 64], 64) == [[0], [2], [1]]


def test_rows_longer_than_a_bin_are_refused_in_one_line_that_counts_them() -> None:
    with pytest.raises(InputError, match=r"^1 row is longer than a bin of 64 tokens \(the longest has 65\)"):
        pack([3, 65], 64)
    with pytest.raises(InputError, match=r"2 rows are longer .* Set sft\.batch_tokens to at least 90, or compile\."):
        pack([90, 3, 65], 64)


def test_a_real_mix_fills_more_than_98_hundredths_of_bins_of_4096(tiny_model: Path) -> None:
    """The example bank: passages, MCQs, open questions and follow-ups, one row each."""
    tokenizer = load_tokenizer(tiny(tiny_model))
    texts = [
        " ".join(
            str(row[key]) for key in ("question", "options", "answer", "rationale", "text", "messages") if key in row
        )
        for name in ("passages", "mcq", "open", "followups")
        for row in read_rows(EXAMPLES / f"{name}.jsonl")
    ]
    lengths = [len(ids) for ids in tokenizer(texts)["input_ids"]]
    assert len(lengths) == 975 and max(lengths) < 4096
    assert packing_fill(lengths, 4096) > 0.98
    assert packing_fill([4096, 2048], 4096) == 0.75


def test_a_bin_is_its_rows_in_a_line_with_positions_that_restart() -> None:
    rows = {"input_ids": [[5, 6, 7], [8], [9, 4]], "labels": [[IGNORED, 6, 7], [8], [9, 4]]}
    batch = {name: values.tolist() for name, values in collate_bin([rows]).items()}
    assert batch == {
        "input_ids": [[5, 6, 7, 8, 9, 4]],
        "labels": [[IGNORED, 6, 7, IGNORED, IGNORED, 4]],
        "position_ids": [[0, 1, 2, 0, 0, 1]],
    }


# The loss


def packing_trainer(out: Path, model: Any, tokenizer: Any, rows: list[dict[str, list[int]]]) -> sft.LabelledTrainer:
    """The trainer as the stage makes it, with all the model's weights to learn, and all ``rows`` in one bin."""
    total = sum(len(row["input_ids"]) for row in rows)
    batches = [{key: [rows[i][key] for i in held] for key in rows[0]} for held in pack(lengths_of(rows), total)]
    return sft.LabelledTrainer(
        model=model,
        args=SFTConfig(
            str(out),
            use_cpu=True,
            bf16=False,
            gradient_checkpointing=False,
            report_to="none",
            max_length=None,
            per_device_train_batch_size=1,
            dataset_kwargs={"skip_prepare_dataset": True},
            remove_unused_columns=False,
        ),
        train_dataset=Dataset.from_list(batches),
        processing_class=tokenizer,
        data_collator=collate_bin,
        keep_apart=prove_apart(model, total),
    )


def lengths_of(rows: list[dict[str, list[int]]]) -> list[int]:
    return [len(row["input_ids"]) for row in rows]


def loss_apart(model: Any, rows: list[dict[str, list[int]]]) -> torch.Tensor:
    """The mean over all labelled tokens, each row computed alone, from the logits that transformers gives."""
    losses = []
    for row in rows:
        logits = model(input_ids=torch.tensor([row["input_ids"]])).logits[0]
        labels = torch.tensor(row["labels"])[1:]
        wanted = labels != IGNORED
        losses.append(torch.nn.functional.cross_entropy(logits[:-1][wanted], labels[wanted], reduction="none"))
    return torch.cat(losses).mean()


@pytest.mark.parametrize(("family", "attention"), ATTENTION)
def test_the_loss_of_a_packed_batch_and_its_gradients_are_those_of_its_rows_apart(
    tmp_path: Path, tiny_model: Path, family: str, attention: str
) -> None:
    rows = [*random_rows(7, 4, 3 * WINDOW), {"input_ids": [9], "labels": [9]}]
    assert max(lengths_of(rows)) > 2 * WINDOW
    model = build(family, attention)
    trainer = packing_trainer(tmp_path, model, load_tokenizer(tiny(tiny_model)), rows)
    (batch,) = trainer.get_train_dataloader()
    assert batch["input_ids"].shape == (1, sum(lengths_of(rows)))
    model.train()
    packed = trainer.compute_loss(model, dict(batch))
    apart = loss_apart(model, rows)
    assert torch.allclose(packed, apart, atol=2e-6, rtol=0)
    packed.backward()
    mine = gradients(model)
    apart.backward()
    reference = gradients(model)
    assert mine.keys() == reference.keys() == {name for name, _ in model.named_parameters()}
    for name, gradient in mine.items():
        assert torch.allclose(gradient, reference[name], atol=2e-6, rtol=1e-4), name
    crossed = labelled_loss(model, batch["input_ids"], batch["labels"])
    assert (crossed - apart).abs() > 1e-3, "the planted fault: joined without a border, the rows have other losses"


@pytest.mark.parametrize("family", ["llama", "qwen3_moe", "gpt_oss"])
def test_a_packed_training_goes_on_after_a_kill_to_the_same_bytes_and_its_losses_still_agree(
    tmp_path: Path, folders: dict[str, Path], compiled: Path, monkeypatch: pytest.MonkeyPatch, family: str
) -> None:
    model, ended = tiny(folders[family]), []
    rows = pl.read_parquet(compiled / "dev.parquet").select("input_ids", "labels").to_dicts()
    finish = sft.finish

    def capture(trainer: Any, out: Path) -> Any:
        with torch.no_grad():
            ended.append((trainer.evaluate()["eval_loss"], float(loss_apart(trainer.model.eval(), rows))))
        return finish(trainer, out)

    monkeypatch.setattr(sft, "finish", capture)
    undisturbed = run(tmp_path / "whole", compiled, model, PACKED)
    with pytest.raises(Died):
        run(tmp_path / "killed", compiled, model, PACKED, last=4)
    plant_halves(tmp_path / "killed/checkpoints")
    resumed = run(tmp_path / "killed", compiled, model, PACKED)
    assert resumed == undisturbed
    assert folder_digests(tmp_path / "killed") == folder_digests(tmp_path / "whole")
    for packed, apart in ended:
        assert packed == pytest.approx(apart, abs=2e-6)
    assert len(ended) == 2 and abs(resumed["dev_loss"] - ended[0][0]) < 1e-4


def test_the_dev_loss_is_the_same_in_both_batchings(tmp_path: Path, folders: dict[str, Path], compiled: Path) -> None:
    found = {}
    for batching in ("length", "packed"):
        still = PACKED.model_copy(update={"batching": batching, "max_steps": 1, "learning_rate": 1e-15})
        counts = run(tmp_path / batching, compiled, tiny(folders["gpt_oss"]), still)
        assert counts["rows"] == 24
        (entry,) = [row for row in read_rows(tmp_path / batching / "log.jsonl") if "eval_loss" in row]
        found[batching] = entry["eval_loss"]
    assert found["packed"] == pytest.approx(found["length"], abs=2e-6)


def test_packed_batches_are_fewer_and_length_is_what_is_done_unless_told(compiled: Path) -> None:
    assert SftSettings().batching == "length"
    by_length = PACKED.model_copy(update={"batching": "length"})
    assert len(sft.read_batches(compiled / "train.parquet", PACKED)) < len(
        sft.read_batches(compiled / "train.parquet", by_length)
    )


# The proof


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize(("family", "attention"), ATTENTION)
def test_each_family_is_shown_to_keep_rows_apart_by_what_it_reads(
    family: str, attention: str, dtype: torch.dtype
) -> None:
    model = build(family, attention, dtype).train()
    before = torch.get_rng_state()
    assert prove_apart(model, 512) is (by_masks if family == "gpt_oss" else by_positions)
    assert model.training and torch.equal(torch.get_rng_state(), before), "the training is not touched"
    assert all(weights.grad is None for weights in model.parameters())


@pytest.mark.parametrize(("family", "attention"), [("llama", "eager"), ("llama", "sdpa"), ("qwen3_moe", "sdpa")])
def test_positions_that_do_not_restart_are_refused(
    monkeypatch: pytest.MonkeyPatch, family: str, attention: str
) -> None:
    """The planted fault: rows joined without a border."""

    def unbroken(model: Any, position_ids: torch.Tensor) -> dict[str, Any]:
        return {"position_ids": torch.arange(position_ids.shape[1])[None]}

    monkeypatch.setattr(separation, "by_positions", unbroken)
    message = r"^sft\.batching = 'packed': it is not shown that packed rows stay apart in .*unbroken.*Set it to length$"
    with pytest.raises(ProofError, match=message):
        prove_apart(build(family, attention), 512)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_one_layer_that_lets_rows_cross_is_found(dtype: torch.dtype) -> None:
    """The planted fault: SDPA with no mask is causal, and knows no rows."""
    model = build("llama", "sdpa", dtype)
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

    def whole(model: Any, position_ids: torch.Tensor) -> dict[str, Any]:
        given = by_masks(model, position_ids)
        masks = given["attention_mask"]
        return {**given, "attention_mask": {**masks, "sliding_attention": masks["full_attention"]}}

    monkeypatch.setattr(separation, "by_masks", whole)
    with pytest.raises(ProofError, match=r"whole: .* nats a token off, derivative 0\)"):
        prove_apart(build("gpt_oss"), 512)


def test_a_model_whose_layers_carry_over_from_row_to_row_is_refused_before_anything_is_trained(
    tmp_path: Path, folders: dict[str, Path], compiled: Path
) -> None:
    with pytest.raises(ProofError, match="stay apart in lfm2 with the attention 'sdpa'"):
        run(tmp_path / "out", compiled, tiny(folders["lfm2"]), PACKED)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_row_that_fits_no_bin_is_refused_before_the_model_is_loaded(tmp_path: Path, compiled: Path) -> None:
    short = PACKED.model_copy(update={"batch_tokens": 32})
    with pytest.raises(InputError, match="longer than a bin of 32 tokens"):
        run(tmp_path / "out", compiled, tiny(tmp_path / "no model is here"), short)
