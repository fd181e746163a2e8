"""``residency launch``: writes the files that start a run on several GPUs or machines."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from residency.cli import show
from residency.cli.options import Debug, Json, Overrides, Profile, RecipeFile
from residency.core.errors import UsageError
from residency.flow.recipe import load_recipe

NO_CHANGE = "No setting changes with the number of GPUs: an optimiser step holds the same rows however many share it."
PLACES = {"here": "on this machine", "slurm": "with Slurm", "skypilot": "with SkyPilot"}
DATA_FIRST = "Data can be built beforehand, on a machine without a GPU:"


def launch(
    recipe: RecipeFile,
    gpus: Annotated[int, typer.Option(min=1, help="GPUs of a machine; processes, where model.device is cpu.")],
    machines: Annotated[int, typer.Option(min=1, help="Machines, all alike.")] = 1,
    strategy: Annotated[
        str | None, typer.Option(metavar="ddp|fsdp2|zero2|zero3", help="Chosen by the model's size if left out.")
    ] = None,
    ablate: Annotated[
        bool, typer.Option("--ablate", help="Share the trainings of residency ablate out, one to a GPU at a time.")
    ] = False,
    gpu_memory: Annotated[float, typer.Option(min=1, metavar="GB", help="Of one GPU.")] = 80.0,
    gpu_type: Annotated[str, typer.Option(metavar="NAME", help="As SkyPilot names it.")] = "H100",
    profile: Profile = None,
    overrides: Overrides = None,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Write what starts a recipe, or its ablation, on several GPUs or machines: for a shell, Slurm and SkyPilot."""
    loaded = load_recipe(recipe, profile, overrides or ())
    from residency.flow.launch import plan_launch, write_ablation_launch, write_launch

    arguments = [str(recipe), *(["--profile", profile] if profile else [])]
    arguments += [part for override in overrides or () for part in ("--set", override)]
    if ablate:
        if strategy is not None:
            raise UsageError("each training has a GPU to itself", "--strategy", "Leave it out beside --ablate")
        shared = write_ablation_launch(loaded, gpus, machines, arguments, gpu_type, Path.cwd())
        if as_json:
            show.emit(shared)
        else:
            _show_shared(shared)
        return
    plan = plan_launch(loaded, gpus, machines, strategy, gpu_memory)
    written = write_launch(loaded, plan, arguments, gpu_type, Path.cwd())
    if as_json:
        show.emit(written)
    else:
        _show(written, arguments)


def _show_shared(written: dict[str, Any]) -> None:
    machines = f" on {written['machines']} machines" if written["machines"] > 1 else ""
    print(f"{written['processes']} at a time{machines}, each taking the first training that no other holds.")
    print(f"\nwritten to {written['folder']}: {', '.join(written['files'])}\n\nNext, one of these:")
    commands = dict(written["next"])
    answers = commands.pop("answers")
    for place, command in commands.items():
        print(f"  {PLACES[place]:<16}  {command}")
    print(f"When all has ended, this trains nothing and concludes:\n  {answers}")


def _show(written: dict[str, Any], arguments: list[str]) -> None:
    from shlex import join

    units = "process" if written["device"] == "cpu" else "GPU"
    machines = f" on each of {written['machines']} machines" if written["machines"] > 1 else ""
    plural = "" if written["gpus"] == 1 else "es" if units == "process" else "s"
    print(f"{written['gpus']} {units}{plural}{machines}; strategy {written['strategy']}: {written['reason']}.")
    print(NO_CHANGE)
    for warning in written["warnings"]:
        print(f"Note: {warning}.")
    print(f"\nwritten to {written['folder']}: {', '.join(written['files'])}\n\nNext, one of these:")
    for place, command in written["next"].items():
        print(f"  {PLACES[place]:<16}  {command}")
    print(f"{DATA_FIRST}\n  {join(['residency', 'run', *arguments, '--until', 'compile'])}")
