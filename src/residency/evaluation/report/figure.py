"""Plots of tasks' tables, drawn by matplotlib in the page's own colours, light and dark."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from residency.drawing.svg import INK, PALETTE, RULE, STYLE, in_colours, svg

_VARIABLES = {colour: f"m{place}" for place, colour in enumerate(PALETTE)} | {INK: "ink", RULE: "rule"}


def drawn(plot: Callable[[Any], Any], name: str) -> str:
    """What ``plot`` plots into the axes that it is given, as an SVG element; ``name`` keeps its ids apart from those of
    other figures."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(6.4, 3.4), layout="constrained")
        axes = figure.subplots()
        axes.grid(axis="y")
        plot(axes)
        return in_colours(svg(figure, name), _VARIABLES)
