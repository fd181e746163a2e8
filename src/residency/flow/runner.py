"""The runner: goes through the stage table, skips what is done, and resumes what a kill left half done."""

from __future__ import annotations

import gc
import shutil
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

from residency.core.errors import UsageError
from residency.core.files import read_json, value_digest, write_json
from residency.core.memory import give_back, peak_memory
from residency.core.stage import Counts, Progress, Silent, StageContext, seeded
from residency.flow import manifest as mf
from residency.flow import processes
from residency.flow.borrowing import borrow
from residency.flow.following import follow
from residency.flow.locking import locked
from residency.flow.recipe import LoadedRecipe
from residency.flow.stages import STAGES, Stage

RECIPE_COPY = "recipe.json"


@dataclass(frozen=True)
class StageResult:
    """What became of one stage: ``status`` is ``ran``, ``skipped``, ``borrowed`` or (in a dry run) ``would run``."""

    name: str
    does: str
    status: str
    reason: str
    seconds: float
    counts: dict[str, Any]
    folder: str

    def as_dict(self) -> dict[str, Any]:
        """The result for ``--json``."""
        return asdict(self)


class Watcher(Protocol):
    """What the runner tells as it goes."""

    def begin(self, number: int, count: int, stage: Stage, reason: str) -> Progress:
        """Stage ``number`` of ``count`` begins; returns where it reports its progress."""

    def end(self, number: int, count: int, result: StageResult) -> None:
        """Stage ``number`` of ``count`` has ended or was skipped."""


class Unwatched:
    """A watcher that says nothing."""

    def begin(self, number: int, count: int, stage: Stage, reason: str) -> Progress:
        return Silent()

    def end(self, number: int, count: int, result: StageResult) -> None: ...


def run_recipe(
    loaded: LoadedRecipe,
    until: str | None = None,
    dry_run: bool = False,
    watcher: Watcher | None = None,
    lenders: Sequence[Path] = (),
) -> list[StageResult]:
    """Run every stage of a recipe in order, skipping those whose result stands.

    Args:
        loaded: the checked recipe.
        until: the last stage to run; None runs all.
        dry_run: only say what would run and why.
        watcher: told as stages begin and end.
        lenders: other run folders, whose stages are taken over where all that they depend on is the same.

    Raises:
        UsageError: ``until`` names no stage, or the run folder cannot be written.
        BusyError: another process works in the same run folder.

    Where a launcher started several processes, each of them calls this: the first runs the recipe, and the others
    work with it on distributed stages and return no results.
    """
    names = [entry.name for entry in STAGES]
    if until is not None and until not in names:
        raise UsageError(f"there is no stage {until!r}", "--until", f"The stages: {', '.join(names)}")
    stages = STAGES[: names.index(until) + 1] if until else STAGES
    watcher = watcher or Unwatched()
    folder = loaded.run_folder
    if dry_run:
        return _dry_run(loaded, stages) if processes.rank() == 0 else []
    team = processes.team()
    if team is not None and team.rank > 0:
        follow(team, loaded.run_folder, loaded.recipe.model.device, lambda name: _function_of(loaded, name))
        return []
    with locked(folder):
        _keep_recipe(loaded)
        results = [
            _run_stage(loaded, entry, number, len(stages), watcher, lenders) for number, entry in enumerate(stages, 1)
        ]
    if team is not None:
        team.end()
    return results


def run_alone(loaded: LoadedRecipe, name: str, watcher: Watcher | None = None) -> StageResult:
    """Run one stage of a run, or skip it where its result stands. What it reads is taken as it is.

    Raises:
        BusyError: another process works in the same run folder.
    """
    (entry,) = (entry for entry in STAGES if entry.name == name)
    with locked(loaded.run_folder):
        _keep_recipe(loaded)
        return _run_stage(loaded, entry, 1, 1, watcher or Unwatched())


def why_run(loaded: LoadedRecipe, name: str) -> str:
    """The reason for which a stage would run; empty when its result stands."""
    (entry,) = (entry for entry in STAGES if entry.name == name)
    return _why_run(loaded, entry)


def _keep_recipe(loaded: LoadedRecipe) -> None:
    kept = {
        "recipe": loaded.path.name,
        "values": loaded.recipe.model_dump(mode="json"),
        "origins": loaded.origins,
    }
    write_json(loaded.run_folder / RECIPE_COPY, kept)


def _function_of(loaded: LoadedRecipe, name: str) -> Callable[[], Counts]:
    """The work of one stage, for a process that follows."""
    (entry,) = (entry for entry in STAGES if entry.name == name)
    return lambda: entry.load()(context_of(loaded, entry, Silent()))


def _work(loaded: LoadedRecipe, entry: Stage, fingerprint: str, progress: Progress) -> Counts:
    """Do a stage's work: in this process, or together with the others where it is distributed."""
    team = processes.team()
    context = context_of(loaded, entry, progress)
    if team is None:
        return entry.load()(context)
    if not entry.distributed:
        with team.apart():
            return entry.load()(context)
    with team.together(team.begin(entry.name, fingerprint), loaded.recipe.model.device):
        return entry.load()(context)


