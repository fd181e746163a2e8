"""What an ablation will take and what it could show, before its arms are trained."""

from __future__ import annotations

from pathlib import Path
from statistics import median

from residency.ablation.analysis import visible_by_axis
from residency.ablation.plan import EVALUATE, AblationPlan, plan_of
from residency.core.errors import BusyError
from residency.core.runs import is_finished
from residency.evaluation.item import result_of
from residency.evaluation.metrics import METRICS
from residency.evaluation.missing import with_missing
from residency.evaluation.registry import TASKS
from residency.evaluation.run import collect
from residency.evaluation.sources import OPTIONAL, STAGES, sources_of
from residency.flow.ablating.cell import LOCKS, of_cell
from residency.flow.ablating.run import Ablation, lucks, measured_so_far, trained
from residency.flow.locking import locked
from residency.flow.planning import HERE, expected, plan_recipe
from residency.flow.recipe import LoadedRecipe
from residency.flow.runner import Watcher, run_recipe
from residency.flow.stages import STAGES as TABLE
from residency.planning.advice import own_method

MODELS = 3
"""Models that a run's own evaluation asks, of which an ablation asks one."""


def planned(ablation: Ablation, watcher: Watcher | None = None) -> AblationPlan:
    """The plan. The reference's data stages are run: they are cheap, all arms share them, and tell what there is to
    train on and to ask.

    Minutes are the planner's for this machine; those of stages that some training has been through already are the
    median of these.
    """
    plans = ablation.plans()
    minutes: dict[str, dict[str, float]] = {}
    items: dict[str, tuple[int, int]] = {}
    for proxy in ablation.settings.proxies:
        first = next((one for one in plans if one.proxy == proxy and one.measures != "base"), None)
        if first is None:
            continue  # what is asked of the untrained model alone
        loaded = of_cell(ablation.base, first, ablation.folder)
        with locked(ablation.folder / LOCKS / "plan", "plan", wait=True):  # of processes that begin at once, one
            _with_data(loaded, watcher)
        minutes[proxy] = _predicted(loaded) | _measured(ablation, proxy)
        items = items or _items(loaded)
    finished = [one.name for one in ablation.plans() if ablation.done(one) is not None]
    seen: dict[tuple[str, str], float | None] = {}
    runs, graded = trained(ablation), [name for name, one in METRICS.items() if one.signed or one.clipped]
    chance = lucks(ablation, runs)
    most = max(chance.values(), key=lambda one: one.variance)
    for question in ablation.questions:
        arms = max(1, len({arm for one in plans for asked, arm in one.serves if asked == question.name}) - 1)
        settings, earlier = ablation.settings, measured_so_far(ablation, question, runs, chance)
        for axis in visible_by_axis(question, items, settings.seeds, arms, graded, earlier, settings.confidence, most):
            seen[question.name, axis.metric] = axis.smallest

    return plan_of(
        ablation.plans(),
        ablation.questions,
        TABLE,
        minutes,
        {metric: count for metric, (count, _) in items.items()},
        lambda question, metric, _: seen.get((question, metric)),
        repeated=[entry.name for entry in TABLE if entry.repeated],
        finished=finished,
        left=ablation.left,
    )


def _with_data(loaded: LoadedRecipe, watcher: Watcher | None) -> None:
    """Run a training's data stages; where another process is training it, they are there."""
    try:
        run_recipe(loaded, "compile", watcher=watcher)
    except BusyError:
        if not is_finished(loaded.run_folder, "compile"):
            raise


def _predicted(loaded: LoadedRecipe) -> dict[str, float]:
    """Minutes of each stage by the planner, for this machine."""
    plan = plan_recipe(loaded, on=[HERE], models=[loaded.recipe.model.name])
    choice = expected(plan, own_method(loaded.recipe.model_dump(mode="json")))
    if choice is None:
        return {}
    found = {one.stage: one.seconds.likely / 60 for one in choice.stages}
    return found | {EVALUATE: found.get(EVALUATE, 0.0) / MODELS}


def _measured(ablation: Ablation, proxy: str) -> dict[str, float]:
    """Minutes of the stages that finished trainings went through, at their median."""
    took: dict[str, list[float]] = {}
    for one in ablation.plans():
        found = ablation.done(one) if one.proxy == proxy else None
        for stage, seconds in (found.told["seconds"] if found is not None else {}).items():
            took.setdefault(stage, []).append(float(seconds) / 60)
    return {stage: median(values) for stage, values in took.items()}


def _items(loaded: LoadedRecipe) -> dict[str, tuple[int, int]]:
    """How many items, and clusters of them, carry each metric; as an answer that says nothing is graded."""
    run = loaded.run_folder
    folders: dict[str, Path] = {name: run / name for name in STAGES}
    folders |= {name: run / name for name in OPTIONAL if is_finished(run, name)}
    counts: dict[str, int] = {}
    clusters: dict[str, set[str]] = {}
    for item in collect(sources_of(folders, loaded.recipe.evaluate, loaded.recipe.run.seed)):
        grade = TASKS[item.task].grade
        found = result_of(item, {}, with_missing(item, {}, grade(item, {}, None), grade))
        for metric in found["metrics"]:
            counts[metric] = counts.get(metric, 0) + 1
            clusters.setdefault(metric, set()).add(item.cluster)
    return {metric: (count, len(clusters[metric])) for metric, count in counts.items()}
