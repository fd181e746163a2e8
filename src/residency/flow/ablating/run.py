"""An ablation from where it stands: trainings that are done are kept, the others are made in order, and all is told."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from residency.ablation.analysis import Luck, contrasts, luck, next_round
from residency.ablation.choosing import Serves, left_out
from residency.ablation.design import CellPlan, cells
from residency.ablation.question import Arm, Question, read_question, standard_questions
from residency.ablation.records import Contrast, Trained
from residency.ablation.settings import AblateSettings
from residency.core.errors import BusyError, InputError, UsageError
from residency.core.files import read_jsonl
from residency.evaluation.metrics import METRICS
from residency.evaluation.registry import TASKS
from residency.evaluation.scales import SCALES
from residency.flow.ablating.bank import prepared
from residency.flow.ablating.cell import CELLS, Measured, done, make
from residency.flow.ablating.facts import facts_of
from residency.flow.recipe import LoadedRecipe
from residency.flow.runner import Watcher

FOLDER, QUICK_FOLDER = "ablate", "ablate-quick"
HIGHER = {name: metric.higher_is_better for name, metric in METRICS.items()}
_TASK_OF = {"grounding": "faithfulness", "skill": "followup"}
"""The tasks whose metrics do not begin with their name."""
BUSY = "another process is training it"


BASES = "bases"


@dataclass
class Ablation:
    """An ablation of a recipe: what is asked, over which rows, where it lies.

    ``base`` is the recipe over the ablation's bank. ``why`` says, by question and arm, why an arm was not run.
    """

    loaded: LoadedRecipe
    settings: AblateSettings
    questions: list[Question]
    folder: Path
    base: LoadedRecipe
    quick: bool
    only: tuple[str, ...] = ()
    why: dict[Serves, str] = field(default_factory=dict)

    @property
    def tasks(self) -> tuple[str, ...]:
        """What the arms are asked: all tasks, and in a quick run those alone on which a question turns."""
        if not self.quick:
            return ()
        every = [*standard_questions(), *self.questions]  # so that one more question does not ask all arms anew
        metrics = {axis.metric.partition(".")[0] for question in every for axis in question.axes}
        tasks = {_TASK_OF.get(name, name) for name in metrics}
        return tuple(name for name in TASKS if name in tasks)

    @property
    def values(self) -> dict[str, Any]:
        """All values of the recipe, section by section."""
        return self.loaded.recipe.model_dump(mode="json")

    def plans(self) -> list[CellPlan]:
        """The trainings, in their order, as far as it is known by now which can be made."""
        own = self.folder / CELLS
        known = sorted(path for path in own.iterdir() if path.is_dir()) if own.is_dir() else []
        left = left_out(self.questions, facts_of(self.base, self.settings.proxies, known))
        self.why = {**left, **{key: why for key, why in self.why.items() if key not in left}}
        values = self.base.recipe.model_dump(mode="json")
        return cells(self.questions, values, self.settings, self.quick, left, self.only)


def opened(
    loaded: LoadedRecipe,
    *,
    quick: bool = False,
    questions: Sequence[str] = (),
    arms: Sequence[str] = (),
    seeds: int | None = None,
    proxies: Sequence[str] = (),
    pilots: Sequence[str] = (),
    watcher: Watcher | None = None,
) -> Ablation:
    """Make ready what an ablation works with; the recipe's corpus stage runs where it has not.

    Args:
        loaded: the checked recipe.
        quick: few arms, one seed, few items.
        questions: which to answer; as the recipe has them if left out.
        arms: which to run, by name, with those that they need; all if left out.
        seeds: trainings of each arm; as the recipe has them if left out.
        proxies: the small models; as the recipe has them if left out.
        pilots: large models of which a few steps are trained and measured, as arms of the question ``bases``.
        watcher: told as stages begin and end.

    Raises:
        UsageError: a question or an arm is not known.
        InputError: a question's file cannot be read, or nearly all rows are held out.
    """
    settings = loaded.recipe.ablate.quick() if quick else loaded.recipe.ablate
    changed: dict[str, Any] = {"proxies": list(proxies)} if proxies else {}
    changed |= {"seeds": seeds} if seeds is not None else {}
    settings = AblateSettings.model_validate(settings.model_dump() | changed)
    chosen = _chosen(list(questions) or settings.questions, settings.own)
    if pilots:
        chosen = _with_pilots(chosen, pilots, settings.pilot_steps)
    known = {arm.name for question in chosen for arm in question.arms}
    if unknown := [name for name in arms if name not in known]:
        raise UsageError(f"no question has an arm {unknown[0]!r}", "--arm", f"There are {', '.join(sorted(known))}")
    folder = loaded.run_folder / (QUICK_FOLDER if quick else FOLDER)
    base = prepared(loaded, settings, folder, watcher)
    return Ablation(loaded, settings, chosen, folder, base, quick, tuple(arms))


def _chosen(names: Sequence[str], own: Iterable[Path]) -> list[Question]:
    found = [*standard_questions(), *map(read_question, own)]
    known = [question.name for question in found]
    if twice := [name for name in known if known.count(name) > 1]:
        raise InputError(f"two questions are called {twice[0]!r}", "ablate.own", "Give one another name")
    if unknown := [name for name in names if name not in known]:
        raise UsageError(f"there is no question {unknown[0]!r}", "--questions", f"There are {', '.join(known)}")
    return [question for question in found if not names or question.name in names]


def _with_pilots(chosen: Sequence[Question], pilots: Sequence[str], steps: int) -> list[Question]:
    """The questions, that of the base models with an arm for each pilot and one for the same model untrained."""
    if not any(question.name == BASES for question in chosen):
        raise UsageError(f"pilots are arms of the question {BASES!r}", "--pilot", f"Add {BASES} to --questions")
    arms: list[Arm] = []
    for model in pilots:
        short = re.sub(r"[^a-z0-9]+", "-", model.rpartition("/")[2].lower()).strip("-")[:24] or "model"
        on: dict[str, Any] = {"model.name": model}
        about: dict[str, Any] = {"against": f"untrained-{short}", "hold": "nothing", "quick": True}
        says = f"{model}, {steps} steps"
        arms.append(Arm(name=f"untrained-{short}", says=f"{model}, untrained", set=on, measures="base", **about))
        arms.append(Arm(name=f"pilot-{short}", says=says, set=on | {"sft.max_steps": steps}, **about))
    return [one.model_copy(update={"arms": [*one.arms, *arms]}) if one.name == BASES else one for one in chosen]


def train(
    ablation: Ablation,
    *,
    hours: float | None = None,
    watcher: Watcher | None = None,
    say: Callable[[str], None] = lambda line: None,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Make the trainings that are not done, in their order.

    One that another process works on is passed over. With a budget, one that would exceed it is not begun, and from the
    second seed on only the arms that can still be the best go on (successive halving).

    Args:
        ablation: as ``opened`` gives it.
        hours: of this command at most.
        watcher: told as stages begin and end.
        say: told, in a line, of each training.
        clock: seconds.
    """
    begun, repeat = clock(), 0
    passed: set[str] = set()
    halved: dict[str, set[str]] = {}
    while True:
        plans = ablation.plans()
        todo = [one for one in plans if one.name not in passed and not _halved(one, halved)]
        if not todo:
            return
        cell = todo[0]
        passed.add(cell.name)
        if hours is not None and cell.repeat > repeat:
            repeat = cell.repeat
            halved = _next(ablation, say)
            passed.discard(cell.name)
            continue
        if missing := [name for name in (cell.like, cell.after) if name and done(ablation.folder, name) is None]:
            _tell(ablation, cell, f"it needs {missing[0]}, which is not done")
            continue
        if hours is not None and not done(ablation.folder, cell.name):
            left = hours * 3600 - (clock() - begun)
            if _expected(ablation, cell, plans) > left:
                _tell(ablation, cell, "the budget of time did not last")
                continue
        place = f"{len(passed)} of {len(passed) + len(todo) - 1}"
        say(f"training {place}: {cell.name} ({_served(cell)})")
        try:
            make(ablation.base, cell, ablation.folder, watcher, ablation.tasks)
        except BusyError:
            _tell(ablation, cell, BUSY)
            say(f"{cell.name}: {BUSY}")


