"""What is known of a recipe and its proxies before, and while, arms are trained."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from residency.ablation.choosing import Facts
from residency.core.errors import InputError
from residency.core.files import read_json
from residency.flow.manifest import read_manifest
from residency.flow.recipe import LoadedRecipe
from residency.generation.settings import ModelSettings


def facts_of(base: LoadedRecipe, proxies: Collection[str], cells: Iterable[Path]) -> Facts:
    """What is known now.

    Args:
        base: the recipe over the ablation's bank.
        proxies: the small models, as ``model.name`` takes them.
        cells: run folders of the ablation, finished or not.
    """
    models = [base.recipe.model.model_copy(update={"name": proxy, "revision": None}) for proxy in proxies]
    families = [_family(model.model_dump_json()) for model in models]
    thoughts = {family.thinks for family in families}
    folders = list(cells)
    return Facts(
        tools=all(family.tools for family in families),
        knowledge=bool(base.recipe.knowledge.questions),
        unknown=_unknown(folders, proxies),
        thinks="never" if "never" in thoughts else "by choice" if "by choice" in thoughts else "always",
        pairs=_pairs(folders),
        kinds=_kinds(folders),
    )


@cache
def _family(model: str) -> Any:
    """How a model's format works, asked of its tokenizer once; the model's settings as JSON."""
    from residency.chat.load import renderer_of
    from residency.chat.settings import ChatSettings
    from residency.generation.models import load_tokenizer

    return renderer_of(load_tokenizer(ModelSettings.model_validate_json(model)), ChatSettings()).family


def _pairs(folders: Iterable[Path]) -> int | None:
    """How many pairs of edits the bank allows, where a run asked for more than it got."""
    found = []
    for _, done in _finished(folders, "pairs"):
        asked: Mapping[str, Any] = done["parts"]["settings"]["pairs"]
        made = int(done["counts"]["pairs"])
        if not asked["on_policy"] and made < int(asked["max_pairs"]):
            found.append(made)
    return min(found, default=None)


def _unknown(folders: Iterable[Path], proxies: Collection[str]) -> int | None:
    """The most facts that a proxy was found not to know, where one was asked. A model that another arm left is asked
    too, and is none."""
    asked = [done for _, done in _finished(folders, "knowledge") if done["counts"]["asked"]]
    own = [done["counts"] for done in asked if done["parts"]["settings"]["model"]["name"] in proxies]
    return max((int(one.get("unknown", 0)) for one in own), default=None)


def _kinds(folders: Iterable[Path]) -> dict[str, int] | None:
    """Train examples of each kind that the bank gives: the most that a mix had to draw from."""
    found: dict[str, int] = {}
    for folder, _ in _finished(folders, "mix"):
        try:
            shares = read_json(folder / "report.json")["shares"]
        except InputError:  # another process has begun the stage anew
            continue
        for row in shares:
            found[row["kind"]] = max(found.get(row["kind"], 0), int(row["available"]))
    return found or None


def _finished(folders: Iterable[Path], stage: str) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The stage's folder and manifest in each run that has finished it."""
    for folder in folders:
        if (done := read_manifest(folder / stage)) is not None:
            yield folder / stage, done
