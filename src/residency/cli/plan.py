"""``residency plan``: what a recipe needs of memory, hours and money, before anything is spent."""

from __future__ import annotations

import sys
import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from residency.cli import show
from residency.cli.options import Debug, Json, Overrides, Profile, RecipeFile
from residency.core.errors import UsageError
from residency.flow.progress import ConsoleProgress
from residency.flow.recipe import Recipe, load_recipe

GRID = 480.0


def plan(
    recipe: RecipeFile,
    profile: Profile = None,
    overrides: Overrides = None,
    on: Annotated[
        list[str] | None,
        typer.Option("--on", metavar="DEVICE", help="Plan for this device alone, as H100, 4xH100 or here. Repeatable."),
    ] = None,
    models: Annotated[str, typer.Option(metavar="NAME,...", help="Compare these models alone.")] = "",
    budget: Annotated[
        float | None, typer.Option(metavar="USD", help="Refuse what likely costs more, and offer the nearest.")
    ] = None,
    prices: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Your own prices and devices (TOML; docs/planning.md).")
    ] = None,
    grid: Annotated[float, typer.Option(metavar="G", help="Grams of CO2 for a kWh; 480 is the world's mean.")] = GRID,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Also write the plan as a page.")] = None,
    open_it: Annotated[bool, typer.Option("--open", help="Write the page into the run's folder and open it.")] = False,
    probe: Annotated[
        bool, typer.Option("--probe", help="First measure a few real steps on this machine; later plans use them too.")
    ] = False,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Say what a recipe will need: memory, hours and money, on which device, with which model."""
    loaded = load_recipe(recipe, profile, overrides or ())
    if grid < 0:
        raise UsageError(f"{grid:g} g of CO2 for a kWh cannot be", "--grid", "Give 0 or more, as --grid 240")
    from residency.flow.budget import keep_predictions
    from residency.flow.planning import expected, plan_recipe
    from residency.planning.advice import own_method

    if probe:
        measure(loaded.recipe)
    found = plan_recipe(
        loaded,
        on=on or (),
        models=[name.strip() for name in models.split(",") if name.strip()],
        budget=budget,
        prices=prices,
        grid=grid,
        tell=lambda line: print(f"note: {line}", file=sys.stderr),
    )
    held = expected(found, own_method(loaded.recipe.model_dump(mode="json")))
    if held is not None:
        keep_predictions(loaded.run_folder, {one.stage: one.seconds for one in held.stages}, held.hardware.title)
    page = html or (loaded.run_folder / "plan" / "plan.html" if open_it else None)
    if page is not None:
        from residency.planning.report.page import write_page

        write_page(found, page)
    opened = bool(page and open_it and webbrowser.open(page.resolve().as_uri()))
    if as_json:
        show.emit({**found.told(), "page": str(page) if page else None, "opened": opened})
        return
    from residency.planning.report.terminal import show as show_plan

    show_plan(found, show.console())
    if page is not None:
        print(f"\npage: {page}" + ("; no browser could be opened" if open_it and not opened else ""))


def measure(recipe: Recipe) -> None:
    """Measure the recipe's model on this machine and keep what it gives for plans."""
    from residency.flow.probing import probe_machine

    progress = ConsoleProgress("probe")
    try:
        probe_machine(recipe, progress)
    finally:
        progress.finish()
