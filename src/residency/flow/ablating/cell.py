"""One training of an ablation: made, measured, and kept."""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from residency.ablation.changes import on_model
from residency.ablation.design import CellPlan
from residency.core.errors import InputError
from residency.core.files import read_json, value_digest, write_json
from residency.core.stage import Settings
from residency.evaluation.targets.target import Target, of_run
from residency.flow.ablating.holding import held, units
from residency.flow.evaluating import evaluate_models
from residency.flow.locking import locked
from residency.flow.manifest import input_digests, read_manifest
from residency.flow.merging import Which, merged_model
from residency.flow.recipe import LoadedRecipe, with_changes
from residency.flow.runner import StageResult, Unwatched, Watcher, run_recipe
from residency.flow.stages import STAGES, Stage, stage

CELLS, LOCKS, MERGED, ITEMS = "cells", "locks", "merged", "items"
DONE = "cell.json"
UNTIL = {"base": "knowledge", "sft": "sft", "final": "preference"}
"""The last stage that a measured model needs."""
DATA = ("corpus", "index", "dialogue", "grounding", "knowledge")
"""The stages that items are made of."""
LABEL = "arm"
MEASURE = Stage("measure", "asks the model what every arm is asked", (), (), "")
"""What a watcher is told of the evaluation, which is no stage of the cell's run."""
GRADED = f"evaluate v{stage('evaluate').version}"


@dataclass(frozen=True)
class Measured:
    """What ``cell.json`` holds of a cell that is done, and where it lies."""

    folder: Path
    told: Mapping[str, Any]

    @property
    def scores(self) -> Path:
        """The results, an item a line."""
        return self.folder / str(self.told["measured"]) / f"scores-{LABEL}.jsonl"


def trained_as(measured: Measured) -> str:
    """What two cells have in common whose other settings came to the same training: shares of tags, say, of which the
    bank allows no more than the least. Empty of a model that was not trained."""
    found = read_manifest(measured.folder / UNTIL[measured.told["measures"]])
    return "" if measured.told["measures"] == "base" or found is None else str(found["fingerprint"])


def cell_folder(folder: Path, name: str) -> Path:
    """The run folder of a cell."""
    return folder / CELLS / name


def made(folder: Path, name: str) -> Measured | None:
    """A cell that was trained and measured, be it of the recipe as it stands or as it stood before; None where it was
    not."""
    own = cell_folder(folder, name)
    if not (own / DONE).is_file():
        return None
    found = Measured(own, read_json(own / DONE))
    return found if found.scores.is_file() else None


def done(folder: Path, name: str, asked: str) -> Measured | None:
    """A cell that is trained and measured as it is asked for now (:func:`asked_of`); None while it is not, or where the
    recipe, its files or the code were changed since."""
    found = made(folder, name)
    return found if found is not None and found.told.get("asked") == asked else None


def asked_of(
    base: LoadedRecipe, cell: CellPlan, tasks: Sequence[str] = (), plans: Mapping[str, CellPlan] | None = None
) -> str:
    """A digest of all that decides what comes of a cell that is asked these tasks, or all.

    The cell's own changes are in its name. What it is held equal to, and what it starts from, are looked up in
    ``plans`` by name, and what decides these decides it: a value that this cell sets itself may be the recipe's there.

    Raises:
        RecipeError: the cell replaces a value that there is not, or that does not fit.
    """
    recipe = of_cell(base, cell, Path()).recipe
    stages = [entry for entry in STAGES if entry.name in _stages("final")]
    sections = {name: getattr(recipe, name) for name in sorted({name for one in stages for name in one.settings})}
    needs = [plans[name] for name in (cell.like, cell.after) if plans and name in plans]
    parts = {
        "code": [f"{one.name} v{one.version}" for one in stages] + [GRADED],
        "settings": {name: section.fingerprint_values() for name, section in sections.items()},
        "evaluate": recipe.evaluate.fingerprint_values(),
        "tasks": list(tasks),
        "files": digests_of(sections | {"evaluate": recipe.evaluate}),
        "seed": [recipe.run.seed, recipe.run.repeat],
        "cell": [cell.name, cell.measures, cell.hold, cell.like, cell.after],
        "needs": [asked_of(base, other, tasks, plans) for other in needs],
    }
    return value_digest(parts)


