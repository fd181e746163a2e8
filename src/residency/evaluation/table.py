"""A table of the report: figures that are no mean over items, or that want to be read side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from residency.evaluation.numbers import number, probability, with_limits
from residency.judging.statistics import Difference, Estimate


@dataclass(frozen=True)
class P:
    """A probability, which is printed as papers do."""

    value: float | None


Cell = str | int | float | None | Estimate | Difference | P
"""A text or a figure; a score or a difference stands with its interval, on the page and in every file."""


@dataclass(frozen=True)
class Table:
    """A table with its column heads; ``rows`` hold a cell for each column, None where there is nothing.

    ``name`` is its file's name, without an ending. ``axis`` is the part of the report that shows it. ``note`` says what
    a reader must know. ``plot`` draws it: given matplotlib axes, it plots into them.
    """

    name: str
    axis: str
    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    note: str = ""
    plot: Any = field(default=None, compare=False)


def shown(cell: Cell) -> str:
    """A cell in one line of text."""
    if isinstance(cell, Estimate | Difference):
        return with_limits(cell)
    if isinstance(cell, P):
        return probability(cell.value)
    if cell is None or isinstance(cell, float):
        return number(cell)
    return f"{cell:,}" if isinstance(cell, int) else cell
