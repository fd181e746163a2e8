"""Training: the loss is transformers' and TRL's, a kill costs nothing, the reference is the SFT model."""

from __future__ import annotations

import itertools
import json
import math
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from datasets import Dataset
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel
from safetensors.torch import load_file
from trl import DPOTrainer, SFTConfig, SFTTrainer

from residency.chat.load import renderer_of
from residency.chat.pairs import compile_pairs
from residency.chat.settings import ChatSettings, CompileSettings
from residency.chat.stage import SCHEMA
from residency.core.errors import InputError, ProofError
from residency.core.files import folder_digests, write_jsonl
from residency.core.records import Message
from residency.core.stage import Counts, Silent, StageContext
from residency.generation.models import load_model, load_tokenizer
from residency.generation.settings import ModelSettings
from residency.training import sft
from residency.training.common import last_checkpoint
from residency.training.settings import LoraSettings, PreferenceSettings, SftSettings
from residency.training.batches import IGNORED, batches_by_length
from tests.conftest import read_rows

LORA = LoraSettings(r=4, alpha=8)
SHORT = SftSettings(max_steps=5, save_steps=2, eval_steps=2, batch_tokens=64, lora=LORA)
PROBE = torch.tensor([[5, 6, 7, 8, 9]])
PAIRWISE = PreferenceSettings(max_steps=3, save_steps=1, batch_pairs=2, learning_rate=1e-3)


class Died(BaseException):
    """Stands for a kill: nothing in the trainer catches it."""


class Mortal(Silent):
    """A progress that counts steps, and ends the training after the step ``last``."""

    def __init__(self, last: int | None = None) -> None:
        self.last, self.total, self.done, self.steps = last, 0, 0, 0
        self.figures: list[dict[str, float]] = []

    def start(self, total: int | None, unit: str, done: int = 0) -> None:
        self.total, self.done = total or 0, done

    def advance(self, steps: int = 1, **figures: float) -> None:
        self.steps += steps
        self.figures.append(figures)
        if self.last is not None and self.steps == self.last:
            raise Died


def tiny(folder: Path, dtype: Any = "float32") -> ModelSettings:
    return ModelSettings(name=str(folder), dtype=dtype, device="cpu")


def random_rows(count: int, seed: int = 0, longest: int = 40) -> list[dict[str, list[int]]]:
    """Rows of random tokens; about half of each row's tokens carry a label, the last always."""
    rng = random.Random(seed)
    rows = []
    for _ in range(count):
        ids = [rng.randrange(3, 600) for _ in range(rng.randint(2, longest))]
        labels = [token if rng.random() < 0.5 else IGNORED for token in ids]
        rows.append({"input_ids": ids, "labels": [*labels[:-1], ids[-1]]})
    return rows


def one_batch(rows: list[dict[str, list[int]]]) -> dict[str, torch.Tensor]:
    return collate([{key: [row[key] for row in rows] for key in ("input_ids", "labels")}])


def write_compiled(folder: Path, train: int, dev: int, longest: int = 40) -> Path:
    folder.mkdir(parents=True)
    for split, count in (("train", train), ("dev", dev)):
        rows = [{"id": str(n), "parents": [], **row} for n, row in enumerate(random_rows(count, count, longest))]
        table = pa.Table.from_pylist([{name: row.get(name) for name in SCHEMA.names} for row in rows], schema=SCHEMA)
        pq.write_table(table, folder / f"{split}.parquet")
    return folder


def stage(
    run: Callable[[StageContext], Counts],
    out: Path,
    inputs: dict[str, Path],
    last: int | None = None,
    **sections: BaseModel,
) -> tuple[Counts, Mortal]:
    progress = Mortal(last)
    out.mkdir(parents=True, exist_ok=True)
    return run(StageContext(sections, inputs, out, seed=5, progress=progress)), progress


