"""A whole ablation on the tiny model: what is shared is made once, a kill costs nothing that was done, processes share
the trainings, and what is told is of the recipe as it stands."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

import residency
from residency.cli.app import main
from residency.core.errors import InputError
from residency.core.files import file_digest, folder_digests, read_json, write_json
from residency.flow.ablating import cell as cells_of
from residency.flow.ablating.cell import asked_of
from residency.flow.ablating.run import Ablation, opened, trained
from residency.flow.ablating.telling import told
from residency.flow.ablating.training import BUSY, SHORT, train
from residency.flow.locking import locked
from residency.flow.recipe import load_recipe
from residency.flow.runner import run_recipe
from tests.small_ablations import ARMS, Told, write_ablation
from tests.tiny_experts import tiny_gpt_oss, tiny_qwen3_moe  # noqa: F401  (fixtures)
from tests.training_runs import Died

GROUNDED = "grounding/conversations.jsonl"
SEED_FREE = ("corpus", "index", "dialogue", "grounding", "knowledge", "teacher")


def open_(folder: Path, *overrides: str, **options: Any) -> Ablation:
    return opened(
        load_recipe(folder / "recipe.toml", overrides=[f"run.folder={folder / 'runs'}", *overrides]), **options
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path, small_bank: Path) -> tuple[Path, list[Told]]:
    """A finished ablation of three arms and two seeds that was killed once, and what its two commands told."""
    folder = tmp_path_factory.mktemp("ablation")
    write_ablation(folder, tiny_model, small_bank)
    killed, after = Told("asked-untagged", "sft"), Told()
    with pytest.raises(Died):
        train(open_(folder, watcher=killed), watcher=killed)
    train(open_(folder, watcher=after), watcher=after)
    return folder, [killed, after]


@pytest.fixture
def folder(made: tuple[Path, list[Told]], tmp_path: Path) -> Path:
    """A copy of the finished ablation, to change."""
    shutil.copytree(made[0], tmp_path / "own")
    return tmp_path / "own"


def scores(ablation: Ablation) -> dict[str, list[Any]]:
    """The cells' results, item by item."""
    return {one.cell: list(one.results) for one in trained(ablation)}


def test_every_arm_is_trained_and_measured_with_every_seed(made: tuple[Path, list[Told]]) -> None:
    ablation = open_(made[0])
    runs = trained(ablation)
    assert [(one.arm, one.repeat) for one in runs] == [
        (arm, repeat) for repeat in (0, 1) for arm in ("recipe", "untagged", "slow")
    ]
    assert len({tuple(item["id"] for item in one.results) for one in runs}) == 1 and len(runs[0].results) > 8
    steps = {one.arm: {run.counts["steps"] for run in runs if run.arm == one.arm} for one in runs}
    assert steps == {"recipe": {2}, "untagged": {2}, "slow": {2}}
    page, answers, _ = told(ablation)
    assert page.is_file() and [one.question.name for one in answers] == ["asked"]
    assert {one.repeats for one in answers[0].contrasts} == {2}


def test_shared_stages_run_once_and_a_kill_costs_nothing_that_was_done(made: tuple[Path, list[Told]]) -> None:
    killed, after = made[1]
    both = [*killed.ends, *after.ends]
    for stage in SEED_FREE:
        assert [run for run, name, status in both if (name, status) == (stage, "ran") and run != "tiny"] == [
            both[1][0]
        ], stage
    # Two arms of one mix share it; each has a training of its own, and each training was done once.
    assert [len(killed.ran(stage)) + len(after.ran(stage)) for stage in ("mix", "compile", "sft", "measure")] == [
        4,
        4,
        6,
        6,
    ]
    assert len(set(killed.ran("sft") + after.ran("sft"))) == 6
    slow = next(one for one in trained(open_(made[0])) if one.arm == "slow")
    assert set(SEED_FREE) | {"mix", "compile"} <= set(slow.borrowed) and set(slow.seconds) == {"sft", "evaluate"}


