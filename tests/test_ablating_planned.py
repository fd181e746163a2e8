"""A plan of an ablation before anything is trained: no server is asked, and what takes longer is reckoned as longer."""

from __future__ import annotations

from pathlib import Path

import pytest

from residency.ablation.plan import ArmRow
from residency.core.runs import is_finished
from residency.flow.ablating.cell import cell_folder
from residency.flow.ablating.planned import planned
from residency.flow.ablating.run import Ablation, opened
from residency.flow.recipe import load_recipe
from tests.small_ablations import write_ablation

NOWHERE = "http://127.0.0.1:9/v1"
"""Where nothing listens: asking it is an error."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path, small_bank: Path) -> Path:
    folder = tmp_path_factory.mktemp("planned")
    write_ablation(folder, tiny_model, small_bank)
    return folder


def open_(folder: Path, *overrides: str, questions: tuple[str, ...] = ()) -> Ablation:
    loaded = load_recipe(folder / "recipe.toml", overrides=[f"run.folder={folder / 'runs'}", *overrides])
    return opened(loaded, questions=questions)


def test_a_plan_asks_no_server_and_names_those_that_trainings_would(folder: Path) -> None:
    teacher = ["teacher.backend=server", f"teacher.server={NOWHERE}"]
    judge = f'evaluate.judge={{server="{NOWHERE}", server_model="judge"}}'
    ablation = open_(folder, "run.name=served", "ablate.seeds=1", *teacher, judge)
    assert not ablation.base.recipe.evaluate.judge.server, "every arm's answers would be paid for"
    plan = planned(ablation)
    asked, judged = plan.notes
    assert f"teacher ({NOWHERE})" in asked and "A plan asks none" in asked
    assert judged == "The judge of [evaluate] is not asked: arms are graded by rules alone."
    own = cell_folder(ablation.folder, ablation.plans()[0].name)
    assert is_finished(own, "grounding") and not is_finished(own, "teacher")
    assert len(plan.arms) == 3 and plan.axes and not plan.measured


def test_more_pairs_own_samples_and_online_tuning_are_reckoned_with(folder: Path) -> None:
    overrides = ["ablate.seeds=1", "pairs.on_policy=0"]
    ablation = open_(folder, *overrides, questions=("preference",))
    plan = planned(ablation)
    rows: dict[str, ArmRow] = {
        arm: row for row in plan.arms for question, arm in row.serves if question == "preference"
    }
    assert rows["pairs_1000"].minutes >= rows["pairs_300"].minutes >= rows["pairs_100"].minutes > 0
    assert rows["on_policy"].own["pairs"] > rows["dpo"].own.get("pairs", 0.0)
    assert plan.notes == () and not plan.measured
