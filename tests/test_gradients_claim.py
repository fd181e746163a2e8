"""The claim that all that should learn received a gradient: it fails, and in short trainings too."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch

from residency.core.errors import ProofError
from residency.training.proof.claims import Learns, Proof


def watched(steps: int, reached: set[str], from_step: int = 1) -> Proof:
    """A training of ``steps`` steps in which the weights that are ``reached`` have gradients from a step on."""
    weights = {name: torch.nn.Parameter(torch.ones(2)) for name in ("a", "b")}
    model = SimpleNamespace(named_parameters=lambda: weights.items())
    proof = Proof(lambda model, members: (0.0, 1.0), lambda members: {})
    proof.trainer = SimpleNamespace(
        model=model,
        is_deepspeed_enabled=False,
        args=SimpleNamespace(should_save=False),
        accelerator=SimpleNamespace(num_processes=1, unwrap_model=lambda model: model),
    )
    proof.waiting = set(weights)
    for step in range(steps):
        for name in reached if step + 1 >= from_step else ():
            weights[name].grad = torch.ones(2)
        state: Any = SimpleNamespace(global_step=step, max_steps=steps)
        proof.on_pre_optimizer_step(None, state, None)
    return proof


@pytest.mark.parametrize("steps", [2, 5, 19, 20, 40])
def test_weights_that_receive_no_gradient_end_the_training(steps: int) -> None:
    with pytest.raises(ProofError, match=f"1 of the weights .* no gradient in {min(steps, 20)} steps, such as b"):
        watched(steps, {"a"})
    assert watched(steps, {"a", "b"}, from_step=2).claims["gradients"] == {"tensors": 2, "by_step": 2}


def test_one_step_claims_nothing_of_a_fresh_adapter() -> None:
    assert "gradients" not in watched(1, {"a"}).claims


def test_what_deepspeed_keeps_to_itself_is_said_and_not_claimed() -> None:
    weight = torch.nn.Parameter(torch.ones(2))
    learns = Learns()
    model = SimpleNamespace(named_parameters=lambda: {"a": weight}.items())
    learns.trainer = SimpleNamespace(
        model=model,
        is_deepspeed_enabled=True,
        args=SimpleNamespace(should_save=False),
        accelerator=SimpleNamespace(unwrap_model=lambda model: model),
    )
    state: Any = SimpleNamespace(global_step=0, max_steps=30)
    learns.on_train_begin(None, state, None)
    learns.on_pre_optimizer_step(None, SimpleNamespace(global_step=29, max_steps=30), None)  # type: ignore[arg-type]
    assert "DeepSpeed" in learns.claims["gradients"]
