"""A prompt with its continuations as lines of tokens, and the log-probabilities that a model gives on them.

A line is a trunk with branches: the prompt, and the continuations, each at the positions that it has by itself, under a
mask by which it reads the prompt and no other continuation. A token that nothing else follows is only read, so that
single letters cost their prompt and nothing more.
"""

from __future__ import annotations

from collections.abc import Sequence
from os.path import commonprefix
from typing import Any, NamedTuple

import torch

from residency.generation.generate import IdLists, model_body, output_head
from residency.generation.masks import by_layer_type, dense_mask, which_reads_which

LOGITS = 4_000_000
"""Logits held at once: 16 MB in fp32."""


class Asked(NamedTuple):
    """A prompt and its continuations as token ids; none of them is empty."""

    prompt: Sequence[int]
    continuations: IdLists


class Read(NamedTuple):
    """A token that is predicted at a place of a line, for a continuation (the prompt's number, its own number)."""

    place: int
    token: int
    owner: tuple[int, int]


class Line(NamedTuple):
    """What is computed together: a trunk of tokens, branches that each go on from its end, and what is read."""

    trunk: Sequence[int]
    branches: list[Sequence[int]]
    reads: list[Read]

    @property
    def length(self) -> int:
        return len(self.trunk) + sum(map(len, self.branches))

    @property
    def ids(self) -> list[int]:
        return [*self.trunk, *(token for branch in self.branches for token in branch)]


def lines_of(number: int, asked: Asked, share: bool) -> list[Line]:
    """The lines of a prompt: one where its continuations share it, else one for each that has tokens of its own.

    Args:
        number: the prompt's, which its reads name.
        asked: the prompt and its continuations.
        share: whether several branches may stand in one line.
    """
    bodies = [tuple(ids[:-1]) for ids in asked.continuations]  # the last token is read, and nothing reads it
    if not bodies:
        return []
    common = len(commonprefix(bodies))
    trunk = [*asked.prompt, *bodies[0][:common]]
    branches = [body[common:] for body in dict.fromkeys(bodies) if len(body) > common]
    together = [branches] if share or len(branches) < 2 else [[branch] for branch in branches]
    lines, starts = [], {}
    for group in together:
        line = Line(trunk, list(group), [])
        lines.append(line)
        start = len(trunk)
        for branch in group:
            starts[branch] = (line, start)
            start += len(branch)
    for which, (body, ids) in enumerate(zip(bodies, asked.continuations, strict=True)):
        line, start = starts.get(body[common:], (lines[0], len(trunk)))
        for place, token in enumerate(ids, len(asked.prompt) - 1):
            at = place if place < len(trunk) else start + place - len(trunk)
            line.reads.append(Read(at, token, (number, which)))
    return lines


def batch_logprobs(model: Any, lines: Sequence[Line], apart: bool = True) -> list[float]:
    """The log-probability of each read of each line, in nats.

    Args:
        model: a causal language model.
        lines: padded on the right to the longest.
        apart: whether a mask keeps the branches of a line apart. A line without several needs none: attention is
            causal, and what follows a line's last token cannot reach it.
    """
    body = model_body(model)
    device = next(model.parameters()).device
    width = max(line.length for line in lines)
    ids = torch.zeros((len(lines), width), dtype=torch.long)
    for place, line in enumerate(lines):
        ids[place, : line.length] = torch.tensor(line.ids)
    given: dict[str, Any] = {}
    if apart and any(len(line.branches) > 1 for line in lines):
        given = _masks(lines, width, body, device)
    hidden = body(input_ids=ids.to(device), use_cache=False, **given).last_hidden_state.flatten(0, 1)
    reads = [(place * width + read.place, read.token) for place, line in enumerate(lines) for read in line.reads]
    return _read(output_head(model), hidden, reads)


def _masks(lines: Sequence[Line], width: int, body: Any, device: torch.device) -> dict[str, Any]:
    row = torch.zeros((len(lines), width), dtype=torch.long)
    position = torch.arange(width).repeat(len(lines), 1)
    for place, line in enumerate(lines):
        start = len(line.trunk)
        for number, branch in enumerate(line.branches, 1):
            end = start + len(branch)
            row[place, start:end] = number
            position[place, start:end] -= start - len(line.trunk)
            start = end
        row[place, start:] = -1
    rows = {"row": row, "above": torch.zeros_like(row), "position_ids": position}
    rows = {name: value.to(device) for name, value in rows.items()}

    def build(window: int | None) -> torch.Tensor:
        return dense_mask(which_reads_which(rows, window), rows["row"], body.dtype)

    return {"position_ids": rows["position_ids"], "attention_mask": by_layer_type(body.config, build)}


def _read(head: Any, hidden: torch.Tensor, reads: Sequence[tuple[int, int]]) -> list[float]:
    """The log-probabilities of tokens at places of ``hidden``; the head runs once for each place, however many tokens
    are read there."""
    places = {place: number for number, place in enumerate(dict.fromkeys(place for place, _ in reads))}
    picked = hidden[torch.tensor(list(places), device=hidden.device)]
    rows = max(1, LOGITS // head.weight.shape[0])
    values = torch.zeros(len(reads))
    at = torch.tensor([places[place] for place, _ in reads])
    tokens = torch.tensor([token for _, token in reads])
    for start in range(0, len(places), rows):
        logprobs = torch.log_softmax(head(picked[start : start + rows]).float(), dim=-1)
        here = ((at >= start) & (at < start + rows)).nonzero()[:, 0]
        found = logprobs[(at[here] - start).to(logprobs.device), tokens[here].to(logprobs.device)]
        values[here] = found.cpu()
    return [float(value) for value in values.tolist()]
