"""Colours, style and the SVG of a figure."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Mapping
from typing import Any

import matplotlib as mpl
from cycler import cycler
from matplotlib.figure import Figure

INK, SOFT, RULE = "#1c2329", "#5c6570", "#b9c0c8"
GREEN, BLUE, RED = "#0b6b50", "#2f6fc4", "#b3261e"
PALETTE = ("#868e99", BLUE, GREEN, "#b45f06", "#8040a5", "#a61e4d")
"""The models' colours, in the order of the pages."""
STYLE: dict[Any, Any] = {
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
    "text.color": INK,
    "text.parse_math": False,  # a topic with a dollar sign is no formula
    "xtick.color": INK,
    "ytick.color": INK,
}
"""Of plots with axes, for ``matplotlib.rc_context``."""
_ID = re.compile(r' id="[A-Za-z0-9.]+_\d+"')


def svg(figure: Figure, name: str = "residency", ground: str | None = None) -> str:
    """The figure as an SVG element: letters as letters, no date, and of the ids those alone that something refers to.

    Args:
        figure: drawn already.
        name: keeps its ids apart from those of other figures in a page.
        ground: the colour behind it; None lets what lies behind shine through.
    """
    buffer = io.StringIO()
    options: dict[Any, Any] = {"svg.fonttype": "none", "svg.hashsalt": name}
    with mpl.rc_context(options), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph")  # the reader's browser has more letters than the font measured with
        kept: dict[str, Any] = {"metadata": dict.fromkeys(("Date", "Creator", "Format", "Type"))}
        kept |= {"transparent": True} if ground is None else {"facecolor": ground}
        figure.savefig(buffer, format="svg", **kept)
    text = buffer.getvalue()
    return _ID.sub("", text[text.index("<svg") :])


def in_colours(drawn: str, variables: Mapping[str, str]) -> str:
    """A drawing whose colours are the page's, light and dark: by colour, the name of the style sheet's variable."""
    for colour, variable in variables.items():
        drawn = drawn.replace(colour, f"var(--{variable})")
    return drawn
