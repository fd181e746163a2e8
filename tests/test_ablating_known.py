"""An ablation of a bank that holds conversations of its own, whose base model is asked what it knows."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from residency.ablation.analysis.standing import moved, stands
from residency.ablation.question import standard_questions
from residency.core.files import read_json, write_json
from residency.flow.ablating.cell import CELLS, cell_folder
from residency.flow.ablating.planned import planned
from residency.flow.ablating.run import Ablation, opened, trained
from residency.flow.ablating.telling import told
from residency.flow.ablating.training import train
from residency.flow.recipe import load_recipe
from residency.mix.settings import MixSettings
from tests.conftest import EXAMPLES, read_rows, write_tiny_recipe

OWN, TALKS = "conversation", 40
DEFAULTS = MixSettings().shares
ASKED = """
[knowledge]
dev_questions = 6
exemplar_sets = 2
shots = 1
samples = 1
max_new_tokens = 4

[ablate]
questions = ["dialogues"]
proxies = ["MODEL"]
seeds = 1
examples = 60
knowledge = 6
max_items = 4
max_new_tokens = 16
"""


def write(folder: Path, model: Path, bank: Path, talks: int = TALKS) -> None:
    """Write a recipe that names no shares, over a bank with so many conversations of its own, to ``folder``."""
    write_tiny_recipe(folder, model, bank)
    recipe = folder / "recipe.toml"
    text = recipe.read_text().replace("max_steps = 6", "max_steps = 2").replace("evaluations = 2", "evaluations = 1")
    text = text.replace('questions.jsonl"]', f'questions.jsonl", "{folder / "talks.jsonl"}"]')
    recipe.write_text(text + ASKED.replace("MODEL", str(model)))
    rows = [row for row in read_rows(EXAMPLES / "open.jsonl") if row["topic"] not in ("hernia", "burns")]
    with (folder / "talks.jsonl").open("w", encoding="utf-8") as file:
        for number in range(talks):
            said = [text for row in rows[2 * number : 2 * number + 2] for text in (row["question"], row["answer"])]
            turns = [{"role": ("user", "assistant")[place % 2], "content": text} for place, text in enumerate(said)]
            file.write(json.dumps({"id": f"talk-{number}", "topic": "other", "messages": turns}) + "\n")


def open_(folder: Path, *overrides: str, **options: Any) -> Ablation:
    return opened(
        load_recipe(folder / "recipe.toml", overrides=[f"run.folder={folder / 'runs'}", *overrides]), **options
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path, small_bank: Path) -> Path:
    found = tmp_path_factory.mktemp("known")
    write(found, tiny_model, small_bank)
    return found


def serving(ablation: Ablation, question: str, arm: str) -> Any:
    return next(cell for cell in ablation.plans() if (question, arm) in cell.serves)


def test_an_arm_that_sets_a_share_keeps_the_banks_own_conversations_in_proportion(folder: Path) -> None:
    ablation = open_(folder, questions=["dialogues", "grounding"])
    shares = ablation.base.recipe.mix.shares
    assert shares[OWN] == pytest.approx(0.1, abs=1e-3) and sum(shares.values()) == pytest.approx(1, abs=1e-3)
    assert shares["open"] == pytest.approx(0.9 * DEFAULTS["open"], abs=1e-3)
    over = serving(ablation, "grounding", "ten").changes["mix.shares"]
    assert over[OWN] / over["open"] == pytest.approx(shares[OWN] / shares["open"], rel=0.01)
    assert not serving(ablation, "dialogues", "none").changes["mix.shares"][OWN]
    # What is suggested is what was trained: the conversations' share is written with the others.
    question = next(one for one in standard_questions() if one.name == "grounding")
    assert moved(question.arm("ten"), ablation.values)["mix.shares"] == over
    assert stands(question.arm("recipe"), ablation.values)


@pytest.mark.parametrize("own", ["named", "none"])
def test_shares_that_are_named_or_a_bank_without_conversations_stay_as_they_are(
    own: str, tmp_path: Path, tiny_model: Path, small_bank: Path
) -> None:
    write(tmp_path, tiny_model, small_bank, talks=TALKS if own == "named" else 0)
    named = {"mcq": 0.33333, "open": 0.66667}
    override = f"mix.shares={{mcq = {named['mcq']}, open = {named['open']}}}"
    ablation = open_(tmp_path, *([override] if own == "named" else []))
    assert ablation.base.recipe.mix.shares == (named if own == "named" else DEFAULTS)


def test_a_few_conversations_make_no_recipes_mix_small(tmp_path: Path, tiny_model: Path, small_bank: Path) -> None:
    write(tmp_path, tiny_model, small_bank, talks=6)
    ablation = open_(tmp_path)
    kept = read_rows(tmp_path / "runs" / "tiny" / "corpus" / "kept.jsonl")
    count = {
        kind: sum(row["kind"] == kind and row["split"] == "train" for row in kept) for kind in ("mcq", "open", OWN)
    }
    share = ablation.base.recipe.mix.shares[OWN]
    assert 0 < share < 0.1 and count[OWN] / share >= min(count["mcq"] / 0.2, count["open"] / 0.28, 40) - 1


def test_the_base_model_is_asked_in_a_full_run_alone_and_as_often_as_the_recipe_says(folder: Path) -> None:
    assert open_(folder).base.recipe.knowledge.questions == 6
    assert open_(folder, "knowledge.questions=3").base.recipe.knowledge.questions == 3
    assert open_(folder, "ablate.knowledge=0").base.recipe.knowledge.questions == 0
    quick = open_(folder, quick=True)
    assert quick.base.recipe.knowledge.questions == 0
    names = {cell.name for cell in quick.plans()}
    assert names == {cell.name for cell in open_(folder, "ablate.knowledge=9", quick=True).plans()}
    assert ("dialogues", "known_facts") not in {one for cell in quick.plans() for one in cell.serves}
    full = open_(folder)
    arm = next(one for one in full.questions[0].arms if one.name == "known_facts")
    assert serving(full, "dialogues", "known_facts").changes["mix.unknown"] == "leave_out"
    # The recipe itself asks nothing: what is suggested has it asked.
    assert moved(arm, full.values) == {"mix.unknown": "leave_out", "knowledge.questions": 6}


def test_a_plan_has_the_minutes_of_asking_and_asks_nothing_and_a_run_asks_once(folder: Path, tiny_model: Path) -> None:
    arms = ["none", "known_facts", "none_known_facts"]
    ablation = open_(folder, arms=arms)
    plan = planned(ablation)
    assert [row.own.get("knowledge", 0) > 0 for row in plan.arms] == [True, False, False, False]
    cells = ablation.folder / CELLS
    assert not list(cells.glob("*/knowledge/answers-greedy.jsonl"))
    train(ablation)
    runs = trained(ablation)
    first = cell_folder(ablation.folder, runs[0].cell)
    assert "grounding" in runs[0].borrowed, "the plan's data stages are taken over"
    known = read_json(first / "knowledge" / "manifest.json")["counts"]
    assert known["asked"] == 12 and known["undecided"] == 12, "a random model knows no more than luck gives"
    # So that no fact is known or unknown, and the arms without unknown facts would be the others once more.
    assert [one.arm for one in runs] == ["recipe", "none"]
    assert "knowledge" in runs[1].borrowed
    why = {arm: reason for (_, arm), reason in ablation.why.items()}
    assert why["known_facts"] == why["none_known_facts"] and "no fact was found" in why["known_facts"]
    metrics = {name for item in runs[0].results for name in item["metrics"]}
    assert "knowledge.confident_wrong" in metrics and "knowledge.known_confident_wrong" not in metrics
    kinds = {one.arm: one.counts["kinds"] for one in runs}
    assert kinds["recipe"][OWN] > 0 and not kinds["none"].get(OWN)
    page, (answer,) = told(ablation, candidates=False)[:2]
    verdicts = {one.metric: one.verdict for one in answer.contrasts if one.arm == "none"}
    assert verdicts["knowledge.known_confident_wrong"] == "undecided" and "no fact was found" in page.read_text()
    assert planned(ablation).arms[0].finished == 1
    done = {(one.question, one.arm) for one in runs}
    # A model that another arm left, and that was asked too, says nothing of what the proxy knew.
    other = cells / "other"
    shutil.copytree(first, other)
    manifest = read_json(other / "knowledge" / "manifest.json")
    own, manifest["counts"] = manifest["parts"]["settings"]["model"], {"asked": 12, "unknown": 7}
    for model, left in (("merged", True), (str(tiny_model), False)):
        own["name"] = model
        write_json(other / "knowledge" / "manifest.json", manifest)
        assert ({one for cell in ablation.plans() for one in cell.serves} == {*done}) == left
