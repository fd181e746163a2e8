"""The commands. Each parses, calls the library once and prints; what went wrong ends in one line."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from residency.cli import faults, show
from residency.cli.ablate import ablate
from residency.cli.card import card_app
from residency.cli.compare import compare
from residency.cli.evaluate import evaluate
from residency.cli.index import index_app
from residency.cli.judge import judge_app
from residency.cli.knowledge import knowledge
from residency.cli.launch import launch
from residency.cli.options import Debug, Json, Overrides, Profile, RecipeFile, RunFolder
from residency.cli.pairs import pairs_app
from residency.cli.plan import plan
from residency.cli.release import release
from residency.cli.report import report
from residency.cli.review import review_app
from residency.cli.reward import reward_model
from residency.cli.serve import serve
from residency.cli.serve_log import serve_log_app
from residency.cli.watch import ConsoleWatcher
from residency.core.errors import UsageError
from residency.core.files import read_json, write_text
from residency.core.prompt import DEFAULT_MODE, parse_mode
from residency.core.samples import sample
from residency.flow import processes
from residency.flow.budget import budget_of, guarded
from residency.flow.processes import IN_STAGE
from residency.flow.progress import ConsoleProgress
from residency.flow.recipe import check_recipe, load_recipe, recipe_schema
from residency.flow.runner import run_recipe
from residency.flow.starter import starter_recipe
from residency.flow.status import run_status

COMPARED_WITH = "hub-template"

app = typer.Typer(
    help="Takes an open-weight model through a surgical residency: question bank in, evaluated model out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
recipe_app = typer.Typer(help="Write, check and show recipes.", no_args_is_help=True)
model_app = typer.Typer(help="The embedded base model.", no_args_is_help=True)
app.add_typer(recipe_app, name="recipe")
app.add_typer(model_app, name="model")
app.add_typer(card_app, name="card")
app.add_typer(index_app, name="index")
app.add_typer(judge_app, name="judge")
app.add_typer(pairs_app, name="pairs")
app.add_typer(review_app, name="review")
app.add_typer(serve_log_app, name="serve-log")
app.command()(knowledge)
app.command()(launch)
app.command()(evaluate)
app.command()(compare)
app.command()(report)
app.command()(plan)
app.command()(ablate)
app.command()(release)
app.command()(serve)
app.command("reward-model")(reward_model)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code: 0 done, 1 a gate not passed, 2 bad usage or input."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    as_json, debug = "--json" in given, "--debug" in given
    processes.when_another_fails(lambda error: faults.report(error, as_json, debug))
    warnings.filterwarnings("ignore", category=FutureWarning)  # libraries' advice to those who program them
    try:
        code = app(args=given, prog_name="residency", standalone_mode=False)
        if code == faults.INTERRUPTED:  # typer's answer to Ctrl-C
            raise KeyboardInterrupt
    except (Exception, KeyboardInterrupt) as error:
        code = faults.report(error, as_json, debug)
    return processes.leave(code if isinstance(code, int) else 0)


@app.command()
def run(
    recipe: RecipeFile,
    profile: Profile = None,
    overrides: Overrides = None,
    until: Annotated[str | None, typer.Option(metavar="STAGE", help="Stop after this stage.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would run, and why.")] = False,
    budget: Annotated[
        float | None,
        typer.Option("--budget", metavar="USD", help="Ask before the run will cost more than this; takes --price."),
    ] = None,
    price: Annotated[
        float | None, typer.Option("--price", metavar="USD_PER_HOUR", help="What an hour of all devices costs.")
    ] = None,
    strict_budget: Annotated[
        bool, typer.Option("--strict-budget", help="Stop in place of asking; the same command goes on from there.")
    ] = False,
    margin: Annotated[
        float, typer.Option("--margin", metavar="SHARE", help="By how much the budget may be exceeded.")
    ] = 0.25,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Run a recipe from where it stands: what is done and unchanged is skipped."""
    spending = budget_of(budget, price, margin, strict_budget)
    loaded = load_recipe(recipe, profile, overrides or ())
    watcher = ConsoleWatcher()
    try:
        results = run_recipe(loaded, until, dry_run, watcher if dry_run else guarded(loaded, until, watcher, spending))
    except BaseException as error:
        if watcher.stage:
            error.add_note(IN_STAGE + watcher.stage)
        watcher.close()
        raise
    if processes.rank() > 0:
        return
    summary = _summary(loaded.run_folder)
    released = _released(loaded.run_folder) if results[-1].name == "release" and not dry_run else None
    if as_json:
        stages = [result.as_dict() for result in results]
        show.emit({"run_folder": str(loaded.run_folder), "stages": stages, "evaluation": summary, "release": released})
    elif dry_run:
        show.show_plan(results)
    elif summary and results[-1].name in ("evaluate", "release"):
        show.show_evaluation(loaded.run_folder, summary, released)
    else:
        print(f"run folder: {loaded.run_folder}")


