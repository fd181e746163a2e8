"""What is known of a recipe and its proxies before, and while, arms are trained."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from residency.ablation.choosing import Facts
from residency.core.files import value_digest
from residency.flow.ablating.cell import digests_of
from residency.flow.manifest import output_digests, read_manifest
from residency.flow.recipe import LoadedRecipe
from residency.flow.stages import stage
from residency.generation.settings import ModelSettings

Manifests = Mapping[str, Mapping[str, Any]]
"""Of stages, by name."""
BUILT = ("corpus", "index", "dialogue", "grounding")
"""The stages that build examples."""
CHAIN = (*BUILT, "knowledge", "teacher", "mix", "thoughts", "pairs")
"""These and all that pairs are made of; the training itself only where they are of its own samples."""
SAFETY = ("safety", "scope")
"""The skills of dialogues that are of the kind ``safety``."""
OF_THE_MODEL = ("model", "chat")
"""Sections that decide how much a row is, and not whether there is one."""
ASIDE = {"mix": {"examples"}, "pairs": {"max_pairs"}}
"""How much is taken of what there is, which the ablation and its arms set."""


def facts_of(base: LoadedRecipe, proxies: Collection[str], cells: Iterable[Path]) -> Facts:
    """What is known now.

    Args:
        base: the recipe over the ablation's bank.
        proxies: the small models, as ``model.name`` takes them.
        cells: run folders of the ablation, finished or not. What was made of other files or settings, or in a later
            round, tells nothing.
    """
    models = [base.recipe.model.model_copy(update={"name": proxy, "revision": None}) for proxy in proxies]
    families = [_family(model.model_dump_json()) for model in models]
    thoughts = {family.thinks for family in families}
    wanted = _wanted(base)
    found = [_of_this_recipe(wanted, folder) for folder in cells]
    return Facts(
        tools=all(family.tools for family in families),
        knowledge=bool(base.recipe.knowledge.questions),
        unknown=_unknown(found, proxies),
        thinks="never" if "never" in thoughts else "by choice" if "by choice" in thoughts else "always",
        pairs=_pairs(found),
        kinds=_kinds(found),
    )


@cache
def _family(model: str) -> Any:
    """How a model's format works, asked of its tokenizer once; the model's settings as JSON."""
    from residency.chat.load import renderer_of
    from residency.chat.settings import ChatSettings
    from residency.generation.models import load_tokenizer

    return renderer_of(load_tokenizer(ModelSettings.model_validate_json(model)), ChatSettings()).family


def _wanted(base: LoadedRecipe) -> dict[str, dict[str, Any]]:
    """By stage, what its manifest says where it was made as the recipe has it now, in the first round."""
    found = {}
    for name in CHAIN:
        entry = stage(name)
        sections = {one: getattr(base.recipe, one) for one in entry.settings if one not in OF_THE_MODEL}
        found[name] = {
            "code": f"{name} v{entry.version}",
            "settings": {one: _plain(one, settings.fingerprint_values()) for one, settings in sections.items()},
            "files": digests_of(sections),
            "seed": base.recipe.run.seed,
        }
    return found


def _of_this_recipe(wanted: Mapping[str, Mapping[str, Any]], folder: Path) -> Manifests:
    """The manifests of a run's stages that were made as the recipe has them now, each of what those before it hold."""
    found: dict[str, dict[str, Any]] = {}
    for name, one in wanted.items():
        done = read_manifest(folder / name)
        if done is None:
            continue
        parts = done["parts"]
        told = {"code": parts["code"], "seed": parts["seed"]}
        told["settings"] = {key: _plain(key, parts["settings"].get(key, {})) for key in one["settings"]}
        told["files"] = {key: parts["files"].get(key) for key in one["files"]}  # a model's own stand beside them
        before = [earlier for earlier in stage(name).reads if earlier in wanted]
        fewer = len(parts["files"]) != len(one["files"]) and "model" not in parts["settings"]
        if (
            told == one
            and not fewer
            and all(
                earlier in found and parts["stages"].get(earlier) == value_digest(output_digests(found[earlier]))
                for earlier in before
            )
        ):
            found[name] = done
    return found


def _plain(section: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key not in ASIDE.get(section, ())}


def _pairs(cells: Iterable[Manifests]) -> int | None:
    """How many pairs of edits the bank allows, where a run asked for more than it got."""
    found = []
    for done in (one["pairs"] for one in cells if "pairs" in one):
        asked: Mapping[str, Any] = done["parts"]["settings"]["pairs"]
        made = int(done["counts"]["pairs"])
        if not asked["on_policy"] and made < int(asked["max_pairs"]):
            found.append(made)
    return min(found, default=None)


def _kinds(cells: Iterable[Manifests]) -> dict[str, int] | None:
    """Examples of each kind that the stages built, whichever of them a mix then names."""
    for one in cells:
        if not all(name in one for name in BUILT):
            continue
        rows, talks, grounded = (one[name]["counts"] for name in ("corpus", "dialogue", "grounding"))
        safe = sum(talks["skills"].get(name, 0) for name in SAFETY)
        found = {kind: int(rows.get(kind, 0)) for kind in ("mcq", "open")}
        found |= {"conversation": int(talks["own"]), "safety": safe, "dialogue": int(talks["built"]) - safe}
        return found | {kind: int(grounded[kind]) for kind in ("context", "insufficient", "context_dialogue", "tool")}
    return None


def _unknown(cells: Iterable[Manifests], proxies: Collection[str]) -> int | None:
    """The most facts that a proxy was found not to know, where one was asked. A model that another arm left is asked
    too, and is none."""
    asked = [one["knowledge"] for one in cells if "knowledge" in one and one["knowledge"]["counts"]["asked"]]
    own = [done["counts"] for done in asked if done["parts"]["settings"]["model"]["name"] in proxies]
    return max((int(one.get("unknown", 0)) for one in own), default=None)