def test_a_finished_ablation_trains_nothing_more(folder: Path) -> None:
    ablation, again, said = open_(folder), Told(), list[str]()
    before = folder_digests(ablation.folder, frozenset({".lock"}))
    train(ablation, watcher=again, say=said.append)
    assert (again.ends, said) == ([], [])
    assert folder_digests(ablation.folder, frozenset({".lock"})) == before


def test_only_what_a_change_of_the_recipe_reaches_is_made_anew(folder: Path) -> None:
    changed, again = open_(folder, "sft.lora.r=4", "ablate.seeds=1"), Told()
    assert trained(changed) == []
    with pytest.raises(InputError, match=r"were changed since, and no training is done\. Type: residency ablate"):
        told(changed, command="residency ablate recipe.toml")
    train(changed, watcher=again)
    assert {stage for _, stage, status in again.ends if status == "ran"} == {"sft", "measure"}
    assert len(again.ran("sft")) == 3
    beside, quiet = open_(folder, "sft.lora.r=4", "ablate.seeds=1", "pairs.max_pairs=7"), Told()
    train(beside, watcher=quiet)  # a change that reaches no training
    assert not [one for one in quiet.ends if one[2] == "ran"] and len(trained(beside)) == 3


def test_what_a_training_was_held_equal_to_decides_whether_it_is_done(folder: Path) -> None:
    """An arm that sets a value itself is as it was when the recipe's changes; the control whose steps it is given is
    not."""
    question = folder / "question.toml"
    question.write_text(question.read_text().replace('"mix.tagged" = 0.0', '"mix.tagged" = 0.0, "sft.warmup" = 0.2'))
    before, after = (open_(folder, f"sft.warmup={share}", "ablate.seeds=1") for share in (0.05, 0.1))
    recipe, untagged, _ = before.plans()
    assert [one.name for one in after.plans()][:2] == [recipe.name, untagged.name]
    alone = [asked_of(one.base, untagged) for one in (before, after)]
    assert alone[0] == alone[1], "its own values are the same"
    assert before.asked(untagged) != after.asked(untagged)


def test_what_an_older_version_did_not_count_is_counted_without_a_training(folder: Path) -> None:
    ablation, again = open_(folder, "ablate.seeds=1"), Told()
    own = cells_of.cell_folder(ablation.folder, ablation.plans()[0].name) / cells_of.DONE
    now = read_json(own)
    counts = {name: value for name, value in now["counts"].items() if name != "kept_step"}
    write_json(own, now | {"asked": "otherwise", "counts": counts})
    train(ablation, watcher=again)
    assert read_json(own) == now and not [one for one in again.ends if one[2] == "ran"]


def test_what_another_process_holds_is_passed_over_told_and_looked_at_again(folder: Path) -> None:
    ablation, said, looks = open_(folder, "ablate.seeds=1"), list[str](), list[float]()
    recipe, untagged, slow = ablation.plans()
    for cell in (recipe, untagged, slow):
        (cells_of.cell_folder(ablation.folder, cell.name) / cells_of.DONE).unlink()
    with ExitStack() as held:
        held.enter_context(locked(ablation.folder / cells_of.LOCKS / recipe.name))

        def pause(seconds: float) -> None:
            looks.append(seconds)
            assert ablation.done(slow) is not None  # what needs nothing was made meanwhile
            assert ablation.done(untagged) is None
            if len(looks) == 2:
                held.close()

        train(ablation, say=said.append, pause=pause)
    assert len(looks) == 2 and len(trained(ablation)) == 3
    assert said.count(f"{recipe.name}: {BUSY}") == 1
    assert [line for line in said if line.startswith("waiting")] == [
        f"waiting: other processes are at {recipe.name}, {untagged.name}, or at what these need"
    ]


