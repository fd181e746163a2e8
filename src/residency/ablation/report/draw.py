"""The plots: differences to the control by dose, or arm by arm where arms have no order."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import Any

import matplotlib as mpl
from markupsafe import Markup
from matplotlib.figure import Figure

from residency.ablation.question import Arm, Question
from residency.ablation.records import Contrast
from residency.ablation.report.about import Measure
from residency.ablation.report.words import VERDICTS, points
from residency.drawing.svg import GREEN, INK, RED, RULE, SOFT, STYLE, in_colours, svg

BAND, PAGE, AMBER = "#e6eaee", "#ffffff", "#8a5a00"
COLOURS = {"better": GREEN, "worse": RED, "no_difference": SOFT, "undecided": AMBER}
SHAPES = {"better": "^", "worse": "v", "no_difference": "s", "undecided": "o"}
_VARIABLES = {
    INK: "ink",
    SOFT: "soft",
    RULE: "rule",
    BAND: "band",
    PAGE: "page",
    GREEN: "green",
    RED: "red",
    AMBER: "amber",
}
WIDTH = 4.4  # inches: legible on a phone's screen


@dataclass(frozen=True)
class Drawing:
    """A plot: ``name`` of its file, ``inline`` for the page, in its colours, and ``file``, which stands alone."""

    name: str
    inline: Markup
    file: str


def drawings(
    question: Question, contrasts: Sequence[Contrast], measure: Measure, name: str, doses: Mapping[str, float]
) -> list[Drawing]:
    """The plots of one metric of one proxy: one over the doses, and one of the comparisons of arms that have no dose,
    or the dose of another, or are held against another arm than the control. ``doses`` are the arms' places, that of
    the control among them where it has one. None where nothing was measured."""
    contrasts = [one for one in contrasts if one.difference.value is not None]
    scaled = _on_scale(question, contrasts, doses)
    rest = [one for one in contrasts if one not in scaled]
    found = []
    if scaled:
        found.append(_drawn(f"{name}-dose", question, scaled, measure, partial(_by_dose, doses)))
    if rest:
        found.append(_drawn(f"{name}-arms", question, rest, measure, _by_arm))
    return found


def _on_scale(question: Question, contrasts: Sequence[Contrast], doses: Mapping[str, float]) -> list[Contrast]:
    """Those that make a curve: at least three points, the control among them where it has a dose."""
    if not question.dose:
        return []
    start = doses.get(question.control)
    found: dict[float, Contrast] = {}
    for one in contrasts:
        dose = doses.get(one.arm)
        if dose is not None and dose != start and one.control == question.control:
            found.setdefault(dose, one)
    return [found[dose] for dose in sorted(found)] if len(found) + (start is not None) > 2 else []


def strip(contrast: Contrast, reach: float, higher_is_better: bool) -> Markup:
    """One difference on a line from -reach to reach, turned so that better is to the right, over the margin's band."""
    turn = 1 if higher_is_better else -1
    one, margin = contrast.difference, min(contrast.margin, reach)
    low, high = _across(-margin, reach), _across(margin, reach)
    parts = [
        f'<rect class="band" x="{low}%" width="{high - low:.2f}%" y="1" height="20"/>',
        '<line class="zero" x1="50%" x2="50%" y1="0" y2="22"/>',
    ]
    if one.low is not None and one.high is not None:
        start, end = sorted((_across(turn * one.low, reach), _across(turn * one.high, reach)))
        parts.append(f'<line class="{contrast.verdict} whisker" x1="{start}%" x2="{end}%" y1="11" y2="11"/>')
    if one.value is not None:
        place = _across(turn * one.value, reach)
        parts.append(f'<circle class="{contrast.verdict} dot" cx="{place}%" cy="11" r="5"/>')
    label = f"{points(one.value, True)} points, {points(one.low, True)} to {points(one.high, True)}: {contrast.verdict}"
    return Markup(  # noqa: S704 - all text in it is escaped
        f'<svg class="plot" width="100%" height="22" role="img" aria-label="{escape(label)}">{"".join(parts)}</svg>'
    )


def reach_of(contrasts: Sequence[Contrast]) -> float:
    """The half-width of a scale that holds all intervals: a round number."""
    ends = [abs(end) for one in contrasts for end in (one.difference.low, one.difference.high, one.margin) if end]
    widest = max(ends, default=0.1)
    return next((step for step in (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0) if step >= widest), 2.0)


def _drawn(name: str, question: Question, contrasts: Sequence[Contrast], measure: Measure, plot: Any) -> Drawing:
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, 3.0), layout="constrained")
        axes = figure.subplots()
        plot(figure, axes, question, contrasts, measure)
        title = textwrap.fill(_plain(measure.title), 44)
        figure.suptitle(title, x=0.02, ha="left", fontsize=10, fontweight="bold")
        text = svg(figure, name)
    said = "; ".join(
        f"{one.arm}: {points(one.difference.value, True)} points, {points(one.difference.low, True)} to"
        f" {points(one.difference.high, True)}, {VERDICTS[one.verdict]}"
        for one in contrasts
    )
    label = escape(f"{measure.title}, difference to {contrasts[0].control}. {said}")
    text = text.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)
    opening = text.index(">") + 1
    alone = f'{text[:opening]}<rect width="100%" height="100%" fill="{PAGE}"/>{text[opening:]}'
    return Drawing(name, Markup(in_colours(text, _VARIABLES)), alone)  # noqa: S704 - matplotlib escapes its texts


