"""The reward curve: the mean reward of each step, and that of each of its parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from residency.core.files import write_text
from residency.drawing.svg import BLUE, INK, SOFT, svg

PART = "parts/"
"""What stands before the name of a part, or of a count of it, in the log."""
TITLES = {
    "mcq": "right option",
    "citation_recall": "citation recall",
    "citation_precision": "citation precision",
    "abstention": "abstains rightly",
    "context": "discipline over a context",
    "facts": "key facts",
    "form": "form",
    "mode": "mode",
    "reward_model": "reward model",
}
COLUMNS, WIDTH, HEIGHT = 3, 7.2, 1.55  # inches, of the figure and of a row
WINDOW = 5
"""Steps of which the line is the running mean."""


def write_curve(log: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Draw what a log holds, as SVG.

    Args:
        log: rows with ``step``, ``reward`` and the parts under :data:`PART`; a part is missing where it did not apply.
        path: the file to write.
    """
    rows = [row for row in log if row.get("reward") is not None]
    parts = [name for name in TITLES if any(f"{PART}{name}" in row for row in rows)]
    shown = [("reward", "reward, all parts"), *((f"{PART}{name}", TITLES[name]) for name in parts)]
    lines = -(-len(shown) // COLUMNS)
    figure = Figure(figsize=(WIDTH, HEIGHT * lines + 0.35), layout="constrained")
    axes = figure.subplots(lines, COLUMNS, squeeze=False, sharex=True, sharey=True)
    for place, cell in enumerate(axes.flat):
        if place >= len(shown):
            cell.set_visible(False)
            continue
        name, title = shown[place]
        found = [(row["step"], row[name]) for row in rows if row.get(name) is not None]
        steps, values = [step for step, _ in found], [value for _, value in found]
        cell.plot(steps, values, ".", color=BLUE, alpha=0.35, markersize=4)
        cell.plot(steps, running_mean(values), color=INK if place == 0 else BLUE, linewidth=1.4)
        cell.set_title(title, fontsize=8.5, color=INK)
        cell.set(ylim=(-0.03, 1.03))
        lowest = place + COLUMNS >= len(shown)
        cell.tick_params(labelsize=7, colors=SOFT, length=2, labelbottom=lowest)
        cell.spines[["top", "right"]].set_visible(False)
    figure.supxlabel(f"step (points: means of a step; line: of {WINDOW} steps)", fontsize=8, color=SOFT)
    write_text(path, svg(figure, ground="white"))


def running_mean(values: Sequence[float]) -> list[float]:
    """The mean of each value and up to ``WINDOW - 1`` before it."""
    cut = [values[max(0, place - WINDOW + 1) : place + 1] for place in range(len(values))]
    return [sum(some) / len(some) for some in cut]
