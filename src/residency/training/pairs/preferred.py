"""Preference pairs as the trainer sees them: batches that share prompts, log-probabilities, the loss."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from residency.chat.pairs import CompiledPair
from residency.training.model.attention import Attention, nothing
from residency.training.pairs.objectives import BY_TOKEN, PairLoss, Scores
from residency.training.steps.batches import Micro, PairTokens, apart, padded_width, shared
from residency.training.steps.frame import Counted


def with_others(rows: Sequence[CompiledPair], others: bool) -> list[PairTokens]:
    """Compiled pairs; with ``others`` each has, as a third answer, the chosen one of the pair before it that asks
    something else."""
    found = []
    for number, row in enumerate(rows):
        answers: tuple[list[int], ...] = (row["chosen_ids"], row["rejected_ids"])
        if others:
            before = (rows[number - back] for back in range(1, len(rows) + 1))
            other = next((pair for pair in before if pair["prompt_ids"] != row["prompt_ids"]), row)
            answers = (*answers, other["chosen_ids"])
        found.append(PairTokens(row["prompt_ids"], answers))
    return found


class Preferred:
    """The loss on pairs; members are their numbers.

    Args:
        pairs: the pairs, prompts and answers as token ids.
        loss: which loss.
        attention: the way by which a model was proved to keep answers apart that share their prompt; None computes
            each answer after a prompt of its own.
    """

    def __init__(self, pairs: Sequence[PairTokens], loss: PairLoss, attention: Attention | None) -> None:
        self.pairs, self.loss_of_pairs = pairs, loss
        self.build = apart if attention is None else shared
        self.attention = attention or nothing
        self.reference = torch.zeros(len(pairs), 3, dtype=torch.float64)
        """Log-probabilities under the reference, shape (pairs, 3): of the chosen, the rejected and the other answer."""

    @property
    def shares(self) -> bool:
        """Whether a prompt is computed once for its answers."""
        return self.build is shared

    def width(self, member: int) -> int:
        """Tokens that a pair takes up in a batch, padding included."""
        pair = self.pairs[member]
        width = padded_width(pair.width(shared=self.shares))
        return width if self.shares else width * len(pair.answers)

    def micro(self, members: Sequence[int]) -> Micro:
        """The batch of these pairs, with their ``lengths`` and what the ``reference`` says, each shape (pairs, 3)."""
        pairs = [self.pairs[member] for member in members]
        lengths = torch.tensor([[len(answer) for answer in pair.answers] for pair in pairs])
        return {**self.build(pairs), "lengths": lengths, "reference": self.reference[list(members)].float()}

    def counts(self, members: Sequence[int]) -> Counted:
        """Pairs, tokens that are read (a prompt once), and tokens of chosen answers."""
        return {
            "tokens": sum(self.pairs[member].width(shared=True) for member in members),
            "pairs": len(members),
            "chosen_tokens": sum(len(self.pairs[member].answers[0]) for member in members),
        }

    def logprobs(self, model: Any, micro: Micro) -> torch.Tensor:
        """The summed log-probability of each answer, in nats, shape (pairs, answers)."""
        tokens = model(
            input_ids=micro["input_ids"],
            read_at=micro["read_at"],
            targets=micro["targets"],
            **self.attention(model, micro),
        )
        sums = torch.zeros(micro["lengths"].numel(), device=tokens.device)
        return sums.index_add(0, micro["answer"], tokens).view_as(micro["lengths"])

    def scores(self, model: Any, micro: Micro) -> Scores:
        """What the loss is made of."""
        found, reference, lengths = self.logprobs(model, micro), micro["reference"], micro["lengths"]
        others = self.loss_of_pairs.others
        return Scores(
            chosen=found[:, 0],
            rejected=found[:, 1],
            reference_chosen=reference[:, 0],
            reference_rejected=reference[:, 1],
            chosen_tokens=lengths[:, 0],
            rejected_tokens=lengths[:, 1],
            other=found[:, 2] if others else None,
            reference_other=reference[:, 2] if others else None,
        )

    def loss(self, model: Any, micro: Micro, whole: Counted) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        """The batch's part of the step's loss, and of the means of the implicit rewards beta x log(policy /
        reference)."""
        scores = self.scores(model, micro)
        loss = self.loss_of_pairs(scores, whole["pairs"], whole["chosen_tokens"])
        sums = {name: value / whole["pairs"] for name, value in pair_figures(scores, self.loss_of_pairs).items()}
        return loss, sums


def pair_figures(scores: Scores, loss: PairLoss) -> dict[str, torch.Tensor]:
    """What is told of pairs, summed over them. Rewards are the first method's: beta x log(policy / reference), or
    without a reference beta x log(policy), a token where that is what the method compares."""
    method = next(iter(loss.weights))
    beta = loss.beta_of(method)
    rewards = scores.means if method in BY_TOKEN else (scores.chosen_ratio, scores.rejected_ratio)
    chosen, rejected = (beta * reward.detach() for reward in rewards)
    return {
        "rewards/chosen": chosen.sum(),
        "rewards/rejected": rejected.sum(),
        "rewards/margins": (chosen - rejected).sum(),
        "rewards/accuracies": (chosen > rejected).float().sum(),
        "logps/chosen": scores.chosen.detach().sum(),
        "logps/rejected": scores.rejected.detach().sum(),
    }