@pytest.fixture
def compiled(tmp_path: Path) -> Path:
    return write_compiled(tmp_path / "compile", 12, 4)


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A stage's model when its training has ended: ``weights`` that learn, all ``state``, ``logits`` of PROBE."""
    seen: dict[str, Any] = {}
    finish = sft.finish

    def capture(trainer: Any, out: Path) -> Any:
        model = trainer.model.eval()
        seen["weights"] = {name: weights.clone() for name, weights in model.named_parameters() if weights.requires_grad}
        seen["state"] = {name: weights.clone() for name, weights in model.state_dict().items()}
        with torch.no_grad():
            seen["logits"] = model(PROBE).logits
        return finish(trainer, out)

    for module in (sft, preference):
        monkeypatch.setattr(module, "finish", capture)
    return seen


# Batches


@given(lengths=st.lists(st.integers(1, 300)), budget=st.integers(64, 1024))
def test_batches_hold_each_row_once_within_the_budget_and_of_like_length(lengths: list[int], budget: int) -> None:
    batches = batches_by_length(lengths, budget)
    assert sorted(row for batch in batches for row in batch) == list(range(len(lengths)))
    for batch in batches:
        assert len(batch) == 1 or len(batch) * max(lengths[row] for row in batch) <= budget
    ordered = [lengths[row] for batch in batches for row in batch]
    assert ordered == sorted(lengths, reverse=True)
    for batch, after in itertools.pairwise(batches):
        assert (len(batch) + 1) * lengths[batch[0]] > budget, f"{after[0]} would have found room"


def test_a_batch_is_padded_on_the_right_and_padding_is_never_learnt() -> None:
    batch = one_batch([{"input_ids": [5, 6, 7], "labels": [IGNORED, 6, 7]}, {"input_ids": [8], "labels": [8]}])
    assert batch["input_ids"].shape == batch["labels"].shape == (2, sft.padded_width(3))
    assert batch["input_ids"][:, :3].tolist() == [[5, 6, 7], [8, 0, 0]]
    assert batch["labels"][:, :3].tolist() == [[IGNORED, 6, 7], [8, IGNORED, IGNORED]]
    assert (batch["labels"][:, 3:] == IGNORED).all()


@given(lengths=st.lists(st.integers(1, 200), min_size=1), budget=st.integers(64, 1024))
def test_a_batch_keeps_to_the_budget_with_its_padding(lengths: list[int], budget: int) -> None:
    for batch in batches_by_length([sft.padded_width(length) for length in lengths], budget):
        rows = [{"input_ids": [1] * lengths[row], "labels": [1] * lengths[row]} for row in batch]
        assert len(batch) == 1 or one_batch(rows)["input_ids"].numel() <= budget


# The loss


def gradients(model: Any) -> dict[str, torch.Tensor]:
    found = {name: weights.grad.clone() for name, weights in model.named_parameters() if weights.grad is not None}
    model.zero_grad()
    return found


def assert_same_gradients(model: Any, ours: torch.Tensor, theirs: torch.Tensor) -> None:
    assert torch.allclose(ours, theirs, atol=1e-5), (ours, theirs)
    ours.backward()
    mine = gradients(model)
    theirs.backward()
    reference = gradients(model)
    assert mine and mine.keys() == reference.keys()
    for name, gradient in mine.items():
        assert torch.allclose(gradient, reference[name], atol=1e-5), name


@pytest.mark.parametrize("seed", range(4))
def test_the_loss_and_its_gradients_are_those_of_transformers(tiny_model: Path, adapter: Path, seed: int) -> None:
    model = load_model(tiny(tiny_model), adapter, trainable=True)
    rows = random_rows(5, seed)
    batch = one_batch(rows)
    lengths = torch.tensor([len(row["input_ids"]) for row in rows])
    mask = torch.arange(batch["input_ids"].shape[1])[None] < lengths[:, None]
    assert not mask.all(), "some row must be padded"
    ours = labelled_loss(model, batch["input_ids"], batch["labels"])
    assert_same_gradients(model, ours, model(**batch, attention_mask=mask.long()).loss)


