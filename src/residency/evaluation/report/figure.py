"""Plots of tasks' tables, drawn by matplotlib in the page's own colours, light and dark."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import matplotlib as mpl
from cycler import cycler
from matplotlib.figure import Figure

PALETTE = ("#868e99", "#2f6fc4", "#0b6b50", "#b45f06", "#8040a5", "#a61e4d")
"""The models' colours, in the order of the page."""
INK, RULE = "#1c2329", "#b9c0c8"
_VARIABLES = {colour: f"var(--m{place})" for place, colour in enumerate(PALETTE)} | {
    INK: "var(--ink)",
    RULE: "var(--rule)",
}
_SVG_ID = re.compile(r' id="[A-Za-z0-9.]+_\d+"')
_STYLE: dict[Any, Any] = {
    "axes.prop_cycle": cycler(color=PALETTE),
    "axes.edgecolor": RULE,
    "axes.labelcolor": INK,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "font.size": 9,
    "grid.color": RULE,
    "grid.linewidth": 0.5,
    "legend.frameon": False,
    "svg.fonttype": "none",
    "text.color": INK,
    "text.parse_math": False,  # a topic with a dollar sign is no formula
    "xtick.color": INK,
    "ytick.color": INK,
}


def drawn(plot: Callable[[Any], Any], name: str) -> str:
    """What ``plot`` plots into the axes that it is given, as an SVG element; ``name`` keeps its ids apart from those of
    other figures."""
    buffer = io.StringIO()
    with mpl.rc_context({**_STYLE, "svg.hashsalt": name}):
        figure = Figure(figsize=(6.4, 3.4), layout="constrained")
        axes = figure.subplots()
        axes.grid(axis="y")
        plot(axes)
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    text = buffer.getvalue()
    text = _SVG_ID.sub("", text[text.index("<svg") :])
    for colour, variable in _VARIABLES.items():
        text = text.replace(colour, variable)
    return text
