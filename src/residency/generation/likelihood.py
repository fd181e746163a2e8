"""How likely a model finds a given answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from residency.generation.generate import IdLists, model_body, output_head


def answer_logprobs(model: Any, prompts: IdLists, answers: IdLists, batch_size: int = 8) -> list[float]:
    """The mean log-probability of an answer's tokens after its prompt, in nats a token.

    Args:
        model: a causal language model.
        prompts: token ids of each prompt.
        answers: for each prompt the token ids of its answer, at least one.
        batch_size: rows at once.

    Returns:
        One value for each prompt, in their order.
    """
    order = sorted(range(len(prompts)), key=lambda i: len(prompts[i]) + len(answers[i]))
    found = [0.0] * len(prompts)
    for start in range(0, len(order), batch_size):
        rows = order[start : start + batch_size]
        for row, value in zip(rows, _batch(model, [(prompts[i], answers[i]) for i in rows]), strict=True):
            found[row] = value
    return found


def _batch(model: Any, rows: Sequence[tuple[Sequence[int], Sequence[int]]]) -> list[float]:
    device = next(model.parameters()).device
    width = max(len(prompt) + len(answer) for prompt, answer in rows)
    ids = torch.zeros((len(rows), width), dtype=torch.long)
    for place, (prompt, answer) in enumerate(rows):
        ids[place, : len(prompt) + len(answer)] = torch.tensor([*prompt, *answer], dtype=torch.long)
    values = []
    with torch.inference_mode():
        # Right-padded under causal attention: what follows a row's last token cannot reach it.
        hidden = model_body(model)(input_ids=ids.to(device), use_cache=False).last_hidden_state
        for place, (prompt, answer) in enumerate(rows):
            before = hidden[place, len(prompt) - 1 : len(prompt) + len(answer) - 1]
            logprobs = torch.log_softmax(output_head(model)(before).float(), dim=-1)
            wanted = torch.tensor(list(answer), device=logprobs.device)
            values.append(float(logprobs.gather(1, wanted[:, None]).mean()))
    return values
