"""What an ablation leaves: a training that fails, an arm that is behind where the time is short, an arm that the recipe
does not allow. Each with its reason, for whoever concludes."""

from __future__ import annotations

import errno
import json
import shutil
import weakref
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from residency.cli.app import main
from residency.core.errors import RecipeError
from residency.core.files import read_json
from residency.flow.ablating import cell as cells_of
from residency.flow.ablating.facts import facts_of
from residency.flow.ablating.run import Ablation, opened, trained
from residency.flow.ablating.telling import concluded
from residency.flow.ablating.training import train
from residency.flow.locking import locked
from residency.flow.recipe import load_recipe
from residency.flow.runner import run_recipe
from tests.conftest import read_rows
from tests.small_ablations import write_ablation

ONE = "ablate.seeds=1"


def open_(folder: Path, *overrides: str, **options: Any) -> Ablation:
    return opened(
        load_recipe(folder / "recipe.toml", overrides=[f"run.folder={folder / 'runs'}", *overrides]), **options
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path, small_bank: Path) -> Path:
    """Three arms, of which the first of two rounds is done."""
    folder = tmp_path_factory.mktemp("left")
    write_ablation(folder, tiny_model, small_bank)
    bank = folder / "questions.jsonl"
    shutil.copy(small_bank / "questions.jsonl", bank)
    recipe = folder / "recipe.toml"
    recipe.write_text(recipe.read_text().replace(str(small_bank / "questions.jsonl"), "questions.jsonl"))
    train(open_(folder, ONE))
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A copy, to change."""
    shutil.copytree(made, tmp_path / "own")
    return tmp_path / "own"


class OutOfMemoryError(RuntimeError):
    """As torch's is called."""


class Held:
    """What a training holds when it fails."""


