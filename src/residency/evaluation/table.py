"""A table of the report: figures that are no mean over items, or that want to be read side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

Cell = str | int | float | None


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
