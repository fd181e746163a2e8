"""Evaluating any models, of a run, a folder, the hub or a server, on a run's held-out items or on files."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from residency.chat.settings import CompileSettings
from residency.core.errors import InputError, RecipeError, UsageError
from residency.core.explain import explain
from residency.core.files import read_json, write_json
from residency.core.runs import check_run_folder, is_finished
from residency.core.stage import Progress
from residency.evaluation.harness import Asked, run_harness
from residency.evaluation.registry import TASKS
from residency.evaluation.run import HARNESS, ITEMS, MODELS_FILE, SUMMARY, Evaluation, collect, evaluate, rescored
from residency.evaluation.settings import EvaluateSettings
from residency.evaluation.sources import OPTIONAL, STAGES, Sources, sources_of
from residency.evaluation.targets.speaker import Speaker
from residency.evaluation.targets.target import ADAPTER_CONFIG, Target, targets_of
from residency.evaluation.tasks.modes import STYLE_FILE
from residency.flow.locking import locked
from residency.flow.manifest import CHECKPOINTS, MANIFEST, STARTED
from residency.flow.recipe import assign, parse_override, resolved

FOLDER = Path("evaluations")
DEFAULT_SEED = 17
MOST = 6
"""Models beside each other at most, which a page can show."""


def evaluate_models(
    models: Sequence[str | Target],
    progress: Progress,
    *,
    run: Path | None = None,
    items: Path | None = None,
    tasks: Sequence[str] = (),
    overrides: Sequence[str] = (),
    out: Path | None = None,
    seed: int | None = None,
    rescore: bool = False,
    harness: Sequence[str] = (),
    harness_python: str = sys.executable,
) -> dict[str, Any]:
    """Evaluates models on the same items, and compares them.

    Args:
        models: what names them (see :func:`~residency.evaluation.targets.target.targets_of`), or they themselves. None
            need be named where a folder is graded again.
        progress: is told how far it is.
        run: the run whose held-out items are asked, with its settings; the first that is named among the models if
            left out, and none where only files are asked.
        items: another run, whose held-out items are asked in place of its own, as long as they may be there.
        tasks: which to ask; all if left out.
        overrides: ``KEY=VALUE`` of the recipe's ``[evaluate]``, values in TOML.
        out: the folder to write to; one named after the models below the run's ``evaluations`` if left out.
        seed: of draws and intervals; the run's, else 17, if left out.
        rescore: grade again what is in the folder, and ask no model.
        harness: tasks that lm-evaluation-harness asks of each model by itself, for numbers that compare with published
            ones.
        harness_python: the Python that has lm_eval.

    Returns:
        ``folder``, ``counts``, and what the summary holds; ``harness`` by model and task, where it was asked for.

    Raises:
        UsageError: what is asked for does not fit together.
        InputError: a model or a run is not there, or there is nothing to ask.
        BusyError: another evaluation works in the folder.
    """
    _check(models, tasks, out, rescore, harness)
    targets = [target for one in models for target in ([one] if isinstance(one, Target) else targets_of(one))]
    labels = [target.label for target in targets]
    if twice := next((label for label in labels if labels.count(label) > 1), ""):
        raise UsageError(f"two models have the name {twice!r}", "", f"Give one another, as other={models[-1]}")
    if len(targets) > MOST:
        raise UsageError(f"{len(targets)} models cannot be shown beside each other", "", f"Name {MOST} at most")
    run = run or next((target.run for target in targets if target.run is not None), None)
    if rescore and run is None and out is not None and (out.parent.parent / "recipe.json").is_file():
        run = out.parent.parent
    settings, longest = settings_for(run, overrides)
    longest = longest if items is None else settings_for(items, ())[1]
    folder = out or (run or Path()) / FOLDER / "-".join(labels)[:100]
    if any((folder / mark).exists() for mark in (MANIFEST, STARTED)):
        raise UsageError("this is the folder of a run's stage", str(folder), "Name another with --out")
    title = run.name if run is not None else ", ".join(labels) or folder.name
    of = Evaluation(settings, folder, _seed(run) if seed is None else seed, progress, title, longest)
    with locked(folder, "evaluation", "--out FOLDER"):
        if harness:  # before all else: what is wrong with a task or its data shows soon, and the report has its figures
            found = {
                target.label: run_harness(
                    _public(target, settings), harness, folder / f"harness-{target.label}", python=harness_python
                )
                for target in targets
            }
            write_json(folder / HARNESS, found)
        if rescore:
            _take_answers(run, folder)
            counts = rescored(of, labels)
        else:
            sources = _sources(items or run, settings, of.seed)
            asked = [item for item in collect(sources) if not tasks or item.task in tasks]
            if not asked:
                raise InputError("these tasks have no item", ", ".join(tasks), "Name files, or a run with --run")
            counts = evaluate(asked, sources, {target.label: _opens(target, settings) for target in targets}, of)
    answer = {"folder": str(folder), "counts": counts, **dict(read_json(folder / SUMMARY))}
    if (folder / HARNESS).is_file():
        answer["harness"] = read_json(folder / HARNESS)
    return answer


def _check(
    models: Sequence[str | Target], tasks: Sequence[str], out: Path | None, rescore: bool, harness: Sequence[str]
) -> None:
    """That what is asked for fits together."""
    if unknown := next((name for name in tasks if name not in TASKS), ""):
        raise UsageError(f"there is no task {unknown!r}", "--tasks", f"Choose of {', '.join(TASKS)}")
    if not models and not (rescore and out is not None):
        raise UsageError("no model is named", "", "Name one, or with --rescore the folder of an evaluation as --out")
    if rescore and harness:
        raise UsageError("--harness asks the models, and --rescore asks none", "", "Leave one of them out")
    if rescore and tasks:
        raise UsageError("--rescore grades all that is on disk, and no tasks alone", "", "Leave out --tasks")


def _seed(run: Path | None) -> int:
    return DEFAULT_SEED if run is None else int(read_json(run / "recipe.json")["values"]["run"]["seed"])


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
    asked = [*STAGES, *(stage for stage in OPTIONAL if is_finished(run, stage))]
    return sources_of({stage: run / stage for stage in asked}, settings, seed)


def _public(target: Target, settings: EvaluateSettings) -> Asked:
    """The model as lm-evaluation-harness is told of it."""
    if target.url and not target.server_model:
        raise UsageError("lm-evaluation-harness must be told the model's name", target.url, f"Write {target.url}#NAME")
    if target.url:
        return Asked(target.server_model, server=target.url, key=settings.server_key)
    model = target.model
    adapter = target.tuned if target.tuned is not None and (target.tuned / ADAPTER_CONFIG).is_file() else None
    if model.gguf:
        raise InputError(
            "lm-evaluation-harness is not given a GGUF file", target.label, "Serve it, and name the server"
        )
    from residency.generation.models import model_source

    name = str(target.tuned) if target.tuned is not None and adapter is None else model_source(model)
    device = "" if model.device == "auto" else model.device
    return Asked(name, adapter, model.revision, model.dtype, device, model.trust_remote_code)


def _take_answers(run: Path | None, folder: Path) -> None:
    """Copies what a run's own evaluation asked and heard, with the classifier of styles and what a judge said, where
    the folder holds nothing yet: the stage's files stay as its manifest has them."""
    if run is None or (folder / ITEMS).exists() or not is_finished(run, "evaluate"):
        return
    folder.mkdir(parents=True, exist_ok=True)
    stage = run / "evaluate"
    # The items last: where they are, all is.
    held = [path.name for kind in ("answers", "judged") for path in sorted(stage.glob(f"{kind}-*.jsonl"))]
    cached = sorted(f"{CHECKPOINTS}/{path.name}" for path in (stage / CHECKPOINTS).glob("judge-*.jsonl"))
    for name in [MODELS_FILE, STYLE_FILE, *held, *cached, ITEMS]:
        if (stage / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(stage / name, folder / name)


def _opens(target: Target, settings: EvaluateSettings) -> Callable[[], Speaker]:
    if target.url:
        from residency.evaluation.targets.server import ServerSpeaker

        return partial(ServerSpeaker, target, settings)
    from residency.evaluation.targets.local import LocalSpeaker

    return partial(LocalSpeaker, target, settings)


def gates_passed(summary: Mapping[str, Any]) -> bool:
    """Whether there are gates and every one passed."""
    return bool(summary["gates"]) and all(gate["verdict"] == "pass" for gate in summary["gates"])