@pytest.mark.parametrize(
    ("fault", "told_as"),
    [
        (OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB"), "out of memory"),
        (ValueError("a matrix\nof no use"), "ValueError: a matrix of no use"),
    ],
)
def test_a_fault_that_nobody_foresaw_ends_no_other_training_and_holds_no_memory(
    fault: Exception, told_as: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ablation, held = open_(folder, ONE), list[weakref.ref[Held]]()
    _, untagged, slow = ablation.plans()
    for cell in (untagged, slow):
        (cells_of.cell_folder(ablation.folder, cell.name) / "cell.json").unlink()

    def failing(loaded: Any, *rest: Any, **more: Any) -> Any:
        if loaded.recipe.run.name == untagged.name:
            model = Held()
            held.append(weakref.ref(model))
            raise fault
        if loaded.recipe.run.name == slow.name:
            assert [one() for one in held] == [None], "what failed takes the next one's memory"
        return run_recipe(loaded, *rest, **more)

    monkeypatch.setattr("residency.flow.ablating.cell.run_recipe", failing)
    assert main(["ablate", str(folder / "recipe.toml"), "--set", f"run.folder={folder / 'runs'}", "--seeds", "1"]) == 2
    said = capsys.readouterr()
    assert len(held) == 1, "a command tries a training once"
    assert {
        f"{untagged.name}: {told_as}",
        f"failed: {untagged.name}. The same command tries them again",
    } <= set(said.err.splitlines())
    assert "report: " in said.out and "error: " not in said.err
    assert [one.arm for one in trained(ablation)] == ["recipe", "slow"]


@pytest.mark.parametrize("fault", [KeyboardInterrupt(), OSError(errno.ENOSPC, "No space left on device")])
def test_a_stop_and_a_full_disk_end_the_command(
    fault: BaseException, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ablation, tried = open_(folder, ONE), list[str]()
    for cell in ablation.plans():
        (cells_of.cell_folder(ablation.folder, cell.name) / "cell.json").unlink()

    def failing(loaded: Any, *rest: Any, **more: Any) -> Any:
        tried.append(loaded.recipe.run.name)
        raise fault

    monkeypatch.setattr("residency.flow.ablating.cell.run_recipe", failing)
    with pytest.raises(type(fault)):
        train(ablation)
    assert len(tried) == 1 and ablation.failed == []


def scored(folder: Path, exam: dict[str, float]) -> None:
    """Give every question of the exam this value, by arm."""
    for path in (folder / "runs" / "tiny" / "ablate" / "cells").glob("*/cell.json"):
        file = path.parent / read_json(path)["measured"] / "scores-arm.jsonl"
        rows = [json.loads(line) for line in file.read_text().splitlines()]
        value = next((value for arm, value in exam.items() if arm in path.parent.name), 0.5)
        for row in rows:
            if "exam.accuracy_strict" in row["metrics"]:
                row["metrics"]["exam.accuracy_strict"] = value
        file.write_text("".join(json.dumps(row) + "\n" for row in rows))


def hours(ablation: Ablation, trainings: float) -> float:
    """Of so many trainings, at the median of those that are done."""
    took = [sum(one.told["seconds"].values()) for cell in ablation.plans() if (one := ablation.done(cell)) is not None]
    return trainings * float(sorted(took)[1]) / 3600


@pytest.mark.parametrize(
    ("exam", "lasts_for", "untagged"),
    [
        ({"untagged": 0.1, "slow": 0.9}, 3.2, 2),  # far behind, and there is time
        ({"untagged": 0.48, "slow": 0.5}, 2.5, 1),  # a tie for all that one training of each shows, and there is none
    ],
)
def test_arms_that_are_behind_are_left_where_the_budget_does_not_last_and_only_there(
    folder: Path, exam: dict[str, float], lasts_for: float, untagged: int
) -> None:
    scored(folder, exam)
    ablation, said = open_(folder), list[str]()
    train(ablation, hours=hours(ablation, lasts_for), say=said.append, clock=lambda: 0.0)
    assert Counter(one.arm for one in trained(ablation)) == {"recipe": 2, "untagged": untagged, "slow": 2}
    later = open_(folder)
    told = [note for one in concluded(later, trained(later)) for note in one.notes if "Trained no further" in note]
    if untagged == 2:
        assert later.why == {} and not told
        return
    why = later.why["asked", "untagged"]
    assert why.startswith("not among the better half after 1 training, and the budget did not last for it, though its")
    assert f"asked: untagged is left: {why}" in said
    assert told == [f"Trained no further: no tags ({why})."]


def test_what_another_process_takes_is_not_left_for_want_of_time(folder: Path) -> None:
    scored(folder, {"untagged": 0.1, "slow": 0.9})
    ablation, said = open_(folder), list[str]()
    control = next(cell for cell in ablation.plans() if cell.repeat == 1)
    with locked(ablation.folder / cells_of.LOCKS / control.name):
        now = iter([0.0] * 12)
        train(
            ablation,
            hours=hours(ablation, 2.0),
            say=said.append,
            clock=lambda: next(now, 1e6),  # after the looks at it no time is left, and it is not waited for
            pause=lambda seconds: None,
        )
    assert not [line for line in said if "is left" in line]


def test_of_which_kinds_there_are_examples_is_told_by_what_was_built_for_this_recipe(folder: Path) -> None:
    ablation = open_(folder, ONE, "mix.shares={mcq=0.5, open=0.5}")
    cells = [path for path in (ablation.folder / "cells").iterdir() if path.is_dir()]
    kinds = facts_of(ablation.base, ablation.settings.proxies, cells).kinds
    assert kinds is not None and set(kinds) > {"conversation", "tool", "safety", "insufficient"}
    assert kinds["dialogue"] > 0 and kinds["context"] > 0, "the recipe names no share of them"
    assert kinds["conversation"] == 0
    other = open_(folder, ONE, "grounding.variants=3")
    assert facts_of(other.base, other.settings.proxies, cells).kinds is None, "made with other settings"


def test_pairs_that_a_smaller_bank_or_another_round_gave_leave_no_arm_out(folder: Path) -> None:
    few = open_(folder, ONE, "pairs.on_policy=0", "pairs.max_pairs=5000")
    recipe = few.plans()[0]
    run_recipe(cells_of.of_cell(few.base, recipe, few.folder), "pairs")
    cells = [cells_of.cell_folder(few.folder, recipe.name)]
    proxies = few.settings.proxies
    pairs = facts_of(few.base, proxies, cells).pairs
    assert pairs is not None and 0 < pairs < 5000
    again = open_(folder, ONE, "pairs.on_policy=0", "pairs.max_pairs=9")
    assert facts_of(again.base, proxies, cells).pairs == pairs, "how many are asked for does not make them more"
    manifest = cells[0] / "pairs" / "manifest.json"
    kept = read_json(manifest)
    manifest.write_text(json.dumps(kept | {"parts": kept["parts"] | {"seed": 5}}))
    assert facts_of(few.base, proxies, cells).pairs is None, "another round's"
    manifest.write_text(json.dumps(kept))
    bank = folder / "questions.jsonl"
    rows = read_rows(bank)
    more = [row | {"id": f"more-{row['id']}", "question": f"Once more, {row['question']}"} for row in rows]
    bank.write_text("".join(json.dumps(row) + "\n" for row in [*rows, *more]))
    enlarged = open_(folder, ONE, "pairs.on_policy=0", "pairs.max_pairs=5000")
    assert facts_of(enlarged.base, proxies, cells).pairs is None


def test_a_standard_arm_that_the_recipe_does_not_allow_is_left_out_and_ones_own_is_a_fault(folder: Path) -> None:
    names = "mcq citation_recall citation_precision abstention context facts form mode".split()
    nothing = ", ".join(f"{name}=0" for name in names)
    weights = f"preference.online.weights={{{nothing}}}"  # a recipe that tunes on pairs may say so, and GRPO not
    ablation = open_(folder, ONE, weights, questions=["preference"])
    served = {arm for cell in ablation.plans() for _, arm in cell.serves}
    assert "grpo" not in served and {"dpo", "sft_longer", "kto"} <= served
    assert ablation.left["preference", "grpo"].startswith("the recipe does not allow it: preference: ")
    question = folder / "question.toml"
    own = '\n[[arms]]\nname = "grpo"\nsays = "GRPO"\nset = { "preference.method" = "grpo" }\nmeasures = "final"\n'
    question.write_text(question.read_text() + own)
    with pytest.raises(RecipeError, match="weights"):
        open_(folder, ONE, weights).plans()
    shares = open_(folder, ONE, "mix.shares={dialogue=1.0}", questions=["dialogues"])
    served = {arm for cell in shares.plans() for _, arm in cell.serves}
    assert "twenty" not in served and "recipe" in served
    assert "no other kind has a share" in shares.left["dialogues", "twenty"]
