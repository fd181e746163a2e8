"""What is measured on dev: the loss of labelled tokens, in all and by what rows are counted under; held-out pairs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch

from residency.training.model.attention import Attention, Micro, nothing
from residency.training.pairs.preferred import Preferred, pair_figures
from residency.training.steps.batches import TRAITS, Row, Rows, batches_by_length, padded, padded_width, shares


@dataclass(frozen=True)
class DevLoss:
    """Measures the mean loss over labelled dev tokens, in nats: ``loss``, and ``loss/TRAIT/VALUE`` for each topic,
    source, mode and kind that dev has rows of.

    Args:
        rows: the dev rows.
        batch_tokens: tokens at once.
        process: the number of this process, which takes its part of the batches.
        processes: how many there are.
    """

    rows: Rows
    batch_tokens: int
    process: int = 0
    processes: int = 1

    def __call__(self, model: Any, over_processes: Callable[[torch.Tensor], torch.Tensor]) -> dict[str, float]:
        """The figures; each row counts by its tokens."""
        sums = torch.zeros(len(self.rows))
        widths = [padded_width(length) for length in self.rows.lengths]
        batches = batches_by_length(widths, self.batch_tokens)
        for members, counts in shares(batches, self.process, self.processes):
            found = row_sums(model, [self.rows.row(member) for member in members])
            if counts:
                sums[members] = -found.float().cpu()
        losses = over_processes(sums).cpu().numpy() if self.processes > 1 else sums.numpy()
        losses, tokens = losses.astype(np.float64), self.rows.labelled
        return {name: float(losses[those].sum() / tokens[those].sum()) for name, those in _groups(self.rows).items()}


def figure_names(rows: Rows) -> list[str]:
    """The names of what :class:`DevLoss` measures on these rows; none where no token is labelled."""
    return list(_groups(rows))


def _groups(rows: Rows) -> dict[str, np.ndarray[Any, Any]]:
    """From the name of each figure to which rows it is of: those that have a labelled token among them."""
    groups = {"loss": np.ones(len(rows), dtype=bool)}
    for trait in TRAITS:
        values = rows.traits[trait].to_numpy()
        groups |= {f"loss/{trait}/{value}": values == value for value in sorted(set(values) - {""})}
    return {name: those for name, those in groups.items() if rows.labelled[those].sum()}


def part_sizes(rows: Rows) -> dict[str, int]:
    """How many rows each figure of :class:`DevLoss` is of."""
    return {name: int(those.sum()) for name, those in _groups(rows).items()}


def row_sums(model: Any, rows: Sequence[Row], attention: Attention = nothing) -> torch.Tensor:
    """The summed log-probability of each row's labelled tokens, in nats, shape (rows,)."""
    micro: Micro = {name: value.to(next(model.parameters()).device) for name, value in padded(rows).items()}
    width = micro["input_ids"].shape[1]
    logprobs = model(
        input_ids=micro["input_ids"],
        read_at=micro["read_at"],
        targets=micro["targets"],
        **attention(model, micro),
    )
    return torch.zeros(len(rows), device=logprobs.device).index_add(0, micro["read_at"] // width, logprobs)


@dataclass(frozen=True)
class DevPairs:
    """Measures held-out pairs: ``pairs/loss`` (without the likelihood term), ``pairs/accuracy``, ``pairs/margin`` (of
    the implicit rewards), its standard error ``pairs/margin_error``, ``pairs/chosen`` and ``pairs/rejected``
    (log-probabilities a token, in nats), and ``pairs/count``; beside them what the ``others`` measure.

    Args:
        objective: the loss on pairs.
        members: the numbers of the held-out pairs; there may be none.
        batch_tokens: tokens at once.
        others: further measures.
        process: the number of this process.
        processes: how many there are.
    """

    objective: Preferred
    members: Sequence[int]
    batch_tokens: int
    others: Sequence[Callable[[Any, Callable[[torch.Tensor], torch.Tensor]], dict[str, float]]] = ()
    process: int = 0
    processes: int = 1

    def __call__(self, model: Any, over_processes: Callable[[torch.Tensor], torch.Tensor]) -> dict[str, float]:
        """All figures."""
        figures: dict[str, float] = {}
        if self.members:
            figures = self._pairs(model, over_processes)
        for measure in self.others:
            figures |= measure(model, over_processes)
        return figures

    def _pairs(self, model: Any, over_processes: Callable[[torch.Tensor], torch.Tensor]) -> dict[str, float]:
        batches = batches_by_length([self.objective.width(member) for member in self.members], self.batch_tokens)
        device = next(model.parameters()).device
        beta = self.objective.loss_of_pairs.beta_of(next(iter(self.objective.loss_of_pairs.weights)))
        sums = torch.zeros(6, dtype=torch.float32, device=device)
        for places, counts in shares(batches, self.process, self.processes):
            micro = self.objective.micro([self.members[place] for place in places])
            scores = self.objective.scores(model, {name: value.to(device) for name, value in micro.items()})
            if not counts:
                continue
            loss = replace(self.objective.loss_of_pairs, likelihood=0.0)(scores, 1.0, float("inf"))
            told = pair_figures(scores, self.objective.loss_of_pairs)
            chosen, rejected = (value.sum() for value in scores.means)
            squares = (beta * (scores.chosen_ratio - scores.rejected_ratio)).square().sum()
            sums += torch.stack([loss, told["rewards/accuracies"], told["rewards/margins"], chosen, rejected, squares])
        count = len(self.members)
        values = ((over_processes(sums) if self.processes > 1 else sums) / count).tolist()
        names = ("loss", "accuracy", "margin", "chosen", "rejected")
        found = {f"pairs/{name}": float(value) for name, value in zip(names, values[:-1], strict=True)}
        spread = max(0.0, values[-1] - found["pairs/margin"] ** 2)
        return found | {"pairs/margin_error": (spread / max(1, count - 1)) ** 0.5, "pairs/count": float(count)}
