"""Which servers the trainings of an ablation ask, and that each is asked once for what all of them share."""

from __future__ import annotations

from residency.core.errors import BusyError
from residency.flow.ablating.cell import LOCKS, cell_folder, of_cell
from residency.flow.ablating.run import Ablation
from residency.flow.locking import locked
from residency.flow.recipe import LoadedRecipe
from residency.flow.runner import Watcher, run_recipe, why_run
from residency.flow.stages import STAGES

TEACHER = "teacher"


def servers_of(loaded: LoadedRecipe) -> dict[str, str]:
    """The address of the server that a stage of the recipe asks, by stage."""
    recipe = loaded.recipe
    found = {TEACHER: recipe.teacher.server if recipe.teacher.backend == "server" else ""}
    found |= {"thoughts": recipe.thoughts.server}
    found |= {"pairs": recipe.pairs.judge.server if recipe.pairs.scorer == "judge" else ""}
    return {stage: server for stage, server in found.items() if server}


def unasked(loaded: LoadedRecipe, until: str) -> str:
    """The last stage, up to ``until``, that is there or can be made without asking a server."""
    names, servers = [entry.name for entry in STAGES], servers_of(loaded)
    would = [one.name for one in run_recipe(loaded, until, dry_run=True) if one.status == "would run"]
    first = next((name for name in would if name in servers), None)
    return until if first is None else names[names.index(first) - 1]


def notes_of(ablation: Ablation) -> list[str]:
    """What a user must know of servers beforehand, a line each."""
    servers = servers_of(ablation.base)
    found = []
    if servers:
        asked = ", ".join(f"{stage} ({server})" for stage, server in servers.items())
        found.append(f"The trainings ask servers: {asked}. A plan asks none, and estimates what they would give.")
    if ablation.loaded.recipe.evaluate.judge.server:
        found.append("The judge of [evaluate] is not asked: arms are graded by rules alone.")
    return found


def ask_once(ablation: Ablation, watcher: Watcher | None) -> None:
    """Have the teacher's server asked for the dialogues before trainings begin. Of several processes one does it, and
    all borrow what it got; otherwise each would ask for the same, and pay."""
    if TEACHER not in servers_of(ablation.base):
        return
    plans = ablation.plans()
    for proxy in ablation.settings.proxies:
        first = next((one for one in plans if one.proxy == proxy and one.measures != "base"), None)
        if first is None or ablation.done(first) is not None:
            continue
        loaded = of_cell(ablation.base, first, ablation.folder)
        with locked(ablation.folder / LOCKS / "plan", "plan", wait=True):
            if not why_run(loaded, TEACHER):
                continue
            try:
                others = [cell_folder(ablation.folder, one.name) for one in plans if one.name != first.name]
                run_recipe(loaded, TEACHER, watcher=watcher, lenders=others)
            except BusyError:  # the process that trains it asks
                continue
