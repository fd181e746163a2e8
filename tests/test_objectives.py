"""Every objective is TRL's: the same loss and the same gradients on the same tokens and labels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from datasets import Dataset
from trl import DPOConfig, DPOTrainer, KTOConfig, KTOTrainer, SFTConfig, SFTTrainer
from trl.experimental.cpo import CPOConfig, CPOTrainer
from trl.experimental.orpo import ORPOConfig, ORPOTrainer

from residency.generation.models import load_model, load_tokenizer
from residency.training.model.attention import by_masks, by_positions
from residency.training.model.scoring import make_scorable
from residency.training.pairs.objectives import METHODS, PairLoss, Scores
from residency.training.pairs.preferred import Preferred
from residency.training.sft import Labelled
from residency.training.steps.batches import PairTokens
from tests.training_runs import assert_same_gradients, random_pairs, random_rows, rows_of, tiny

QUIET: dict[str, Any] = {"use_cpu": True, "bf16": False, "gradient_checkpointing": False, "report_to": "none"}
TEXTS = [{"prompt": "What?", "chosen": "This.", "rejected": "That."}]
UNPAIRED = [{"prompt": "What?", "completion": "This.", "label": True}]
PAIRS = random_pairs(5, 11, (2, 20), answers=3)
SHORT = random_pairs(5, 12, (1, 1), answers=2)


@pytest.fixture
def model(tiny_model: Path, adapter: Path) -> Any:
    return load_model(tiny(tiny_model), adapter, trainable=True)


def trainer_of(kind: Any, args: Any, rows: list[dict[str, Any]], folder: Path, model: Any) -> Any:
    """One of TRL's trainers on the model; ours is called beside it."""
    trainer = kind(
        model=model,
        args=args,
        train_dataset=Dataset.from_list(rows),
        processing_class=load_tokenizer(tiny(folder)),
    )
    make_scorable(model)
    return trainer


def reference_of(count: int) -> torch.Tensor:
    """What a reference might say, shape (count, 3): unlike the policy, in both directions."""
    return -40 - 40 * torch.rand(count, 3, generator=torch.Generator().manual_seed(4), dtype=torch.float64)


def ours(
    model: Any, pairs: Sequence[PairTokens], loss: PairLoss, share: bool = True, reference: bool = True
) -> tuple[torch.Tensor, dict[str, float]]:
    """The loss and the figures as a step computes them that has two batches."""
    objective = Preferred(pairs, loss, by_masks if share else None)
    if reference:
        objective.reference = reference_of(len(pairs))
    numbers = list(range(len(pairs)))
    whole = objective.counts(numbers)
    losses, figures = zip(
        *(objective.loss(model, objective.micro(batch), whole) for batch in (numbers[:2], numbers[2:])), strict=True
    )
    return torch.stack(losses).sum(), {name: sum(float(part[name]) for part in figures) for name in figures[0]}


def assert_same_figures(mine: dict[str, float], theirs: dict[str, Any]) -> None:
    for name in ("rewards/chosen", "rewards/rejected", "rewards/margins", "rewards/accuracies"):
        assert mine[name] == pytest.approx(torch.tensor(theirs[name]).mean().item(), abs=1e-4), name


# SFT


@pytest.mark.parametrize("packed", [False, True])
def test_the_sft_loss_is_that_of_trl(tmp_path: Path, tiny_model: Path, model: Any, packed: bool) -> None:
    rows = random_rows(6, 9)
    trainer = trainer_of(SFTTrainer, SFTConfig(str(tmp_path), **QUIET), rows, tiny_model, model)
    theirs = trainer.compute_loss(model, trainer.data_collator(rows))
    objective = Labelled(rows_of(rows), by_positions if packed else None)
    whole = objective.counts(range(6))
    batches = [objective.micro(batch) for batch in ([0, 1], [2, 3, 4], [5])]
    mine = torch.stack([objective.loss(model, batch, whole)[0] for batch in batches]).sum()
    assert_same_gradients(model, mine, theirs)


# DPO and its kin

NAMES = {"dpo": "sigmoid", "ipo": "ipo", "apo_zero": "apo_zero", "apo_down": "apo_down"}
MIXTURES = [{name: 1.0} for name in NAMES] + [{"dpo": 1.0, "ipo": 0.5}, {"apo_zero": 0.7, "dpo": 0.3}]


