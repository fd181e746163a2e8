"""Trains what an ablation has not trained yet, in its order, beside other processes that do the same."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from residency.ablation.analysis import next_round
from residency.ablation.design import CellPlan
from residency.core.errors import BusyError, ResidencyError
from residency.flow.ablating.cell import LOCKS, cell_folder, make
from residency.flow.ablating.planned import planned
from residency.flow.ablating.run import HIGHER, Ablation, lucks, measured_so_far, trained
from residency.flow.locking import is_busy
from residency.flow.runner import Watcher

BUSY = "another process is training it"
SHORT = "the budget of time did not last"
LOOK = 20.0
"""Seconds between two looks at what other processes are training."""
STILL = 3600.0
"""Seconds after which a training of another process that writes nothing is not waited for."""


@dataclass
class _Work:
    """How far one command has come. ``settled`` are the trainings that it need not look at again, ``passed`` those that
    another process was found at, ``fault`` is the first that ended one."""

    ablation: Ablation
    watcher: Watcher | None
    say: Callable[[str], None]
    clock: Callable[[], float]
    until: float | None
    settled: set[str] = field(default_factory=set)
    passed: set[str] = field(default_factory=set)
    fault: ResidencyError | None = None
    guesses: dict[str, float] | None = None

    def left(self) -> float | None:
        """Seconds of the budget; None without one."""
        return None if self.until is None else self.until - self.clock()

    def guess(self, cell: CellPlan) -> float:
        """Seconds that the plan gives a training; none where nothing can be planned."""
        if self.guesses is None:
            self.guesses = _guesses(self.ablation, self.watcher)
        return self.guesses.get(cell.name.rpartition("-")[0], 0.0)

    def settle(self, cell: CellPlan, why: str = "") -> None:
        """Look at a training no more; ``why`` where it was not made."""
        self.settled.add(cell.name)
        if why:
            note(self.ablation, cell, why)


def train(
    ablation: Ablation,
    *,
    hours: float | None = None,
    watcher: Watcher | None = None,
    say: Callable[[str], None] = lambda line: None,
    clock: Callable[[], float] = time.monotonic,
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """Make the trainings that are not done, in their order.

    One that another process works on is passed over, and looked at again when nothing else is left: it may be done by
    then, or given up. So any number of processes share an ablation's trainings, each taking the first that is free. One
    that fails is told, and the others go on. With a budget, one that would exceed it is not begun, and from the second
    seed on only the arms that can still be the best go on (successive halving).

    Args:
        ablation: as ``opened`` gives it.
        hours: of this command at most, but for the end of the training that is under way.
        watcher: told as stages begin and end.
        say: told, in a line, of each training, and of what is waited for.
        clock: seconds.
        pause: waits for so many seconds.

    Raises:
        RecipeError: an arm sets a value that there is not, or that does not fit.
        ResidencyError: what ended the first training, where not one is done in the end.
    """
    for cell in ablation.plans():
        ablation.asked(cell)  # a fault in an arm shows now, and not after days
    work = _Work(ablation, watcher, say, clock, None if hours is None else clock() + hours * 3600)
    repeat, halved, others = 0, dict[str, set[str]](), _Others(ablation.folder)
    while True:
        plans = ablation.plans()
        todo = [one for one in plans if one.name not in work.settled and not _halved(one, halved)]
        if not todo:
            break
        if hours is not None:
            if todo[0].repeat > repeat:
                repeat, halved = todo[0].repeat, _behind(ablation, say)
                continue
            todo = [one for one in todo if one.repeat <= repeat]  # the next round depends on what this one shows
        waiting = _first_free(work, todo, plans)
        if not waiting:
            continue
        left = work.left()
        if (left is not None and left <= 0) or not others.move(waiting, clock()):
            for cell in waiting:
                work.settle(cell, BUSY)
            continue
        if line := others.news(waiting):
            say(line)
        pause(LOOK)
    if work.fault is not None and not trained(ablation):
        raise work.fault


def note(ablation: Ablation, cell: CellPlan, why: str) -> None:
    """Keep for the report why arms were not trained; a later seed that is missing is seen in the number of seeds."""
    if cell.repeat == 0:
        ablation.why |= dict.fromkeys(cell.serves, why)


def _first_free(work: _Work, todo: Sequence[CellPlan], plans: Sequence[CellPlan]) -> list[CellPlan]:
    """Settle the first training of ``todo`` that can be, by making it or by finding that it is done or cannot be made.
    Where none can, all are given: another process holds them, or what they need."""
    known = {one.name: one for one in plans}
    waiting: list[CellPlan] = []
    for cell in todo:
        if work.ablation.done(cell) is not None:
            work.settle(cell)
            return []
        held_up = {one.name for one in waiting}
        needs = [name for name in (cell.like, cell.after) if name]
        missing = [name for name in needs if name not in known or work.ablation.done(known[name]) is None]
        if missing:
            if held_up.intersection(missing):
                waiting.append(cell)
                continue
            work.settle(cell, f"it needs {missing[0]}, which is not done")
            return []
        if (left := work.left()) is not None and expected(work.ablation, cell, plans, work.guess) > left:
            work.settle(cell, SHORT)
            return []
        if not is_busy(work.ablation.folder / LOCKS / cell.name) and _make(work, cell, len(todo)):
            return []
        if cell.name not in work.passed:
            work.passed.add(cell.name)
            work.say(f"{cell.name}: {BUSY}")
        waiting.append(cell)
    return waiting


def _make(work: _Work, cell: CellPlan, left: int) -> bool:
    """Make a training; false where another process took it first. A fault of its own is kept, and ends no other."""
    place = f"{len(work.settled) + 1} of {len(work.settled) + left}"
    work.say(f"training {place}: {cell.name} ({'; '.join(f'{asked}: {arm}' for asked, arm in cell.serves)})")
    try:
        ablation = work.ablation
        make(ablation.base, cell, ablation.folder, work.watcher, ablation.tasks, ablation.known)
    except BusyError:
        return False
    except ResidencyError as error:
        work.fault = work.fault or error
        work.say(f"{cell.name}: {error}")
        work.settle(cell, f"it failed: {error.what}")
        return True
    work.settle(cell)
    return True


def _halved(cell: CellPlan, halved: Mapping[str, set[str]]) -> bool:
    """Whether none of the questions that a training serves goes on with its arm."""
    return bool(halved) and all(arm in halved.get(question, ()) for question, arm in cell.serves)


def _behind(ablation: Ablation, say: Callable[[str], None]) -> dict[str, set[str]]:
    """The arms of each question that are not trained once more, on any proxy."""
    found: dict[str, set[str]] = {}
    runs = trained(ablation)
    chance = lucks(ablation, runs)
    for question in ablation.questions:
        seen = measured_so_far(ablation, question, runs, chance)
        left = [
            set(next_round(question, [one for one in seen if one.proxy == proxy], HIGHER).left)
            for proxy in ablation.settings.proxies
        ]
        found[question.name] = set.intersection(*left) if left else set()
        for arm in sorted(found[question.name]):
            say(f"{question.name}: {arm} is left, being behind")
    return found


def expected(
    ablation: Ablation, cell: CellPlan, plans: Sequence[CellPlan], guess: Callable[[CellPlan], float]
) -> float:
    """Seconds that a training will take: the median of the finished ones of the same base model of which the same is
    measured; where there are none, ``guess``."""
    alike = [
        sum(found.told["seconds"].values())
        for one in plans
        if (one.measures, _model(one)) == (cell.measures, _model(cell)) and (found := ablation.done(one)) is not None
    ]
    return median(alike) if alike else guess(cell)


def _guesses(ablation: Ablation, watcher: Watcher | None) -> dict[str, float]:
    """Seconds by the plan of one training of each kind, by its name without the round."""
    try:
        rows = planned(ablation, watcher).arms
    except ResidencyError:  # of a model that the planner does not know, say: a first training then shows how long
        return {}
    return {row.cell: 60 * row.minutes / (row.repeats - row.finished) for row in rows if row.finished < row.repeats}


def _model(cell: CellPlan) -> str:
    return str(cell.changes.get("model.name", cell.proxy))


class _Others:
    """What other processes are at, seen by the files that they write."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: object = None
        self._since = 0.0
        self._told: frozenset[str] = frozenset()

    def move(self, waiting: Iterable[CellPlan], now: float) -> bool:
        """Whether something was written since the last look, or not so long ago."""
        written = {one.name: _latest(cell_folder(self._folder, one.name)) for one in waiting}
        if written != self._seen:
            self._seen, self._since = written, now
        return now - self._since < STILL

    def news(self, waiting: Sequence[CellPlan]) -> str:
        """A line that says what is waited for; empty where it was said already."""
        names = frozenset(one.name for one in waiting)
        if names == self._told:
            return ""
        self._told = names
        return f"waiting: other processes are at {', '.join(one.name for one in waiting)}, or at what these need"


def _latest(folder: Path) -> float:
    """When something in a folder was last written, in seconds of its file system's clock; 0 where nothing is."""
    latest = 0.0
    for path in folder.rglob("*"):
        try:
            latest = max(latest, path.stat().st_mtime)
        except FileNotFoundError:  # it was a file that was being written
            continue
    return latest
