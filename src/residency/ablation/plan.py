"""What an ablation will take, and what it could show, before anything is trained."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol

from residency.ablation.design import CellPlan
from residency.ablation.question import Measured, Question

SCHEMA = 1
FORMAT = "residency-ablation-plan"
EVALUATE = "evaluate"
TRAINED: dict[Measured, tuple[str, ...]] = {
    "base": ("dialogue", "grounding", "knowledge"),
    "sft": ("sft",),
    "final": ("preference",),
}
"""The stages that a measured model needs, with all that these read."""

Minutes = Mapping[str, float]
"""Minutes of each stage; one that is not named takes none."""
Visible = Callable[[str, str, int], float | None]
"""From a question's name, a metric and its number of items to the smallest true difference that would mostly be seen;
None where none would."""


class StageOf(Protocol):
    """What is asked of a line of the stage table."""

    @property
    def name(self) -> str: ...

    @property
    def reads(self) -> tuple[str, ...]: ...

    @property
    def settings(self) -> tuple[str, ...]: ...


@dataclass(frozen=True)
class ArmRow:
    """One training, over all its repeats. ``own`` are the stages that run for it, by name with their minutes over all
    repeats; ``borrowed`` those that another cell has done in each of them. ``finished`` counts the repeats that are
    done already: they take no minutes. ``known`` is whether anything is known of the minutes beforehand."""

    cell: str
    proxy: str
    repeats: int
    serves: tuple[tuple[str, str], ...]
    measures: str
    hold: str
    minutes: float
    own: Mapping[str, float]
    borrowed: tuple[str, ...]
    finished: int = 0
    known: bool = True


@dataclass(frozen=True)
class SeenRow:
    """The smallest difference on an axis of a question that would mostly be seen. ``enough`` is whether it is no larger
    than the margin: a difference that matters would then not be missed."""

    question: str
    metric: str
    role: str
    margin: float
    items: int
    seen: float | None
    enough: bool


@dataclass(frozen=True)
class AblationPlan:
    """What is planned. ``without_sharing`` is what the minutes would be if each cell ran all of its stages itself.
    ``measured`` is whether minutes rest on trainings of this ablation that are done; ``notes`` are what its reader must
    know, a line each."""

    arms: tuple[ArmRow, ...]
    axes: tuple[SeenRow, ...]
    minutes: float
    without_sharing: float
    left: Mapping[tuple[str, str], str]
    measured: bool = True
    notes: tuple[str, ...] = ()

    def told(self) -> dict[str, Any]:
        """For programs. Keys are not taken away within a ``schema``."""
        return {
            "format": FORMAT,
            "schema": SCHEMA,
            "minutes": round(self.minutes, 1),
            "minutes_without_sharing": round(self.without_sharing, 1),
            "measured": self.measured,
            "notes": list(self.notes),
            "arms": [_plain(row) for row in self.arms],
            "axes": [_plain(row) for row in self.axes],
            "left_out": [{"question": question, "arm": arm, "why": why} for (question, arm), why in self.left.items()],
        }


def plan_of(
    cells: Sequence[CellPlan],
    questions: Sequence[Question],
    stages: Sequence[StageOf],
    minutes: Mapping[str, Minutes],
    items: Mapping[str, int],
    visible: Visible,
    *,
    repeated: Collection[str],
    finished: Collection[str] = (),
    left: Mapping[tuple[str, str], str] | None = None,
    own: Mapping[str, Minutes] | None = None,
    unknown: Collection[str] = (),
    measured: bool = True,
    notes: Sequence[str] = (),
) -> AblationPlan:
    """What the cells will take, stage by stage, and what their items could show.

    A stage runs once for all cells that would run it alike: whose changes touch none of its sections otherwise, nor
    those of what it reads, and of the same repeat where the repeat reaches it.

    Args:
        cells: in the order in which they run.
        questions: those that they answer.
        stages: the stage table, in its order.
        minutes: for each proxy those of each stage, ``evaluate`` being one measured model.
        items: the items that carry each metric; an axis that has none is left out.
        visible: the smallest difference for a question, a metric and its number of items.
        repeated: the stages that ``run.repeat`` reaches.
        finished: names of cells that are done.
        left: the arms that are left out, with their reasons.
        own: minutes of stages that take a cell another time than the rest of its proxy, by the cell's name.
        unknown: names of cells of which nothing is known beforehand; they count for no minutes.
        measured: whether the minutes rest on trainings that are done.
        notes: what the plan's reader must know.
    """
    table = {stage.name: stage for stage in stages}
    done: set[str] = set()
    rows: dict[str, ArmRow] = {}
    whole: dict[str, float] = {}
    total = 0.0
    for cell in cells:
        of_proxy = {} if cell.name in unknown else minutes.get(cell.proxy, {})
        took = _minutes_of(cell, table, {**of_proxy, **(own or {}).get(cell.name, {})}, whole)
        whole[cell.name] = sum(took[name] for name in ("sft", "preference") if name in took)
        whole[cell.name] += whole.get(cell.after, 0.0)
        total += sum(took.values())
        keys = _keys(took, cell, table, repeated)
        ran = {name: took[name] for name in took if keys[name] not in done and cell.name not in finished}
        done |= set(keys.values())
        _add(rows, cell, ran, tuple(name for name in took if name not in ran), cell.name in finished)
    missing = {name.rpartition("-")[0] for name in unknown if name not in finished}
    arms = tuple(replace(row, known=row.cell not in missing) for row in rows.values())
    return AblationPlan(
        arms,
        _axes(questions, items, visible),
        sum(row.minutes for row in arms),
        total,
        left or {},
        measured,
        tuple(notes),
    )


def _minutes_of(
    cell: CellPlan, table: Mapping[str, StageOf], minutes: Minutes, whole: Mapping[str, float]
) -> dict[str, float]:
    """The stages that a cell needs, in their order, with their minutes; what is given another's computing takes as long
    to train as that did."""
    needs: set[str] = set()
    queue = [name for name in TRAINED[cell.measures] if name in table]
    while queue:
        name = queue.pop()
        needs.add(name)
        queue += [one for one in table[name].reads if one not in needs]
    found = {name: minutes.get(name, 0.0) for name in table if name in needs}
    if cell.hold == "compute" and cell.like in whole:
        last = "preference" if "preference" in found else "sft"
        others = sum(found.get(name, 0.0) for name in ("sft", "preference") if name != last)
        found[last] = max(0.0, whole[cell.like] - others)
    return found | {EVALUATE: minutes.get(EVALUATE, 0.0)}


def _keys(
    names: Iterable[str], cell: CellPlan, table: Mapping[str, StageOf], repeated: Collection[str]
) -> dict[str, str]:
    """What decides each stage's result in a cell: equal keys are one run of the stage. The names are in their order."""
    found: dict[str, str] = {}
    for name in names:
        if name == EVALUATE:
            found[name] = cell.name
            continue
        stage = table[name]
        sections = tuple(f"{section}." for section in stage.settings)
        parts = (
            name,
            {key: value for key, value in cell.changes.items() if key.startswith(sections)},
            cell.changes.get("run.repeat", 0) if name in repeated else 0,
            (cell.hold, cell.like) if _held(name, cell) else "",
            cell.after if "model" in stage.settings else "",
            [found[one] for one in stage.reads],
        )
        found[name] = hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()
    return found