def _dry_run(loaded: LoadedRecipe, stages: tuple[Stage, ...]) -> list[StageResult]:
    results: list[StageResult] = []
    stale: set[str] = set()
    for entry in stages:
        changed = [name for name in entry.reads if name in stale]
        reason = f"the stage {changed[0]} would run" if changed else _why_run(loaded, entry)
        if reason:
            stale.add(entry.name)
        results.append(_result(loaded, entry, "would run" if reason else "skipped", reason or "nothing changed", 0.0))
    return results


def _run_stage(
    loaded: LoadedRecipe, entry: Stage, number: int, count: int, watcher: Watcher, lenders: Sequence[Path] = ()
) -> StageResult:
    folder = loaded.run_folder / entry.name
    reason = _why_run(loaded, entry)
    if not reason:
        result = _result(loaded, entry, "skipped", "nothing changed", 0.0)
        watcher.end(number, count, result)
        return result
    parts = _parts(loaded, entry)
    fingerprint = value_digest(parts)
    if _resumable(entry, folder, fingerprint):
        reason = "it did not finish last time; it goes on from where it was"
        _drop_partial_files(folder)
    else:
        _clear(folder, (mf.CHECKPOINTS,) if entry.keeps_checkpoints else ())
        if (lender := borrow(entry, parts, folder, lenders)) is not None:
            result = _result(loaded, entry, "borrowed", f"{lender.name} has done the same", 0.0)
            watcher.end(number, count, result)
            return result
    write_json(folder / mf.STARTED, {"fingerprint": fingerprint})
    progress = watcher.begin(number, count, entry, reason)
    begun = time.monotonic()
    with peak_memory() as peak:
        counts = _work(loaded, entry, fingerprint, progress)
    gc.collect()
    give_back()
    seconds = time.monotonic() - begun
    done = mf.build_manifest(entry, parts, folder, counts, seconds, peak())
    write_json(folder / mf.MANIFEST, done)
    (folder / mf.STARTED).unlink(missing_ok=True)
    result = _result(loaded, entry, "ran", reason, seconds)
    watcher.end(number, count, result)
    return result


def context_of(loaded: LoadedRecipe, entry: Stage, progress: Progress) -> StageContext:
    """What a stage of this recipe is given."""
    return StageContext(
        settings={name: getattr(loaded.recipe, name) for name in entry.settings},
        inputs={name: loaded.run_folder / name for name in entry.reads},
        out=loaded.run_folder / entry.name,
        seed=seed_of(loaded, entry),
        progress=progress,
    )


def seed_of(loaded: LoadedRecipe, entry: Stage) -> int:
    """The seed of a stage: the run's own, or one of the repeat where the stage is repeated."""
    run = loaded.recipe.run
    if not entry.repeated or not run.repeat:
        return run.seed
    return seeded(run.seed, "repeat", run.repeat).randrange(1 << 31)  # numpy takes no seed above 32 bits


def _why_run(loaded: LoadedRecipe, entry: Stage) -> str:
    """The reason for which a stage must run; empty when its result stands."""
    folder = loaded.run_folder / entry.name
    done = mf.read_manifest(folder)
    if done is None:
        if (folder / mf.MANIFEST).exists():
            return "its manifest cannot be read"
        return "it did not finish last time" if folder.exists() else "it has not run yet"
    for name in entry.reads:
        if mf.read_manifest(loaded.run_folder / name) is None:
            return f"the stage {name} has not run yet"
    return mf.difference(done["parts"], _parts(loaded, entry)) or mf.output_fault(folder, done)


def _parts(loaded: LoadedRecipe, entry: Stage) -> dict[str, Any]:
    inputs = {}
    for name in entry.reads:
        done = mf.read_manifest(loaded.run_folder / name)
        inputs[name] = mf.output_digests(done) if done else {}
    sections = {name: getattr(loaded.recipe, name) for name in entry.settings}
    return mf.fingerprint_parts(entry, sections, seed_of(loaded, entry), inputs)


def _resumable(entry: Stage, folder: Path, fingerprint: str) -> bool:
    """Whether a kill left this stage half done with the same settings and inputs as now."""
    started = folder / mf.STARTED
    if not entry.resumes or (folder / mf.MANIFEST).exists() or not started.exists():
        return False
    return bool(read_json(started).get("fingerprint") == fingerprint)


def _clear(folder: Path, kept: Collection[str] = ()) -> None:
    """Remove all of a stage's folder but what is ``kept``. The marks go first: a kill halfway must not leave a folder
    that looks done."""
    for mark in (mf.MANIFEST, mf.STARTED):
        (folder / mark).unlink(missing_ok=True)
    for path in folder.iterdir() if folder.exists() else ():
        if path.name in kept:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _drop_partial_files(folder: Path) -> None:
    """Remove what a kill left of files, and of folders, that were being written; they would count as the stage's
    outputs."""
    for path in list(folder.rglob(".*.partial")):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)  # it may have lain in a folder that has just gone


def _result(loaded: LoadedRecipe, entry: Stage, status: str, reason: str, seconds: float) -> StageResult:
    folder = loaded.run_folder / entry.name
    done = mf.read_manifest(folder) or {}
    return StageResult(entry.name, entry.does, status, reason, round(seconds, 1), done.get("counts", {}), str(folder))
