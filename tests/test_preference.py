"""The preference stage: the reference is the SFT model, what is held out is not trained on, a kill costs nothing."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch

from residency.chat.load import renderer_of
from residency.chat.pairs import compile_pairs
from residency.chat.settings import ChatSettings, CompileSettings
from residency.core.errors import InputError
from residency.core.files import folder_digests
from residency.core.stage import Counts, StageContext
from residency.generation.models import load_model, load_tokenizer
from residency.generation.settings import ModelSettings
from residency.training import preference
from residency.training.model import start
from residency.training.pairs import reference as reference_module
from residency.training.pairs.preferred import with_others
from residency.training.settings import PreferenceSettings
from residency.training.steps.batches import PairTokens
from tests.conftest import read_rows
from tests.training_runs import Died, Mortal, logprobs_apart, plant_halves, stage, tiny, write_pairs

PAIRWISE = PreferenceSettings(max_steps=3, save_steps=1, batch_pairs=2, learning_rate=1e-3)
PROBE = torch.tensor([[5, 6, 7, 8, 9]])
BETA = 0.1


@pytest.fixture
def inputs(tmp_path: Path, adapter: Path) -> dict[str, Path]:
    """What the preference stage reads: pairs, and an SFT folder with an adapter that is not zero."""
    (tmp_path / "sft").mkdir()
    shutil.copytree(adapter, tmp_path / "sft" / "adapter")
    return {"pairs": write_pairs(tmp_path / "pairs", 6), "sft": tmp_path / "sft"}


def prefer(out: Path, inputs: dict[str, Path], model: ModelSettings, **changes: Any) -> tuple[Counts, Mortal]:
    """Run the stage with ``PAIRWISE`` and what is changed of it; killed after the step ``last``."""
    last = changes.pop("last", None)
    settings = PreferenceSettings.model_validate({**PAIRWISE.model_dump(), **changes})
    sections = {"preference": settings, "model": model, "compile": CompileSettings()}
    return stage(preference.run, out, inputs, last, **sections)


def compiled_pairs(inputs: dict[str, Path], model: ModelSettings, longest: int = 1024) -> Any:
    renderer = renderer_of(load_tokenizer(model), ChatSettings())
    rows, refused, _ = compile_pairs(read_rows(inputs["pairs"] / "pairs.jsonl"), renderer, longest)
    return rows, refused


def token_pairs(inputs: dict[str, Path], model: ModelSettings) -> list[PairTokens]:
    return with_others(compiled_pairs(inputs, model)[0], False)


def logged(out: Path, name: str) -> dict[int, float]:
    return {row["step"]: row[name] for row in read_rows(out / "log.jsonl") if name in row}


# Pairs


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


# The loss


@pytest.mark.parametrize("share", ["always", "never"])
@pytest.mark.parametrize("weight", [0.0, 0.2])
def test_the_loss_begins_at_ln_2_and_the_weighted_loss_of_the_chosen_answers(
    tmp_path: Path, inputs: dict[str, Path], tiny_model: Path, weight: float, share: str
) -> None:
    """The reference is the SFT model: at step 0 no answer is likelier under the policy than under it. The likelihood is
    a mean over tokens, not over answers."""
    model = tiny(tiny_model)
    changes = {"batch_pairs": 6, "max_steps": 1, "sft_weight": weight, "share_prompts": share, "batch_tokens": 300}
    counts, _ = prefer(tmp_path / "out", inputs, model, **changes)
    pairs = token_pairs(inputs, model)
    with torch.no_grad():
        chosen = logprobs_apart(load_model(model, inputs["sft"] / "adapter"), pairs)[:, 0].sum()
    likelihood = -float(chosen) / sum(len(pair.answers[0]) for pair in pairs)
    log = tmp_path / "out"
    assert logged(log, "loss") == {1: pytest.approx(math.log(2) + weight * likelihood, abs=1e-4)}
    assert logged(log, "rewards/chosen")[1] == pytest.approx(0, abs=1e-5)
    assert logged(log, "rewards/rejected")[1] == pytest.approx(0, abs=1e-5)
    assert counts["proof"]["reference"]["gap_per_token"] == pytest.approx(0, abs=1e-5)
    assert counts["prompts_shared"] == (share == "always")


def test_ipo_begins_at_its_own_value_and_losses_may_be_mixed(
    tmp_path: Path, inputs: dict[str, Path], tiny_model: Path
) -> None:
    """IPO's loss is (margin - 1 / (2 beta)) squared (Azar et al. 2023), and the margin begins at 0."""
    changes = {"beta": 0.25, "sft_weight": 0.0, "max_steps": 1}
    prefer(tmp_path / "ipo", inputs, tiny(tiny_model), method="ipo", **changes)
    assert logged(tmp_path / "ipo", "loss")[1] == pytest.approx(4.0, abs=1e-4)
    prefer(tmp_path / "both", inputs, tiny(tiny_model), losses={"dpo": 1.0, "ipo": 0.5}, **changes)
    assert logged(tmp_path / "both", "loss")[1] == pytest.approx(math.log(2) + 2.0, abs=1e-4)


