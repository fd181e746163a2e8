"""``residency launch``: writes the files that start a run on several GPUs or machines."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from residency.cli import show
from residency.cli.options import Debug, Json, Overrides, Profile, RecipeFile
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
    gpu_memory: Annotated[float, typer.Option(min=1, metavar="GB", help="Of one GPU.")] = 80.0,
    gpu_type: Annotated[str, typer.Option(metavar="NAME", help="As SkyPilot names it.")] = "H100",
    profile: Profile = None,
    overrides: Overrides = None,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Write what starts a recipe on several GPUs or machines: for accelerate, a shell, Slurm and SkyPilot."""
    loaded = load_recipe(recipe, profile, overrides or ())
    from residency.flow.launch import plan_launch, write_launch

    plan = plan_launch(loaded, gpus, machines, strategy, gpu_memory)
    arguments = [str(recipe), *(["--profile", profile] if profile else [])]
    arguments += [part for override in overrides or () for part in ("--set", override)]
    written = write_launch(loaded, plan, arguments, gpu_type, Path.cwd())
    if as_json:
        show.emit(written)
    else:
        _show(written, arguments)


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