def test_the_loss_and_its_gradients_are_those_of_trl(tmp_path: Path, tiny_model: Path, adapter: Path) -> None:
    rows = random_rows(5, 9)
    trainer = SFTTrainer(
        model=load_model(tiny(tiny_model), adapter, trainable=True),
        args=SFTConfig(str(tmp_path), use_cpu=True, bf16=False, gradient_checkpointing=False, report_to="none"),
        train_dataset=Dataset.from_list(rows),
        processing_class=load_tokenizer(tiny(tiny_model)),
    )
    theirs = trainer.compute_loss(trainer.model, trainer.data_collator(rows))
    batch = one_batch(rows)
    assert_same_gradients(trainer.model, labelled_loss(trainer.model, batch["input_ids"], batch["labels"]), theirs)


def test_what_stands_after_a_row_does_not_reach_its_loss(tiny_model: Path, adapter: Path) -> None:
    model = load_model(tiny(tiny_model), adapter)
    rows = random_rows(2, 3)
    batch = one_batch([rows[0], {"input_ids": [7] * 60, "labels": [IGNORED] * 60}])
    alone = one_batch(rows[:1])
    with torch.no_grad():
        padded = labelled_loss(model, batch["input_ids"], batch["labels"])
        assert torch.allclose(padded, labelled_loss(model, alone["input_ids"], alone["labels"]), atol=1e-6)


# LoRA


def test_lora_sits_on_every_linear_layer_but_the_head_and_all_of_it_learns(tiny_model: Path) -> None:
    base = load_model(tiny(tiny_model), trainable=True)
    linear = {name for name, part in base.named_modules() if isinstance(part, torch.nn.Linear)} - {"lm_head"}
    assert len(linear) == 2 * 7
    before = {name: weights.clone() for name, weights in base.named_parameters()}
    model = sft.add_lora(base, SHORT)
    assert set(model.targeted_module_names) == linear
    trained = {name: weights for name, weights in model.named_parameters() if weights.requires_grad}
    assert len(trained) == 2 * len(linear)
    assert all("lora_" in name for name in trained)
    batch = one_batch(random_rows(4))
    optimiser = torch.optim.SGD(trained.values(), lr=0.1)
    for _ in range(2):  # B starts at zero, so that A moves from the second step on
        labelled_loss(model, batch["input_ids"], batch["labels"]).backward()
        optimiser.step()
    still = [name for name, weights in trained.items() if weights.grad is None or not weights.grad.any()]
    assert still == []
    for name, weights in model.get_base_model().named_parameters():
        if "lora_" not in name:
            assert torch.equal(weights, before[name.replace(".base_layer", "")]), f"{name} is the base model's"


# The SFT stage


def test_sft_overfits_a_batch_to_near_zero_loss(tmp_path: Path, tiny_model: Path) -> None:
    write_compiled(tmp_path / "compile", 2, 2)
    shutil.copy(tmp_path / "compile/train.parquet", tmp_path / "compile/dev.parquet")
    settings = SftSettings(max_steps=80, learning_rate=2e-2, batch_tokens=256, lora=LoraSettings(r=16, alpha=32))
    counts, _ = stage(
        sft.run, tmp_path / "out", {"compile": tmp_path / "compile"}, sft=settings, model=tiny(tiny_model)
    )
    assert counts["rows"] == 2 and counts["steps"] == 80
    assert counts["loss_first"] > 5
    assert counts["loss_last"] < 0.05 and counts["dev_loss"] < 0.05


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_the_saved_adapter_gives_the_logits_that_were_trained(
    tmp_path: Path, tiny_model: Path, compiled: Path, trained: dict[str, Any], dtype: str
) -> None:
    model = tiny(tiny_model, dtype)
    stage(sft.run, tmp_path / "out", {"compile": compiled}, sft=SHORT, model=model)
    assert {weights.dtype for weights in trained["weights"].values()} == {torch.float32}, "trained in fp32"
    saved = load_file(tmp_path / "out/adapter/adapter_model.safetensors")
    assert {weights.dtype for weights in saved.values()} == {getattr(torch, dtype)}, "saved as it computes"
    with torch.no_grad():
        assert torch.equal(load_model(model, tmp_path / "out/adapter")(PROBE).logits, trained["logits"])
        assert not torch.allclose(load_model(model)(PROBE).logits, trained["logits"])


