"""The curves of a training as one drawing: losses, the step that is kept, what the guards said.

The same log gives the same bytes, since later stages depend on the digest of the folder that it lies in.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from matplotlib.figure import Figure

from residency.drawing.svg import INK, RULE, SOFT, svg
from residency.training.watch.guards import Spoken

CURVES = "curves.svg"
KEPT, ALARM, NOTE = "#0b6b50", "#b3261e", "#a86500"
COLOURS = ("#0b6b50", "#2f6fc4", "#c2570c", "#7b3fa0", "#a8324a", "#4f7d14", "#0e7c86", "#8a6d1b", "#5c6570", "#b0468f")
SMOOTH = 0.7
"""The part of a smoothed loss that comes from the step before."""
WIDTH, PANEL, GAP, LINE = 7.6, 1.55, 0.62, 0.17
"""Inches: of the drawing, of a panel, between panels, of a line of text."""
FAR = 4.0
"""How many times the usual value a curve may show; what goes beyond it is cut, and said."""
Points = list[tuple[float, float]]


@dataclass
class Panel:
    """Curves that share an axis, by name; ``raw`` lies behind them. The axis goes from ``low`` to ``high`` at least."""

    title: str
    curves: dict[str, Points]
    raw: Points = field(default_factory=list)
    low: float | None = None
    high: float | None = None


def draw_curves(log: Sequence[Mapping[str, Any]], spoken: Sequence[Spoken], kept: int, stopped: str = "") -> str:
    """The drawing as SVG.

    Args:
        log: the entries of ``log.jsonl``.
        spoken: what guards said, and when.
        kept: the step whose weights are kept.
        stopped: why the training ended before its time, if it did.
    """
    panels = [panel for panel in (*_losses(log), *_pairs(log)) if any(panel.curves.values())]
    said = _said(spoken, kept, stopped)
    top = 0.2 + LINE * len(said)
    height = top + len(panels) * (PANEL + GAP) + 0.1
    figure = Figure(figsize=(WIDTH, height))
    last = max((float(entry["step"]) for entry in log if "step" in entry), default=1.0)
    last = max(last, 1.0)
    for number, panel in enumerate(panels):
        bottom = 1 - (top + (number + 1) * (PANEL + GAP) - 0.35) / height
        axes = figure.add_axes((0.085, bottom, 0.665, PANEL / height))
        _draw(axes, panel, last, spoken, kept)
    if panels:
        figure.axes[-1].set_xlabel("step", fontsize=8, color=SOFT, loc="left", labelpad=2)
    for number, (text, colour) in enumerate(said, 1):
        figure.text(0.02, 1 - (0.1 + LINE * number) / height, text, fontsize=8, color=colour, parse_math=False)
    return svg(figure, ground="white")


def _losses(log: Sequence[Mapping[str, Any]]) -> list[Panel]:
    train, dev = _points(log, "loss"), _points(log, "eval_loss")
    held = _points(log, "eval_pairs/loss")
    parts = {
        name.removeprefix("eval_loss/").replace("/", " "): _points(log, name)
        for kind in ("mode", "kind")
        for name in sorted({name for entry in log for name in entry if name.startswith(f"eval_loss/{kind}/")})
    }
    pairs = bool(held) or any("rewards/margins" in entry for entry in log)
    if pairs:
        first = Panel("Loss on pairs: lower is better", {"training": _smoothed(train), "held-out pairs": held}, train)
        return [first, Panel("Loss on dev rows, nats a token", {"all dev rows": dev, **parts})]
    first = Panel("Loss, nats a token: lower is better", {"training": _smoothed(train), "dev": dev}, train)
    return [first, Panel("Loss on dev rows by mode and kind", parts)]


def _pairs(log: Sequence[Mapping[str, Any]]) -> list[Panel]:
    return [
        Panel(
            "Margin between chosen and rejected answers: higher is better",
            {"held-out pairs": _points(log, "eval_pairs/margin")},
        ),
        Panel(
            "How likely held-out answers are, nats a token",
            {"chosen": _points(log, "eval_pairs/chosen"), "rejected": _points(log, "eval_pairs/rejected")},
        ),
        Panel(
            "Shares of held-out pairs, and of dev questions over passages",
            {
                "pairs told apart": _points(log, "eval_pairs/accuracy"),
                "false abstentions": _points(log, "eval_answers/false_abstention"),
                "right abstentions": _points(log, "eval_answers/abstention_recall"),
            },
            low=0,
            high=1,
        ),
        Panel(
            "Length of dev answers, tokens (cut at the budget)", {"mean": _points(log, "eval_answers/tokens")}, low=0
        ),
    ]


def _points(log: Sequence[Mapping[str, Any]], name: str) -> Points:
    return [(float(entry["step"]), float(entry[name])) for entry in log if name in entry]


def _smoothed(points: Points) -> Points:
    """An exponential mean, corrected for its beginning."""
    total = weight = 0.0
    found = []
    for step, value in points:
        total, weight = SMOOTH * total + value, SMOOTH * weight + 1
        found.append((step, total / weight))
    return found


def _draw(axes: Any, panel: Panel, last: float, spoken: Sequence[Spoken], kept: int) -> None:
    curves = {name: points for name, points in panel.curves.items() if points}
    low, high, cut = _range(curves)
    low = low if panel.low is None else min(low, panel.low)
    high = high if panel.high is None else max(high, panel.high)
    pad = 0.06 * (high - low)
    axes.set(xlim=(0, last), ylim=(low - pad, high + pad))
    if panel.raw:
        axes.plot(*zip(*panel.raw, strict=True), color=RULE, linewidth=0.6)
    ends = []
    for (name, points), colour in zip(curves.items(), _colours(curves), strict=True):
        marker = "" if name == "training" else "o"
        axes.plot(*zip(*points, strict=True), color=colour, linewidth=1.4, marker=marker, markersize=2.6)
        ends.append((min(max(points[-1][1], low), high), name, colour))
    _label(axes, ends, low - pad, high + pad)
    axes.axvline(kept, color=KEPT, linewidth=1, linestyle=(0, (4, 3)), zorder=0)
    for step in sorted({one.step for one in spoken}):
        stops = any(one.stops for one in spoken if one.step == step)
        axes.axvline(step, color=ALARM if stops else NOTE, linewidth=0.8, linestyle=(0, (1, 2)), zorder=0)
        axes.plot(step, low - pad, marker="^", color=ALARM if stops else NOTE, markersize=6, clip_on=False)
    title = panel.title if cut is None else f"{panel.title} (cut: up to {cut:.3g})"
    axes.set_title(title, fontsize=9, color=INK, loc="left", pad=5)
    axes.tick_params(length=0, labelsize=7.5, labelcolor=SOFT, pad=6)
    axes.grid(axis="y", color="#e6e9ec", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[:].set_visible(False)
    axes.spines["bottom"].set(visible=True, color=RULE, linewidth=0.8)


def _range(curves: Mapping[str, Points]) -> tuple[float, float, float | None]:
    """The range of an axis, and the highest value where that is cut."""
    values = sorted(value for points in curves.values() for _, value in points)
    finite = [value for value in values if abs(value) < float("inf")] or [0.0]
    low, high = finite[0], finite[-1]
    usual = finite[len(finite) // 2]
    far = usual + FAR * max(usual - low, abs(usual) / 4)
    return (low, far, high) if high > far > low else (low, high if high > low else low + 1, None)


def _colours(curves: Mapping[str, Points]) -> list[str]:
    own = iter(COLOURS * (1 + len(curves) // len(COLOURS)))
    return [SOFT if name == "training" else INK if name == "all dev rows" else next(own) for name in curves]


def _label(axes: Any, ends: Sequence[tuple[float, str, str]], low: float, high: float) -> None:
    """Names beside the ends of their curves, apart from each other."""
    apart = (high - low) * min(0.105, 1 / max(1, len(ends)))
    ends = sorted(ends)
    places: list[float] = []
    for value, _, _ in ends:
        places.append(max(value, places[-1] + apart) if places else value)
    ceiling = high
    for number in reversed(range(len(places))):
        places[number] = min(places[number], ceiling)
        ceiling = places[number] - apart
    for place, (_, name, colour) in zip(places, ends, strict=True):
        axes.annotate(
            name,
            (1, place),
            (6, 0),
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
            va="center",
            fontsize=8,
            color=colour,
            annotation_clip=False,
            parse_math=False,
        )


def _said(spoken: Sequence[Spoken], kept: int, stopped: str) -> list[tuple[str, str]]:
    """The lines above the curves, each with its colour; what a guard said several times is given as it said it last."""
    lines = [(f"Kept: step {kept} (dashed line)." + (f" Stopped early: {stopped}." if stopped else ""), KEPT)]
    for guard in dict.fromkeys(one.guard for one in spoken):
        said = [one for one in spoken if one.guard == guard]
        steps = ", ".join(str(one.step) for one in said)
        text = f"{'Warning' if said[-1].stops else 'Note'} at step {steps}: {said[-1].text}."
        lines.append((text, ALARM if said[-1].stops else NOTE))
    return [(part, colour) for text, colour in lines for part in textwrap.wrap(text, 112)]
