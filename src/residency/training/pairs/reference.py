"""The reference of preference tuning: log-probabilities under the model as it is before the first step.

They are computed once, by the model that is then tuned, so that no second model is held; and they are compared with
log-probabilities that transformers' own forward pass gives, one answer at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from transformers import TrainerCallback

from residency.core.errors import ProofError
from residency.core.files import read_jsonl, write_jsonl
from residency.core.stage import Progress
from residency.generation.generate import base_model
from residency.training.pairs.objectives import Scores
from residency.training.pairs.preferred import Preferred
from residency.training.proof.claims import Independent, Proof
from residency.training.steps.batches import PairTokens, batches_by_length, shares
from residency.training.steps.progress import SAME, strays

FILE = "reference.jsonl"
PROBES = 2
"""Pairs whose log-probabilities are computed a second time by transformers alone."""


class Reference(TrainerCallback):
    """Computes the reference before the first step, or reads it where a run goes on.

    Args:
        objective: whose reference is filled.
        batch_tokens: tokens at once.
        proof: where the claim is kept.
        tuned: where the weights of the model lie that the reference is; None for the base model.
        progress: told how far it is.
    """

    def __init__(
        self, objective: Preferred, batch_tokens: int, proof: Proof, tuned: Path | None, progress: Progress
    ) -> None:
        self.objective, self.batch_tokens, self.proof, self.progress = objective, batch_tokens, proof, progress
        self.tuned = tuned
        self.trainer: Any = None

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """The model stands as the training will use it."""
        path = Path(args.output_dir) / FILE
        if state.global_step > 0:
            found = torch.tensor([row["logprobs"] for row in read_jsonl(path)], dtype=torch.float64)
        else:
            found = self._compute()
            if args.should_save:
                path.parent.mkdir(parents=True, exist_ok=True)
                write_jsonl(path, [{"logprobs": row} for row in found.tolist()])
            pairs, model = self.objective.pairs[:PROBES], self.trainer.model_wrapped
            dtype = base_model(self.trainer.model).dtype
            expected = plain_logprobs(model, pairs)
            gap = check_reference(found, expected, pairs, dtype)
            if self.tuned is not None and hasattr(self.trainer.model, "disable_adapter"):
                check_tuned(model, expected, pairs, self.tuned)
            self.proof.claims["reference"] = {"pairs": len(pairs), "gap_per_token": gap}
        self.objective.reference[:, : found.shape[1]] = found

    def _compute(self) -> torch.Tensor:
        pairs = self.objective.pairs
        processes, process = self.trainer.accelerator.num_processes, self.trainer.accelerator.process_index
        batches = batches_by_length([self.objective.width(number) for number in range(len(pairs))], self.batch_tokens)
        found = torch.zeros(len(pairs), len(pairs[0].answers), dtype=torch.float64)
        self.progress.start(-(-len(pairs) // processes), "pairs under the reference")
        model = self.trainer.model_wrapped
        model.eval()
        with torch.no_grad():
            for members, counts in shares(batches, process, processes):
                micro = self.trainer._prepare_inputs(self.objective.micro(members))
                values = self.objective.logprobs(model, micro)
                if counts:
                    found[members] = values.double().cpu()
                self.progress.advance(len(members))
        model.train()
        if processes > 1:
            found = self.trainer.over_processes(found.float()).double().cpu()
        return found


def plain_logprobs(model: Any, pairs: Sequence[PairTokens], adapter: bool = True) -> torch.Tensor:
    """The summed log-probability of each pair's two answers in nats, shape (pairs, 2), from the logits of transformers'
    own forward pass over one sequence at a time.

    Args:
        model: a causal language model.
        pairs: the pairs.
        adapter: whether the model's adapter counts.
    """
    device = next(model.parameters()).device
    without = nullcontext() if adapter else getattr(model, "module", model).disable_adapter()
    training = model.training
    model.eval()
    rows = []
    with torch.no_grad(), without:
        for pair in pairs:
            sums = []
            for answer in pair.answers[:2]:
                ids = torch.tensor([[*pair.prompt, *answer]], device=device)
                found = model(input_ids=ids, use_cache=False, logits_to_keep=len(answer) + 1)
                logits = found.logits[0, :-1].float()
                sums.append(float(logits.log_softmax(-1).gather(1, ids[0, len(pair.prompt) :, None]).sum()))
            rows.append(sums)
    model.train(training)
    return torch.tensor(rows, dtype=torch.float64)


def check_tuned(model: Any, expected: torch.Tensor, pairs: Sequence[PairTokens], adapter: Path) -> None:
    """Assert that the SFT adapter is at work in the model.

    Args:
        model: the SFT model.
        expected: what :func:`plain_logprobs` gives for the pairs.
        pairs: the pairs.
        adapter: the adapter's folder; one that learnt nothing changes nothing.

    Raises:
        ProofError: the adapter holds an update, and the log-probabilities are the base model's.
    """
    if not torch.equal(plain_logprobs(model, pairs, adapter=False), expected):
        return
    for path in adapter.glob("*.safetensors"):
        if any("lora_B" in name and weights.any() for name, weights in load_file(path).items()):
            raise ProofError("the SFT adapter changes nothing: the reference would be the base model", str(adapter))


def check_reference(
    found: torch.Tensor, expected: torch.Tensor, pairs: Sequence[PairTokens], dtype: torch.dtype
) -> float:
    """Assert that the reference's log-probabilities are those that the SFT model gives.

    Args:
        found: the reference's, shape (pairs, 2 or 3).
        expected: of the first pairs, by :func:`plain_logprobs`.
        pairs: the pairs.
        dtype: the precision of the model.

    Returns:
        The greatest difference, in nats a token.

    Raises:
        ProofError: they differ.
    """
    tokens = torch.tensor([[len(answer) for answer in pair.answers[:2]] for pair in pairs[: len(expected)]])
    gaps = (found[: len(expected), :2] - expected).abs() / tokens
    gap = float(gaps.max())
    if not bool((gaps <= SAME[dtype] * strays(tokens)).all()):
        raise ProofError(f"the reference is not the SFT model: {gap:.4f} nats a token apart")
    return gap


def plain_pair_loss(objective: Preferred) -> Independent:
    """The loss of a batch of pairs, from :func:`plain_logprobs`, and how far rounding may move it: by beta times the
    length of the answers, which is more than it moves a loss on tokens. Answers to other prompts count as the batch has
    them, 0 from the reference, since nothing has been learnt."""

    def loss(model: Any, members: Sequence[int]) -> tuple[float, float]:
        pairs = [objective.pairs[member] for member in members]
        found = plain_logprobs(model, pairs).float().requires_grad_()
        reference = objective.reference[list(members)].float()
        counts = objective.counts(members)
        tokens = torch.tensor([[len(answer) for answer in pair.answers[:2]] for pair in pairs])
        with torch.enable_grad():
            scores = Scores(
                chosen=found[:, 0],
                rejected=found[:, 1],
                reference_chosen=reference[:, 0],
                reference_rejected=reference[:, 1],
                chosen_tokens=tokens[:, 0],
                rejected_tokens=tokens[:, 1],
                other=reference[:, 2],
                reference_other=reference[:, 2],
            )
            value = objective.loss_of_pairs(scores, counts["pairs"], counts["chosen_tokens"])
            (slopes,) = torch.autograd.grad(value, found)
        return float(value.detach()), float((slopes.abs() * tokens * strays(tokens)).sum())

    return loss