def test_a_bfloat16_model_learns_from_updates_that_bfloat16_weights_would_lose(tiny_model: Path) -> None:
    model = sft.add_lora(load_model(tiny(tiny_model, "bfloat16"), trainable=True), SHORT)
    start = {name: weights.detach().clone() for name, weights in model.named_parameters() if "lora_A" in name}
    for weights in model.parameters():
        if weights.requires_grad:
            weights.data *= 1.0001
    for name, weights in start.items():
        moved = model.get_parameter(name) != weights
        assert moved.float().mean() > 0.99, name
        assert (weights.bfloat16() * 1.0001 == weights.bfloat16()).all(), "the planted fault: none of it would move"


def test_steps_and_losses_are_shown_and_kept_without_times(tmp_path: Path, tiny_model: Path, compiled: Path) -> None:
    counts, progress = stage(sft.run, tmp_path / "out", {"compile": compiled}, sft=SHORT, model=tiny(tiny_model))
    assert (progress.total, progress.steps) == (5, 5)
    assert progress.figures[-1]["loss"] > 0
    log = read_rows(tmp_path / "out/log.jsonl")
    assert [row["step"] for row in log if "loss" in row] == [1, 2, 3, 4, 5]
    assert [row["step"] for row in log if "eval_loss" in row] == [2, 4, 5]
    assert log[-1]["eval_loss"] == pytest.approx(counts["dev_loss"], abs=1e-4)
    assert not [key for row in log for key in row if "runtime" in key or "second" in key]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["adapter", "log.jsonl"]


def test_without_dev_rows_there_is_no_dev_loss(tmp_path: Path, tiny_model: Path) -> None:
    write_compiled(tmp_path / "compile", 3, 0)
    settings = SHORT.model_copy(update={"max_steps": 1, "eval_steps": 0})
    counts, _ = stage(
        sft.run, tmp_path / "out", {"compile": tmp_path / "compile"}, sft=settings, model=tiny(tiny_model)
    )
    assert counts["dev_loss"] is None


def plant_halves(folder: Path) -> None:
    """What a kill leaves while a checkpoint is being written: no state yet, or half of it."""
    (folder / "checkpoint-98").mkdir()
    (folder / "checkpoint-99").mkdir()
    (folder / "checkpoint-99" / "trainer_state.json").write_text('{"global_step": 9')


def test_checkpoints_that_were_interrupted_are_removed_and_the_newest_whole_one_is_taken(tmp_path: Path) -> None:
    assert last_checkpoint(tmp_path / "none") is None
    for step in (2, 10):
        (tmp_path / f"checkpoint-{step}").mkdir()
        (tmp_path / f"checkpoint-{step}" / "trainer_state.json").write_text("{}")
    plant_halves(tmp_path)
    assert last_checkpoint(tmp_path) == str(tmp_path / "checkpoint-10")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["checkpoint-10", "checkpoint-2"]


