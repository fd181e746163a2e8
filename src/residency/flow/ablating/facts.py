"""What is known of a recipe and its proxies before, and while, arms are trained."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from residency.ablation.choosing import Facts
from residency.core.files import read_json
from residency.core.runs import is_finished, values_of
from residency.flow.recipe import LoadedRecipe
from residency.generation.settings import ModelSettings


def facts_of(base: LoadedRecipe, proxies: Iterable[str], cells: Iterable[Path]) -> Facts:
    """What is known now.

    Args:
        base: the recipe over the ablation's bank.
        proxies: the small models, as ``model.name`` takes them.
        cells: run folders of the ablation, finished or not.
    """
    families = [_family(base.recipe.model.model_copy(update={"name": proxy, "revision": None})) for proxy in proxies]
    thoughts = {family.thinks for family in families}
    folders = list(cells)
    return Facts(
        tools=all(family.tools for family in families),
        knowledge=bool(base.recipe.knowledge.questions),
        thinks="never" if "never" in thoughts else "by choice" if "by choice" in thoughts else "always",
        pairs=_pairs(folders),
        kinds=_kinds(folders),
    )


def _family(model: ModelSettings) -> Any:
    from residency.chat.load import renderer_of
    from residency.chat.settings import ChatSettings
    from residency.generation.models import load_tokenizer

    return renderer_of(load_tokenizer(model), ChatSettings()).family


def _pairs(folders: Iterable[Path]) -> int | None:
    """How many pairs of edits the bank allows, where a run asked for more than it got."""
    found = []
    for folder in folders:
        if is_finished(folder, "pairs"):
            made = int(read_json(folder / "pairs" / "manifest.json")["counts"]["pairs"])
            asked: Mapping[str, Any] = values_of(folder, "pairs", "pairs")
            if not asked["on_policy"] and made < int(asked["max_pairs"]):
                found.append(made)
    return min(found, default=None)


def _kinds(folders: Iterable[Path]) -> dict[str, int] | None:
    """Train examples of each kind that the bank gives: the most that a mix had to draw from."""
    found: dict[str, int] = {}
    for folder in folders:
        if is_finished(folder, "mix"):
            for row in read_json(folder / "mix" / "report.json")["shares"]:
                found[row["kind"]] = max(found.get(row["kind"], 0), int(row["available"]))
    return found or None
