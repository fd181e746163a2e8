"""Plots as SVG whose places are percentages: they fill the width they are given, on paper as on a phone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from residency.evaluation.numbers import number
from residency.evaluation.report.summary import Change
from residency.judging.statistics import Estimate

HEIGHT = 22  # of a row, in pixels


def bar(found: Estimate, slot: int, low: float = 0.0, high: float = 1.0) -> str:
    """One score as a bar with its interval as a whisker, on a scale from ``low`` to ``high``."""
    if found.value is None:
        return _svg("not scored", "")
    start, end = sorted((_place(0.0, low, high), _place(found.value, low, high)))
    parts = [f'<rect class="m{slot} bar" x="{start}%" width="{end - start:.2f}%" y="4" height="14" rx="1.5"/>']
    if found.low is not None and found.high is not None:
        parts.append(_whisker(_place(found.low, low, high), _place(found.high, low, high), f"m{slot}"))
    parts.append(f'<circle class="m{slot} dot" cx="{_place(found.value, low, high)}%" cy="11" r="4"/>')
    return _svg(f"{number(found.value)}, interval {number(found.low)} to {number(found.high)}", "".join(parts))


def strip(change: Change, verdict: str, reach: float) -> str:
    """One difference with its interval, on a scale from -reach to reach; dots are hollow where nothing was shown."""
    found = change.difference
    parts = ['<line class="zero" x1="50%" x2="50%" y1="0" y2="22"/>']
    if found.value is not None:
        if found.low is not None and found.high is not None:
            parts.append(_whisker(_place(found.low, -reach, reach), _place(found.high, -reach, reach), verdict))
        size = 5 if change.headline else 3.5
        parts.append(f'<circle class="{verdict} dot" cx="{_place(found.value, -reach, reach)}%" cy="11" r="{size}"/>')
    label = f"{number(found.value, True)}, interval {number(found.low, True)} to {number(found.high, True)}: {verdict}"
    return _svg(label, "".join(parts))


def scale(ticks: Sequence[float], low: float, high: float, signed: bool = False) -> str:
    """The labels of an axis; those at its ends stand inside it."""
    parts = []
    for value in ticks:
        place = _place(value, low, high)
        anchor = "start" if place <= 2 else "end" if place >= 98 else "middle"
        text = number(value, signed and value != 0, 2).rstrip("0").rstrip(".") or "0"
        parts.append(f'<text x="{place}%" y="12" text-anchor="{anchor}">{escape(text)}</text>')
    return f'<svg class="plot scale" width="100%" height="16" aria-hidden="true">{"".join(parts)}</svg>'


def reach_of(changes: Sequence[Change]) -> float:
    """The half-width of a scale that holds all the intervals: a round number."""
    ends = [
        abs(end) for one in changes for end in (one.difference.low, one.difference.high, one.difference.value) if end
    ]
    widest = max(ends, default=0.1)
    return next((step for step in (0.02, 0.04, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0) if step >= widest), 2.0)


def lowest(found: Mapping[str, Estimate]) -> float:
    """Where a scale of scores begins: 0, or -1 where a score or its interval lies below."""
    return -1.0 if any(one.low is not None and one.low < -1e-9 for one in found.values()) else 0.0


def _whisker(start: float, end: float, kind: str) -> str:
    ends = "".join(f'<line class="{kind} whisker" x1="{x}%" x2="{x}%" y1="7" y2="15"/>' for x in (start, end))
    return f'<line class="{kind} whisker" x1="{start}%" x2="{end}%" y1="11" y2="11"/>{ends}'


def _place(value: float, low: float, high: float) -> float:
    """A value's place in percent, with a margin for the marks at both ends."""
    return round(1.5 + 97 * min(1.0, max(0.0, (value - low) / (high - low))), 2)


def _svg(label: str, parts: str) -> str:
    return f'<svg class="plot" width="100%" height="{HEIGHT}" role="img" aria-label="{escape(label)}">{parts}</svg>'
