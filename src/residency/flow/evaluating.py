"""Evaluating any models, of a run, a folder, the hub or a server, on a run's held-out items or on files."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from residency.chat.settings import CompileSettings
from residency.core.errors import InputError, RecipeError, UsageError
from residency.core.files import read_json
from residency.core.runs import check_run_folder, is_finished
from residency.core.stage import Progress
from residency.evaluation.registry import TASKS
from residency.evaluation.run import ITEMS, MODELS_FILE, SUMMARY, Evaluation, collect, evaluate, rescored
from residency.evaluation.settings import EvaluateSettings
from residency.evaluation.sources import STAGES, Sources, sources_of
from residency.evaluation.targets.speaker import Speaker
from residency.evaluation.targets.target import Target, targets_of
from residency.flow.explain import explain
from residency.flow.recipe import assign, parse_override, resolved

FOLDER = Path("evaluations")
MOST = 6
"""Models beside each other at most, which a page can show."""


def evaluate_models(
    models: Sequence[str],
    progress: Progress,
    *,
    run: Path | None = None,
    tasks: Sequence[str] = (),
    overrides: Sequence[str] = (),
    out: Path | None = None,
    seed: int = 17,
    rescore: bool = False,
) -> dict[str, Any]:
    """Evaluates models on the same items, and compares them.

    Args:
        models: what names them: see :func:`~residency.evaluation.targets.target.targets_of`.
        progress: is told how far it is.
        run: the run whose held-out items are asked, with its settings; the first that is named among the models if
            left out, and none where only files are asked.
        tasks: which to ask; all if left out.
        overrides: ``KEY=VALUE`` of the recipe's ``[evaluate]``, values in TOML.
        out: the folder to write to; one named after the models below the run's ``evaluations`` if left out.
        seed: of draws and intervals.
        rescore: grade again what is in the folder, and ask no model.

    Returns:
        ``folder``, and what the summary holds.

    Raises:
        UsageError: what is asked for does not fit together.
        InputError: a model or a run is not there, or there is nothing to ask.
    """
    targets = [target for text in models for target in targets_of(text)]
    labels = [target.label for target in targets]
    if twice := next((label for label in labels if labels.count(label) > 1), ""):
        raise UsageError(f"two models have the name {twice!r}", "", f"Give one another, as other={models[-1]}")
    if len(targets) > MOST:
        raise UsageError(f"{len(targets)} models cannot be shown beside each other", "", f"Name {MOST} at most")
    if unknown := next((name for name in tasks if name not in TASKS), ""):
        raise UsageError(f"there is no task {unknown!r}", "--tasks", f"Choose of {', '.join(TASKS)}")
    run = run or next((target.run for target in targets if target.run is not None), None)
    settings, longest = settings_for(run, overrides)
    folder = out or (run or Path()) / FOLDER / "-".join(labels)[:100]
    of = Evaluation(settings, folder, seed, progress, ", ".join(labels) if run is None else run.name, longest)
    if rescore:
        _take_answers(run, folder)
        counts = rescored(of)
    else:
        items = [item for item in collect(_sources(run, settings, seed)) if not tasks or item.task in tasks]
        if not items:
            raise InputError("these tasks have no item", ", ".join(tasks), "Name files, or a run with --run")
        counts = evaluate(items, {target.label: _opens(target, settings) for target in targets}, of)
    return {"folder": str(folder), "counts": counts, **dict(read_json(folder / SUMMARY))}


def settings_for(run: Path | None, overrides: Sequence[str]) -> tuple[EvaluateSettings, int]:
    """The settings of a run's recipe with some replaced, and the tokens that a prompt may have."""
    values: dict[str, Any] = {}
    longest = CompileSettings().max_length
    if run is not None:
        check_run_folder(run)
        kept = read_json(run / "recipe.json")["values"]
        values, longest = dict(kept["evaluate"]), int(kept["compile"]["max_length"])
    for text in overrides:
        location, value = parse_override(text, EvaluateSettings)
        assign(values, location, value)
    try:
        settings = EvaluateSettings.model_validate(values)
    except ValidationError as error:
        problems = [explain(fault, EvaluateSettings) for fault in error.errors()]
        raise RecipeError(problems, str(run / "recipe.json") if run else "--set") from None
    settings = resolved(settings, Path())
    problems = [f"there is no such file: {path}" for path in settings.input_files() if not path.exists()]
    if problems := [*problems, *settings.problems()]:
        raise RecipeError(problems, "[evaluate]")
    return settings, longest


def _sources(run: Path | None, settings: EvaluateSettings, seed: int) -> Sources:
    if run is None:
        return Sources(settings, seed)
    if missing := next((stage for stage in STAGES if not is_finished(run, stage)), ""):
        raise InputError(f"the run has no finished {missing} stage", str(run), "Type: residency run RECIPE")
    return sources_of({stage: run / stage for stage in STAGES}, settings, seed)


def _take_answers(run: Path | None, folder: Path) -> None:
    """Copies what a run's own evaluation asked and heard, where the folder holds nothing yet: the stage's files stay as
    its manifest has them."""
    if run is None or (folder / ITEMS).exists() or not is_finished(run, "evaluate"):
        return
    folder.mkdir(parents=True, exist_ok=True)
    for path in [run / "evaluate" / ITEMS, run / "evaluate" / MODELS_FILE, *(run / "evaluate").glob("answers-*.jsonl")]:
        if path.is_file():
            shutil.copyfile(path, folder / path.name)


def _opens(target: Target, settings: EvaluateSettings) -> Callable[[], Speaker]:
    if target.url:
        from residency.evaluation.targets.server import ServerSpeaker

        return partial(ServerSpeaker, target, settings)
    from residency.evaluation.targets.local import LocalSpeaker

    return partial(LocalSpeaker, target, settings)


def gates_passed(summary: Mapping[str, Any]) -> bool:
    """Whether there are gates and every one passed."""
    return bool(summary["gates"]) and all(gate["verdict"] == "pass" for gate in summary["gates"])
