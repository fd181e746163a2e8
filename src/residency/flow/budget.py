"""During a run: what was predicted against what it takes, and a budget that is asked about before it is overshot.

A watcher around the runner's watcher. It reads the progress that stages report anyway, projects the end of the run, and
where that lies beyond the budget and its margin it asks, or stops the run, which then goes on from where it was.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import ceil, isfinite
from pathlib import Path

from residency.core.errors import InputError, ResidencyError, UsageError
from residency.core.files import read_json, write_json
from residency.core.stage import Progress
from residency.flow import manifest as mf
from residency.flow import processes
from residency.flow.progress import duration
from residency.flow.recipe import LoadedRecipe
from residency.flow.runner import StageResult, Watcher, run_recipe
from residency.flow.stages import STAGES, Stage
from residency.planning.job import Range

PLAN, SPENT = "plan/predicted.json", "spent.json"
LEAST = 3
"""Steps that are seen before the rate of a phase counts; the first of them is not, since it warms up."""
LEAST_SHARE = 0.05
"""The share of a phase that is seen before its rate counts: the longest rows often come first."""
EVERY = 30.0
"""Seconds between notes of what was spent: what a kill can hide."""
HOUR = 3600.0

Ask = Callable[[str], bool]


class BudgetError(ResidencyError):
    """A run was stopped before it would overshoot its budget; typed again, it goes on."""

    exit_code = 1


@dataclass(frozen=True)
class Budget:
    """What a run may cost: ``usd`` in all, at ``usd_per_hour`` for all devices together, and ``margin``, the share by
    which a projection may exceed it. ``strict`` stops in place of asking."""

    usd: float
    usd_per_hour: float
    margin: float = 0.25
    strict: bool = False


def budget_of(usd: float | None, price: float | None, margin: float, strict: bool) -> Budget | None:
    """The budget of the command's options; None where none is named.

    Raises:
        UsageError: a part of it is missing or makes no sense.
    """
    if usd is None:
        if strict:
            raise UsageError("no budget is named", "--strict-budget", "Add --budget USD --price USD_PER_HOUR")
        return None
    if price is None:
        raise UsageError("what an hour costs is not known", "--budget", "Add --price USD_PER_HOUR, of all devices")
    for name, value in (("--budget", usd), ("--price", price)):
        if not (isfinite(value) and value > 0):
            raise UsageError(f"{value:g} is no amount of dollars", name, "Give a number above 0")
    if not (isfinite(margin) and margin >= 0):
        raise UsageError(f"{margin:g} is no share", "--margin", "Give 0.25 for a quarter more")
    return Budget(usd, price, margin, strict)


def keep_predictions(run_folder: Path, predicted: Mapping[str, Range], on: str) -> Path:
    """Keep a plan's seconds by stage in the run's folder, for the runs to come; ``on`` is what they are meant for."""
    stages = {name: [taken.low, taken.likely, taken.high] for name, taken in predicted.items()}
    path = run_folder / PLAN
    path.parent.mkdir(parents=True, exist_ok=True)
    write_json(path, {"on": on, "seconds": stages})
    return path


def predictions(run_folder: Path, tell: Callable[[str], None] = lambda line: None) -> dict[str, Range]:
    """The seconds that a plan predicted by stage; nothing where there is no plan. A damaged file is told of."""
    path = run_folder / PLAN
    if not path.exists():
        return {}
    try:
        return {str(name): Range(*map(float, ends)) for name, ends in read_json(path)["seconds"].items()}
    except (InputError, AttributeError, KeyError, TypeError, ValueError):
        tell(f"{path} is damaged and was ignored. Type: residency plan RECIPE, which writes it anew")
        return {}


def ask_terminal() -> Ask | None:
    """How a person is asked; None where nobody sits at the terminal."""
    if not sys.stdin.isatty():
        return None

    def ask(question: str) -> bool:
        print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
        return sys.stdin.readline().strip().lower() in ("y", "yes")

    return ask


def guarded(loaded: LoadedRecipe, until: str | None, watcher: Watcher, budget: Budget | None) -> Watcher:
    """The watcher of a run, with what a plan predicted and with its budget; itself where there is neither.

    Args:
        loaded: the recipe.
        until: the last stage to run.
        watcher: is told all in any case.
        budget: what the run may cost.

    Raises:
        InputError: the account of what was spent is damaged.
    """
    if processes.rank() > 0:  # the first process runs the stages
        return watcher
    predicted = predictions(loaded.run_folder, _say)
    if budget is None and not predicted:
        return watcher
    if predicted and (on := str(read_json(loaded.run_folder / PLAN).get("on", ""))):
        _say(f"predicted times are those of the plan for {on}")
    to_run = [one.name for one in run_recipe(loaded, until, dry_run=True) if one.status != "skipped"]
    return BudgetWatcher(watcher, loaded.run_folder, predicted, to_run, budget, ask_terminal(), clock=time.monotonic)


def _say(line: str) -> None:
    print(f"      {line}", file=sys.stderr, flush=True)


class Ledger:
    """The seconds that all commands have spent in a run folder, by stage. What was spent before anything was noted
    comes from the manifests of finished stages."""

    def __init__(self, run_folder: Path) -> None:
        self.path = run_folder / SPENT
        self.seconds = self._read() or _from_manifests(run_folder)

    @property
    def total(self) -> float:
        """Seconds of all stages."""
        return sum(self.seconds.values())

    def note(self, stage: str, seconds: float) -> None:
        """``seconds`` more were spent in a stage."""
        self.seconds[stage] = round(self.seconds.get(stage, 0.0) + seconds, 3)
        write_json(self.path, self.seconds)

    def _read(self) -> dict[str, float]:
        if not self.path.exists():
            return {}
        fix = "Remove it; what finished stages took is then read from their manifests"
        found = read_json(self.path)
        try:
            read = {str(name): float(seconds) for name, seconds in found.items()}
        except (AttributeError, TypeError, ValueError):
            raise InputError("this is no account of what was spent", str(self.path), fix) from None
        return read


def _from_manifests(run_folder: Path) -> dict[str, float]:
    found = {entry.name: mf.read_manifest(run_folder / entry.name) for entry in STAGES}
    return {name: float(done["seconds"]) for name, done in found.items() if done is not None}


class BudgetWatcher:
    """Tells what was predicted as stages begin and end, and guards a budget where there is one.

    Args:
        watcher: is told all that it would be told without this one.
        run_folder: where is kept what was spent.
        predicted: seconds by stage; of stages that are not named nothing is known, and they count once they run.
        to_run: the stages that are still to run; the others are not counted.
        budget: what the run may cost; None tells and guards nothing.
        ask: whether a person wants to go on; None where nobody can be asked.
        say: takes the lines between stages.
        clock: in seconds.
    """

    def __init__(
        self,
        watcher: Watcher,
        run_folder: Path,
        predicted: Mapping[str, Range],
        to_run: Iterable[str],
        budget: Budget | None = None,
        ask: Ask | None = None,
        say: Callable[[str], None] = _say,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.watcher, self.predicted, self.budget = watcher, dict(predicted), budget
        self.ask, self.say, self.clock = ask, say, clock
        self.later = list(to_run)
        self.ledger = Ledger(run_folder) if budget else None
        self.stage = ""
        self.begun = self.noted = clock()
        self.agreed = budget.usd if budget else 0.0
        """Dollars that are agreed to: the budget, or the projection at which a person said yes."""

    def begin(self, number: int, count: int, stage: Stage, reason: str) -> Progress:
        """Say what the stage is predicted to take, and what was spent before it.

        Raises:
            BudgetError: the rest of the run does not fit into the budget.
        """
        inner = self.watcher.begin(number, count, stage, reason)
        self.stage, self.begun = stage.name, self.clock()
        self.noted = self.begun
        self.later = [name for name in self.later if name != stage.name]
        told = []
        if (taken := self.predicted.get(stage.name)) is not None:
            told.append(f"predicted {self._told(taken)}")
        if self.budget:
            told.append(f"spent so far {self._usd(self.spent()):.2f} of {self.budget.usd:.2f} USD")
        if told:
            inner.note("; ".join(told))
        guarded = Projected(inner, self)
        self.check(guarded)
        return guarded

    def end(self, number: int, count: int, result: StageResult) -> None:
        """Say what the stage took against what was predicted, and where the run will end."""
        self.watcher.end(number, count, result)
        self.later = [name for name in self.later if name != result.name]
        if result.status != "ran":
            return
        self._note()
        took, taken = self.clock() - self.begun, self.predicted.get(result.name)
        self.stage = ""
        told = []
        if taken is not None:
            within = "as predicted" if taken.holds(took) else "less than" if took < taken.low else "more than"
            against = f"predicted {self._told(taken)}"
            told.append(
                f"{against}; it took {duration(took)}" + ("" if within == "as predicted" else f", {within} that")
            )
        if self.budget:
            left = [self.predicted[name].likely for name in self.later if name in self.predicted]
            unknown = [name for name in self.later if name not in self.predicted]
            end = f"spent {self._usd(self.spent()):.2f} of {self.budget.usd:.2f} USD"
            if left:
                end += f", {self._usd(self.spent() + sum(left)):.2f} at the end"
                end += f" (without {', '.join(unknown)}: not predicted)" if unknown else ""
            told.append(end)
        if told:
            self.say("; ".join(told))

    def spent(self) -> float:
        """Seconds that this and all earlier commands spent in the run folder."""
        running = self.clock() - self.noted if self.stage else 0.0
        return running + (self.ledger.total if self.ledger else 0.0)

    def check(self, progress: Projected) -> None:
        """Project the end of the run; ask, tell or stop where it lies beyond the budget.

        Raises:
            BudgetError: it does, and nobody wants it to go on.
        """
        if self.budget is None:
            return
        if self.clock() - self.noted >= EVERY:
            self._note()
        later = sum(self.predicted[name].likely for name in self.later if name in self.predicted)
        usd = self._usd(self.spent() + progress.left() + later)
        if usd <= self.agreed * (1 + self.budget.margin):
            return
        self._note()
        budget = self.budget
        said = f"the run will cost about {usd:.2f} USD, and its budget is {budget.usd:.2f} USD"
        spent = f"{self._usd(self.spent()):.2f} USD are spent"
        if self.ask is None and not budget.strict:
            progress.note(f"{said}; {spent}. It goes on: --strict-budget would stop it")
        elif budget.strict or self.ask is None or not self._asked(progress, f"{said}; {spent}. Go on?"):
            fix = f"Type the same command with --budget {ceil(usd)}, and it goes on from where it was"
            raise BudgetError(f"{said}; it was stopped, and {spent}", f"stage {self.stage}", fix)
        self.agreed = usd

    def _asked(self, progress: Projected, question: str) -> bool:
        progress.doing("")  # ends the line that moves
        return bool(self.ask and self.ask(question))

    def _note(self) -> None:
        now = self.clock()
        if self.ledger and self.stage:
            self.ledger.note(self.stage, now - self.noted)
        self.noted = now

    def _usd(self, seconds: float) -> float:
        return seconds / HOUR * self.budget.usd_per_hour if self.budget else 0.0

    def _told(self, taken: Range) -> str:
        told = f"{duration(taken.likely)} ({duration(taken.low)} to {duration(taken.high)})"
        return told + (f", {self._usd(taken.likely):.2f} USD" if self.budget else "")


class Projected:
    """A stage's progress that passes everything on, and projects how long the stage will last."""

    def __init__(self, inner: Progress, watcher: BudgetWatcher) -> None:
        self.inner, self.watcher = inner, watcher
        self.total: int | None = None
        self.done = self.before = self.seen = 0
        self.first: tuple[float, int] | None = None

    def start(self, total: int | None, unit: str, done: int = 0) -> None:
        self.inner.start(total, unit, done)
        self.total, self.done, self.before, self.seen, self.first = total, done, done, 0, None

    def advance(self, steps: int = 1, **figures: float) -> None:
        self.inner.advance(steps, **figures)
        self.done, self.seen = self.done + steps, self.seen + 1
        if self.first is None:
            self.first = (self.watcher.clock(), self.done)
        self.watcher.check(self)

    def doing(self, what: str) -> None:
        self.inner.doing(what)

    def note(self, text: str) -> None:
        self.inner.note(text)

    def left(self) -> float:
        """Seconds that the stage will still last: at the rate of its present phase, and no fewer than its prediction's
        low end leaves, since other phases may follow; before there is a rate, what its prediction leaves."""
        watcher = self.watcher
        now, expected = watcher.clock(), watcher.predicted.get(watcher.stage)
        elapsed = now - watcher.begun
        if self.total is None or self.first is None or self.seen < LEAST:
            return max(0.0, expected.likely - elapsed) if expected else 0.0
        at, done = self.first
        if self.done <= done or self.done - self.before < LEAST_SHARE * (self.total - self.before):
            return max(0.0, expected.likely - elapsed) if expected else 0.0
        rate = (now - at) / (self.done - done)
        return max(rate * (self.total - self.done), expected.low - elapsed if expected else 0.0, 0.0)
