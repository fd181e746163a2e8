"""Every objective on tiny models of gpt-oss and Qwen3-MoE, with an adapter on the experts: twenty steps on one batch
bring its loss near the least that it can be."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch

from residency.core.stage import Silent
from residency.training.model.adapter import add_adapter
from residency.training.model.attention import by_masks
from residency.training.model.placement import expert_parameters
from residency.training.model.scoring import make_scorable
from residency.training.pairs.objectives import METHODS, PairLoss
from residency.training.pairs.preferred import Preferred
from residency.training.settings import LoraSettings, Schedule
from residency.training.sft import Labelled
from residency.training.steps.batches import PairTokens
from residency.training.steps.frame import Objective, Plan, StageTrainer, arguments
from tests.small_models import build
from tests.training_runs import random_pairs, random_rows, rows_of

STEPS = 20
LORA = LoraSettings(r=16, alpha=32)
FAMILIES = ("gpt_oss", "qwen3_moe")
BETA = {"simpo": 2.0, "ipo": 0.5, "apo_down": 0.3}
"""IPO's loss begins at 1 / (2 beta) squared."""


def train(folder: Path, model: Any, objective: Objective, members: Sequence[int]) -> list[float]:
    """The loss of each step, all of them on the same members."""
    make_scorable(model)
    plan = Plan([[list(members)]] * STEPS, 1.0)
    schedule = Schedule(warmup=0.0, save_steps=STEPS)
    trainer = StageTrainer(model, arguments(schedule, folder, 5, "cpu", STEPS, 0.03), objective, plan, Silent())
    trainer.train()
    return [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]


def adapted(family: str) -> tuple[Any, dict[str, torch.Tensor]]:
    """The model with an adapter on its experts too, and those weights as they are."""
    base = build(family, initializer_range=0.5)  # with which a head that does not learn can be sure of a token
    assert len(expert_parameters(base)) == 4
    model = add_adapter(base, LORA)
    weights = {name: w for name, w in model.named_parameters() if w.requires_grad and ".experts." in name}
    assert len(weights) == 8, "A and B of both parameters in two layers"
    return model, {name: w.detach().clone() for name, w in weights.items()}


def assert_all_moved(model: Any, before: dict[str, torch.Tensor]) -> None:
    still = [name for name, weights in before.items() if torch.equal(model.get_parameter(name), weights)]
    assert still == [], "these experts have learnt nothing"


@pytest.mark.parametrize("family", FAMILIES)
def test_sft_comes_near_zero_in_twenty_steps(tmp_path: Path, family: str) -> None:
    model, before = adapted(family)
    objective = Labelled(rows_of(random_rows(2, 1, 7, 1000)), None)
    losses = train(tmp_path, model, objective, range(2))
    assert losses[0] > 5 and losses[-1] < 0.1
    assert_all_moved(model, before)


@pytest.mark.parametrize("method", sorted(METHODS))
@pytest.mark.parametrize("family", FAMILIES)
def test_every_loss_on_pairs_comes_near_its_least_in_twenty_steps(tmp_path: Path, family: str, method: str) -> None:
    model, before = adapted(family)
    loss = PairLoss({method: 1.0}, beta=BETA.get(method, 0.5))
    whole = random_pairs(3, 2, (3, 20), answers=3 if loss.others else 2, below=1000)
    pairs = [PairTokens(pair.prompt, tuple(answer[:3] for answer in pair.answers)) for pair in whole]
    objective = Preferred(pairs, loss, by_masks)
    make_scorable(model)
    with torch.no_grad():
        micro = objective.micro(range(3))
        objective.reference[:, : micro["lengths"].shape[1]] = objective.logprobs(model, micro).double()
    losses = train(tmp_path, model, objective, range(3))
    assert losses[-1] < 0.15 * losses[0], losses
    assert losses[-1] < 0.15, losses
    assert_all_moved(model, before)