def test_what_does_not_move_is_not_waited_for(folder: Path) -> None:
    ablation, now = open_(folder, "ablate.seeds=1"), [0.0]
    recipe, untagged, _ = ablation.plans()
    for cell in (recipe, untagged):
        (cells_of.cell_folder(ablation.folder, cell.name) / "cell.json").unlink()

    def pause(seconds: float) -> None:
        now[0] += 700

    with locked(ablation.folder / cells_of.LOCKS / recipe.name):
        train(ablation, clock=lambda: now[0], pause=pause)
    assert 3600 <= now[0] < 3600 + 2 * 700
    assert ablation.why == {("asked", "recipe"): BUSY, ("asked", "untagged"): BUSY}
    assert [one.arm for one in trained(ablation)] == ["slow"]


def test_a_budget_of_nearly_nothing_trains_nothing(folder: Path) -> None:
    ablation = open_(folder)
    for path in ablation.folder.glob("cells/*-1/cell.json"):
        path.unlink()
    again = Told()
    train(ablation, hours=1e-6, watcher=again)
    assert again.ran("sft") == again.ran("measure") == []
    assert len(trained(ablation)) == 3
    first = open_(folder, "ablate.seeds=1", "sft.lora.r=5")
    train(first, hours=1e-6, watcher=again)  # nothing is done: the plan alone says how long it takes
    assert again.ran("sft") == [] and first.why["asked", "recipe"] == SHORT


