"""Training: the loss is transformers' and TRL's, a kill costs nothing, the reference is the SFT model."""

from __future__ import annotations

import itertools
import json
import math
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import polars as pl
import pytest
import torch
from datasets import Dataset
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel
from safetensors.torch import load_file
from trl import SFTConfig, SFTTrainer

from residency.chat.chatml import ChatML
from residency.chat.settings import CompileSettings
from residency.chat.stage import SCHEMA
from residency.core.errors import InputError, ProofError
from residency.core.files import folder_digests, write_jsonl
from residency.core.records import Message
from residency.core.stage import Counts, Silent, StageContext
from residency.generation.models import load_model, load_tokenizer
from residency.generation.settings import ModelSettings
from residency.training import preference, sft
from residency.training.common import last_checkpoint
from residency.training.settings import LoraSettings, PreferenceSettings, SftSettings
from residency.training.sft import IGNORED, batches_by_length, collate, labelled_loss
from tests.conftest import read_rows

LORA = LoraSettings(r=4, alpha=8)
SHORT = SftSettings(max_steps=5, save_steps=2, eval_steps=2, batch_tokens=64, lora=LORA)
PAIRWISE = PreferenceSettings(max_steps=3, save_steps=1, batch_pairs=2, learning_rate=1e-3)


class Died(BaseException):
    """Stands for a kill: nothing in the trainer catches it."""


class Mortal(Silent):
    """A progress that counts steps, and ends the training after the step ``last``."""

    def __init__(self, last: int | None = None) -> None:
        self.last, self.total, self.steps, self.figures = last, 0, 0, cast(list[dict[str, float]], [])

    def start(self, total: int | None, unit: str, done: int = 0) -> None:
        self.total = total or 0

    def advance(self, steps: int = 1, **figures: float) -> None:
        self.steps += steps
        self.figures.append(figures)
        if self.last is not None and self.steps > self.last:
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


