"""Plots as SVG: memory by part and stage, and what choices cost, with their ranges."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup, escape

from residency.planning.choice import Choice
from residency.planning.job import Memory
from residency.planning.report.tables import short
from residency.planning.report.words import PARTS

WIDTH, LINE, LEFT = 760, 34, 150
SLOTS = 11
"""Colours of the page; further parts share the last one."""


def memory(choice: Choice) -> Markup:
    """A bar for each stage, of the likely parts, with a whisker to the upper end, and the device's memory as a line."""
    device = choice.hardware.usable / 1e9
    reach = max(device, *(stage.memory.total.high / 1e9 for stage in choice.stages)) * 1.05
    scale = (WIDTH - LEFT - 20) / reach
    bottom = 8 + LINE * len(choice.stages)
    parts, top = _axis(_ticks(reach), LEFT, scale, bottom), 8
    names = parts_of([stage.memory for stage in choice.stages])
    for stage in choice.stages:
        at = float(LEFT)
        parts.append(f'<text x="0" y="{top + 15}">{escape(stage.stage)}</text>')
        for name, part in stage.memory.parts.items():
            width = part.likely / 1e9 * scale
            label = f"{stage.stage}, {PARTS.get(name, name)}: {short(part.likely / 1e9)} GB"
            slot = min(names.index(name), SLOTS - 1)
            parts.append(
                f'<rect class="p{slot}" x="{at:.1f}" y="{top}" width="{max(width, 0.5):.1f}" height="20">'
                f"<title>{escape(label)}</title></rect>"
            )
            at += width
        total = stage.memory.total
        parts.append(_whisker(LEFT + total.low / 1e9 * scale, LEFT + total.high / 1e9 * scale, top + 10))
        top += LINE
    line = LEFT + device * scale
    parts.append(f'<line class="limit" x1="{line:.1f}" x2="{line:.1f}" y1="0" y2="{top}"/>')
    anchor = "end" if line > WIDTH - 120 else "start"
    parts.append(f'<text x="{line:.1f}" y="{top + 30}" text-anchor="{anchor}">the device has {device:.0f} GB</text>')
    return _svg(top + 36, f"Memory by part and stage, against {device:.0f} GB", parts)


def costs(choices: Sequence[Choice]) -> Markup:
    """A line for each choice: the likely cost as a dot, its range as a whisker, on a logarithmic scale."""
    rows = [(one, one.usd) for one in choices if one.usd is not None]
    if not rows:
        return Markup("")
    low = math.floor(math.log10(max(0.01, min(usd.low for _, usd in rows))))
    high = math.ceil(math.log10(max(usd.high for _, usd in rows)))
    left = 330
    scale = (WIDTH - left - 45) / max(1, high - low)

    def place(value: float) -> float:
        return left + (math.log10(max(value, 0.01)) - low) * scale

    parts: list[str] = []
    bottom = 8 + 26 * len(rows)
    for power in range(low, high + 1):
        x = left + (power - low) * scale
        parts.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{bottom}"/>')
        parts.append(f'<text x="{x:.1f}" y="{bottom + 14}" text-anchor="middle">{10.0**power:g} USD</text>')
    top = 8
    for one, usd in rows:
        parts.append(f'<text x="0" y="{top + 15}">{escape(f"{one.model.title}, {one.method.name}, {one.on}")}</text>')
        parts.append(_whisker(place(usd.low), place(usd.high), top + 10))
        parts.append(f'<circle class="{one.fit}" cx="{place(usd.likely):.1f}" cy="{top + 10}" r="5"/>')
        top += 26
    return _svg(top + 22, "Cost of each choice, with its range", parts)


def parts_of(memories: Sequence[Memory]) -> list[str]:
    """The parts that there are, in the order of the legend."""
    there = {name for memory in memories for name in memory.parts}
    return [name for name in PARTS if name in there] + sorted(there - set(PARTS))


def _ticks(reach: float) -> list[float]:
    step = next(step for step in (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 10_000) if reach / step <= 8)
    return [step * number for number in range(int(reach / step) + 1)]


def _axis(ticks: Sequence[float], left: float, scale: float, top: float) -> list[str]:
    found = []
    for value in ticks:
        x = left + value * scale
        found.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{top}"/>')
        found.append(f'<text x="{x:.1f}" y="{top + 14}" text-anchor="middle">{value:g}</text>')
    return found


def _whisker(start: float, end: float, y: float) -> str:
    ends = "".join(f'<line class="whisker" x1="{x:.1f}" x2="{x:.1f}" y1="{y - 4}" y2="{y + 4}"/>' for x in (start, end))
    return f'<line class="whisker" x1="{start:.1f}" x2="{end:.1f}" y1="{y}" y2="{y}"/>{ends}'


def _svg(height: float, label: str, parts: Sequence[str]) -> Markup:
    inner = "".join(parts)
    return Markup(  # noqa: S704 - all text among the parts is escaped
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(label)}">{inner}</svg>'
    )