def test_a_training_that_fails_ends_no_other(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ablation, said = open_(folder, "ablate.seeds=1"), list[str]()
    _, untagged, slow = ablation.plans()
    for cell in (untagged, slow):
        own = cells_of.cell_folder(ablation.folder, cell.name)
        (own / "cell.json").unlink()

    def failing(loaded: Any, *rest: Any, **more: Any) -> Any:
        if loaded.recipe.run.name == untagged.name:
            raise InputError("planted", "here")
        return run_recipe(loaded, *rest, **more)

    monkeypatch.setattr("residency.flow.ablating.cell.run_recipe", failing)
    train(ablation, say=said.append)
    assert ablation.why == {("asked", "untagged"): "it failed: planted"}
    assert [one.arm for one in trained(ablation)] == ["recipe", "slow"]
    assert f"{untagged.name}: here: planted" in said
    assert said[-1] == f"failed: {untagged.name}. The same command tries them again"
    later = open_(folder, "ablate.seeds=1")
    later.plans()
    assert later.why == {("asked", "untagged"): "it failed: planted"}, "who concludes later is told why"
    other = open_(folder, "ablate.seeds=1", "sft.lora.r=4")
    other.plans()
    assert other.why == {}, "of another recipe it says nothing"


def test_one_arm_is_trained_with_what_it_needs(folder: Path) -> None:
    shutil.rmtree(folder / "runs" / "tiny" / "ablate" / "cells")
    ablation = open_(folder, "ablate.seeds=1", arms=["slow"])
    assert [one.serves for one in ablation.plans()] == [(("asked", "recipe"),), (("asked", "slow"),)]


def command(folder: Path, *more: str) -> int:
    return main(["ablate", str(folder / "recipe.toml"), "--set", f"run.folder={folder / 'runs'}", *more])


def test_programs_and_people_are_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(folder, "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert [one["question"] for one in answer["answers"]] == ["asked"] and answer["kept"] is None
    assert Path(answer["report"]).is_file()
    assert command(folder, "--plan", "--json") == 0
    plan = json.loads(capsys.readouterr().out)
    assert plan["format"] == "residency-ablation-plan"
    assert [(row["repeats"], row["finished"], row["minutes"]) for row in plan["arms"]] == [(2, 2, 0)] * 3
    recipe = (folder / "recipe.toml").read_bytes()
    if not answer["changes"]:
        assert command(folder, "--apply") == 0
        assert "nothing is suggested: the recipe stays as it is" in capsys.readouterr().out
    assert (folder / "recipe.toml").read_bytes() == recipe


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--questions", "nothing"], "--questions: there is no question 'nothing'. There are dialogues, preference,"),
        (["--arm", "nothing"], "--arm: no question has an arm 'nothing'. There are recipe, slow, untagged"),
        (["--quick", "--seeds", "3"], "--seeds: a quick run trains each arm once. Leave out --quick, or --seeds"),
        (["--quick", "--arm", "slow"], "--arm: a quick run leaves the arm slow out. Leave out --quick"),
        (["--proxy", "./nowhere"], "./nowhere"),
        (["--pilot", "./big"], "--pilot: pilots are arms of the question 'bases'. Add bases to --questions"),
        (["--plan", "--apply"], "--apply: --plan trains nothing that could be applied. Leave one of them out"),
        (["--budget", "0"], "--budget: in 0 hours nothing is trained. Give hours, as --budget 6"),
        (["--report", "--apply"], "--report: --plan writes no report, and --apply writes it too. Give one of them"),
        (["--quick", "--apply"], "no training is done. Type: residency ablate "),
        (["--set", "sft.lora.r=3", "--apply"], "were changed since, and no training is done"),
        (["--set", 'ablate.own=["nowhere.toml"]'], "no such file or folder: "),
    ],
)
def test_what_cannot_be_done_is_one_line(
    made: tuple[Path, list[Told]], arguments: list[str], line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(made[0], *arguments, "--json") == 2
    said = capsys.readouterr()
    assert line in json.loads(said.out)["error"]
    assert len([one for one in said.err.splitlines() if one.startswith("error: ")]) == 1


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ('name = "asked"', "name = ", "the question cannot be read ("),
        ('control = "recipe"', 'control = "other"', "the control 'other' is no arm; there are recipe, untagged, slow"),
        ('"sft.learning_rate"', '"sft.learning_rat"', "sft.learning_rat"),
    ],
)
def test_a_fault_in_a_question_of_ones_own_is_told_before_anything_is_trained(
    folder: Path, old: str, new: str, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    question = folder / "question.toml"
    question.write_text(question.read_text().replace(old, new))
    before = folder_digests(folder / "runs" / "tiny" / "ablate" / "cells", frozenset({".lock"}))
    assert command(folder) == 2
    errors = [one for one in capsys.readouterr().err.splitlines() if one.startswith("error: ")]
    assert len(errors) == 1 and line in errors[0]
    assert folder_digests(folder / "runs" / "tiny" / "ablate" / "cells", frozenset({".lock"})) == before


def suggesting(folder: Path, repeats: int) -> None:
    """Make the untagged arm the better one by hand."""
    for path in (folder / "runs" / "tiny" / "ablate" / "cells").glob("*/cell.json"):
        file = path.parent / read_json(path)["measured"] / "scores-arm.jsonl"
        rows = [json.loads(line) for line in file.read_text().splitlines()]
        for row in rows:
            if "exam.accuracy_strict" in row["metrics"]:
                row["metrics"]["exam.accuracy_strict"] = float("untagged" in path.parent.name)
            if "faithfulness.score" in row["metrics"]:
                row["metrics"]["faithfulness.score"] = 0.5
        more = [row | {"id": f"{row['id']}-{n}", "cluster": f"{row['cluster']}-{n}"} for n in range(30) for row in rows]
        file.write_text("".join(json.dumps(row) + "\n" for row in more))
        if not path.parent.name.endswith(tuple(f"-{number}" for number in range(repeats))):
            path.unlink()


def test_a_report_of_what_there_is_trains_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cells = folder / "runs" / "tiny" / "ablate" / "cells"
    gone = next(path for path in cells.glob("asked-slow-*-1/cell.json"))
    gone.unlink()
    assert command(folder, "--report", "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert Path(answer["report"]).is_file() and not gone.exists()
    assert "1 of 6 trainings are not done" in (folder / "runs/tiny/ablate/report.md").read_text()
    assert command(folder, "--report") == 0
    assert "On your data, at this scale (" in capsys.readouterr().out
    assert command(folder, "--report", "--quick") == 2
    assert f"no training is done. Type: residency ablate {folder}/recipe.toml --quick" in capsys.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_who_stops_it_is_told_how_to_see_what_there_is(
    folder: Path, number: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    next((folder / "runs" / "tiny" / "ablate" / "cells").glob("asked-slow-*-1/cell.json")).unlink()
    before = signal.getsignal(signal.SIGTERM)
    inherited = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it

    def stopped(*rest: Any, **more: Any) -> Any:
        os.kill(os.getpid(), number)
        return run_recipe(*rest, **more)

    monkeypatch.setattr("residency.flow.ablating.cell.run_recipe", stopped)
    try:
        assert command(folder, "--seeds", "2") == 130
    finally:
        signal.signal(signal.SIGINT, inherited)
    lines = capsys.readouterr().err.splitlines()
    typed = f"residency ablate {folder}/recipe.toml --seeds 2 --set run.folder={folder}/runs"
    assert lines[-2:] == [
        f"what there is by now: {typed} --report",
        "error: interrupted; the same command goes on from here",
    ]
    assert signal.getsignal(signal.SIGTERM) == before


def test_the_command_that_is_offered_is_the_one_that_was_typed_and_works(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    suggesting(folder, 2)
    proxy = load_recipe(folder / "recipe.toml").recipe.ablate.proxies[0]
    assert command(folder, "--questions", "asked", "--proxy", proxy, "--report") == 0
    offered = capsys.readouterr().out.splitlines()[-1].removeprefix("write it with: ")
    page = (folder / "runs" / "tiny" / "ablate" / "report.html").read_text()
    assert f"<code>{offered}</code>" in page
    typed = shlex.split(offered)
    assert typed[:2] == ["residency", "ablate"] and typed[-1] == "--apply" and "--proxy" in typed
    assert main(typed[1:]) == 0 and load_recipe(folder / "recipe.toml").recipe.mix.tagged == 0


@pytest.mark.parametrize("repeats", [1, 2])
def test_what_several_trainings_show_is_applied_and_one_is_not_enough(
    folder: Path, repeats: int, capsys: pytest.CaptureFixture[str]
) -> None:
    suggesting(folder, repeats)
    code = command(folder, "--apply")
    said = capsys.readouterr()
    if repeats == 1:
        assert "--apply" not in (folder / "runs" / "tiny" / "ablate" / "report.html").read_text()
        assert code == 2 and "each arm was trained once" in said.err
        assert "tagged = 0.0" not in (folder / "recipe.toml").read_text()
        return
    assert code == 0 and "the old recipe: " in said.out
    assert load_recipe(folder / "recipe.toml").recipe.mix.tagged == 0
    assert load_recipe(folder / "recipe.before-ablate.toml").recipe.mix.tagged == 0.9


ODD = """
[[arms]]
name = "passages"
says = "five passages in each context"
set = { "grounding.passages" = 5 }
hold = "nothing"

[[arms]]
name = "grpo"
says = "a step of GRPO"
measures = "final"
hold = "nothing"

[arms.set]
"preference.method" = "grpo"
"preference.online.steps" = 1
"preference.online.prompts" = 1
"preference.online.generations" = 2
"preference.online.max_new_tokens" = 16
"""


def test_arms_of_other_data_and_of_online_tuning_are_asked_what_the_control_is(
    tmp_path: Path, tiny_model: Path, small_bank: Path
) -> None:
    arms = ARMS[: ARMS.index('[[arms]]\nname = "untagged"')] + ODD
    write_ablation(tmp_path, tiny_model, small_bank, arms)
    ablation, said = open_(tmp_path, "ablate.seeds=1", "preference.learning_rate=1e-4"), list[str]()
    train(ablation, say=said.append)
    recipe, passages, grpo = (ablation.done(one) for one in ablation.plans())
    assert recipe is not None and passages is not None and grpo is not None, said
    asked = [(one.scores.parent / "items.jsonl").read_bytes() for one in (recipe, passages, grpo)]
    assert len(set(asked)) == 1, "the arm of five passages is tested on as many as the control"
    assert file_digest(recipe.folder / GROUNDED) != file_digest(passages.folder / GROUNDED), "and trained on five"
    assert grpo.told["units"] > recipe.told["units"] > 0
    assert grpo.told["counts"]["preference_steps"] == grpo.told["counts"]["preference_kept_step"] == 1
    assert 0 <= recipe.told["counts"]["kept_step"] <= recipe.told["counts"]["steps"] == 2
    told(ablation)


def test_a_stage_of_its_own_goes_on_from_another_arms_model(tmp_path: Path, tiny_model: Path, small_bank: Path) -> None:
    more = """
[[arms]]
name = "tuned"
says = "with preference tuning"
measures = "final"
hold = "nothing"

[[arms]]
name = "later"
says = "contexts afterwards"
after = "tuned"
share = { kinds = ["context"], to = 1.0 }
hold = "nothing"

[[arms]]
name = "in_mix"
says = "as much computing without a stage of its own"
measures = "final"
hold = "compute"
like = "later"
"""
    write_ablation(tmp_path, tiny_model, small_bank, ARMS[: ARMS.index('[[arms]]\nname = "untagged"')] + more)
    ablation = open_(tmp_path, "ablate.seeds=1")
    train(ablation)
    recipe, tuned, later, mix = (ablation.done(one) for one in ablation.plans())
    assert recipe is not None and tuned is not None and later is not None and mix is not None
    assert "sft" in tuned.told["borrowed"]  # the control's
    merged = ablation.folder / cells_of.MERGED / tuned.folder.name
    assert read_json(later.folder / "recipe.json")["values"]["model"]["name"] == str(merged.absolute())
    assert later.told["units"] > tuned.told["units"] > recipe.told["units"] > 0
    assert set(later.told["counts"]["kinds"]) == {"context"}
    # It has no pairs of its own that tell what a pair takes: those of the arm that it went on from do.
    assert mix.told["units"] == pytest.approx(later.told["units"], rel=0.1)
    assert mix.told["counts"]["preference_steps"] > tuned.told["counts"]["preference_steps"]
    told(ablation)


@pytest.mark.slow
def test_two_processes_share_the_trainings_and_get_the_same(
    made: tuple[Path, list[Told]], tmp_path: Path, tiny_model: Path, small_bank: Path
) -> None:
    write_ablation(tmp_path, tiny_model, small_bank)
    arguments = [sys.executable, "-m", "residency", "ablate", str(tmp_path / "recipe.toml")]
    environment = os.environ | {"PYTHONPATH": str(Path(residency.__file__).parents[1])}
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "env": environment}
    processes = [subprocess.Popen(arguments, **pipes) for _ in range(2)]
    said = [process.communicate() for process in processes]
    assert [process.returncode for process in processes] == [0, 0], said
    begun = [line for _, err in said for line in err.splitlines() if line.startswith("training ")]
    assert len({line.split(": ")[1] for line in begun}) == 6
    assert scores(open_(tmp_path)) == scores(open_(made[0]))


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["tiny_gpt_oss", "tiny_qwen3_moe"])
def test_a_pilot_of_each_architecture_is_trained_and_measured(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path, tiny_model: Path, small_bank: Path
) -> None:
    model = request.getfixturevalue(kind)
    write_ablation(tmp_path, tiny_model, small_bank)
    overrides = ["ablate.seeds=1", "ablate.pilot_steps=1"]
    name = model.name.replace("_", "-")
    ablation = open_(tmp_path, *overrides, questions=["bases"], arms=[f"pilot-{name}"], pilots=[str(model)])
    train(ablation)
    runs = {one.arm: one for one in trained(ablation)}
    assert {f"untrained-{name}", f"pilot-{name}"} <= set(runs)
    assert runs[f"pilot-{name}"].counts["steps"] == 1
    told(ablation, candidates=False)
