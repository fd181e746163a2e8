"""A run's budget: what is told of it, and when the guard speaks. The clock is the test's own."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from residency.cli.app import main
from residency.core.errors import InputError, UsageError
from residency.core.files import read_json, write_json
from residency.core.stage import Progress, Silent
from residency.flow import budget, runner
from residency.flow.budget import (
    PLAN,
    SPENT,
    Budget,
    BudgetError,
    BudgetWatcher,
    budget_of,
    keep_predictions,
    predictions,
)
from residency.flow.runner import StageResult
from residency.flow.stages import Stage, stage
from residency.planning.job import Range

SFT, PREFERENCE = stage("sft"), stage("preference")
HOURLY = 36.0
"""USD an hour: a cent a second."""


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Heard(Silent):
    """The inner watcher and progress: keeps what it is told."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.steps = 0
        self.started: list[int | None] = []

    def begin(self, number: int, count: int, stage: Stage, reason: str) -> Progress:
        return self

    def end(self, number: int, count: int, result: StageResult) -> None: ...

    def start(self, total: int | None, unit: str, done: int = 0) -> None:
        self.started.append(total)

    def advance(self, steps: int = 1, **figures: float) -> None:
        self.steps += steps

    def note(self, text: str) -> None:
        self.lines.append(text)


def result(name: str, status: str = "ran") -> StageResult:
    return StageResult(name, "", status, "", 0.0, {}, "")


def watched(
    folder: Path,
    spending: Budget | None,
    predicted: dict[str, Range] | None = None,
    to_run: tuple[str, ...] = ("sft",),
    ask: Callable[[str], bool] | None = None,
) -> tuple[BudgetWatcher, Heard, Clock]:
    clock, heard = Clock(), Heard()
    return BudgetWatcher(heard, folder, predicted or {}, to_run, spending, ask, heard.lines.append, clock), heard, clock


def train(watcher: BudgetWatcher, clock: Clock, seconds: list[float], total: int | None = None) -> None:
    """A stage of one phase with these steps."""
    progress = watcher.begin(1, 1, SFT, "")
    progress.start(total or len(seconds), "steps")
    for one in seconds:
        clock.now += one
        progress.advance(1)
    watcher.end(1, 1, result("sft"))


def strict(usd: float, margin: float = 0.25) -> Budget:
    return Budget(usd, HOURLY, margin, strict=True)


def test_a_run_whose_budget_suffices_goes_through_untouched(tmp_path: Path) -> None:
    watcher, heard, clock = watched(tmp_path, strict(11.0, margin=0.0), ask=lambda question: pytest.fail(question))
    train(watcher, clock, [10.0] * 100)
    assert heard.steps == 100 and heard.started == [100]
    assert read_json(tmp_path / SPENT) == {"sft": 1000.0}


@pytest.mark.parametrize(("usd", "stops"), [(10.0, False), (9.99, True)])
def test_the_guard_speaks_exactly_where_the_projection_exceeds_the_budget(
    tmp_path: Path, usd: float, stops: bool
) -> None:
    """100 steps of 10 s are 10.00 USD; the rate counts once a twentieth of the steps and three of them are seen."""
    watcher, heard, clock = watched(tmp_path, strict(usd, margin=0.0))
    if not stops:
        train(watcher, clock, [10.0] * 100)
        return
    with pytest.raises(BudgetError, match=r"about 10.00 USD, and its budget is 9.99 USD"):
        train(watcher, clock, [10.0] * 100)
    assert heard.steps == 5


def test_the_margin_is_borne_and_no_more(tmp_path: Path) -> None:
    for name, usd, stops in (("within", 8.0, False), ("beyond", 7.99, True)):
        watcher, heard, clock = watched(tmp_path / name, strict(usd, margin=0.25))
        if stops:
            with pytest.raises(BudgetError):
                train(watcher, clock, [10.0] * 100)
        else:
            train(watcher, clock, [10.0] * 100)
        assert heard.steps == (5 if stops else 100)