def test_sft_goes_on_after_a_kill_to_the_same_bytes(tmp_path: Path, tiny_model: Path, compiled: Path) -> None:
    """In bfloat16, where PEFT changes the weights' precision on loading; fp32 is shown in test_line."""
    given = {"sft": SHORT, "model": tiny(tiny_model, "bfloat16")}
    undisturbed, _ = stage(sft.run, tmp_path / "whole", {"compile": compiled}, **given)
    with pytest.raises(Died):
        stage(sft.run, tmp_path / "killed", {"compile": compiled}, last=4, **given)
    plant_halves(tmp_path / "killed/checkpoints")
    resumed, progress = stage(sft.run, tmp_path / "killed", {"compile": compiled}, **given)
    assert (progress.done, progress.steps) == (2, 3), "steps 3 to 5 were done again"
    assert resumed == undisturbed
    assert folder_digests(tmp_path / "killed") == folder_digests(tmp_path / "whole")


# Preference


def write_pairs(folder: Path, count: int) -> Path:
    folder.mkdir(parents=True)
    pairs = []
    for number in range(count):
        turns: list[Message] = [{"role": "user", "content": f"What is the dose of drug {number}?"}]
        chosen, rejected = f"Key point: {number} mg." * (1 + number % 3), f"It is {number + 7} g."
        pairs.append({"id": f"p{number}", "prompt": turns, "chosen": chosen, "rejected": rejected})
    write_jsonl(folder / "pairs.jsonl", pairs)
    return folder


@pytest.fixture
def inputs(tmp_path: Path, adapter: Path) -> dict[str, Path]:
    """What the preference stage reads: pairs, and an SFT folder with an adapter that is not zero."""
    (tmp_path / "sft").mkdir()
    shutil.copytree(adapter, tmp_path / "sft" / "adapter")
    return {"pairs": write_pairs(tmp_path / "pairs", 6), "sft": tmp_path / "sft"}


def prefer(out: Path, inputs: dict[str, Path], model: ModelSettings, **changes: Any) -> tuple[Counts, Mortal]:
    last = changes.pop("last", None)
    settings = PAIRWISE.model_copy(update=changes)
    return stage(
        preference.run,
        out,
        inputs,
        last,
        preference=settings,
        model=model,
        chat=ChatSettings(),
        compile=CompileSettings(),
    )


def compiled_pairs(inputs: dict[str, Path], model: ModelSettings, longest: int = 1024) -> Any:
    renderer = renderer_of(load_tokenizer(model), ChatSettings())
    rows, refused, _ = compile_pairs(read_rows(inputs["pairs"] / "pairs.jsonl"), renderer, longest)
    return rows, refused


def test_pairs_are_compiled_as_the_prompt_and_two_targets_and_long_ones_are_counted(
    inputs: dict[str, Path], tiny_model: Path
) -> None:
    renderer = renderer_of(load_tokenizer(tiny(tiny_model)), ChatSettings())
    rows, refused = compiled_pairs(inputs, tiny(tiny_model))
    assert len(rows) == 6 and refused == {}
    for row, pair in zip(rows, read_rows(inputs["pairs"] / "pairs.jsonl"), strict=True):
        for side in ("chosen", "rejected"):
            turns = [*pair["prompt"], {"role": "assistant", "content": pair[side]}]
            assert row["prompt_ids"] + row[f"{side}_ids"] == renderer.rows([(turns, ())])[0][-1].input_ids.tolist()
    longest = max(len(row["prompt_ids"]) + len(row["chosen_ids"]) for row in rows)
    kept, refused = compiled_pairs(inputs, tiny(tiny_model), longest - 1)
    assert refused == {"longer than compile.max_length": 6 - len(kept)} and 0 < len(kept) < 6


def test_without_a_pair_there_is_one_clear_line(tmp_path: Path, inputs: dict[str, Path], tiny_model: Path) -> None:
    (inputs["pairs"] / "pairs.jsonl").write_text("")
    with pytest.raises(InputError, match=r"no pair to train on. See its report\.json"):
        prefer(tmp_path / "out", inputs, tiny(tiny_model))


