"""What each training of an ablation takes, stage by stage, before it is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from residency.ablation.design import CellPlan
from residency.ablation.plan import EVALUATE
from residency.core.errors import ResidencyError
from residency.core.files import value_digest
from residency.flow.ablating.run import Ablation
from residency.flow.planning import HERE, expected, plan_recipe
from residency.flow.recipe import LoadedRecipe, with_changes
from residency.planning.advice import own_method

MODELS = 3
"""Models that a run's own evaluation asks, of which an ablation asks one."""
BESIDE = 2.0
"""What measuring takes for each second in which answers are written: loading, letters, checks of what is cited. On two
cores, with the embedded model and some 600 answers, it was between two and three times the writing that is planned."""
SECTIONS = ("thoughts.", "sft.", "pairs.", "preference.")
"""What arms change of how long stages take; of another mix as many steps are made, or as much computing."""
DENSER = (0.5, 3.0)
"""Between these lies what is made of an estimate of how many tokens of a row are learnt."""

Stages = dict[str, float]


def is_apart(cell: CellPlan) -> bool:
    """Whether a cell trains another model than its proxy."""
    return bool(cell.changes.get("model.name", cell.proxy) != cell.proxy)


def minutes_of(
    ablation: Ablation, loaded: LoadedRecipe, plans: Sequence[CellPlan], answers: int
) -> tuple[Stages, dict[str, Stages], set[str]]:
    """Minutes of one training's stages, on one proxy.

    Args:
        ablation: with what it has measured so far.
        loaded: the recipe of a cell whose data stages are done.
        plans: the proxy's cells.
        answers: that are written to measure a model.

    Returns:
        Those of a cell like most; those of stages that take a cell longer or shorter, by its name; and the names of the
        cells of which nothing is known, as of a large model that does not fit this machine.
    """
    planner = _Planner(loaded, answers)
    common, _ = planner.of({})
    own: dict[str, Stages] = {}
    unknown: set[str] = set()
    for cell in plans:
        changes = {key: value for key, value in cell.changes.items() if key.startswith(SECTIONS)}
        if is_apart(cell):
            if not (found := planner.of({**changes, "model.name": cell.changes["model.name"]})[0]):
                unknown.add(cell.name)
            own[cell.name] = found
        elif cell.hold == "labelled_tokens":
            own[cell.name] = {"sft": common.get("sft", 0.0) * planner.longer(cell)}
        elif changes:
            found, _ = planner.of(changes)
            own[cell.name] = {stage: took for stage, took in found.items() if took != common.get(stage)}
    found = _as_measured(ablation, plans, common, own)
    factor = {stage: took / common[stage] for stage, took in found.items() if common.get(stage)}
    scaled = {
        name: {stage: took * factor.get(stage, 1.0) for stage, took in stages.items()} for name, stages in own.items()
    }
    return {**common, **found}, scaled, unknown


class _Planner:
    """The planner on this machine, asked once for each set of changes."""

    def __init__(self, loaded: LoadedRecipe, answers: int) -> None:
        self._loaded, self._answers = loaded, answers
        self._known: dict[str, tuple[Stages, float]] = {}

    def of(self, changes: Mapping[str, Any]) -> tuple[Stages, float]:
        """Minutes of each stage, and the share of the training rows' tokens that is learnt; none where it cannot be
        told."""
        key = value_digest(dict(changes))
        if key not in self._known:
            try:
                self._known[key] = self._asked(changes)
            except ResidencyError:  # of a model of which nothing is known, say
                self._known[key] = {}, 0.0
        return self._known[key]

    def longer(self, cell: CellPlan) -> float:
        """How many times as long a cell trains that is given as many learnt tokens."""
        mix = {key: value for key, value in cell.changes.items() if key.startswith("mix.")}
        (_, like), (_, here) = self.of({}), self.of(mix)
        return min(max(like / here, DENSER[0]), DENSER[1]) if like and here else 1.0

    def _asked(self, changes: Mapping[str, Any]) -> tuple[Stages, float]:
        loaded = with_changes(self._loaded, changes, "the arm")
        plan = plan_recipe(loaded, on=[HERE], models=[loaded.recipe.model.name])
        choice = expected(plan, own_method(loaded.recipe.model_dump(mode="json")))
        if choice is None:
            return {}, 0.0
        found = {one.stage: one.seconds.likely / 60 for one in choice.stages}
        counts = plan.counts
        more = self._answers / counts.written.rows if counts.written.rows else 1.0
        found[EVALUATE] = found.get(EVALUATE, 0.0) / MODELS * more * BESIDE
        return found, counts.train.rows.labelled / max(1, counts.train.lengths.tokens)


def _as_measured(
    ablation: Ablation, plans: Sequence[CellPlan], common: Stages, own: Mapping[str, Stages]
) -> dict[str, float]:
    """Minutes of a cell like most, by the finished ones: the median of what each took, over how many times as long as
    that it was expected to take."""
    took: dict[str, list[float]] = {}
    for cell in plans:
        done = None if is_apart(cell) or cell.hold in ("compute", "labelled_tokens") else ablation.done(cell)
        for stage, seconds in (done.told["seconds"] if done is not None else {}).items():
            expects, usual = own.get(cell.name, {}).get(stage), common.get(stage)
            if expects is not None and not (expects and usual):
                continue  # a stage that others do not have
            times = expects / usual if expects and usual else 1.0
            took.setdefault(stage, []).append(float(seconds) / 60 / times)
    return {stage: median(values) for stage, values in took.items()}
