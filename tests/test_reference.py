"""The reference of preference tuning is the SFT model, or the training does not begin."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from residency.core.errors import ProofError
from residency.core.stage import Counts
from residency.generation.models import load_model
from residency.training import preference
from residency.training.pairs import reference
from residency.training.pairs.objectives import PairLoss
from residency.training.pairs.preferred import Preferred
from residency.training.pairs.reference import Reference, check_reference, plain_logprobs, plain_pair_loss
from residency.training.steps.batches import PairTokens
from residency.training.steps.progress import strays
from tests.test_preference import PROBE, inputs, prefer, token_pairs
from tests.training_runs import logprobs_apart, tiny

__all__ = ["inputs"]


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_the_policy_learns_and_what_is_saved_is_what_was_trained(
    tmp_path: Path, inputs: dict[str, Path], tiny_model: Path, monkeypatch: pytest.MonkeyPatch, dtype: str
) -> None:
    seen: dict[str, Any] = {}
    finish = preference.finish

    def capture(trainer: Any, *more: Any) -> Counts:
        model = trainer.model.eval()
        seen["state"] = {name: weights.clone() for name, weights in model.state_dict().items()}
        with torch.no_grad():
            seen["logits"] = model(PROBE).logits
        return finish(trainer, *more)

    monkeypatch.setattr(preference, "finish", capture)
    model = tiny(tiny_model, dtype)
    counts, progress = prefer(tmp_path / "out", inputs, model)
    assert (counts["pairs"], counts["steps"], counts["kept_step"], progress.steps) == (6, 3, 3, 3)
    assert counts["proof"]["reference"]["gap_per_token"] < (1e-5 if dtype == "float32" else 0.02)
    start = load_model(model, inputs["sft"] / "adapter").state_dict()
    assert start.keys() == seen["state"].keys(), "no second model is held"
    for name, weights in start.items():
        assert torch.equal(seen["state"][name], weights.float() if "lora_" in name else weights) == (
            "lora_" not in name
        )
    saved = load_file(tmp_path / "out/adapter/adapter_model.safetensors")
    assert {weights.dtype for weights in saved.values()} == {getattr(torch, dtype)}
    with torch.no_grad():
        assert torch.equal(load_model(model, tmp_path / "out/adapter")(PROBE).logits, seen["logits"])


@pytest.mark.parametrize("method", ["dpo", "kto"])
def test_the_reference_is_what_the_sft_model_gives(
    tmp_path: Path, inputs: dict[str, Path], tiny_model: Path, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    """For all pairs, and for KTO for the answers to other prompts too; the adapter of SFT counts."""
    held: list[Preferred] = []
    finish = preference.finish
    monkeypatch.setattr(preference, "finish", lambda t, *more: held.append(t.objective) or finish(t, *more))
    model = tiny(tiny_model)
    prefer(tmp_path / "out", inputs, model, method=method, batch_tokens=400)
    (objective,) = held
    tuned, base = load_model(model, inputs["sft"] / "adapter"), load_model(model)
    with torch.no_grad():
        expected, untuned = (logprobs_apart(one, objective.pairs).double() for one in (tuned, base))
    answers = expected.shape[1]
    assert answers == (3 if method == "kto" else 2)
    assert torch.allclose(objective.reference[:, :answers], expected, atol=1e-3)
    assert (untuned - expected).abs().min() > 0.01


def zeroed(model: Any) -> None:
    with torch.no_grad():
        for name, weights in model.named_parameters():
            if "lora_B" in name:
                weights.zero_()


def test_a_reference_that_is_not_the_sft_model_is_refused(
    tmp_path: Path, inputs: dict[str, Path], tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted faults: an adapter that is lost on loading, and one that counts only while the reference is made."""
    ready, compute = preference.ready, Reference._compute
    monkeypatch.setattr(preference, "ready", lambda model, *more: (ready(model, *more), zeroed(model)))
    with pytest.raises(ProofError, match="the SFT adapter changes nothing"):
        prefer(tmp_path / "out", inputs, tiny(tiny_model))
    monkeypatch.setattr(preference, "ready", ready)

    def losing(self: Any) -> torch.Tensor:
        found = compute(self)
        zeroed(self.trainer.model)
        return found

    monkeypatch.setattr(Reference, "_compute", losing)
    with pytest.raises(ProofError, match=r"^the reference is not the SFT model: \d\.\d+ nats a token apart$"):
        prefer(tmp_path / "other", inputs, tiny(tiny_model))
    assert not list(tmp_path.glob("o*/adapter"))