def test_a_slow_first_step_is_no_reason_to_stop(tmp_path: Path) -> None:
    """It compiles: 60 s of it would be 60 USD, if all of the 100 steps were so."""
    watcher, heard, clock = watched(tmp_path, strict(2.0))
    train(watcher, clock, [60.0] + [1.0] * 99)
    assert heard.steps == 100


def test_a_run_that_slows_down_is_stopped_at_the_step_that_shows_it(tmp_path: Path) -> None:
    """At step k > 50, with 1 s before and 3 s since: the rate from the first step on, times what is left."""
    watcher, heard, clock = watched(tmp_path, strict(1.2, margin=0.0))
    with pytest.raises(BudgetError):
        train(watcher, clock, [1.0] * 50 + [3.0] * 50)

    def projected(step: int) -> float:
        spent = 50 + 3 * (step - 50)
        return (spent + (spent - 1) / (step - 1) * (100 - step)) / 100

    assert heard.steps == next(step for step in range(51, 101) if projected(step) > 1.2)


def test_later_stages_count_by_what_is_predicted_of_them(tmp_path: Path) -> None:
    later = {"preference": Range(100.0, 200.0, 400.0)}
    watcher, _, clock = watched(tmp_path / "both", strict(2.0), later, ("sft", "preference"))
    with pytest.raises(BudgetError, match=r"about 3\.00 USD"):
        train(watcher, clock, [1.0] * 100)
    watcher, _, clock = watched(tmp_path / "one", strict(2.0), later, ("sft",))
    train(watcher, clock, [1.0] * 100)


def test_a_plan_that_does_not_fit_stops_before_anything_is_done(tmp_path: Path) -> None:
    watcher, heard, clock = watched(tmp_path, strict(2.0), {"sft": Range(400.0, 500.0, 900.0)})
    with pytest.raises(BudgetError, match=r"5.00 USD.*0.00 USD are spent.*--budget 5"):
        train(watcher, clock, [1.0])
    assert heard.steps == 0


def test_a_short_phase_does_not_hide_what_is_predicted_to_follow(tmp_path: Path) -> None:
    watcher, _, clock = watched(tmp_path, strict(2.0, margin=0.0), {"sft": Range(150.0, 190.0, 300.0)})
    progress = watcher.begin(1, 1, SFT, "")
    progress.start(4, "pairs under the reference")
    for _ in range(4):
        clock.now += 1.0
        progress.advance(1)
    assert progress.left() == pytest.approx(146.0)  # type: ignore[attr-defined]


def test_a_person_is_asked_once_and_again_when_it_gets_worse(tmp_path: Path) -> None:
    asked: list[str] = []

    def yes(question: str) -> bool:
        asked.append(question)
        return True

    watcher, heard, clock = watched(tmp_path, Budget(1.0, HOURLY), ask=yes)
    train(watcher, clock, [2.0] * 50 + [9.0] * 50)
    assert heard.steps == 100
    said = "the run will cost about 2.00 USD, and its budget is 1.00 USD; 0.10 USD are spent. Go on?"
    assert asked[0] == said
    figures = [float(question.split()[5]) for question in asked]
    assert len(asked) > 1 and all(after > 1.25 * before for before, after in pairwise(figures))


def test_a_person_who_says_no_stops_the_run(tmp_path: Path) -> None:
    watcher, _, clock = watched(tmp_path, Budget(1.0, HOURLY), ask=lambda question: False)
    with pytest.raises(BudgetError, match=r"--budget 2, and it goes on from where it was") as caught:
        train(watcher, clock, [2.0] * 100)
    assert caught.value.exit_code == 1 and "\n" not in str(caught.value)


def test_with_nobody_to_ask_it_is_told_once_and_goes_on(tmp_path: Path) -> None:
    watcher, heard, clock = watched(tmp_path, Budget(1.0, HOURLY))
    train(watcher, clock, [2.0] * 100)
    assert heard.steps == 100
    assert sum("--strict-budget would stop it" in line for line in heard.lines) == 1