def chosen_loss(model: Any, rows: list[dict[str, Any]]) -> list[float]:
    """Cross-entropy of each pair's chosen answer, by transformers."""
    losses = []
    for row in rows:
        labels = [IGNORED] * len(row["prompt_ids"]) + row["chosen_ids"]
        ids = torch.tensor([row["prompt_ids"] + row["chosen_ids"]])
        with torch.no_grad():
            losses.append(float(model(ids, labels=torch.tensor([labels])).loss))
    return losses


@pytest.mark.parametrize("weight", [0.0, 0.2])
def test_the_loss_begins_at_ln_2_and_the_weighted_loss_of_the_chosen_answers(
    tmp_path: Path, inputs: dict[str, Path], tiny_model: Path, weight: float
) -> None:
    """The reference is the SFT model: at step 0 no answer is likelier under the policy than under it."""
    model = tiny(tiny_model)
    counts, _ = prefer(tmp_path / "out", inputs, model, batch_pairs=6, max_steps=1, sft_weight=weight)
    (first,) = [row for row in read_rows(tmp_path / "out/log.jsonl") if "loss" in row]
    rows, _ = compiled_pairs(inputs, model)
    chosen = chosen_loss(load_model(model, inputs["sft"] / "adapter"), rows)
    assert first["loss"] == pytest.approx(math.log(2) + weight * sum(chosen) / len(chosen), abs=1e-4)
    assert first["rewards/chosen"] == first["rewards/rejected"] == pytest.approx(0, abs=1e-5)
    assert counts["reference_gap_per_token"] == pytest.approx(0, abs=1e-5)


def test_ipo_begins_at_its_own_value(tmp_path: Path, inputs: dict[str, Path], tiny_model: Path) -> None:
    """IPO's loss is (margin - 1 / (2 beta)) squared (Azar et al. 2023), and the margin begins at 0."""
    changes = {"method": "ipo", "beta": 0.25, "sft_weight": 0.0, "max_steps": 1}
    prefer(tmp_path / "out", inputs, tiny(tiny_model), **changes)
    (first,) = [row for row in read_rows(tmp_path / "out/log.jsonl") if "loss" in row]
    assert first["loss"] == pytest.approx(4.0, abs=1e-4)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_the_policy_learns_and_the_reference_stays_the_sft_model(
    tmp_path: Path, inputs: dict[str, Path], tiny_model: Path, trained: dict[str, Any], dtype: str
) -> None:
    model = tiny(tiny_model, dtype)
    counts, progress = prefer(tmp_path / "out", inputs, model)
    assert (counts["pairs"], counts["steps"], progress.steps) == (6, 3, 3)
    assert counts["reference_gap_per_token"] < 1e-6, "policy and reference compute in the same precision"
    state = trained["state"]
    start = load_model(model, inputs["sft"] / "adapter").state_dict()
    for name, weights in start.items():
        if ".default." not in name:
            assert torch.equal(state[name], weights), f"{name} is the base model's"
            continue
        assert torch.equal(state[name.replace(".default.", ".ref.")], weights.float()), name
        assert not torch.equal(state[name], weights.float()), name
    saved = load_file(tmp_path / "out/adapter/adapter_model.safetensors")
    policy = {name.replace(".default.", "."): weights for name, weights in trained["weights"].items()}
    assert saved.keys() == policy.keys(), "the policy alone learns and is saved"
    assert all(torch.equal(saved[name], policy[name].to(saved[name].dtype)) for name in saved)
    with torch.no_grad():
        assert torch.equal(load_model(model, tmp_path / "out/adapter")(PROBE).logits, trained["logits"])


def pair_trainer(tmp_path: Path, inputs: dict[str, Path], folder: Path, **changes: Any) -> tuple[Any, Any]:
    """The trainer as the stage makes it, and its pairs."""
    model, settings = tiny(folder), PAIRWISE.model_copy(update=changes)
    rows, _ = compiled_pairs(inputs, model)
    trainer = preference.CompiledPairTrainer(
        model=load_model(model, inputs["sft"] / "adapter", trainable=True),
        args=preference._arguments(settings, model, StageContext({}, inputs, tmp_path / "out", seed=5)),
        train_dataset=Dataset.from_list(rows),
        processing_class=load_tokenizer(model),
    )
    return trainer, rows