@pytest.mark.parametrize("method", ["dpo", "kto", "orpo", "cpo", "simpo", "apo_zero"])
def test_a_few_pairs_are_overfitted_by_every_loss(
    tmp_path: Path, inputs: dict[str, Path], tiny_model: Path, method: str
) -> None:
    changes = {"max_steps": 12, "epochs": 12.0, "batch_pairs": 6, "learning_rate": 2e-2, "save_steps": 99}
    counts, _ = prefer(tmp_path / "out", inputs, tiny(tiny_model), method=method, **changes)
    losses = logged(tmp_path / "out", "loss")
    assert losses[12] < 0.6 * losses[1]
    assert counts["accuracy_last"] == 1.0 or method == "cpo"  # by sums, the longer answer has much to make up for
    assert counts["chosen_reward_last"] > logged(tmp_path / "out", "rewards/chosen")[1], "the likelihood is held up"


def test_orpo_may_start_from_the_base_model_and_needs_no_reference(
    tmp_path: Path, inputs: dict[str, Path], tiny_model: Path
) -> None:
    model = tiny(tiny_model)
    given = {"method": "orpo", "start": "base", "batch_pairs": 6, "max_steps": 2, "epochs": 2.0}
    given |= {"lora": {"r": 2, "alpha": 4}}
    counts, _ = prefer(tmp_path / "out", inputs, model, **given)
    assert "reference" not in counts["proof"]
    assert json.loads((tmp_path / "out/adapter/adapter_config.json").read_text())["r"] == 2
    pairs = token_pairs(inputs, model)
    with torch.no_grad():
        found = logprobs_apart(load_model(model), pairs)
    lengths = torch.tensor([[len(answer) for answer in pair.answers] for pair in pairs])
    odds = found / lengths - torch.log(-torch.expm1(found / lengths))
    expected = (
        -0.1 * torch.nn.functional.logsigmoid(odds[:, 0] - odds[:, 1]).mean() - found[:, 0].sum() / lengths[:, 0].sum()
    )
    assert logged(tmp_path / "out", "loss")[1] == pytest.approx(float(expected), abs=1e-4)


# Held-out pairs