def _served(cell: CellPlan) -> str:
    return "; ".join(f"{question}: {arm}" for question, arm in cell.serves)


def _tell(ablation: Ablation, cell: CellPlan, why: str) -> None:
    if cell.repeat == 0:
        ablation.why |= dict.fromkeys(cell.serves, why)


def _halved(cell: CellPlan, halved: Mapping[str, set[str]]) -> bool:
    """Whether none of the questions that a training serves goes on with its arm."""
    return bool(halved) and all(arm in halved.get(question, ()) for question, arm in cell.serves)


def _next(ablation: Ablation, say: Callable[[str], None]) -> dict[str, set[str]]:
    """The arms of each question that are not trained once more, on any proxy."""
    found: dict[str, set[str]] = {}
    runs = trained(ablation)
    chance = lucks(ablation, runs)
    for question in ablation.questions:
        left: list[set[str]] = []
        seen = measured_so_far(ablation, question, runs, chance)
        for proxy in ablation.settings.proxies:
            verdict = next_round(question, [one for one in seen if one.proxy == proxy], HIGHER)
            left.append(set(verdict.left))
        found[question.name] = set.intersection(*left) if left else set()
        for arm in sorted(found[question.name]):
            say(f"{question.name}: {arm} is left, being behind")
    return found


def lucks(ablation: Ablation, runs: Sequence[Trained]) -> dict[str, Luck]:
    """By proxy what chance does between two trainings: seen in one question, and needed by all."""
    return {proxy: luck(ablation.questions, runs, proxy) for proxy in ablation.settings.proxies}


def measured_so_far(
    ablation: Ablation, question: Question, runs: Sequence[Trained], chance: Mapping[str, Luck]
) -> list[Contrast]:
    """A question's contrasts on all proxies, with what there is by now and what chance does on each of them."""
    settings, seed = ablation.settings, ablation.base.recipe.run.seed
    return [
        one
        for proxy in settings.proxies
        for one in contrasts(question, runs, proxy, settings.confidence, seed, SCALES, HIGHER, chance[proxy])
    ]


def _expected(ablation: Ablation, cell: CellPlan, plans: Sequence[CellPlan]) -> float:
    """Seconds that a training will take, as the finished ones that measure the same model did; none where there are
    none, and the first is then begun."""
    alike = [
        sum(found.told["seconds"].values())
        for one in plans
        if one.measures == cell.measures and (found := done(ablation.folder, one.name)) is not None
    ]
    return median(alike) if alike else 0.0


def trained(ablation: Ablation) -> list[Trained]:
    """The trainings that are done, an entry for each arm that one serves; what an untrained model answered stands for
    every seed."""
    found: list[Trained] = []
    for cell in ablation.plans():
        measured = done(ablation.folder, cell.name)
        if measured is not None:
            found += [_as_trained(cell, measured, question, arm) for question, arm in cell.serves]
    return found


def _as_trained(cell: CellPlan, measured: Measured, question: str, arm: str) -> Trained:
    return Trained(
        question,
        arm,
        cell.proxy,
        cell.repeat,
        cell.name,
        list(read_jsonl(measured.scores)),
        measured.told["seconds"],
        measured.told["borrowed"],
        measured.told["counts"],
    )
