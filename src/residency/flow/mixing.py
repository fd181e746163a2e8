"""What the training mix of a recipe comes to, before or after it is written."""

from __future__ import annotations

from typing import Any

from residency.core.files import read_json
from residency.core.stage import Silent
from residency.flow.recipe import LoadedRecipe
from residency.flow.runner import Watcher, context_of, run_recipe
from residency.flow.stages import STAGES, stage
from residency.mix.stage import make_mix

MIX = "mix"


def mix_report(loaded: LoadedRecipe, dry_run: bool = False, watcher: Watcher | None = None) -> dict[str, Any]:
    """Run what the mix reads, and give the mix's report.

    Args:
        loaded: the checked recipe.
        dry_run: make the mix in memory alone: nothing in its folder changes.
        watcher: told as stages begin and end.

    Raises:
        InputError: no training example could be made.
        BusyError: another process works in the same run folder.
    """
    if not dry_run:
        run_recipe(loaded, MIX, watcher=watcher)
        return dict(read_json(loaded.run_folder / MIX / "report.json"))
    names = [entry.name for entry in STAGES]
    run_recipe(loaded, names[names.index(MIX) - 1], watcher=watcher)
    return make_mix(context_of(loaded, stage(MIX), Silent())).report
