"""What an ablation will take and what it could show, before its arms are trained."""

from __future__ import annotations

from pathlib import Path

from residency.ablation.analysis import visible_by_axis
from residency.ablation.plan import AblationPlan, plan_of
from residency.core.errors import BusyError
from residency.core.runs import is_finished
from residency.evaluation.item import result_of
from residency.evaluation.metrics import METRICS
from residency.evaluation.missing import with_missing
from residency.evaluation.registry import TASKS
from residency.evaluation.run import collect
from residency.evaluation.sources import OPTIONAL, STAGES, sources_of
from residency.flow.ablating.cell import LOCKS, of_cell
from residency.flow.ablating.minutes import is_apart, minutes_of
from residency.flow.ablating.run import Ablation, lucks, measured_so_far, trained
from residency.flow.ablating.servers import notes_of, unasked
from residency.flow.locking import locked
from residency.flow.recipe import LoadedRecipe, with_changes
from residency.flow.runner import Watcher, run_recipe, why_run
from residency.flow.stages import STAGES as TABLE

PLAN, KNOWLEDGE = "plan", "knowledge"


def planned(ablation: Ablation, watcher: Watcher | None = None) -> AblationPlan:
    """The plan. The reference's data stages are run, but for those that would ask a server: they are cheap, all arms
    share them, and tell what there is to train on and to ask. The base model is not asked what it knows, which is not
    cheap.

    Minutes are the planner's for this machine, training by training; where some were through a stage already, they are
    in the proportion that these were found in.
    """
    plans = ablation.plans()
    minutes: dict[str, dict[str, float]] = {}
    own: dict[str, dict[str, float]] = {}
    unknown: set[str] = set()
    items: dict[str, tuple[int, int]] = {}
    for proxy in ablation.settings.proxies:
        on_it = [one for one in plans if one.proxy == proxy]
        first = next((one for one in on_it if one.measures != "base" and not is_apart(one)), None)
        if first is None:
            continue  # what is asked of the untrained model alone
        loaded = of_cell(ablation.base, first, ablation.folder)
        with locked(ablation.folder / LOCKS / "plan", "plan", wait=True):  # of processes that begin at once, one
            loaded = _with_data(loaded, watcher)
        found, asks = _items(loaded)
        items = items or found
        minutes[proxy], apart, missing = minutes_of(ablation, loaded, on_it, asks)
        own |= apart
        unknown |= missing
    finished = [one.name for one in plans if ablation.done(one) is not None]
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
        own=own,
        unknown=unknown,
        measured=bool(finished),
        notes=notes_of(ablation),
    )


def _with_data(loaded: LoadedRecipe, watcher: Watcher | None) -> LoadedRecipe:
    """Run a training's data stages, as far as no server is asked; where another process is training it, they are there.
    Gives the recipe over the folder that holds them: where the base model has still to be asked what it knows, one of
    the plan's own, whose mix was drawn as if nothing were asked. What a killed training has of its answers lies in the
    training's."""
    if loaded.recipe.knowledge.questions and why_run(loaded, KNOWLEDGE):
        cells = loaded.run_folder.parent
        lenders = sorted(path for path in cells.iterdir() if path.name != PLAN) if cells.is_dir() else []
        apart = with_changes(loaded, {"run.name": PLAN}, "the plan")
        data = with_changes(apart, {f"{KNOWLEDGE}.questions": 0}, "the plan")
        run_recipe(data, unasked(data, "compile"), watcher=watcher, lenders=lenders)
        return apart
    until = unasked(loaded, "compile")
    try:
        run_recipe(loaded, until, watcher=watcher)
    except BusyError:
        if not is_finished(loaded.run_folder, until):
            raise
    return loaded


def _items(loaded: LoadedRecipe) -> tuple[dict[str, tuple[int, int]], int]:
    """How many items, and clusters of them, carry each metric, as an answer that says nothing is graded; and how many
    answers are written to all of them."""
    run = loaded.run_folder
    folders: dict[str, Path] = {name: run / name for name in STAGES}
    folders |= {name: run / name for name in OPTIONAL if is_finished(run, name)}
    counts: dict[str, int] = {}
    clusters: dict[str, set[str]] = {}
    written = 0
    for item in collect(sources_of(folders, loaded.recipe.evaluate, loaded.recipe.run.seed)):
        written += sum((1 + len(ask.script)) * ask.samples for ask in item.asks if ask.written)
        grade = TASKS[item.task].grade
        found = result_of(item, {}, with_missing(item, {}, grade(item, {}, None), grade))
        for metric in found["metrics"]:
            counts[metric] = counts.get(metric, 0) + 1
            clusters.setdefault(metric, set()).add(item.cluster)
    return {metric: (count, len(clusters[metric])) for metric, count in counts.items()}, written