def write_compiled(folder: Path, train: int, dev: int) -> Path:
    folder.mkdir(parents=True)
    for split, count in (("train", train), ("dev", dev)):
        rows = [{"id": str(n), "parents": [], **row} for n, row in enumerate(random_rows(count, count))]
        pl.DataFrame(rows, schema=SCHEMA).write_parquet(folder / f"{split}.parquet")
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
def trainer_seen(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The trainer of each stage, as it is when the training has ended."""
    seen: dict[str, Any] = {}
    for module in (sft, preference):
        finish = module.finish

        def capture(trainer: Any, out: Path, finish: Any = finish) -> Any:
            seen["trainer"] = trainer
            return finish(trainer, out)

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
    assert batch["input_ids"].tolist() == [[5, 6, 7], [8, 0, 0]]
    assert batch["labels"].tolist() == [[IGNORED, 6, 7], [8, IGNORED, IGNORED]]


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


def test_the_saved_adapter_gives_the_logits_that_were_trained(
    tmp_path: Path, tiny_model: Path, compiled: Path, trainer_seen: dict[str, Any]
) -> None:
    stage(sft.run, tmp_path / "out", {"compile": compiled}, sft=SHORT, model=tiny(tiny_model))
    ids = torch.tensor([[5, 6, 7, 8, 9]])
    with torch.no_grad():
        trained = trainer_seen["trainer"].model.eval()(ids).logits
        assert torch.equal(load_model(tiny(tiny_model), tmp_path / "out/adapter")(ids).logits, trained)
        assert not torch.allclose(load_model(tiny(tiny_model))(ids).logits, trained)


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


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_sft_goes_on_after_a_kill_to_the_same_bytes(
    tmp_path: Path, tiny_model: Path, compiled: Path, dtype: str
) -> None:
    given = {"sft": SHORT, "model": tiny(tiny_model, dtype)}
    undisturbed, _ = stage(sft.run, tmp_path / "whole", {"compile": compiled}, **given)
    with pytest.raises(Died):
        stage(sft.run, tmp_path / "killed", {"compile": compiled}, last=3, **given)
    plant_halves(tmp_path / "killed/checkpoints")
    resumed, progress = stage(sft.run, tmp_path / "killed", {"compile": compiled}, **given)
    assert progress.figures[0] == {} and len(progress.figures) == 1 + 3, "steps 3 to 5 were done again"
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
    return stage(preference.run, out, inputs, last, preference=settings, model=model, compile=CompileSettings())


def compiled_pairs(inputs: dict[str, Path], model: ModelSettings, longest: int = 1024) -> Any:
    return preference.compile_pairs(inputs["pairs"] / "pairs.jsonl", ChatML(load_tokenizer(model)), longest)


def test_pairs_are_compiled_as_the_prompt_and_two_targets_and_long_ones_are_counted(
    inputs: dict[str, Path], tiny_model: Path
) -> None:
    renderer = ChatML(load_tokenizer(tiny(tiny_model)))
    rows, refused = compiled_pairs(inputs, tiny(tiny_model))
    assert len(rows) == 6 and refused == {}
    for row, pair in zip(rows, read_rows(inputs["pairs"] / "pairs.jsonl"), strict=True):
        for side in ("chosen", "rejected"):
            as_sft = renderer.row([*pair["prompt"], {"role": "assistant", "content": pair[side]}])
            assert row["prompt_ids"] + row[f"{side}_ids"] == as_sft.input_ids
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


def adapter_weights(model: Any, name: str) -> dict[str, torch.Tensor]:
    found = {key: weights.detach().clone() for key, weights in model.named_parameters() if f".{name}." in key}
    return {key.replace(f".{name}.", "."): weights for key, weights in found.items()}


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_the_policy_learns_and_the_reference_stays_the_sft_model(
    tmp_path: Path, inputs: dict[str, Path], tiny_model: Path, trainer_seen: dict[str, Any], dtype: str
) -> None:
    model = tiny(tiny_model, dtype)
    counts, progress = prefer(tmp_path / "out", inputs, model)
    assert (counts["pairs"], counts["steps"], progress.steps) == (6, 3, 3)
    assert counts["reference_gap_per_token"] < 1e-6, "policy and reference compute in the same precision"
    trained = trainer_seen["trainer"].model
    start = adapter_weights(load_model(model, inputs["sft"] / "adapter"), "default")
    for name, weights in adapter_weights(trained, "ref").items():
        assert torch.equal(weights, start[name]), name
    policy = adapter_weights(trained, "default")
    assert all(not torch.equal(weights, start[name]) for name, weights in policy.items())
    base = load_model(model).state_dict()
    for name, weights in trained.get_base_model().state_dict().items():
        if "lora_" not in name:
            assert torch.equal(weights, base[name.replace(".base_layer", "")]), f"{name} is the base model's"
    saved = load_file(tmp_path / "out/adapter/adapter_model.safetensors")
    assert saved.keys() == policy.keys(), "the policy alone is saved"
    assert all(torch.equal(saved[name].to(policy[name].dtype), policy[name]) for name in saved)


def dpo_model(tmp_path: Path, inputs: dict[str, Path], model: ModelSettings) -> tuple[Any, dict[str, Any]]:
    """The model as TRL prepares it, and one pair."""
    context = StageContext({}, inputs, tmp_path / "out", seed=5)
    rows, _ = compiled_pairs(inputs, model)
    trainer = preference.CompiledPairTrainer(
        model=load_model(model, inputs["sft"] / "adapter", trainable=True),
        args=preference._arguments(PAIRWISE, model, context),
        train_dataset=Dataset.from_list(rows),
        processing_class=load_tokenizer(model),
    )
    return trainer.model, rows[0]


def test_a_reference_that_is_the_base_model_is_refused(
    tmp_path: Path, inputs: dict[str, Path], tiny_model: Path
) -> None:
    """The planted faults: a reference adapter that adds nothing, and none at all."""
    model, row = dpo_model(tmp_path, inputs, tiny(tiny_model))
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
    model, row = dpo_model(tmp_path, inputs, tiny(tiny_model))
    preference.check_reference(model, row)
    assert model.active_adapters == ["default"]
    for name, weights in model.named_parameters():
        assert weights.requires_grad == (".default." in name), name


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_preference_goes_on_after_a_kill_to_the_same_bytes(
    tmp_path: Path, inputs: dict[str, Path], tiny_model: Path, dtype: str
) -> None:
    model = tiny(tiny_model, dtype)
    undisturbed, _ = prefer(tmp_path / "whole", inputs, model)
    with pytest.raises(Died):
        prefer(tmp_path / "killed", inputs, model, last=1)
    plant_halves(tmp_path / "killed/checkpoints")
    resumed, progress = prefer(tmp_path / "killed", inputs, model)
    assert progress.steps == 3 and len(progress.figures) == 1 + 2, "steps 2 and 3 were done again"
    assert resumed == undisturbed
    assert folder_digests(tmp_path / "killed") == folder_digests(tmp_path / "whole")
    assert json.loads((tmp_path / "whole/adapter/adapter_config.json").read_text())["peft_type"] == "LORA"