@pytest.mark.parametrize("method", ["dpo", "ipo"])
@pytest.mark.parametrize("weight", [0.0, 0.3])
def test_the_preference_loss_its_gradients_and_figures_are_those_of_trl(
    tmp_path: Path, inputs: dict[str, Path], tiny_model: Path, method: str, weight: float
) -> None:
    trainer, rows = pair_trainer(tmp_path, inputs, tiny_model, method=method, sft_weight=weight)
    model = trainer.model
    for name, weights in model.named_parameters():
        if "lora_B.default" in name:
            weights.data += 0.02 * torch.randn(weights.shape, generator=torch.Generator().manual_seed(len(name)))
    batch = trainer.data_collator(rows[:4])
    assert not batch["attention_mask"].all(), "some row must be padded"

    def measured(compute: Any) -> tuple[torch.Tensor, dict[str, float]]:
        trainer._metrics["train"].clear()
        loss = compute(model.train(), dict(batch))
        return loss, {name: values[0] for name, values in trainer._metrics["train"].items()}

    theirs, reference = measured(lambda *given: DPOTrainer.compute_loss(trainer, *given))
    ours, figures = measured(trainer.compute_loss)
    assert abs(reference["rewards/margins"]) > 0.01, "policy and reference must differ"
    for name, value in figures.items():
        assert value == pytest.approx(reference[name], abs=1e-3), name
    assert_same_gradients(model, ours, theirs)


def test_a_reference_that_is_the_base_model_is_refused(
    tmp_path: Path, inputs: dict[str, Path], tiny_model: Path
) -> None:
    """The planted faults: a reference adapter that adds nothing, and none at all."""
    trainer, (row, *_) = pair_trainer(tmp_path, inputs, tiny_model)
    model = trainer.model
    assert preference.check_reference(model, row) < 1e-6
    with torch.no_grad():
        for name, weights in model.named_parameters():
            if "lora_B.ref" in name:
                weights.zero_()
    with pytest.raises(ProofError, match=r"the reference is not the SFT model: .*lora_B\.ref\.weight differs"):
        preference.check_reference(model, row)
    model.delete_adapter("ref")
    with pytest.raises(ProofError, match="its reference would be the base model"):
        preference.check_reference(model, row)


def test_the_check_leaves_the_policy_active_and_the_reference_frozen(
    tmp_path: Path, inputs: dict[str, Path], tiny_model: Path
) -> None:
    trainer, (row, *_) = pair_trainer(tmp_path, inputs, tiny_model)
    model = trainer.model
    preference.check_reference(model, row)
    assert model.active_adapters == ["default"]
    for name, weights in model.named_parameters():
        assert weights.requires_grad == (".default." in name), name


def test_preference_goes_on_after_a_kill_to_the_same_bytes(
    tmp_path: Path, inputs: dict[str, Path], tiny_model: Path
) -> None:
    """In bfloat16, where PEFT changes the weights' precision on loading; fp32 is shown in test_line."""
    model = tiny(tiny_model, "bfloat16")
    undisturbed, _ = prefer(tmp_path / "whole", inputs, model)
    with pytest.raises(Died):
        prefer(tmp_path / "killed", inputs, model, last=2)
    plant_halves(tmp_path / "killed/checkpoints")
    resumed, progress = prefer(tmp_path / "killed", inputs, model)
    assert (progress.done, progress.steps) == (1, 2), "steps 2 and 3 were done again"
    assert resumed == undisturbed
    assert folder_digests(tmp_path / "killed") == folder_digests(tmp_path / "whole")
    assert json.loads((tmp_path / "whole/adapter/adapter_config.json").read_text())["peft_type"] == "LORA"