def _held(name: str, cell: CellPlan) -> bool:
    """Whether holding something equal changes a stage: the last one that trains."""
    return cell.hold != "nothing" and name == ("preference" if cell.measures == "final" else "sft")


def _add(
    rows: dict[str, ArmRow], cell: CellPlan, own: Mapping[str, float], borrowed: tuple[str, ...], finished: bool
) -> None:
    """Count a cell to the row of its training."""
    label = cell.name.rpartition("-")[0]
    old = rows.get(label)
    stages = dict(old.own) if old is not None else {}
    for name, minutes in own.items():
        stages[name] = stages.get(name, 0.0) + minutes
    everywhere = borrowed if old is None else tuple(name for name in old.borrowed if name in borrowed)
    rows[label] = ArmRow(
        label,
        cell.proxy,
        1 + (old.repeats if old is not None else 0),
        cell.serves,
        cell.measures,
        cell.hold,
        sum(stages.values()),
        stages,
        everywhere,
        finished + (old.finished if old is not None else 0),
    )


def _axes(questions: Sequence[Question], items: Mapping[str, int], visible: Visible) -> tuple[SeenRow, ...]:
    found = []
    for question in questions:
        for axis in question.axes:
            if number := items.get(axis.metric, 0):
                seen = visible(question.name, axis.metric, number)
                enough = seen is not None and seen <= axis.margin
                found.append(SeenRow(question.name, axis.metric, axis.role, axis.margin, number, seen, enough))
    return tuple(found)


def _plain(row: ArmRow | SeenRow) -> dict[str, Any]:
    values = asdict(row)
    rounded = {name: round(value, 4) if isinstance(value, float) else value for name, value in values.items()}
    if isinstance(row, ArmRow):
        rounded |= {
            "own": {name: round(value, 2) for name, value in row.own.items()},
            "serves": [{"question": question, "arm": arm} for question, arm in row.serves],
        }
    return rounded
