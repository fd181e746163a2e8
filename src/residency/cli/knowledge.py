"""``residency knowledge``: what the base model knows already of a recipe's bank."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.markup import escape

from residency.cli import show
from residency.cli.options import Debug, Json, Overrides, Profile, RecipeFile
from residency.cli.watch import ConsoleWatcher
from residency.core.errors import UsageError
from residency.core.files import read_json
from residency.flow.recipe import load_recipe
from residency.flow.runner import run_recipe

STAGE = "knowledge"
NAMES = {"highly_known": "highly known", "maybe_known": "maybe known", "weakly_known": "weakly known"}


def knowledge(
    recipe: RecipeFile,
    profile: Profile = None,
    overrides: Overrides = None,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Ask the base model train and dev questions from memory, and sort their facts by how often it is right."""
    loaded = load_recipe(recipe, profile, overrides or ())
    if not loaded.recipe.knowledge.questions:
        raise UsageError(
            "knowledge.questions is 0, so that nothing would be asked",
            str(recipe),
            "Set it under [knowledge], or add --set knowledge.questions=200",
        )
    watcher = ConsoleWatcher()
    try:
        run_recipe(loaded, STAGE, watcher=watcher)
    finally:
        watcher.close()
    folder = loaded.run_folder / STAGE
    report = dict(read_json(folder / "report.json"))
    if as_json:
        show.emit({"folder": str(folder), **report})
    else:
        show_knowledge(report)
        print(f"written: {folder}")


def show_knowledge(report: Mapping[str, Any]) -> None:
    """The verdict on each kind of question, and the facts by category."""
    out = show.console()
    for one in report["kinds"]:
        out.print(escape(one["says"]), soft_wrap=True)
    table = show.new_table("split", "questions", "category", "facts", "of all", "interval")
    for row in report["shares"]:
        interval = "too few" if row["low"] is None else f"{row['low']:.0%} to {row['high']:.0%}"
        name = NAMES.get(row["category"], row["category"])
        table.add_row(row["split"], row["kind"], name, f"{row['n']:,}", f"{row['share']:.0%}", interval)
    out.print(table)
    said = ", ".join(f"{name} {count:,}" for name, count in report["answers"].items())
    out.print(f"All answers: {said or 'none'}.", soft_wrap=True)
    for reason, count in report["refused"].items():
        out.print(f"not asked: {count:,} ({reason})", markup=False)
