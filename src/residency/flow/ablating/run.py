"""An ablation of a recipe: what is asked, over which rows, and what is trained and measured by now."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from residency.ablation.analysis import Luck, contrasts, luck
from residency.ablation.changes import changes_of
from residency.ablation.choosing import Serves, left_out
from residency.ablation.design import CellPlan, cells
from residency.ablation.question import ORDER, Arm, Question, read_question, standard_questions
from residency.ablation.records import Contrast, Trained
from residency.ablation.settings import AblateSettings
from residency.core.errors import InputError, RecipeError, UsageError
from residency.core.files import read_jsonl
from residency.evaluation.metrics import METRICS
from residency.evaluation.registry import TASKS
from residency.evaluation.scales import SCALES
from residency.flow.ablating.bank import prepared
from residency.flow.ablating.cell import CELLS, Measured, asked_of, done, trained_as
from residency.flow.ablating.facts import facts_of
from residency.flow.ablating.reasons import kept
from residency.flow.recipe import LoadedRecipe
from residency.flow.runner import Watcher

FOLDER, QUICK_FOLDER = "ablate", "ablate-quick"
HIGHER = {name: metric.higher_is_better for name, metric in METRICS.items()}
BASES = "bases"
_TASK_OF = {"grounding": "faithfulness", "skill": "followup"}
"""The tasks whose metrics do not begin with their name."""


@dataclass
class Ablation:
    """An ablation of a recipe: what is asked, over which rows, where it lies.

    ``base`` is the recipe over the ablation's bank. ``left`` says, by question and arm, which arms cannot be run and
    why; ``why`` holds these too, and beside them why others were not trained, or no further. ``failed`` names the
    trainings that a fault ended in this command, and ``known`` are those that were planned so far, by name.
    """

    loaded: LoadedRecipe
    settings: AblateSettings
    questions: list[Question]
    folder: Path
    base: LoadedRecipe
    quick: bool
    only: tuple[str, ...] = ()
    left: dict[Serves, str] = field(default_factory=dict)
    why: dict[Serves, str] = field(default_factory=dict)
    known: dict[str, CellPlan] = field(default_factory=dict, repr=False)
    failed: list[str] = field(default_factory=list)
    _asked: dict[str, str] = field(default_factory=dict, repr=False)
    _refused: dict[str, RecipeError] = field(default_factory=dict, repr=False)
    _noted: dict[Serves, str] = field(default_factory=dict, repr=False)

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
        """All values of the recipe, section by section, its shares as the arms were held against them."""
        found = self.loaded.recipe.model_dump(mode="json")
        found["mix"]["shares"] = self.base.recipe.mix.shares
        return found

    def plans(self) -> list[CellPlan]:
        """The trainings, in their order, as far as it is known by now which can be made.

        Raises:
            InputError: the share of an arm of the user's own cannot be set.
            RecipeError: an arm of the user's own sets a value that there is not, or that does not fit.
        """
        own = self.folder / CELLS
        known = sorted(path for path in own.iterdir() if path.is_dir()) if own.is_dir() else []
        facts = facts_of(self.base, self.settings.proxies, known)
        values = self.base.recipe.model_dump(mode="json")
        faults: dict[Serves, str] = self._shares_that_cannot_be(values)
        while True:
            self.left = left_out(self.questions, facts, faults)
            found = cells(self.questions, values, self.settings, self.quick, self.left, self.only)
            self.known |= {one.name: one for one in found}  # what each is held equal to is part of what is asked of it
            more = self._that_do_not_fit(found)
            if not more:
                break
            faults |= more
        self.why = {**self._kept(found), **self._noted, **self.left}
        return found

    def _shares_that_cannot_be(self, values: Mapping[str, Any]) -> dict[Serves, str]:
        """The standard questions' arms whose share this recipe leaves no room for. What is wrong with an arm of the
        user's own is theirs to mend: it is told as the trainings are planned."""
        found = {}
        for question in self.questions:
            for arm in question.arms if question.name in ORDER else ():
                try:
                    changes_of(arm, values)
                except InputError as error:
                    found[question.name, arm.name] = error.what
        return found

    def _that_do_not_fit(self, found: Sequence[CellPlan]) -> dict[Serves, str]:
        """The standard questions' arms with which this recipe is none any more."""
        faults: dict[Serves, str] = {}
        for cell in found:
            try:
                self.asked(cell)
            except RecipeError as error:
                if any(question not in ORDER for question, _ in cell.serves):
                    raise
                faults |= dict.fromkeys(cell.serves, f"the recipe does not allow it: {'; '.join(error.problems)}")
        return faults

    def _kept(self, found: Sequence[CellPlan]) -> dict[Serves, str]:
        """Why trainings were not made by another command or process, as far as it is this recipe that they were asked
        for."""
        why: dict[Serves, str] = {}
        reasons = kept(self.folder, [cell.name for cell in found])
        for cell in found:
            asked, reason = reasons.get(cell.name, ("", ""))
            if asked == self.asked(cell) and self.done(cell) is None:
                why = {**dict.fromkeys(cell.serves, reason), **why}  # an earlier round's says more
        return why

    def note(self, cell: CellPlan, why: str) -> None:
        """Say for the report why a training was not made, in this command alone (``reasons`` keeps it for others)."""
        self._noted = {**dict.fromkeys(cell.serves, why), **self._noted}
        self.why = {**self.why, **self._noted, **self.left}

    def done(self, cell: CellPlan) -> Measured | None:
        """A training that is done, of the recipe as it stood when the ablation was opened; None while it is not."""
        return done(self.folder, cell.name, self.asked(cell))

    def asked(self, cell: CellPlan) -> str:
        """:func:`~residency.flow.ablating.cell.asked_of` this recipe; it raises what that raises."""
        if cell.name in self._refused:
            raise self._refused[cell.name]
        if cell.name not in self._asked:
            try:
                self._asked[cell.name] = asked_of(self.base, cell, self.tasks, self.known)
            except RecipeError as error:
                self._refused[cell.name] = error
                raise
        return self._asked[cell.name]


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
        UsageError: a question or an arm is not known, or a quick run is to have several seeds.
        InputError: a question's file cannot be read, or nearly all rows are held out.
    """
    if quick and seeds is not None and seeds > 1:
        raise UsageError("a quick run trains each arm once", "--seeds", "Leave out --quick, or --seeds")
    settings = loaded.recipe.ablate.quick() if quick else loaded.recipe.ablate
    changed: dict[str, Any] = {"proxies": list(proxies)} if proxies else {}
    changed |= {"seeds": seeds} if seeds is not None else {}
    settings = AblateSettings.model_validate(settings.model_dump() | changed)
    chosen = _chosen(list(questions) or settings.questions, settings.own)
    if pilots:
        chosen = _with_pilots(chosen, pilots, settings.pilot_steps)
    known = {arm.name for question in chosen for arm in question.arms if arm.quick or not quick}
    if quick and (left := [name for name in arms if name not in known and _has(chosen, name)]):
        raise UsageError(f"a quick run leaves the arm {left[0]} out", "--arm", "Leave out --quick")
    if unknown := [name for name in arms if name not in known]:
        raise UsageError(f"no question has an arm {unknown[0]!r}", "--arm", f"There are {', '.join(sorted(known))}")
    folder = loaded.run_folder / (QUICK_FOLDER if quick else FOLDER)
    base = prepared(loaded, settings, folder, watcher)
    return Ablation(loaded, settings, chosen, folder, base, quick, tuple(arms))


def _has(questions: Iterable[Question], arm: str) -> bool:
    return any(one.name == arm for question in questions for one in question.arms)


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
    taken: set[str] = set()
    for model in dict.fromkeys(pilots):
        short = _short(model, taken)
        on: dict[str, Any] = {"model.name": model}
        about: dict[str, Any] = {"against": f"untrained-{short}", "hold": "nothing", "quick": True, "once": True}
        says = f"{model}, {steps} steps"
        arms.append(Arm(name=f"untrained-{short}", says=f"{model}, untrained", set=on, measures="base", **about))
        asks = f"What do {steps} steps teach {model}?"
        arms.append(Arm(name=f"pilot-{short}", says=says, asks=asks, set=on | {"sft.max_steps": steps}, **about))
    return [one.model_copy(update={"arms": [*one.arms, *arms]}) if one.name == BASES else one for one in chosen]


def _short(model: str, taken: set[str]) -> str:
    """A model's name as a part of an arm's, which is added to those that are ``taken``."""
    plain = re.sub(r"[^a-z0-9]+", "-", model.rstrip("/").rpartition("/")[2].lower()).strip("-")[:24] or "model"
    names = (plain if number == 1 else f"{plain}-{number}" for number in count(1))
    short = next(name for name in names if name not in taken)
    taken.add(short)
    return short


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


def trained(ablation: Ablation) -> list[Trained]:
    """The trainings that are done, an entry for each arm that one serves; what an untrained model answered stands for
    every seed."""
    found: list[Trained] = []
    for cell in ablation.plans():
        measured = ablation.done(cell)
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
        trained_as(measured),
    )