def test_an_sft_adapter_that_learnt_nothing_is_no_fault_of_the_reference(
    tmp_path: Path, inputs: dict[str, Path], tiny_model: Path
) -> None:
    path = inputs["sft"] / "adapter/adapter_model.safetensors"
    save_file({n: w * ("lora_B" not in n) for n, w in load_file(path).items()}, path, metadata={"format": "pt"})
    counts, _ = prefer(tmp_path / "out", inputs, tiny(tiny_model))
    assert counts["proof"]["reference"]["gap_per_token"] < 1e-5


def test_the_model_is_left_as_it_is_by_the_comparison(inputs: dict[str, Path], tiny_model: Path) -> None:
    model = load_model(tiny(tiny_model), inputs["sft"] / "adapter", trainable=True)
    pairs = token_pairs(inputs, tiny(tiny_model))[:2]
    tuned, bare = plain_logprobs(model, pairs), plain_logprobs(model, pairs, adapter=False)
    assert torch.equal(plain_logprobs(model, pairs), tuned)
    assert model.training and all(w.requires_grad == ("lora_" in name) for name, w in model.named_parameters())
    with torch.no_grad():
        assert torch.allclose(bare, logprobs_apart(load_model(tiny(tiny_model)), pairs).double(), atol=1e-3)
    assert check_reference(tuned, tuned, pairs, torch.float32) == 0
    for wrong in (bare, tuned * math.nan):
        with pytest.raises(ProofError):
            check_reference(wrong, tuned, pairs, torch.float32)


def test_a_loss_on_pairs_may_differ_by_what_rounding_does_to_it_and_by_no_more(
    inputs: dict[str, Path], tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In bfloat16 log-probabilities are off by some hundredths of a nat a token, which a long answer adds up."""
    model, off = tiny(tiny_model), 0.001
    pairs = token_pairs(inputs, model)
    objective = Preferred(pairs, PairLoss({"dpo": 1.0}, likelihood=0.2), None)
    loaded = load_model(model)
    expected = plain_logprobs(loaded, pairs)
    objective.reference[:, :2] = expected
    whole, allowed = plain_pair_loss(objective)(loaded, [0, 1])
    tokens = torch.tensor([[len(answer) for answer in pair.answers] for pair in pairs[:2]])
    worst = expected[:2] + off * tokens * strays(tokens) * torch.tensor([-1.0, 1.0])
    monkeypatch.setattr(reference, "plain_logprobs", lambda *_: worst)
    moved, _ = plain_pair_loss(objective)(loaded, [0, 1])
    assert moved - whole == pytest.approx(allowed * off, rel=0.1)


@pytest.mark.parametrize(
    ("tokens", "gap", "same"), [(1000, 0.019, True), (1000, 0.021, False), (9, 0.19, True), (9, 0.21, False)]
)
def test_the_fewer_tokens_an_answer_has_the_further_rounding_may_move_it(tokens: int, gap: float, same: bool) -> None:
    pair = PairTokens([1, 2], ([3] * tokens, [4] * 1000))
    found, expected = torch.tensor([[-50.0 - gap * tokens, -70.0]]), torch.tensor([[-50.0, -70.0]])
    if same:
        assert check_reference(found, expected, [pair], torch.bfloat16) == pytest.approx(gap, abs=1e-4)
    else:
        with pytest.raises(ProofError, match="the reference is not the SFT model"):
            check_reference(found, expected, [pair], torch.bfloat16)
