"""Repeats of one recipe: what is drawn for training moves, and what is held out and asked does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from residency.core.errors import RecipeError
from residency.core.files import folder_digests, read_json, read_jsonl
from residency.core.stage import Silent
from residency.evaluation.run import collect
from residency.evaluation.settings import EvaluateSettings
from residency.evaluation.sources import sources_of
from residency.flow.recipe import LoadedRecipe, load_recipe
from residency.flow.runner import context_of, run_recipe, seed_of
from residency.flow.stages import STAGES, stage
from tests.conftest import write_tiny_recipe

HELD = ("corpus", "index", "dialogue", "grounding", "knowledge", "teacher")
MOVED = {"mix", "thoughts", "sft", "pairs", "preference"}


@pytest.fixture(scope="module")
def recipe(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path, small_bank: Path) -> Path:
    folder = tmp_path_factory.mktemp("repeats")
    write_tiny_recipe(folder, tiny_model, small_bank)
    return folder / "recipe.toml"


def load(recipe: Path, repeat: int) -> LoadedRecipe:
    return load_recipe(recipe, overrides=[f"run.repeat={repeat}"])


def drawn(loaded: LoadedRecipe) -> list[str]:
    return [row["id"] for row in read_jsonl(loaded.run_folder / "mix" / "train.jsonl")]


def asked(loaded: LoadedRecipe) -> list[str]:
    context = context_of(loaded, stage("evaluate"), Silent())
    sources = sources_of(context.inputs, context.section("evaluate", EvaluateSettings), context.seed)
    return [f"{item.id} {item.axis}" for item in collect(sources)]


def test_a_repeat_draws_other_rows_and_is_asked_the_same(recipe: Path) -> None:
    """In one folder, so that the runner itself says which stages it holds for undisturbed."""
    first, second = load(recipe, 0), load(recipe, 1)
    run_recipe(first, until="mix")
    held = {name: folder_digests(first.run_folder / name) for name in HELD}
    seed = read_json(first.run_folder / "mix" / "manifest.json")["parts"]["seed"]
    rows, items = drawn(first), asked(first)
    again = {result.name: result.status for result in run_recipe(second, until="mix")}
    assert again == dict.fromkeys(HELD, "skipped") | {"mix": "ran"}
    assert {name: folder_digests(second.run_folder / name) for name in HELD} == held
    assert sorted(drawn(second)) != sorted(rows) and len(drawn(second)) == len(rows)
    assert asked(second) == items and len(items) > 10
    assert seed == first.recipe.run.seed  # what was made before there were repeats stands
    assert {result.status for result in run_recipe(second, until="mix")} == {"skipped"}


def test_each_repeat_has_a_seed_of_its_own_in_the_stages_that_draw_for_training(recipe: Path) -> None:
    of = {entry.name: [seed_of(load(recipe, repeat), entry) for repeat in range(4)] for entry in STAGES}
    assert {name for name, seeds in of.items() if len(set(seeds)) == 4} == MOVED
    assert all(set(seeds) == {17} for name, seeds in of.items() if name not in MOVED)
    assert {seeds[0] for seeds in of.values()} == {17}
    assert all(0 <= seed < 1 << 32 for seeds in of.values() for seed in seeds)


def test_a_negative_repeat_is_refused(recipe: Path) -> None:
    with pytest.raises(RecipeError, match=r"run\.repeat = -1"):
        load(recipe, -1)
