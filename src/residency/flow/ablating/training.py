"""Trains what an ablation has not trained yet, in its order, beside other processes that do the same."""

from __future__ import annotations

import gc
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from residency.ablation.design import CellPlan
from residency.core.errors import BusyError, ResidencyError, disk_is_full, out_of_memory
from residency.core.memory import give_back
from residency.flow.ablating.budget import expected, guesses, left_behind
from residency.flow.ablating.cell import LOCKS, cell_folder, make
from residency.flow.ablating.reasons import keep
from residency.flow.ablating.run import Ablation, trained
from residency.flow.ablating.servers import ask_once, notes_of
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
    another process was found at, ``failed`` the faults that ended some, ``halved`` the arms of each question that go on
    no more."""

    ablation: Ablation
    watcher: Watcher | None
    say: Callable[[str], None]
    clock: Callable[[], float]
    until: float | None
    settled: set[str] = field(default_factory=set)
    halved: dict[str, set[str]] = field(default_factory=dict)
    passed: set[str] = field(default_factory=set)
    failed: dict[str, Exception] = field(default_factory=dict)
    guesses: dict[str, float] | None = None

    def left(self) -> float | None:
        """Seconds of the budget; None without one."""
        return None if self.until is None else self.until - self.clock()

    def guess(self, cell: CellPlan) -> float:
        """Seconds that the plan gives a training; none where nothing can be planned."""
        if self.guesses is None:
            self.guesses = guesses(self.ablation, self.watcher)
        return self.guesses.get(cell.name.rpartition("-")[0], 0.0)

    def settle(self, cell: CellPlan, why: str = "") -> None:
        """Look at a training no more; ``why`` where it was not made."""
        self.settled.add(cell.name)
        if why:
            self.ablation.note(cell, why)
        if why and why != BUSY:
            keep(self.ablation.folder, cell.name, self.ablation.asked(cell), why)


def train(
    ablation: Ablation,
    *,
    hours: float | None = None,
    watcher: Watcher | None = None,
    say: Callable[[str], None] = lambda line: None,
    clock: Callable[[], float] = time.monotonic,
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """Make the trainings that are not done, in their order; ``ablation.failed`` then names those that failed.

    One that another process works on is passed over, and looked at again when nothing else is left: it may be done by
    then, or given up. So any number of processes share an ablation's trainings, each taking the first that is free. One
    that fails, whatever the fault, is told, and the others go on; this command does not try it again. With a budget,
    one that would exceed it is not begun; where all that is left would, only the better arms are trained with the next
    seed (successive halving).

    Args:
        ablation: as ``opened`` gives it.
        hours: of this command at most, but for the end of the training that is under way.
        watcher: told as stages begin and end.
        say: told, in a line, of each training, and of what is waited for.
        clock: seconds.
        pause: waits for so many seconds.

    Raises:
        RecipeError: an arm sets a value that there is not, or that does not fit.
        OSError: the disk is full.
        Exception: what ended the first training, where not one is done in the end.
    """
    for cell in ablation.plans():
        ablation.asked(cell)  # a fault in an arm shows now, and not after days
    if any(ablation.done(cell) is None for cell in ablation.plans()):
        for line in notes_of(ablation):
            say(line)
        ask_once(ablation, watcher)
    work = _Work(ablation, watcher, say, clock, None if hours is None else clock() + hours * 3600)
    repeat, others = 0, _Others(ablation.folder)
    while True:
        plans = ablation.plans()
        todo = [one for one in plans if one.name not in work.settled and not _halved(one, work.halved)]
        if not todo:
            break
        if hours is not None:
            if todo[0].repeat > repeat:
                repeat = todo[0].repeat
                _halve(work, todo, plans)
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
    if work.failed and not trained(ablation):
        raise next(iter(work.failed.values()))
    done = {cell.name for cell in ablation.plans() if ablation.done(cell) is not None}
    ablation.failed = [name for name in work.failed if name not in done]  # another process may have made one
    if ablation.failed:
        say(f"failed: {', '.join(ablation.failed)}. The same command tries them again")


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
    """Make a training; false where another process took it first. A fault of its own is kept, and ends no other, but
    where the disk is full."""
    place = f"{len(work.settled) + 1} of {len(work.settled) + left}"
    work.say(f"training {place}: {cell.name} ({'; '.join(f'{asked}: {arm}' for asked, arm in cell.serves)})")
    try:
        ablation = work.ablation
        make(ablation.base, cell, ablation.folder, work.watcher, ablation.tasks, ablation.known)
    except BusyError:
        return False
    except Exception as error:
        if disk_is_full(error):
            raise
        work.failed[cell.name] = error
        _forget(error)
        work.say(f"{cell.name}: {error if isinstance(error, ResidencyError) else _in_a_line(error)}")
        work.settle(cell, f"it failed: {error.what if isinstance(error, ResidencyError) else _in_a_line(error)}")
    else:
        work.settle(cell)
        return True
    _free()
    return True


def _in_a_line(error: Exception) -> str:
    """A fault that no part of the package foresaw."""
    return "out of memory" if out_of_memory(error) else " ".join(f"{type(error).__name__}: {error}".split())


def _forget(error: BaseException | None) -> None:
    """Let go of what the frames of a fault hold, a model and its gradients among it; where it happened stays known."""
    while error is not None:
        traceback.clear_frames(error.__traceback__)
        error = error.__cause__ or error.__context__


def _free() -> None:
    """Give back what a training that failed has left, so that the next one finds the memory that it would have had."""
    gc.collect()
    give_back()
    torch = sys.modules.get("torch")  # where it was never imported, nothing of it is held
    if torch is not None and torch.cuda.is_available():
        torch.cuda.empty_cache()


def _halved(cell: CellPlan, halved: Mapping[str, set[str]]) -> bool:
    """Whether none of the questions that a training serves goes on with its arm."""
    return bool(halved) and all(arm in halved.get(question, ()) for question, arm in cell.serves)


def _halve(work: _Work, todo: Sequence[CellPlan], plans: Sequence[CellPlan]) -> None:
    """Leave the arms that are behind, where what is left is expected to exceed the budget of all processes together."""
    ablation, budget = work.ablation, work.left()
    rest = [one for one in todo if ablation.done(one) is None]
    takes = sum(expected(ablation, one, plans, work.guess) for one in rest)
    hands = 1 + sum(is_busy(ablation.folder / LOCKS / one.name) for one in rest)
    if budget is None or takes <= hands * budget:
        return
    behind, why = left_behind(ablation, rest, max(0.0, hands * budget / takes))
    for question, arms in behind.items():
        work.halved.setdefault(question, set()).update(arms)
        for arm in sorted(arms):
            work.say(f"{question}: {arm} is left: {why[question, arm, ablation.settings.proxies[0]]}")
    for cell in rest:
        if _halved(cell, work.halved):
            work.settle(cell, why.get((*cell.serves[0], cell.proxy), SHORT))


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