@pytest.mark.parametrize("likelihood", [0.0, 0.3])
@pytest.mark.parametrize("share", [True, False])
@pytest.mark.parametrize("weights", MIXTURES, ids="+".join)
def test_losses_with_a_reference_are_those_of_trl(
    tmp_path: Path, tiny_model: Path, model: Any, weights: dict[str, float], share: bool, likelihood: float
) -> None:
    args = DPOConfig(
        str(tmp_path),
        beta=0.2,
        loss_type=[NAMES[name] for name in weights] + (["sft"] if likelihood else []),
        loss_weights=[*weights.values(), *([likelihood] if likelihood else [])],
        max_length=None,
        **QUIET,
    )
    trainer = trainer_of(DPOTrainer, args, TEXTS, tiny_model, model)
    trainer.precompute_ref_logps = True
    reference = reference_of(len(PAIRS)).tolist()
    batch = trainer.data_collator(
        [
            {
                "prompt_ids": pair.prompt,
                "chosen_ids": pair.answers[0],
                "rejected_ids": pair.answers[1],
                "ref_chosen_logps": chosen,
                "ref_rejected_logps": rejected,
            }
            for pair, (chosen, rejected, _) in zip(PAIRS, reference, strict=True)
        ]
    )
    assert not batch["attention_mask"].all(), "some row must be padded"
    theirs = trainer.compute_loss(model.train(), batch)
    two = [PairTokens(pair.prompt, pair.answers[:2]) for pair in PAIRS]
    mine, figures = ours(model, two, PairLoss(weights, beta=0.2, likelihood=likelihood), share)
    assert_same_figures(figures, trainer._metrics["train"])
    assert_same_gradients(model, mine, theirs)


@pytest.mark.parametrize("above", [True, False])
def test_the_kto_loss_is_that_of_trl(tmp_path: Path, tiny_model: Path, model: Any, above: bool) -> None:
    """On the same rows, the same rows for its reference point, and the same reference; the point is at least 0."""
    args = KTOConfig(str(tmp_path), beta=0.2, max_length=None, per_device_train_batch_size=2, **QUIET)
    trainer = trainer_of(KTOTrainer, args, UNPAIRED * 2, tiny_model, model)
    trainer.precompute_ref_logps = True
    reference = reference_of(len(PAIRS))
    with torch.no_grad():
        objective = Preferred(PAIRS, PairLoss({"kto": 1.0}), None)
        others = objective.logprobs(model, objective.micro(range(len(PAIRS))))[:, 2]
    reference[:, 2] = others - (3.0 if above else -3.0)
    rows = [
        {
            "prompt_ids": pair.prompt,
            "completion_ids": pair.answers[side],
            "KL_completion_ids": pair.answers[2],
            "ref_logps": float(told[side]),
            "ref_KL_logps": float(told[2]),
            "label": side == 0,
        }
        for pair, told in zip(PAIRS, reference, strict=True)
        for side in (0, 1)
    ]
    theirs = trainer.compute_loss(model.train(), trainer.data_collator(rows))
    assert trainer._metrics["train"]["kl"] == [pytest.approx(3.0 if above else 0.0, abs=1e-4)]
    objective = Preferred(PAIRS, PairLoss({"kto": 1.0}, beta=0.2), by_masks)
    objective.reference = reference
    members = range(len(PAIRS))
    mine, _ = objective.loss(model, objective.micro(members), objective.counts(members))
    assert_same_gradients(model, mine, theirs)


# Without a reference


def with_labels(pairs: Sequence[PairTokens]) -> dict[str, torch.Tensor]:
    """The batch as TRL's collator for ORPO and CPO gives it."""
    batch = {}
    for side, name in enumerate(("chosen", "rejected")):
        lines = [[*pair.prompt, *pair.answers[side]] for pair in pairs]
        width = max(map(len, lines))
        rows: dict[str, list[list[int]]] = {"input_ids": [], "attention_mask": [], "labels": []}
        for pair, line in zip(pairs, lines, strict=True):
            room = width - len(line)
            rows["input_ids"].append(line + [0] * room)
            rows["attention_mask"].append([1] * len(line) + [0] * room)
            rows["labels"].append([-100] * len(pair.prompt) + [*pair.answers[side]] + [-100] * room)
        batch |= {f"{name}_{key}": torch.tensor(value) for key, value in rows.items()}
    return batch


def test_the_orpo_loss_is_that_of_trl(tmp_path: Path, tiny_model: Path, model: Any) -> None:
    """TRL's likelihood term is over prompt and answer, ours, as in the paper, over the answer: they are the same where
    a prompt is one token, which nothing predicts."""
    args = ORPOConfig(str(tmp_path), beta=0.3, **QUIET)
    trainer = trainer_of(ORPOTrainer, args, TEXTS, tiny_model, model)
    theirs, told = trainer.get_batch_loss_metrics(model, with_labels(SHORT))
    mine, figures = ours(model, SHORT, PairLoss({"orpo": 1.0}, beta=0.3), reference=False)
    assert_same_figures(figures, told)
    assert_same_gradients(model, mine, theirs)


