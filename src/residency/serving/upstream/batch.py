"""A batch that requests join and leave between two steps: each step gives each of its rows one token.

What a row is given does not depend on who else is in the batch, but for rounding: each row has its own way to choose a
token, with its own seed. Not for several threads.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import torch
import transformers

from residency.serving.upstream.caches import can_join, join, keep

End = Literal["", "stop", "length"]


@dataclass(eq=False)
class Row:
    """One request.

    Attributes:
        prompt: its token ids, at least one.
        limit: tokens that may be written, at least one.
        stops: the ids that end it; they are not given.
        choose: from logits (1 x vocabulary) to a token; None takes the likeliest.
        give: is called with each token; where there is none, with None; and with how the row ended.
        fail: is called with what went wrong, and nothing after it.
        left: whether nobody waits for it any more. Any thread may set it; the row goes before the next step.
    """

    prompt: Sequence[int]
    limit: int
    stops: Collection[int]
    choose: Callable[[torch.Tensor], torch.Tensor] | None
    give: Callable[[int | None, End], None]
    fail: Callable[[str], None]
    left: bool = False
    written: int = field(default=0, init=False)

    @property
    def most(self) -> int:
        """Places that it may come to take."""
        return len(self.prompt) + self.limit

    def take(self, token: int) -> bool:
        """Give a token on; whether the row goes on."""
        if token in self.stops:
            self.give(None, "stop")
            return False
        self.written += 1
        over = self.written >= self.limit
        self.give(token, "length" if over else "")
        return not over


class Batch:
    """The rows that write, and the one whose prompt is being read.

    Args:
        model: a causal language model that is not trained meanwhile.
    """

    def __init__(self, model: Any) -> None:
        self._model = model
        self._device = next(model.parameters()).device
        self.rows: list[Row] = []
        """Those that write, as they stand in the cache."""
        self.reading: Row | None = None
        """That whose prompt is read."""
        self._cache: Any = None
        self._coming: Any = None
        self._ids = self._positions = torch.zeros(0, dtype=torch.long, device=self._device)
        self._mask = torch.zeros(0, 0, dtype=torch.long, device=self._device)
        self._read = 0
        self.joins = can_join(self._new_cache())
        """Whether several rows can write at once."""

    def start(self, row: Row) -> None:
        """Begin to read a row's prompt; the one before is read."""
        self.reading = row  # from here on it is among those that are cleared
        self._read, self._coming = 0, self._new_cache()

    def read(self, tokens: int) -> None:
        """Read the next ``tokens`` of the prompt that is being read. After the last one the row writes its first token
        and joins the batch."""
        row = self.reading
        if row is None or row.left:
            self.reading = self._coming = None
            return
        share = row.prompt[self._read : self._read + tokens]
        ids = torch.tensor([share], dtype=torch.long, device=self._device)
        positions = torch.arange(self._read, self._read + len(share), device=self._device)[None]
        self._read += len(share)
        mask = ids.new_ones(1, self._read)
        logits = self._logits(ids, mask, positions, self._coming)
        if self._read < len(row.prompt):
            return
        token = self._chosen(logits, [row])
        if row.take(int(token[0])):
            self._join(row, token, mask, self._coming)
        self.reading = self._coming = None

    def step(self) -> None:
        """One more token for each row; those that end or were left make room."""
        self._drop([not row.left for row in self.rows])
        if not self.rows:
            return
        self._mask = torch.cat([self._mask, self._mask.new_ones(len(self.rows), 1)], dim=1)
        logits = self._logits(self._ids[:, None], self._mask, self._positions[:, None], self._cache)
        self._ids = self._chosen(logits, self.rows)
        self._positions = self._positions + 1
        self._drop([row.take(token) for row, token in zip(self.rows, self._ids.tolist(), strict=True)])

    def clear(self) -> list[Row]:
        """Forget all rows, and give them back."""
        rows = list(dict.fromkeys([*self.rows, *([self.reading] if self.reading else [])]))
        self.rows, self.reading, self._cache, self._coming = [], None, None, None
        return rows

    def _join(self, row: Row, token: torch.Tensor, mask: torch.Tensor, cache: Any) -> None:
        if not self.rows:
            self._cache, self._mask, self._ids = cache, mask, token
            self._positions = token.new_full((1,), len(row.prompt))
        else:
            whole = join(self._cache, cache, self._mask.shape[1], mask.shape[1])
            self._mask = torch.cat([_widened(self._mask, whole), _widened(mask, whole)])
            self._ids = torch.cat([self._ids, token])
            self._positions = torch.cat([self._positions, token.new_full((1,), len(row.prompt))])
        self.rows.append(row)

    def _drop(self, stays: Sequence[bool]) -> None:
        if all(stays):
            return
        kept = [place for place, stay in enumerate(stays) if stay]
        self.rows = [self.rows[place] for place in kept]
        if not kept:
            self._cache = None
            return
        rows = torch.tensor(kept, device=self._device)
        mask = self._mask[rows]
        width = int(mask.sum(dim=1).max())
        keep(self._cache, rows, width)
        self._mask, self._ids, self._positions = mask[:, -width:], self._ids[rows], self._positions[rows]

    def _chosen(self, logits: torch.Tensor, rows: Sequence[Row]) -> torch.Tensor:
        likeliest = logits.argmax(dim=-1)
        drawn = [
            likeliest[place : place + 1] if row.choose is None else row.choose(logits[place : place + 1])
            for place, row in enumerate(rows)
        ]
        return torch.cat(drawn)

    def _logits(self, ids: torch.Tensor, mask: torch.Tensor, positions: torch.Tensor, cache: Any) -> torch.Tensor:
        """Logits after the last place, rows x vocabulary."""
        logits: torch.Tensor = self._model(
            input_ids=ids,
            attention_mask=mask,
            position_ids=positions,
            past_key_values=cache,
            use_cache=True,
            logits_to_keep=1,
        ).logits[:, -1]
        return logits.float()

    def _new_cache(self) -> Any:
        return transformers.DynamicCache(config=self._model.config)


def _widened(mask: torch.Tensor, width: int) -> torch.Tensor:
    return torch.nn.functional.pad(mask, (width - mask.shape[1], 0))