def digests_of(sections: Mapping[str, Settings]) -> dict[str, str]:
    """``input_digests``; of files that are as they were when another cell asked, from memory."""
    paths = [path for section in sections.values() for path in section.input_files()]
    files = [inner for path in paths for inner in (sorted(path.rglob("*")) if path.is_dir() else [path])]
    state = tuple((str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in files if path.is_file())
    if state not in _DIGESTS:
        _DIGESTS[state] = input_digests(sections)
    return _DIGESTS[state]


_DIGESTS: dict[tuple[tuple[str, int, int], ...], dict[str, str]] = {}


def of_cell(base: LoadedRecipe, cell: CellPlan, folder: Path, more: Mapping[str, Any] | None = None) -> LoadedRecipe:
    """The recipe of a cell, with ``more`` values."""
    own = {"run.name": cell.name, "run.folder": str(folder / CELLS)}
    return with_changes(base, {**cell.changes, **own, **(more or {})}, "the arm")


def make(
    base: LoadedRecipe,
    cell: CellPlan,
    folder: Path,
    watcher: Watcher | None = None,
    tasks: Sequence[str] = (),
    plans: Mapping[str, CellPlan] | None = None,
) -> Measured:
    """Train a cell and measure its model, from where it stands. No other process works on it meanwhile.

    Args:
        base: the recipe over the ablation's bank.
        cell: what is trained; the cells that it needs are done.
        folder: the ablation's.
        watcher: told as stages begin and end.
        tasks: those that its model is asked; all if left out.
        plans: the cells by name, those that it needs among them.

    Raises:
        BusyError: another process works on this cell.
        InputError: a cell that it needs is not done, or it cannot be held equal to one.
    """
    with locked(folder / LOCKS / cell.name, "training"):
        return _make(base, cell, folder, watcher, tasks, plans or {})


def _make(
    base: LoadedRecipe,
    cell: CellPlan,
    folder: Path,
    watcher: Watcher | None,
    tasks: Sequence[str],
    plans: Mapping[str, CellPlan],
) -> Measured:
    own = cell_folder(folder, cell.name)
    changes: dict[str, Any] = {}
    before = 0.0
    if cell.after:
        source = _needed(folder, cell.after)
        which: Which = "final" if source.told["measures"] == "final" else "sft"
        with locked(folder / LOCKS / f"{MERGED}-{cell.after}", "training", wait=True):  # several may start from it
            merged = merged_model(source.folder, which, folder / MERGED / cell.after)
        changes["model.name"] = str(merged.absolute())
        before = float(source.told["units"])
    lenders = _lenders(folder, own)
    loaded = of_cell(base, cell, folder, changes)

    def run(until: str) -> None:
        run_recipe(loaded, until, watcher=watcher, lenders=lenders)

    if cell.like:
        others = [_needed(folder, name).folder for name in _line(cell.like, plans)]
        run("pairs" if cell.hold == "compute" and cell.measures == "final" else "compile")
        changes |= held(cell.hold, own, others, cell.measures, before)
        loaded = of_cell(base, cell, folder, changes)
    run(UNTIL[cell.measures])
    items = _items(base, cell, folder, [own, *lenders])
    return _measure(loaded, cell, own, items, asked_of(base, cell, tasks, plans), before, tasks, watcher)


def _line(name: str, plans: Mapping[str, CellPlan]) -> list[str]:
    """A cell, and those that it started from, the nearest first."""
    found = [name]
    while found[-1] in plans and (before := plans[found[-1]].after):
        found.append(before)
    return found


def _items(base: LoadedRecipe, cell: CellPlan, folder: Path, lenders: Sequence[Path]) -> Path:
    """The run folder of what all arms on a proxy are asked: the recipe's data as no arm changes it. Nearly always
    another cell has it, and it is borrowed."""
    place = folder / ITEMS / value_digest(cell.proxy)[:8]
    own = {"run.name": place.name, "run.folder": str(place.parent)}
    loaded = with_changes(base, on_model(base.recipe.model_dump(mode="json"), cell.proxy) | own, "the ablation")
    with locked(folder / LOCKS / f"{ITEMS}-{place.name}", ITEMS, wait=True):
        run_recipe(loaded, DATA[-1], lenders=lenders)
    return place


def _needed(folder: Path, name: str) -> Measured:
    found = made(folder, name)
    if found is None:
        raise InputError(f"the training {name} is not done", str(folder), "Run the ablation without --arm")
    return found


def _lenders(folder: Path, own: Path) -> list[Path]:
    """The other cells' folders."""
    cells = folder / CELLS
    return sorted(path for path in cells.iterdir() if path.is_dir() and path != own) if cells.is_dir() else []


def _measure(
    loaded: LoadedRecipe,
    cell: CellPlan,
    own: Path,
    items: Path,
    asked: str,
    before: float,
    tasks: Sequence[str],
    watcher: Watcher | None,
) -> Measured:
    manifests = {name: found for name in _stages(cell.measures) if (found := read_manifest(own / name)) is not None}
    settings = loaded.recipe.evaluate.fingerprint_values()
    stages = {name: one["fingerprint"] for name, one in manifests.items()}
    parts: dict[str, Any] = {"stages": stages, "asked": settings, "tasks": list(tasks)}
    others = {name: one["fingerprint"] for name in DATA if (one := read_manifest(items / name)) is not None}
    if others != {name: stages[name] for name in DATA}:  # where they are the same the cell's own stages say it
        parts["items"] = others
    fingerprint = value_digest(parts)
    measured = f"measured-{fingerprint[:12]}"
    old = read_json(own / DONE) if (own / DONE).is_file() else {}
    if (
        old.get("fingerprint") == fingerprint
        and old.get("graded", GRADED) == GRADED
        and (own / measured / f"scores-{LABEL}.jsonl").is_file()
    ):
        told = old | {"asked": asked, "counts": _counts(manifests)}
        if told != old:
            write_json(own / DONE, told)  # what was changed is nothing that this cell depends on
        return Measured(own, told)
    for path in own.glob("measured-*"):  # answers of a model, or to items, that are no more
        if path.name != measured:
            shutil.rmtree(path)
    begun = time.monotonic()
    watcher = watcher or Unwatched()
    progress = watcher.begin(1, 1, MEASURE, cell.measures)
    target, seed = _target(loaded, cell, own), loaded.recipe.run.seed
    counts = evaluate_models([target], progress, run=own, items=items, out=own / measured, seed=seed, tasks=tasks)[
        "counts"
    ]
    took = round(time.monotonic() - begun, 1)
    watcher.end(1, 1, StageResult(MEASURE.name, MEASURE.does, "ran", "", took, counts, str(own / measured)))
    seconds = {name: one["seconds"] for name, one in manifests.items() if "borrowed" not in one}
    told = {
        "cell": cell.name,
        "asked": asked,
        "graded": GRADED,
        "fingerprint": fingerprint,
        "measured": measured,
        "measures": cell.measures,
        "seconds": seconds | {"evaluate": took},
        "whole": {name: one["seconds"] for name, one in manifests.items()},
        "borrowed": [name for name, one in manifests.items() if "borrowed" in one],
        "counts": _counts(manifests),
        "units": before + units(own, cell.measures),
        "changes": dict(cell.changes),
    }
    write_json(own / DONE, told)
    return Measured(own, told)


def _stages(measures: str) -> Sequence[str]:
    names = [entry.name for entry in STAGES]
    return names[: names.index(UNTIL[measures]) + 1]


def _target(loaded: LoadedRecipe, cell: CellPlan, own: Path) -> Target:
    if cell.measures == "base":
        return Target(LABEL, loaded.recipe.model, loaded.recipe.chat, run=own)
    found = of_run(own, cell.measures)
    return Target(LABEL, found.model, found.chat, found.tuned, run=own)


def _counts(manifests: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "compile" in manifests:
        train = manifests["compile"]["counts"]["train"]
        found |= {"rows": train["rows"], "tokens": train["tokens"], "labelled": train["labelled"]}
    if "mix" in manifests:
        found["kinds"] = manifests["mix"]["counts"]["kinds"]
    if "sft" in manifests:
        found |= _steps(manifests["sft"]["counts"], "")
    if "preference" in manifests:
        counts = manifests["preference"]["counts"]
        found |= {"pairs": counts.get("pairs", 0)} | _steps(counts, "preference_")
    return found


def _steps(counts: Mapping[str, Any], of: str) -> dict[str, Any]:
    """The steps that a training made, which may have been stopped early, and the one whose weights were kept; online
    tuning keeps its last."""
    made = counts.get("steps", 0)
    return {f"{of}steps": made, f"{of}kept_step": counts.get("kept_step", made)}
