"""The report page's drawings, as SVG elements that take the page's font."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from matplotlib.figure import Figure

from residency.corpus.report.phrasing import percent, ranked
from residency.corpus.report.shown import line
from residency.drawing.svg import BLUE, GREEN, INK, RULE, SOFT, svg

TOP = 20  # bars of a chart; what is left out is counted in one more
NAME = 34  # characters of a bar's name
WIDTH, HALF = 6.4, 4.2  # inches; both come to about 110 pixels an inch on the page


def bars(counts: Mapping[str, int], rest: str) -> str:
    """Horizontal bars with their counts and shares, the longest first; ``rest`` names the bar of all others."""
    entries = list(ranked(counts).items())
    shown, left = entries[:TOP], entries[TOP:]
    names = [line(name, NAME) or "(no name)" for name, _ in shown]
    values = [count for _, count in shown]
    if left:
        names.append(f"{len(left)} other {rest}")
        values.append(sum(count for _, count in left))
    total = max(sum(values), 1)
    figure = Figure(figsize=(WIDTH, 0.3 + 0.24 * len(values)))
    margin = min(0.4, 0.03 + 0.0115 * max(map(len, names)))
    axes = figure.add_axes((margin, 0.02, 0.97 - margin - 0.16, 0.96))
    places = range(len(values))
    axes.barh(places, values, height=0.62, color=[GREEN] * len(shown) + [RULE] * bool(left))
    for place, value in zip(places, values, strict=True):
        axes.annotate(
            f"{value:,} ({percent(value / total)})",
            (value, place),
            (4, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
            color=SOFT,
            annotation_clip=False,
        )
    axes.set_yticks(places, names, fontsize=8.5, color=INK, parse_math=False)
    axes.set(xlim=(0, max(*values, 1)), ylim=(len(values) - 0.4, -0.6), xticks=())
    return _svg(figure, axes)


def histogram(edges: Sequence[float | None], counts: Sequence[int], median: float | None) -> str:
    """A histogram of words; an open last bin is as wide as the one before it."""
    figure = Figure(figsize=(HALF, 2.0))
    axes = figure.add_axes((0.03, 0.17, 0.92, 0.7))
    places = range(len(counts))
    axes.bar([place + 0.5 for place in places], counts, width=0.92, color=GREEN)
    names = [f"{edge:,.0f}" if edge is not None else "" for edge in edges]
    if names and edges[-1] is None:
        names[-2:] = [f"{names[-2]}+", ""]
    every = max(1, math.ceil(len(edges) / 12))
    ticks = [place for place in range(len(edges)) if (len(edges) - 2 - place) % every == 0]
    axes.set_xticks(ticks, [names[place] for place in ticks], fontsize=8, color=SOFT)
    if median is not None and (place := _place(edges, median)) is not None:
        axes.axvline(place, color=INK, linewidth=1)
        side = "right" if place > len(counts) / 2 else "left"
        axes.annotate(
            f"median {median:,.0f}",
            (place, 1.0),
            (-4 if side == "right" else 4, 4),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            ha=side,
            fontsize=8,
            color=INK,
            annotation_clip=False,
        )
    axes.set(xlim=(0, max(len(counts), 1)), ylim=(0, max(*counts, 1)), yticks=())
    return _svg(figure, axes)


def positions(names: Sequence[str], counts: Sequence[int]) -> str:
    """How often each position holds the key, with a line at equal shares."""
    figure = Figure(figsize=(HALF, 2.0))
    axes = figure.add_axes((0.03, 0.24, 0.94, 0.68))
    total, places = max(sum(counts), 1), range(len(counts))
    axes.bar(places, counts, width=0.62, color=BLUE)
    axes.axhline(total / max(len(counts), 1), color=INK, linewidth=1, linestyle=(0, (4, 3)))
    labels = [f"{name}\n{percent(count / total)}" for name, count in zip(names, counts, strict=True)]
    axes.set_xticks(places, labels, fontsize=8.5, color=INK)
    axes.set(xlim=(-0.6, len(counts) - 0.4), ylim=(0, max(*counts, 1)), yticks=())
    return _svg(figure, axes)


def _place(edges: Sequence[float | None], value: float) -> float | None:
    """Where a value stands on an axis whose bins are equally wide."""
    for place, (low, high) in enumerate(pairwise(edges)):
        if low is not None and low <= value and (high is None or value < high):
            return place + (0.5 if high is None else (value - low) / (high - low))
    return None


def _svg(figure: Figure, axes: Any) -> str:
    axes.tick_params(length=0, pad=3)
    axes.spines[:].set_visible(False)
    axes.set_axisbelow(True)
    return svg(figure)
