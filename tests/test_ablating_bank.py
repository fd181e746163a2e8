"""What an ablation asks, and for how long its arms train: nothing of the recipe's test, and the same for all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from residency.core.errors import InputError
from residency.core.files import file_digest, read_json, write_json
from residency.core.stage import Silent
from residency.evaluation.run import collect
from residency.evaluation.settings import EvaluateSettings
from residency.evaluation.sources import sources_of
from residency.flow.ablating.bank import prepared
from residency.flow.ablating.holding import held, units
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


def planted(folder: Path, **parts: Any) -> Path:
    """A cell's folder with the figures that are looked at."""
    if "tokens" in parts:
        train = {"tokens": parts["tokens"], "labelled": parts.get("labelled", 0)}
        write_json(folder / "compile" / "manifest.json", {"counts": {"train": train}})
    for name in ("sft", "preference"):
        if name in parts:
            rows = [{"epoch": 0, "step": 0, "eval_loss": 3.0}]
            rows += [{"epoch": epoch, "loss": 1.0, "tokens": float(tokens)} for epoch, tokens in parts[name]]
            (folder / name).mkdir(parents=True, exist_ok=True)
            (folder / name / "log.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
            settings = {"preference": parts.get("settings", {})}
            told = {"counts": {"steps": len(parts[name])}, "parts": {"settings": settings}}
            write_json(folder / name / "manifest.json", told)
    if "pairs" in parts:
        write_json(folder / "pairs" / "manifest.json", {"counts": {"pairs": parts["pairs"]}})
    if "start" in parts:
        write_json(folder / "recipe.json", {"values": {"preference": {"start": parts["start"]}}})
    if "units" in parts:
        write_json(folder / "cell.json", {"units": parts["units"]})
    return folder


def test_steps_and_learnt_tokens_are_held_by_hand_computed_values(tmp_path: Path) -> None:
    like = planted(tmp_path / "like", tokens=4000, labelled=900, sft=[(0.5, 2000), (1.0, 2000), (1.5, 2000)])
    cell = planted(tmp_path / "cell", tokens=5000, labelled=600)
    # 1.5 passes over 4,000 tokens are 6,000: 1.2 passes over 5,000, and a quarter more as room.
    assert held("steps", cell, like, "sft", 0.0) == {"sft.epochs": 1.5, "sft.max_steps": 3}
    # 1.5 passes over 900 learnt tokens are 1,350: 2.25 passes over 600.
    assert held("labelled_tokens", cell, like, "sft", 0.0) == {"sft.epochs": 2.25}
    assert held("nothing", cell, like, "sft", 0.0) == {}


def test_computing_is_held_by_hand_computed_values(tmp_path: Path) -> None:
    settings = {"start": "sft", "epochs": 2.0, "batch_pairs": 2}
    pairs = [(0.5, 600), (1.0, 600), (1.5, 600), (2.0, 600)]  # 300 a pair
    like = planted(tmp_path / "like", tokens=4000, sft=[(1.0, 9600)], preference=pairs, settings=settings, units=12000)
    # 9,600 by SFT; 2,400 on pairs; these read once by the reference, 1,200, at a third of a step's work.
    assert units(like, "final") == pytest.approx(9600 + 2400 + 1200 / 3)
    assert (units(like, "sft"), units(like, "base")) == (9600, 0)
    longer = planted(tmp_path / "longer", tokens=5000)
    assert held("compute", longer, like, "sft", 0.0) == {"sft.epochs": 2.4}
    assert held("compute", longer, like, "sft", 2000.0) == {"sft.epochs": 2.0}  # it starts from what took 2,000
    other = planted(tmp_path / "other", tokens=4000, sft=[(1.0, 3000)], pairs=10, start="sft")
    # 9,000 are left for 10 pairs of 300 tokens: three times as much, less the third that the reference reads.
    assert held("compute", other, like, "final", 0.0) == {"preference.epochs": pytest.approx(3 - 1 / 3, abs=1e-4)}
    orpo = planted(tmp_path / "orpo", tokens=4000, sft=[(1.0, 3000)], pairs=10, start="base")
    assert held("compute", orpo, like, "final", 0.0) == {"preference.epochs": 4.0}  # no SFT, no reference


def test_an_arm_with_no_pairs_trains_as_it_would(tmp_path: Path) -> None:
    like = planted(tmp_path / "like", tokens=4000, sft=[(1.0, 4000)], units=4000)
    cell = planted(tmp_path / "cell", tokens=4000, sft=[(1.0, 4000)], pairs=0, start="sft")
    assert held("compute", cell, like, "final", 0.0) == {}
    assert read_json(like / "cell.json") == {"units": 4000}