def test_what_was_spent_is_counted_over_all_commands(tmp_path: Path) -> None:
    """Stopped and typed again, a run has no more than its budget in all."""
    for _ in range(2):
        watcher, _, clock = watched(tmp_path, strict(1.5, margin=0.0))
        progress = watcher.begin(1, 1, SFT, "")
        clock.now += 70.0
        progress.start(None, "steps")
        watcher.check(progress)  # type: ignore[arg-type]
    assert read_json(tmp_path / SPENT) == {"sft": 140.0}
    watcher, _, clock = watched(tmp_path, strict(1.5, margin=0.0))
    progress = watcher.begin(1, 1, SFT, "")
    clock.now += 11.0
    with pytest.raises(BudgetError, match=r"1\.51 USD are spent"):
        progress.advance()


def test_what_finished_before_there_was_a_budget_is_read_from_manifests(tmp_path: Path) -> None:
    done = {"parts": {}, "outputs": {}, "counts": {}, "seconds": 500.0, "finished": "2026-01-01"}
    write_json(tmp_path / "corpus" / "manifest.json", done)
    watcher, heard, clock = watched(tmp_path, strict(20.0))
    train(watcher, clock, [1.0] * 10)
    assert "spent so far 5.00 of 20.00 USD" in heard.lines


def test_predicted_stands_beside_actual_as_stages_begin_and_end(tmp_path: Path) -> None:
    predicted = {"sft": Range(60.0, 90.0, 120.0), "preference": Range(10.0, 20.0, 30.0)}
    watcher, heard, clock = watched(tmp_path, Budget(50.0, HOURLY), predicted, ("sft", "preference", "evaluate"))
    train(watcher, clock, [2.5] * 100)
    assert heard.lines == [
        "predicted 1 min 30 s (1 min 00 s to 2 min 00 s), 0.90 USD; spent so far 0.00 of 50.00 USD",
        "predicted 1 min 30 s (1 min 00 s to 2 min 00 s), 0.90 USD; it took 4 min 10 s, more than that; "
        "spent 2.50 of 50.00 USD, 2.70 at the end (without evaluate: not predicted)",
    ]


def test_without_a_plan_and_a_budget_nothing_is_said_or_written(tmp_path: Path) -> None:
    watcher, heard, clock = watched(tmp_path, None)
    train(watcher, clock, [2.5] * 100)
    watcher.end(2, 2, result("preference", "skipped"))
    assert heard.lines == [] and list(tmp_path.iterdir()) == []


def test_predictions_are_kept_and_a_damaged_file_is_told_and_ignored(tmp_path: Path) -> None:
    predicted = {"sft": Range(1.0, 2.0, 3.0)}
    assert predictions(tmp_path) == {}
    keep_predictions(tmp_path, predicted, "a card")
    assert predictions(tmp_path) == predicted
    (tmp_path / PLAN).write_text('{"seconds": {"sft": [3, 2, 1]}}')
    told: list[str] = []
    assert predictions(tmp_path, told.append) == {}
    assert len(told) == 1 and "residency plan RECIPE" in told[0]


def test_a_damaged_account_is_an_error_and_not_a_fresh_budget(tmp_path: Path) -> None:
    (tmp_path / SPENT).write_text('{"sft": "much"}')
    with pytest.raises(InputError, match="no account"):
        watched(tmp_path, strict(1.0))


@pytest.mark.parametrize(
    ("usd", "price", "margin", "is_strict", "says"),
    [
        (10.0, None, 0.25, False, "--price"),
        (None, None, 0.25, True, "--budget"),
        (-1.0, 2.0, 0.25, False, "above 0"),
        (1.0, float("nan"), 0.25, False, "above 0"),
        (1.0, 1.0, -0.1, False, "--margin"),
    ],
)
def test_options_that_make_no_sense_are_refused(
    usd: float | None, price: float | None, margin: float, is_strict: bool, says: str
) -> None:
    with pytest.raises(UsageError, match=says):
        budget_of(usd, price, margin, is_strict)


