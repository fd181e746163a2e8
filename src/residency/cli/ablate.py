"""``residency ablate``: small trainings on the user's own data that answer questions before the expensive one."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from residency.cli import show
from residency.cli.options import Debug, Json, Overrides, Profile, RecipeFile
from residency.cli.stopping import stoppable
from residency.cli.watch import ConsoleWatcher
from residency.core.errors import UsageError
from residency.flow.recipe import load_recipe


def ablate(
    recipe: RecipeFile,
    profile: Profile = None,
    overrides: Overrides = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="About twelve trainings of few examples, one seed each.")
    ] = False,
    plan: Annotated[
        bool, typer.Option("--plan", help="Say which trainings, how long, and what they could show; train nothing.")
    ] = False,
    questions: Annotated[
        str,
        typer.Option(metavar="NAME,...", help="Answer these alone: dialogues, preference, modes, grounding, bases."),
    ] = "",
    arms: Annotated[
        list[str] | None,
        typer.Option("--arm", metavar="NAME", help="Run this arm, with what it needs. May be repeated."),
    ] = None,
    seeds: Annotated[int | None, typer.Option(min=1, max=20, help="Trainings of each arm.", show_default=False)] = None,
    proxies: Annotated[
        list[str] | None,
        typer.Option("--proxy", metavar="MODEL", help="Train this small model. With two: do they rank the arms alike?"),
    ] = None,
    pilots: Annotated[
        list[str] | None,
        typer.Option("--pilot", metavar="MODEL", help="Also train a few steps of this large model. May be repeated."),
    ] = None,
    budget: Annotated[
        float | None,
        typer.Option(metavar="HOURS", help="Begin nothing that would end later; what is behind is then left out."),
    ] = None,
    apply: Annotated[
        bool, typer.Option("--apply", help="Write the suggested recipe; the old one is kept beside it. Trains nothing.")
    ] = False,
    report: Annotated[
        bool, typer.Option("--report", help="Write the report of what is trained by now. Trains nothing.")
    ] = False,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Answer five questions on your own data with small trainings, before the expensive one."""
    if plan and apply:
        raise UsageError("--plan trains nothing that could be applied", "--apply", "Leave one of them out")
    if report and (plan or apply):
        raise UsageError("--plan writes no report, and --apply writes it too", "--report", "Give one of them")
    if budget is not None and budget <= 0:
        raise UsageError(f"in {budget:g} hours nothing is trained", "--budget", "Give hours, as --budget 6")
    command = _typed(recipe, profile, overrides or (), quick, questions, arms or (), seeds, proxies or (), pilots or ())
    loaded = load_recipe(recipe, profile, overrides or ())
    from residency.flow.ablating.run import opened

    watcher = ConsoleWatcher()
    try:
        ablation = opened(
            loaded,
            quick=quick,
            questions=[name.strip() for name in questions.split(",") if name.strip()],
            arms=arms or (),
            seeds=seeds,
            proxies=proxies or (),
            pilots=pilots or (),
            watcher=watcher,
        )
        if plan:
            from residency.ablation.plan_text import plan_text
            from residency.flow.ablating.planned import planned

            found = planned(ablation, watcher)
            if as_json:
                show.emit(found.told())
            else:
                print(plan_text(found))
            return
        if not (apply or report):
            from residency.flow.ablating.training import train

            with stoppable(watcher.close, f"what there is by now: {command} --report"):
                train(
                    ablation, hours=budget, watcher=watcher, say=lambda line: print(line, file=sys.stderr, flush=True)
                )
    finally:
        watcher.close()
    from residency.flow.ablating.telling import applied, applying, scale_of, told

    page, answers, suggestion = told(ablation, command=command)
    kept = applied(ablation, answers, suggestion) if apply else None
    if as_json:
        show.emit(_as_json(page, answers, suggestion, kept))
        _leave(ablation.failed)
        return
    print(f"{scale_of(ablation)}\n")
    _show(page, answers, suggestion, len(ablation.settings.proxies) > 1)
    if kept is not None:
        print(f"written: {ablation.loaded.path}; the old recipe: {kept}")
    elif apply:
        print("nothing is suggested: the recipe stays as it is")
    elif writes := applying(answers, suggestion, command):
        print(f"write it with: {writes}")
    elif suggestion.difference:
        print("each arm was trained once: what chance does between trainings is to be seen before this is applied")
    _leave(ablation.failed)


def _leave(failed: Sequence[str]) -> None:
    """Where trainings failed, the exit code says so, though the others are told."""
    if failed:
        raise typer.Exit(2)


def _typed(
    recipe: Path,
    profile: str | None,
    overrides: Sequence[str],
    quick: bool,
    questions: str,
    arms: Sequence[str],
    seeds: int | None,
    proxies: Sequence[str],
    pilots: Sequence[str],
) -> str:
    """The command that trains what this one is about, for a shell."""
    found = ["residency", "ablate", str(recipe)]
    found += ["--profile", profile] if profile else []
    found += ["--quick"] if quick else []
    found += ["--questions", questions] if questions else []
    found += ["--seeds", str(seeds)] if seeds is not None else []
    for option, values in (("--set", overrides), ("--arm", arms), ("--proxy", proxies), ("--pilot", pilots)):
        for value in values:
            found += [option, value]
    return shlex.join(found)


def _show(page: Any, answers: Any, suggestion: Any, several: bool) -> None:
    """The sentences, where the report lies, and the recipe that follows."""
    for answer in answers:
        on = f" (on {answer.proxy})" if several else ""
        print(f"{answer.question.title}{on}: {answer.sentence}")
        for line in (*answer.cautions, *answer.beside):
            print(f"  {line}")
    print(f"\nreport: {page}")
    if suggestion.difference:
        print(f"\n{suggestion.difference}")


def _as_json(page: Any, answers: Any, suggestion: Any, kept: Any) -> dict[str, Any]:
    return {
        "report": str(page),
        "answers": [
            {
                "question": one.question.name,
                "proxy": one.proxy,
                "outcome": one.outcome,
                "sentence": one.sentence,
                "arm": one.arm,
                "changes": dict(one.changes),
                "beside": list(one.beside),
                "cautions": list(one.cautions),
                "notes": list(one.notes),
            }
            for one in answers
        ],
        "changes": dict(suggestion.changes),
        "diff": suggestion.difference,
        "kept": str(kept) if kept is not None else None,
    }