@app.command()
def check(
    recipe: RecipeFile,
    profile: Profile = None,
    overrides: Overrides = None,
    fix: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Also write the kept rows and a table for review (CSV) to this folder."),
    ] = None,
    as_json: Json = False,
    debug: Debug = False,
) -> int:
    """Check a recipe's question bank and say what to do first; exits 1 when it is not fit to train on."""
    loaded = load_recipe(recipe, profile, overrides or ())
    watcher = ConsoleWatcher()
    try:
        run_recipe(loaded, "corpus", watcher=watcher)
    finally:
        watcher.close()
    folder = loaded.run_folder / "corpus"
    report = dict(read_json(folder / "data-report.json"))
    from residency.corpus.review import copy_for_review

    files = [str(path) for path in copy_for_review(folder, fix)] if fix else []
    if as_json:
        show.emit({"folder": str(folder), "written": files, **show.check_outcome(report)})
    else:
        show.show_check(folder, report, files)
    return 0 if report["fit"]["passes"] else 1


@app.command()
def mix(
    recipe: RecipeFile,
    profile: Profile = None,
    overrides: Overrides = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Leave what is in the mix's folder as it is.")] = False,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Compose a recipe's training set and say which shares are met, and what to add for the others."""
    loaded = load_recipe(recipe, profile, overrides or ())
    from residency.flow.mixing import mix_report

    watcher = ConsoleWatcher()
    try:
        report = mix_report(loaded, dry_run, watcher)
    finally:
        watcher.close()
    if as_json:
        show.emit({"run_folder": str(loaded.run_folder), "dry_run": dry_run, **report})
    else:
        from residency.cli.mixture import show_mix

        show_mix(report)
        folder = loaded.run_folder / "mix"
        print(f"nothing was written to {folder}" if dry_run else f"written: {folder}")


def _released(run_folder: Path) -> dict[str, Any] | None:
    """Whether the bundle is a draft, and why (``refused``); None where there is no bundle."""
    path = run_folder / "release" / "manifest.json"
    counts = read_json(path)["counts"] if path.is_file() else {}
    return {name: counts[name] for name in ("draft", "refused")} if "refused" in counts else None


def _summary(run_folder: Path) -> dict[str, Any] | None:
    path = run_folder / "evaluate" / "summary.json"
    return dict(read_json(path)) if path.is_file() else None


@app.command()
def status(run_folder: RunFolder, as_json: Json = False, debug: Debug = False) -> None:
    """Say which stages of a run are done, since when, and with what counts."""
    states = run_status(run_folder)
    if as_json:
        show.emit({"run_folder": str(run_folder), "stages": [state.as_dict() for state in states]})
    else:
        show.show_status(run_folder, states)


@app.command("show")
def show_compiled(
    run_folder: RunFolder,
    row: Annotated[
        str | None,
        typer.Argument(metavar="ROW", help="An id, ID#2 for its second row, or a number; the first if left out."),
    ] = None,
    lengths: Annotated[bool, typer.Option("--lengths", help="Show how long rows are, and what was left out.")] = False,
    compare: Annotated[
        str | None, typer.Option(metavar="hub-template", help="Show where the model's own chat template differs.")
    ] = None,
    dialogues: Annotated[
        int | None, typer.Option("--dialogues", metavar="N", help="Show N dialogues of each skill, drawn by chance.")
    ] = None,
    contexts: Annotated[
        int | None, typer.Option("--contexts", metavar="N", help="The same for answers over a context, with citations.")
    ] = None,
    skill: Annotated[str | None, typer.Option(help="With --dialogues or --contexts: of this skill only.")] = None,
    seed: Annotated[int, typer.Option(help="With --dialogues or --contexts: another seed draws others.")] = 0,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Show a compiled row as the model sees it, with what it learns marked; or what was built, for people to read."""
    from residency.chat.rows import compile_report, show_row

    drawn = {"dialogues": dialogues, "contexts": contexts}
    if asked := {name: number for name, number in drawn.items() if number is not None}:
        if row is not None or lengths or compare is not None or len(asked) > 1:
            (name, *_) = asked
            raise UsageError(
                "--dialogues and --contexts go with no row, --lengths or --compare", f"--{name}", "Give one alone"
            )
        for name, number in asked.items():
            _show_built(run_folder, name, skill, number, seed, as_json)
        return
    if skill:
        raise UsageError(
            "--skill goes with --dialogues or --contexts",
            "--skill",
            "Type: residency show RUN --contexts 5 --skill NAME",
        )
    if compare not in (None, COMPARED_WITH):
        raise UsageError(f"rows cannot be compared with {compare!r}", "--compare", f"Choose {COMPARED_WITH}")
    if lengths:
        report = compile_report(run_folder)
        if as_json:
            show.emit(report)
        else:
            show.show_lengths(report)
        return
    view = show_row(run_folder, row, compare is not None)
    if as_json:
        show.emit(view.as_dict())
    else:
        show.show_row(view)


def _show_built(run_folder: Path, name: str, skill: str | None, number: int, seed: int, as_json: bool) -> None:
    if number < 1:
        raise UsageError(f"{number} {name} cannot be shown", f"--{name}", "Give a number from 1")
    stage = {"dialogues": "dialogue", "contexts": "grounding"}[name]
    drawn = sample(run_folder, stage, skill, number, seed)
    if as_json:
        show.emit({name: drawn})
    else:
        show.show_conversations(run_folder / stage / "sample.html", drawn)


@app.command()
def ask(
    run_folder: RunFolder,
    question: Annotated[str, typer.Argument(metavar="QUESTION", help="In quotation marks.", show_default=False)],
    mode: Annotated[str, typer.Option(metavar="exam|clinical", help="The form of the answer.")] = DEFAULT_MODE.lower(),
    no_context: Annotated[bool, typer.Option("--no-context", help="Do not look passages up.")] = False,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Ask a run's model a question, with the passages that its index finds."""
    chosen = parse_mode(mode)
    from residency.serving.ask import ask as ask_model

    answer = asdict(ask_model(run_folder, question, chosen, use_context=not no_context))
    if as_json:
        show.emit(answer | {"notice": show.NOT_CLINICAL})
    else:
        show.show_answer(answer)


@recipe_app.command("new")
def recipe_new(
    path: Annotated[Path, typer.Argument(help="The file to write.")] = Path("recipe.toml"),
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Write a commented recipe to start from."""
    if path.exists():
        raise UsageError("this file exists and is left as it is", str(path), "Name another")
    write_text(path, starter_recipe())
    if as_json:
        show.emit({"written": str(path)})
    else:
        print(f"written: {path}\nName your question bank in it, then type: residency recipe check {path}")


@recipe_app.command("check")
def recipe_check(recipe: RecipeFile, as_json: Json = False, debug: Debug = False) -> None:
    """Check a recipe and each of its profiles; every fault is reported at once."""
    loaded, profiles = check_recipe(recipe)
    own = sum(origin == "recipe" for origin in loaded.origins.values())
    if as_json:
        show.emit({"recipe": str(recipe), "values": own, "profiles": profiles, "notes": loaded.notes})
    else:
        print(f"{recipe}: right, {own} values of its own; profiles: {', '.join(profiles) or 'none'}")
        print("".join(f"note: {note}\n" for note in loaded.notes), end="")


@recipe_app.command("show")
def recipe_show(
    recipe: RecipeFile,
    profile: Profile = None,
    overrides: Overrides = None,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Show every value of a recipe and where it came from."""
    loaded = load_recipe(recipe, profile, overrides or ())
    if as_json:
        show.emit({"recipe": str(recipe), "values": show.recipe_values(loaded), "origins": loaded.origins})
    else:
        show.show_recipe(loaded)


@recipe_app.command("schema")
def recipe_schema_command(as_json: Json = False, debug: Debug = False) -> None:
    """Print the recipe's JSON Schema, for editors."""
    show.emit(recipe_schema())


@model_app.command("fetch")
def model_fetch(as_json: Json = False, debug: Debug = False) -> None:
    """Fetch the embedded model (93 MB) once, and check it."""
    from residency.generation.embedded import fetch

    progress = ConsoleProgress("model")
    folder = fetch(progress)
    progress.finish()
    if as_json:
        show.emit({"model": str(folder), "source": read_json(folder / "SOURCE.json")})
    else:
        print(f"the embedded model is ready: {folder}")