def _by_dose(
    dose_of: Mapping[str, float],
    figure: Any,
    axes: Any,
    question: Question,
    contrasts: Sequence[Contrast],
    measure: Measure,
) -> None:
    start = dose_of.get(question.control)
    _ground(axes.axhspan, axes.axhline, contrasts[0].margin)
    values = [(dose_of[one.arm], one.difference.value) for one in contrasts] + [(start, 0.0)]
    line = sorted((x, 100 * y) for x, y in values if x is not None and y is not None)
    axes.plot([x for x, _ in line], [y for _, y in line], color=RULE, linewidth=1.2, zorder=2)
    for one in contrasts:
        _mark(axes, one, dose_of[one.arm], upright=True)
    if start is not None:
        axes.plot([start], [0], "D", color=INK, markersize=5, zorder=4)
    ticks = [dose_of[one.arm] for one in contrasts] + ([] if start is None else [start])
    axes.set_xticks(ticks, [f"{x:g}" for x in ticks])
    axes.margins(x=0.08)
    axes.set_xlabel(textwrap.fill(_plain(question.dose), 60))
    up, down = ("better", "worse") if measure.higher_is_better else ("worse", "better")
    axes.set_ylabel(f"{down} \N{LEFTWARDS ARROW} points \N{RIGHTWARDS ARROW} {up}", fontsize=8.5)
    axes.set_title(f"0 is {_short(question.arm(question.control))}", fontsize=8.5, fontweight="normal", color=SOFT)
    _whole(axes.get_ylim, axes.set_ylim, contrasts)


def _by_arm(figure: Any, axes: Any, question: Question, contrasts: Sequence[Contrast], measure: Measure) -> None:
    labels = [textwrap.fill(_label(question, one), 26) for one in contrasts]
    figure.set_size_inches(WIDTH, 1.15 + sum(0.2 + 0.14 * (1 + label.count("\n")) for label in labels))
    _ground(axes.axvspan, axes.axvline, contrasts[0].margin)
    places = list(range(len(contrasts), 0, -1))
    for place, one in zip(places, contrasts, strict=True):
        _mark(axes, one, place, upright=False)
    axes.set_yticks(places, labels, fontsize=8.5)
    axes.set_ylim(0.4, len(contrasts) + 0.6)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    right, left = ("better", "worse") if measure.higher_is_better else ("worse", "better")
    axes.set_xlabel(f"{left} \N{LEFTWARDS ARROW} points \N{RIGHTWARDS ARROW} {right}", fontsize=8.5)
    axes.set_title(f"0 is {_short(question.arm(question.control))}", fontsize=8.5, fontweight="normal", color=SOFT)
    _whole(axes.get_xlim, axes.set_xlim, contrasts)


def _label(question: Question, one: Contrast) -> str:
    says = {arm.name: _short(arm) for arm in question.arms}
    label = says.get(one.arm, one.arm)
    return label if one.control == question.control else f"{label} (0 is {says.get(one.control, one.control)})"


def _short(arm: Arm) -> str:
    return textwrap.shorten(_plain(arm.says or arm.name), 70, placeholder=" ...")


def _plain(text: str) -> str:
    """Without what no font has."""
    return "".join(mark if mark.isprintable() else " " for mark in text)


def _ground(span: Any, line: Any, margin: float) -> None:
    span(-100 * margin, 100 * margin, color=BAND, linewidth=0, zorder=0)
    line(0, color=SOFT, linewidth=0.8, zorder=1)


def _mark(axes: Any, one: Contrast, place: float, upright: bool) -> None:
    found, colour = one.difference, COLOURS[one.verdict]
    if found.value is None:
        return
    value = 100 * found.value
    if found.low is not None and found.high is not None:
        ends = [100 * found.low, 100 * found.high]
        line = ([place, place], ends) if upright else (ends, [place, place])
        axes.plot(*line, color=colour, linewidth=1.8, marker="_" if upright else "|", markersize=6, zorder=3)
    spot = ([place], [value]) if upright else ([value], [place])
    face = PAGE if one.verdict == "undecided" else colour
    axes.plot(*spot, SHAPES[one.verdict], color=colour, markerfacecolor=face, markersize=7, zorder=5)


def _whole(get: Any, put: Any, contrasts: Sequence[Contrast]) -> None:
    """A scale that shows the whole band, and no less than a point either way."""
    low, high = get()
    edge = max(1.0, 115 * contrasts[0].margin)
    put(min(low, -edge), max(high, edge))


def _across(value: float, reach: float) -> float:
    return round(1.5 + 97 * min(1.0, max(0.0, (value + reach) / (2 * reach))), 2)
