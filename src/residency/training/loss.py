"""The loss of SFT: cross-entropy on labelled tokens, for which the output head runs on no other position."""

from __future__ import annotations

from typing import Any

import torch

from residency.chat.renderer import IGNORED as IGNORED
from residency.generation.generate import model_body, output_head


def labelled_loss(
    model: Any, input_ids: torch.Tensor, labels: torch.Tensor, reduction: str = "mean", **attention: Any
) -> torch.Tensor:
    """Cross-entropy over the labelled tokens, in nats: their mean, or with ``reduction="none"`` that of each.

    The head runs on the positions that predict a labelled token and nowhere else.

    Args:
        model: a causal language model.
        input_ids: shape (rows, length), right-padded; or (1, total) where rows are packed.
        labels: the same shape; -100 where nothing is predicted.
        reduction: as in ``torch.nn.functional.cross_entropy``.
        attention: what else the model is given, so that packed rows stay apart.
    """
    # Without a cache, transformers reads from position_ids where a packed row begins; with one it does not.
    hidden = model_body(model)(input_ids=input_ids, use_cache=False, **attention).last_hidden_state
    targets = labels[:, 1:]
    wanted = targets != IGNORED
    logits = output_head(model)(hidden[:, :-1][wanted])
    return torch.nn.functional.cross_entropy(logits.float(), targets[wanted], reduction=reduction)
