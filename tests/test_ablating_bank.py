"""What an ablation asks: nothing of the recipe's test, and the same for all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from residency.core.errors import InputError
from residency.core.files import file_digest
from residency.core.stage import Silent
from residency.evaluation.run import collect
from residency.evaluation.settings import EvaluateSettings
from residency.evaluation.sources import sources_of
from residency.flow.ablating.bank import prepared
from residency.flow.recipe import LoadedRecipe, load_recipe, with_changes
from residency.flow.runner import context_of, run_recipe
from residency.flow.stages import stage
from tests.conftest import EXAMPLES, read_rows

TOPICS = ("hernia", "burns", "biliary", "trauma")
HELD = "trauma"
OWN = "Oakbark dressings are changed on the ninth day by the ward sister."


@pytest.fixture(scope="module")
def recipe(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> LoadedRecipe:
    folder = tmp_path_factory.mktemp("bank")
    rows = [row for name in ("mcq", "open") for row in read_rows(EXAMPLES / f"{name}.jsonl") if row["topic"] in TOPICS]
    first = next(row for row in rows if row["topic"] == "burns" and "options" not in row)
    for number in range(6):  # near-duplicates: they share a cluster, hence a split
        rows.append(first | {"id": f"near-{number}", "question": f"{first['question']} {'Now?' * (number + 1)}"})
    rows += [
        {
            "id": f"own-{number}",
            "question": f"On which day is an oakbark dressing of ward {number} changed, and who does it for {name}?",
            "answer": f"It is changed on the ninth day by the ward sister for {name}.",
            "contexts": [f"{OWN} This holds for {name} of ward {number}."],
            "topic": "burns",
        }
        for number, name in enumerate(
            ("adults", "children", "pilots", "sailors", "miners", "bakers", "smiths", "cooks")
        )
    ]
    (folder / "bank.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "recipe.toml").write_text(
        f'[run]\nname = "r"\nfolder = "{folder / "runs"}"\n[model]\nname = "{tiny_model}"\n[corpus]\n'
        f'files = ["bank.jsonl"]\ntest_share = 0.3\nheld_out_topics = ["{HELD}"]\n'
        f'[index]\nfiles = ["{EXAMPLES / "passages.jsonl"}"]\nembeddings = "none"\n'
    )
    return load_recipe(folder / "recipe.toml")


@pytest.fixture(scope="module")
def base(recipe: LoadedRecipe) -> LoadedRecipe:
    found = prepared(recipe, recipe.recipe.ablate, recipe.run_folder / "ablate", None)
    return with_changes(found, {"run.name": "cell", "run.folder": str(recipe.run_folder / "ablate")}, "test")


@pytest.fixture(scope="module")
def cell(base: LoadedRecipe) -> Path:
    run_recipe(base, "grounding")
    return base.run_folder


def kept(folder: Path) -> list[dict[str, Any]]:
    return read_rows(folder / "corpus" / "kept.jsonl")


def test_no_row_of_the_test_is_in_the_bank_or_asked(recipe: LoadedRecipe, base: LoadedRecipe, cell: Path) -> None:
    rows = kept(recipe.run_folder)
    test = [row for row in rows if row["split"] not in ("train", "dev")]
    assert {row["split"] for row in test} == {"test", "test_topic"}
    ids, clusters = {row["id"] for row in test}, {row["cluster"] for row in test}
    bank = read_rows(recipe.run_folder / "ablate" / "bank.jsonl")
    assert {row["id"] for row in bank} == {row["id"] for row in rows} - ids
    assert not clusters & {row["cluster"] for row in bank}
    assert not [row for row in bank if row["topic"] == HELD]
    own = kept(cell)
    assert {row["split"] for row in own} == {"train", "dev", "test"}
    assert 0.15 < sum(row["split"] == "test" for row in own) / len(own) < 0.4
    context = context_of(base, stage("grounding"), Silent())
    folders = {name: cell / name for name in ("corpus", "index", "dialogue", "grounding")}
    items = list(collect(sources_of(folders, EvaluateSettings(), context.seed)))
    asked = {parent for item in items for parent in [item.id, *(item.id.split(":"))]} | {i.cluster for i in items}
    assert len(items) > 20
    assert not asked & (ids | clusters)
    assert asked & {row["cluster"] for row in own if row["split"] == "test"}


def test_rows_find_the_passages_that_they_brought_themselves(recipe: LoadedRecipe, cell: Path) -> None:
    passages = {row["id"]: row["text"] for row in read_rows(recipe.run_folder / "corpus" / "passages.jsonl")}
    assert len(passages) == 8
    own = [row for row in kept(cell) if row["id"].startswith("own-")]
    assert own and all(row["passages"] == [f"{row['id']}-c1"] for row in own)
    indexed = {row["id"]: row for row in read_rows(cell / "index" / "passages.jsonl")}
    assert all(OWN in indexed[f"{row['id']}-c1"]["text"] for row in own)
    rows = read_rows(cell / "grounding" / "conversations.jsonl")
    grounded = [row for row in rows if OWN in json.dumps(row)]
    assert grounded


def test_the_bank_is_left_alone_where_it_holds_the_same(recipe: LoadedRecipe, base: LoadedRecipe) -> None:
    bank = recipe.run_folder / "ablate" / "bank.jsonl"
    before = bank.stat().st_mtime_ns, file_digest(bank)
    prepared(recipe, recipe.recipe.ablate, bank.parent, None)
    assert (bank.stat().st_mtime_ns, file_digest(bank)) == before
    bank.write_text("")  # by a hand that slipped
    prepared(recipe, recipe.recipe.ablate, bank.parent, None)
    assert file_digest(bank) == before[1]


def test_a_bank_of_which_hardly_a_row_is_left_is_refused(recipe: LoadedRecipe, tmp_path: Path) -> None:
    changes = {"corpus.limit": 25, "corpus.test_share": 0.7, "run.name": "few"}
    few = with_changes(recipe, changes, "test")
    with pytest.raises(InputError, match=r"only \d+ rows are not held out\. Lower corpus\.test_share"):
        prepared(few, few.recipe.ablate, tmp_path, None)