def test_no_budget_is_none() -> None:
    assert budget_of(None, None, 0.25, False) is None
    assert budget_of(10.0, 2.0, 0.1, True) == Budget(10.0, 2.0, 0.1, True)


WORK = """
from residency.core.files import append_jsonl, recover_jsonl, write_text
SECONDS = 10.0

def corpus(context):
    write_text(context.out / "kept.txt", "one")
    return {"kept": 1}

def sft(context):
    steps = context.out / "checkpoints" / "steps.jsonl"
    steps.parent.mkdir(exist_ok=True)
    done = len(recover_jsonl(steps))
    context.progress.start(40, "steps", done)
    with steps.open("a") as handle:
        for step in range(done, 40):
            append_jsonl(handle, [{"step": step, "drawn": context.random(step).random()}])
            CLOCK.now += SECONDS
            context.progress.advance()
    write_text(context.out / "adapter.txt", steps.read_text())
    return {"resumed_at": done}
"""


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A table of two stages, the second of 40 steps of 10 s; its recipe is ``tmp_path/recipe.toml``."""
    (tmp_path / "work_for_budget.py").write_text(WORK)
    (tmp_path / "bank.txt").write_text("one")
    (tmp_path / "recipe.toml").write_text('[run]\nname = "r"\nfolder = "runs"\n[corpus]\nfiles = ["bank.txt"]\n')
    stages = (
        Stage("corpus", "reads", (), ("corpus",), "work_for_budget:corpus"),
        Stage("sft", "trains", ("corpus",), ("sft",), "work_for_budget:sft", resumes=True),
    )
    monkeypatch.setattr(runner, "STAGES", stages)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    module = importlib.import_module("work_for_budget")
    module.CLOCK = Clock()  # type: ignore[attr-defined]
    monkeypatch.setattr(budget, "ask_terminal", lambda: None)
    monkeypatch.setattr("time.monotonic", module.CLOCK)
    yield module
    sys.modules.pop("work_for_budget", None)


def run_with(*options: str) -> int:
    return main(["run", "recipe.toml", *options])


def test_a_run_within_its_budget_writes_the_same_as_one_without(work: Any, tmp_path: Path) -> None:
    assert run_with() == 0
    plain = (tmp_path / "runs/r/sft/adapter.txt").read_bytes()
    assert not (tmp_path / "runs/r" / SPENT).exists()
    assert run_with("--set", 'run.name="b"', "--budget", "4", "--price", "36", "--strict-budget", "--margin", "0") == 0
    assert (tmp_path / "runs/b/sft/adapter.txt").read_bytes() == plain
    assert read_json(tmp_path / "runs/b" / SPENT)["sft"] == 400.0


def test_a_run_that_is_stopped_goes_on_to_the_same_bytes(
    work: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_with() == 0
    plain = (tmp_path / "runs/r/sft/adapter.txt").read_bytes()
    again = ("--set", 'run.name="b"', "--price", "36", "--strict-budget")
    assert run_with(*again, "--budget", "3") == 1
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("error")]
    assert lines == [
        "error: stage sft: the run will cost about 4.00 USD, and its budget is 3.00 USD; it was stopped, and 0.30 USD "
        "are spent. Type the same command with --budget 4, and it goes on from where it was"
    ]
    assert not (tmp_path / "runs/b/sft/manifest.json").exists()
    assert run_with(*again, "--budget", "4") == 0
    assert (tmp_path / "runs/b/sft/adapter.txt").read_bytes() == plain
    assert read_json(tmp_path / "runs/b" / SPENT)["sft"] == 400.0
    assert read_json(tmp_path / "runs/b/sft/manifest.json")["counts"] == {"resumed_at": 3}


def test_a_budget_without_a_price_is_refused_before_anything_runs(
    work: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_with("--budget", "3") == 2
    assert "--price USD_PER_HOUR" in capsys.readouterr().err
    assert not (tmp_path / "runs").exists()