def test_the_odds_of_orpo_are_those_of_trl_after_longer_prompts(tmp_path: Path, tiny_model: Path, model: Any) -> None:
    args = ORPOConfig(str(tmp_path), beta=0.3, **QUIET)
    trainer = trainer_of(ORPOTrainer, args, TEXTS, tiny_model, model)
    chosen, rejected, *_ = trainer.concatenated_forward(model, with_labels(PAIRS))
    theirs = -trainer.odds_ratio_loss(chosen, rejected)[0].mean()
    two = [PairTokens(pair.prompt, pair.answers[:2]) for pair in PAIRS]
    mine, _ = ours(model, two, PairLoss({"orpo": 1.0}, beta=0.3), reference=False)
    objective = Preferred(two, PairLoss({"orpo": 1.0}), None)
    answers = objective.logprobs(model, objective.micro(range(len(two))))[:, 0].sum()
    likelihood = -answers / objective.counts(range(len(two)))["chosen_tokens"]
    assert_same_gradients(model, mine - likelihood, theirs)


@pytest.mark.parametrize(
    ("loss", "settings"),
    [
        (PairLoss({"cpo": 1.0}, beta=0.2), {"loss_type": "sigmoid", "cpo_alpha": 1.0, "beta": 0.2}),
        (PairLoss({"simpo": 1.0}), {"loss_type": "simpo", "cpo_alpha": 0.0, "beta": 2.0, "simpo_gamma": 1.0}),
        (
            PairLoss({"simpo": 1.0}, beta=1.5, gamma=0.4, likelihood=0.2),
            {"loss_type": "simpo", "cpo_alpha": 0.2, "beta": 1.5, "simpo_gamma": 0.4},
        ),
    ],
    ids=["cpo", "simpo", "simpo+sft"],
)
def test_cpo_and_simpo_are_those_of_trl(
    tmp_path: Path, tiny_model: Path, model: Any, loss: PairLoss, settings: dict[str, Any]
) -> None:
    trainer = trainer_of(CPOTrainer, CPOConfig(str(tmp_path), **settings, **QUIET), TEXTS, tiny_model, model)
    two = [PairTokens(pair.prompt, pair.answers[:2]) for pair in PAIRS]
    theirs, told = trainer.get_batch_loss_metrics(model, with_labels(two))
    mine, figures = ours(model, two, loss, reference=False)
    assert_same_figures(figures, told)
    assert_same_gradients(model, mine, theirs)


# What is not TRL's


def scores(chosen: float, rejected: float, tokens: int = 4) -> Scores:
    one = torch.ones(1)
    return Scores(chosen * one, rejected * one, 0 * one, 0 * one, tokens * one, tokens * one, 0 * one, 0 * one)


@pytest.mark.parametrize("method", sorted(METHODS))
def test_each_loss_is_lower_the_more_the_chosen_answer_is_preferred_and_is_never_no_number(method: str) -> None:
    """apo_down, for chosen answers that are no model to follow, is so while both become less likely."""
    found = [float(PairLoss({method: 1.0})(scores(-3.0, rejected), 1, 4)) for rejected in (-1.0, -3.0, -4.0)]
    assert found == sorted(found, reverse=True) and found[0] > found[-1]
    for chosen, rejected in ((0.0, -1e4), (-1e4, 0.0), (-1e-9, -1e-9), (-1e4, -1e4)):
        pair = scores(chosen, rejected)
        pair.chosen.requires_grad_()
        loss = PairLoss({method: 1.0})(pair, 1, 4)
        (slope,) = torch.autograd.grad(loss, pair.chosen)
        assert math.isfinite(float(loss.detach())) and math.isfinite(float(slope)), (chosen, rejected)


def test_a_likelihood_term_is_there_once() -> None:
    """ORPO and CPO bring their own; in a mixture the other losses have the one that is set."""
    pair = scores(-8.0, -9.0)
    for method in ("orpo", "cpo"):
        assert PairLoss({method: 1.0}, likelihood=0.2)(pair, 1, 4) == PairLoss({method: 1.0})(pair, 1, 4)
    dpo = PairLoss({"dpo": 1.0})(pair, 1, 4)
    assert float(PairLoss({"dpo": 1.0}, likelihood=0.2)(pair, 1, 4) - dpo) == pytest.approx(0.2 * 8 / 4)
    both = PairLoss({"dpo": 1.0, "cpo": 0.5}, likelihood=0.2)(pair, 1, 4)
    assert float(both - dpo - 0.5 * PairLoss({"cpo": 1.0})(pair, 1, 4)) == pytest.approx(0.2 * 8 / 4)