def test_held_out_pairs_are_measured_and_never_trained_on_and_the_best_step_is_kept(
    tmp_path: Path, inputs: dict[str, Path], tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inputs["pairs"] = write_pairs(tmp_path / "many", 44, prompts=22)
    held: list[Any] = []
    finish = preference.finish
    monkeypatch.setattr(preference, "finish", lambda t, *more: held.append(t) or finish(t, *more))
    model = tiny(tiny_model)
    changes = {"dev_share": 0.1, "epochs": 1.5, "batch_pairs": 10, "evaluations": 3, "patience": 0, "save_steps": 9}
    changes |= {"max_steps": None}
    counts, _ = prefer(tmp_path / "out", inputs, model, **changes)
    (trainer,) = held
    dev = trainer.measure.members
    assert len(dev) == 8, "a fifth, for want of 20"
    trained = {member for step in trainer.plan.steps for batch in step for member in batch}
    pairs = trainer.objective.pairs
    assert trained == set(range(44)) - set(dev)
    assert not {tuple(pairs[n].prompt) for n in dev} & {tuple(pairs[n].prompt) for n in trained}
    losses = logged(tmp_path / "out", "eval_pairs/loss")
    assert sorted(losses) == [0, 2, 4, 6] and losses[0] == pytest.approx(math.log(2), abs=1e-4)
    assert counts["kept_step"] == min(losses, key=lambda step: (losses[step], step))
    kept = load_model(model, tmp_path / "out/adapter")
    with torch.no_grad():
        found = logprobs_apart(kept, [pairs[number] for number in dev]).double()
    ratios = BETA * (found - trainer.objective.reference[dev, :2])
    margins = ratios[:, 0] - ratios[:, 1]
    step, out = counts["kept_step"], tmp_path / "out"
    expected = {"loss": -torch.nn.functional.logsigmoid(margins), "margin": margins, "accuracy": (margins > 0).double()}
    for side, name in enumerate(("chosen", "rejected")):
        expected[name] = found[:, side] / torch.tensor([len(pairs[number].answers[side]) for number in dev])
    for name, values in expected.items():
        assert logged(out, f"eval_pairs/{name}")[step] == pytest.approx(float(values.mean()), abs=1e-4), name


# Kills


@pytest.mark.parametrize(("method", "last"), [("dpo", 1), ("dpo", 4), ("kto", 3), ("orpo", 2)])
def test_preference_goes_on_after_a_kill_to_the_same_bytes(
    tmp_path: Path, inputs: dict[str, Path], tiny_model: Path, method: str, last: int
) -> None:
    """In bfloat16, where PEFT changes the weights' precision on loading; held-out pairs are measured at 2 and 4."""
    model = tiny(tiny_model, "bfloat16")
    inputs["pairs"] = write_pairs(tmp_path / "many", 40)
    changes = {"method": method, "max_steps": 4, "evaluations": 2, "dev_share": 0.1}
    undisturbed, _ = prefer(tmp_path / "whole", inputs, model, **changes)
    with pytest.raises(Died):
        prefer(tmp_path / "killed", inputs, model, last=last, **changes)
    plant_halves(tmp_path / "killed/checkpoints")
    resumed, progress = prefer(tmp_path / "killed", inputs, model, **changes)
    assert (progress.done, progress.steps) == (last - 1, 5 - last), "one step was done again"
    assert resumed == undisturbed
    assert folder_digests(tmp_path / "killed") == folder_digests(tmp_path / "whole")


def test_a_kill_while_the_reference_is_computed_costs_nothing(
    tmp_path: Path, inputs: dict[str, Path], tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = tiny(tiny_model)
    undisturbed, _ = prefer(tmp_path / "whole", inputs, model, max_steps=2)

    def half(path: Path, rows: Any) -> None:
        raise Died

    write = reference_module.write_jsonl
    monkeypatch.setattr(reference_module, "write_jsonl", half)
    with pytest.raises(Died):
        prefer(tmp_path / "killed", inputs, model, max_steps=2)
    monkeypatch.setattr(reference_module, "write_jsonl", write)
    assert prefer(tmp_path / "killed", inputs, model, max_steps=2)[0] == undisturbed
    assert folder_digests(tmp_path / "killed") == folder_digests(tmp_path / "whole")


def test_the_rate_is_that_of_the_adapter_that_goes_on_and_not_of_one_that_is_not_there(
    inputs: dict[str, Path], tiny_model: Path, tmp_path: Path
) -> None:
    model = tiny(tiny_model)
    context = StageContext({}, inputs, tmp_path, seed=0)
    settings = PreferenceSettings()
    own = start.rate_of(*start.begin(settings, model, context)[:1], settings, "lora")
    fresh = start.rate_of(*start.begin(PreferenceSettings(start="base"), model, context)[:1], settings, "lora")
    assert own == pytest.approx(4 * fresh), "the SFT adapter has an alpha of 8, and the default one of 32"
