"""The losses on preference pairs, as functions of log-probabilities. Tests hold each against TRL's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch.nn.functional import logsigmoid

BETA: Mapping[str, float] = {"simpo": 2.0}
"""Where a method's beta is not that of DPO; the source of each value is the method's paper."""
DPO_BETA = 0.1
NEEDS_REFERENCE = frozenset({"dpo", "ipo", "kto", "apo_zero", "apo_down"})
HAS_LIKELIHOOD = frozenset({"orpo", "cpo"})
"""Methods with a term for the likelihood of the chosen answer."""

BY_TOKEN = frozenset({"orpo", "simpo"})
"""Methods without a reference that compare log-probabilities a token."""


@dataclass(frozen=True)
class Scores:
    """What is known of a batch's pairs. All of shape (pairs,); log-probabilities are summed over an answer's tokens, in
    nats; those of the reference are 0 where the method has none.

    ``other`` and ``reference_other`` are those of an answer to another prompt, from which KTO estimates how far the
    policy is from its reference; None elsewhere.
    """

    chosen: torch.Tensor
    rejected: torch.Tensor
    reference_chosen: torch.Tensor
    reference_rejected: torch.Tensor
    chosen_tokens: torch.Tensor
    rejected_tokens: torch.Tensor
    other: torch.Tensor | None = None
    reference_other: torch.Tensor | None = None

    @property
    def chosen_ratio(self) -> torch.Tensor:
        """log(policy / reference) of the chosen answer."""
        return self.chosen - self.reference_chosen

    @property
    def rejected_ratio(self) -> torch.Tensor:
        """The same of the rejected one."""
        return self.rejected - self.reference_rejected

    @property
    def means(self) -> tuple[torch.Tensor, torch.Tensor]:
        """The policy's log-probabilities a token."""
        return self.chosen / self.chosen_tokens, self.rejected / self.rejected_tokens


def dpo(scores: Scores, beta: float, gamma: float) -> torch.Tensor:
    """Rafailov et al. 2023 (2305.18290), equation 7."""
    return -logsigmoid(beta * (scores.chosen_ratio - scores.rejected_ratio))


def ipo(scores: Scores, beta: float, gamma: float) -> torch.Tensor:
    """Azar et al. 2023 (2310.12036), equation 17, ``beta`` being its tau; on log-ratios a token, which its authors have
    confirmed to TRL."""
    margin = scores.chosen_ratio / scores.chosen_tokens - scores.rejected_ratio / scores.rejected_tokens
    return (margin - 1 / (2 * beta)) ** 2


def kto(scores: Scores, beta: float, gamma: float) -> torch.Tensor:
    """Ethayarajh et al. 2024 (2402.01306), equation 7, with both weights 1, averaged over the pair's answers. Its
    reference point is the mean log-ratio of answers to other prompts in the batch, at least 0, which does not learn."""
    if scores.other is None or scores.reference_other is None:
        raise ValueError("KTO needs answers to other prompts")
    point = (scores.other - scores.reference_other).mean().clamp(min=0).detach()
    desirable = 1 - torch.sigmoid(beta * (scores.chosen_ratio - point))
    undesirable = 1 - torch.sigmoid(beta * (point - scores.rejected_ratio))
    return (desirable + undesirable) / 2


def orpo(scores: Scores, beta: float, gamma: float) -> torch.Tensor:
    """Hong et al. 2024 (2403.07691), equations 4 and 7, without its likelihood term; ``beta`` is its lambda."""
    chosen, rejected = scores.means
    odds = (chosen - rejected) - (_log_one_minus_exp(chosen) - _log_one_minus_exp(rejected))
    return -beta * logsigmoid(odds)


def _log_one_minus_exp(value: torch.Tensor) -> torch.Tensor:
    """log(1 - exp(value)) for values below 0, by the form that is exact where each is (Maechler 2012)."""
    value = value.clamp(max=-1e-7)
    near = torch.log(-torch.expm1(value))
    far = torch.log1p(-torch.exp(value))
    return torch.where(value > -0.693, near, far)


def cpo(scores: Scores, beta: float, gamma: float) -> torch.Tensor:
    """Xu et al. 2024 (2401.08417), equation 3, without its likelihood term."""
    return -logsigmoid(beta * (scores.chosen - scores.rejected))


def simpo(scores: Scores, beta: float, gamma: float) -> torch.Tensor:
    """Meng et al. 2024 (2405.14734), equation 6."""
    chosen, rejected = scores.means
    return -logsigmoid(beta * (chosen - rejected) - gamma)


def apo_zero(scores: Scores, beta: float, gamma: float) -> torch.Tensor:
    """D'Oosterlinck et al. 2024 (2408.06266), equation 7: for answers that are better than the model's own."""
    return 1 - torch.sigmoid(beta * scores.chosen_ratio) + torch.sigmoid(beta * scores.rejected_ratio)


def apo_down(scores: Scores, beta: float, gamma: float) -> torch.Tensor:
    """The same paper's equation 8: for chosen answers that are worse than the model's own."""
    margin = scores.chosen_ratio - scores.rejected_ratio
    return torch.sigmoid(beta * scores.chosen_ratio) + 1 - torch.sigmoid(beta * margin)


METHODS: Mapping[str, Callable[[Scores, float, float], torch.Tensor]] = {
    method.__name__: method for method in (dpo, ipo, kto, orpo, cpo, simpo, apo_zero, apo_down)
}
"""By name, from scores, beta and gamma to a loss for each pair."""


@dataclass(frozen=True)
class PairLoss:
    """A weighted sum of losses on pairs, with the likelihood of the chosen answers beside.

    Args:
        weights: the weight of each method by name.
        beta: for all of them; None takes each method's own.
        gamma: SimPO's margin.
        likelihood: the weight of the chosen answers' mean negative log-likelihood a token, for methods that bring none;
            a method that does brings it with the method's own weight.
    """

    weights: Mapping[str, float]
    beta: float | None = None
    gamma: float = 1.0
    likelihood: float = 0.0

    @property
    def reference(self) -> bool:
        """Whether log-probabilities of a reference are needed."""
        return bool(self.weights.keys() & NEEDS_REFERENCE)

    @property
    def others(self) -> bool:
        """Whether answers to other prompts are."""
        return "kto" in self.weights

    def beta_of(self, method: str) -> float:
        """The beta of one method."""
        return BETA.get(method, DPO_BETA) if self.beta is None else self.beta

    def __call__(self, scores: Scores, pairs: float, tokens: float) -> torch.Tensor:
        """These pairs' part of the loss of a step that has so many ``pairs``, and ``tokens`` of chosen answers."""
        total = torch.zeros((), device=scores.chosen.device)
        likelihood = 0.0 if self.weights.keys() <= HAS_LIKELIHOOD else self.likelihood
        for method, weight in self.weights.items():
            total = total + weight * METHODS[method](scores, self.beta_of(method), self.gamma).sum() / pairs
            likelihood += weight if method in HAS_LIKELIHOOD else 0.0
        return total - likelihood * scores.chosen.sum() / tokens
