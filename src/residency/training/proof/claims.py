"""Proof that a training did what was asked: claims that are tested while it runs, and fail the stage if false.

Before the first step: the first batch holds the labels that ``residency show`` shows, and its loss is that of
transformers' own forward pass. During it: all that should learn receives gradients. Afterwards, on the files that were
written: the model reloads, differs from its base, says something, and stays the same when the adapter is merged.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import TrainerCallback

from residency.chat.renderer import IGNORED, Renderer
from residency.chat.rows import parts
from residency.core.errors import ProofError
from residency.core.files import read_json, write_json
from residency.generation.generate import base_model
from residency.training.model.attention import Micro
from residency.training.model.placement import check_placed
from residency.training.steps.batches import Rows
from residency.training.steps.progress import SAME, strays

FILE = "proof.json"
Claims = dict[str, Any]
"""What was shown, by the claim's name."""
Independent = Callable[[Any, Sequence[int]], tuple[float, float]]
"""From the model and the members of a batch to their loss, by transformers' own forward pass, one row at a time, and
how many times ``SAME`` rounding may move that."""
LATEST = 20
"""Steps by which all that is trained must have received a gradient, or all steps, where there are fewer."""


class Learns(TrainerCallback):
    """Tests that the right weights are trained, whichever trainer trains them, and keeps the claims beside the
    checkpoints, so that a run that goes on has them."""

    def __init__(self) -> None:
        self.trainer: Any = None
        self.claims: Claims = {}
        self.waiting: set[str] = set()

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """The model stands as it will be trained; nothing has changed yet."""
        if state.global_step > 0:
            self.claims = dict(read_json(self._file()))
        else:
            self.claims |= self._before()
        if self.trainer.is_deepspeed_enabled:
            self.claims["gradients"] = "not tested: DeepSpeed keeps them to itself"
        elif "gradients" not in self.claims:
            self.waiting = {name for name, weights in self._weights() if weights.requires_grad}
        self._write()

    def on_pre_optimizer_step(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Gradients are there: what has received one no longer waits.

        Raises:
            ProofError: some weights have received none for too long.
        """
        if not self.waiting:
            return
        names = sorted(self.waiting)
        weights = dict(self._weights())
        found = torch.tensor([_has_gradient(weights[name]) for name in names], dtype=torch.float32)
        if self.trainer.accelerator.num_processes > 1:
            found = self.trainer.accelerator.reduce(found.to(args.device), reduction="sum").cpu()
        self.waiting -= {name for name, seen in zip(names, found.tolist(), strict=True) if seen}
        step = state.global_step + 1
        if not self.waiting:
            self.claims["gradients"] = {"tensors": sum(w.requires_grad for w in weights.values()), "by_step": step}
            self._write()
        elif step >= min(LATEST, max(2, state.max_steps)):  # half of a fresh adapter receives none in its first step
            raise ProofError(
                f"{len(self.waiting)} of the weights that should learn have received no gradient in {step} steps, such "
                f"as {min(self.waiting)}"
            )

    def on_save(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Keep the claims with the first checkpoint."""
        self._write()

    def _before(self) -> Claims:
        """What can be shown before the first step."""
        return self._placed()

    def _placed(self) -> Claims:
        """Where the adapter sits; all weights of a model that is trained whole."""
        model = self.trainer.accelerator.unwrap_model(self.trainer.model)
        if not hasattr(model, "peft_config"):
            return {"trained": {"weights": sum(w.numel() for _, w in self._weights() if w.requires_grad)}}
        return {"adapter": check_placed(model, bool(model.peft_config["default"].target_parameters))}

    def _weights(self) -> list[tuple[str, Any]]:
        return list(self.trainer.accelerator.unwrap_model(self.trainer.model).named_parameters())

    def _file(self) -> Path:
        return Path(self.trainer.args.output_dir) / FILE

    def _write(self) -> None:
        if self.trainer.args.should_save:
            self._file().parent.mkdir(parents=True, exist_ok=True)
            write_json(self._file(), self.claims)


class Proof(Learns):
    """Tests the claims of the first steps of a training on a plan.

    Args:
        independent: the loss that the first batch should have.
        first_batch: what is to be shown of the first batch itself; may raise a ProofError.
    """

    def __init__(self, independent: Independent, first_batch: Callable[[Sequence[int]], Claims]) -> None:
        super().__init__()
        self.independent, self.first_batch = independent, first_batch

    def _before(self) -> Claims:
        members = self.trainer.plan.steps[0][0]
        return {**self._placed(), **self.first_batch(members), **self._first_loss(members)}

    def _first_loss(self, members: Sequence[int]) -> Claims:
        """The loss of the first batch, by the trainer and by transformers.

        Raises:
            ProofError: they differ.
        """
        trainer = self.trainer
        objective, model = trainer.objective, trainer.model_wrapped
        training = model.training
        model.eval()
        with torch.no_grad():
            micro = trainer._prepare_inputs(objective.micro(members))
            ours = float(objective.loss(model, micro, objective.counts(members))[0])
            theirs, strayed = self.independent(model, members)
        model.train(training)
        allowed = SAME[base_model(trainer.model).dtype] * max(1.0, abs(theirs), strayed)
        if not abs(ours - theirs) <= allowed:
            raise ProofError(
                f"the loss of the first batch is {ours:.5f}, and by transformers' own computation {theirs:.5f}"
            )
        return {"first_loss": {"ours": round(ours, 6), "independent": round(theirs, 6)}}


def _has_gradient(weights: Any) -> bool:
    gradient = weights.grad
    if gradient is None:
        return False
    local = gradient.to_local() if hasattr(gradient, "to_local") else gradient
    return bool(local.any())


def labels_shown(rows: Rows, build: Callable[[Sequence[int]], Micro], renderer: Renderer) -> Callable[..., Claims]:
    """The claim on a first batch of compiled rows: put back together from what the model is given, each row has the
    pieces, learnt and not, that ``residency show`` prints of it.

    Args:
        rows: the compiled rows.
        build: from their numbers to the batch.
        renderer: by which rows are read.
    """

    def shown(members: Sequence[int]) -> Claims:
        read = unbatched(build(members), [rows.lengths[member] for member in members])
        learnt = []
        for member, (ids, labels) in zip(members, read, strict=True):
            whole, marks = (values.tolist() for values in rows.row(member))
            expected = list(parts(renderer, whole, [IGNORED, *marks[1:]]))  # before the first token stands nothing
            pieces = list(parts(renderer, ids, labels))
            if pieces != expected:
                raise ProofError(f"the first batch does not hold row {member + 1} as residency show shows it")
            learnt.append("".join(piece.text for piece in pieces if piece.learnt))
        return {"labels": {"rows": len(members), "learnt_of_the_first": learnt[0][:400]}}

    return shown


def answers_shown(objective: Any, renderer: Renderer) -> Callable[[Sequence[int]], Claims]:
    """The claim on a first batch of pairs: what is learnt of each pair are its answers, each of its tokens once, and
    predicted from where the one before it stands.

    Args:
        objective: the pairs, and how a batch is made of them.
        renderer: by which answers are read.
    """

    def shown(members: Sequence[int]) -> Claims:
        micro = objective.micro(members)
        ids, read_at, targets = (micro[name].reshape(-1).tolist() for name in ("input_ids", "read_at", "targets"))
        owners = micro["answer"].tolist()
        number = 0
        for member in members:
            pair = objective.pairs[member]
            for answer in pair.answers:
                mine = [place for place, owner in enumerate(owners) if owner == number]
                before = [ids[read_at[place]] for place in mine]
                if [targets[place] for place in mine] != [*answer] or before != [pair.prompt[-1], *answer[:-1]]:
                    raise ProofError(f"the first batch does not hold the answers of pair {member + 1}")
                number += 1
        first = objective.pairs[members[0]].answers[0]
        return {"labels": {"pairs": len(members), "learnt_of_the_first": renderer.decode(first)[:400]}}

    return shown


def unbatched(micro: Micro, lengths: Sequence[int]) -> list[tuple[list[int], list[int]]]:
    """The (ids, labels) of each row of a batch, padded or packed, from what the model is given.

    Args:
        micro: the batch.
        lengths: tokens of each row.

    Raises:
        ProofError: something is learnt where there is no row.
    """
    ids = micro["input_ids"].reshape(-1).numpy()
    labels = np.full_like(ids, IGNORED)
    labels[micro["read_at"].numpy() + 1] = micro["targets"].numpy()
    width = 0 if "row" in micro else micro["input_ids"].shape[1]
    starts = [line * width for line in range(len(lengths))] if width else np.cumsum([0, *lengths[:-1]]).tolist()
    read = [
        (ids[start : start + length].tolist(), labels[start : start + length].tolist())
        for start, length in zip(starts, lengths, strict=True)
    ]
    if sum(label != IGNORED for _, row in read for label in row) != len(micro["targets"]):
        raise ProofError("the first batch has labels where no row is")
    return read


def plain_loss(rows: Rows) -> Independent:
    """The mean loss of labelled tokens, from the logits of one row at a time."""

    def loss(model: Any, members: Sequence[int]) -> tuple[float, float]:
        total, tokens = 0.0, 0
        device = next(model.parameters()).device
        for member in members:
            ids, labels = (torch.from_numpy(values.astype(np.int64)).to(device) for values in rows.row(member))
            # Of a vocabulary of 200,000, the logits of a whole row would not always fit.
            wanted = (labels[1:] != IGNORED).nonzero()[:, 0]
            logits = model(input_ids=ids[None], use_cache=False, logits_to_keep=wanted).logits[0].float()
            total += float(torch.nn.functional.cross_entropy(logits, labels[1:][wanted], reduction="sum"))
            tokens += len(wanted)
        return total / max(1, tokens), float(strays(torch.tensor(max(1, tokens))))

    return loss
