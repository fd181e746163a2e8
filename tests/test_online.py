"""Online tuning: asked as it is served, graded, drawn, and gone on with after a kill."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import torch
from pydantic import ValidationError
from safetensors.torch import load_file

from residency.chat.load import renderer_of
from residency.chat.settings import ChatSettings, CompileSettings
from residency.core.errors import InputError, ProofError
from residency.core.files import folder_digests, read_json, write_jsonl
from residency.core.prompt import conversation, user_message
from residency.core.stage import Counts, StageContext
from residency.generation.models import load_model, load_tokenizer, tuned_folder
from residency.generation.settings import ModelSettings
from residency.training.online import run as online
from residency.training.online.curve import running_mean, write_curve
from residency.training.online.rewards import Grade
from residency.training.online.run import tune_online
from residency.training.online.sampling import Grader, check_reference
from residency.training.online.settings import OnlineSettings, RewardWeights
from residency.training.online.tasks import collect_tasks
from residency.training.settings import PreferenceSettings
from tests.banks import BELT, REPAIR, SCAN, make_conversation
from tests.conftest import read_rows
from tests.training_runs import Died, Mortal, tiny

SHORT = OnlineSettings(
    prompts=6, prompts_per_step=2, generations=4, max_new_tokens=16, steps=4, save_steps=2, learning_rate=5e-2
)


def conversations() -> list[dict[str, Any]]:
    """MCQs, a context that holds the answer and one that does not, and what cannot be verified."""
    rows: list[dict[str, Any]] = [make_conversation("open"), make_conversation("tool", "tool")]
    for number, mode in enumerate(("EXAM", "CLINICAL", "EXAM", "CLINICAL")):
        asked = user_message(f"Case {number}: how is a femoral hernia treated?\nA. Mesh\nB. Truss")
        said = {"role": "assistant", "content": "Key point: Mesh lasts.\nANSWER: A"}
        turns = conversation(mode, [asked, said])
        rows.append(make_conversation(f"mcq{number}", "mcq", mode=mode, messages=turns, expect={"letter": "A"}))
    check = {"skill": "cited_answer", "instruction": "only"}
    for name, abstain, shown in (("holds", False, [REPAIR, BELT]), ("lacks", True, [SCAN, BELT])):
        asked = user_message("When is a femoral hernia repaired?", shown)
        gold = "The passages do not say when." if abstain else "A femoral hernia is repaired soon after diagnosis [1]."
        expect = {"abstain": abstain, "question": "When is a femoral hernia repaired?"}
        expect |= {"reference": "A femoral hernia is repaired soon after diagnosis."}
        expect |= {"check": check | {"skill": "abstention"} if abstain else check}
        turns = conversation("CLINICAL", [asked, {"role": "assistant", "content": gold}])
        passages = [passage["id"] for passage in shown]
        kind = "insufficient" if abstain else "context"
        rows.append(make_conversation(name, kind, messages=turns, passages=passages, expect=expect))
    return rows


@pytest.fixture
def inputs(tmp_path: Path, adapter: Path) -> dict[str, Path]:
    return write_inputs(tmp_path, adapter)


def write_inputs(folder: Path, adapter: Path) -> dict[str, Path]:
    """What the stage reads, by name."""
    write_jsonl(folder / "thoughts" / "train.jsonl", conversations())
    write_jsonl(folder / "index" / "passages.jsonl", [REPAIR, BELT, SCAN])
    (folder / "sft").mkdir()
    shutil.copytree(adapter, folder / "sft" / "adapter")
    return {name: folder / name for name in ("thoughts", "index", "sft")}


def tune(
    out: Path,
    inputs: dict[str, Path],
    model: ModelSettings,
    method: Any = "grpo",
    last: int | None = None,
    longest: int = 1024,
    start: Any = "sft",
    **changes: Any,
) -> tuple[Counts, Mortal]:
    progress = Mortal(last)
    out.mkdir(parents=True, exist_ok=True)
    settings = {
        "preference": PreferenceSettings(method=method, start=start, online=SHORT.model_copy(update=changes)),
        "model": model,
        "chat": ChatSettings(),
        "compile": CompileSettings(max_length=longest),
    }
    return tune_online(StageContext(settings, inputs, out, seed=3, progress=progress)), progress


class Tuned(NamedTuple):
    """A tuning that came to its end; tests read its folders alone."""

    method: str
    inputs: dict[str, Path]
    out: Path
    counts: Counts
    progress: Mortal
    asked: list[tuple[int, ...]]
    """The prompts that the model was given."""


@pytest.fixture(scope="module", params=["grpo", "rloo"])
def tuned(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, adapter: Path, tiny_model: Path
) -> Tuned:
    folder = tmp_path_factory.mktemp(request.param)
    inputs = write_inputs(folder, adapter)
    trainer = {"grpo": online.AskedGRPOTrainer, "rloo": online.AskedRLOOTrainer}[request.param]
    asked: list[tuple[int, ...]] = []
    base = trainer._generate_single_turn

    def seen(self: Any, prompt_ids: Any, *rest: Any) -> Any:
        asked.extend(map(tuple, prompt_ids))
        return base(self, prompt_ids, *rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trainer, "_generate_single_turn", seen)
        counts, progress = tune(folder / "out", inputs, tiny(tiny_model), request.param)
    return Tuned(request.param, inputs, folder / "out", counts, progress, asked)


def test_answers_are_sampled_graded_kept_and_drawn(tuned: Tuned, tiny_model: Path) -> None:
    _, inputs, out, counts, progress, _ = tuned
    assert counts["prompts"] == 6 and counts["steps"] == 4 == progress.steps
    assert counts["asks"] == {"mcq": 4, "cited_answer": 1, "abstention": 1}
    assert counts["left_out"] == {"nothing to verify": 1, "calls of tools": 1}
    assert {path.name for path in out.iterdir()} == {
        "adapter",
        "log.jsonl",
        "proof.json",
        "rewards.svg",
        "samples.jsonl",
    }
    samples, log = read_rows(out / "samples.jsonl"), read_rows(out / "log.jsonl")
    renderer = renderer_of(load_tokenizer(tiny(tiny_model)), ChatSettings())
    prompts = {row["id"]: len(renderer.prompt(row["messages"][:-1])) for row in conversations()}
    assert counts["tokens"] == sum(prompts[row["id"]] + row["tokens"] for row in samples)
    assert Counter(row["step"] for row in samples) == dict.fromkeys((1, 2, 3, 4), 8), "two prompts, four answers each"
    assert set(Counter((row["step"], row["id"]) for row in samples).values()) == {4}
    steps = [row for row in log if "reward" in row]
    assert [row["step"] for row in steps] == [1, 2, 3, 4]
    for row in steps:
        mine = [one["reward"] for one in samples if one["step"] == row["step"]]
        assert row["reward"] == pytest.approx(sum(mine) / len(mine), abs=1e-3)
    assert not [key for row in log for key in row if "time" in key]
    proof = counts["proof"]
    assert proof["adapter"]["linear_layers"] and proof["gradients"]["by_step"] <= 4
    assert proof["differs_from_base"] > 0 and proof["merged_weights"] > 0
    assert proof == read_json(out / "proof.json")
    drawing = (out / "rewards.svg").read_text()
    assert drawing.startswith("<svg") and "reward, all parts" in drawing and "form" in drawing
    model = load_model(tiny(tiny_model), out / "adapter")
    before = load_file(inputs["sft"] / "adapter/adapter_model.safetensors")
    after = load_file(out / "adapter/adapter_model.safetensors")
    assert before.keys() == after.keys() and any(not torch.equal(before[name], after[name]) for name in before)
    assert list(model.peft_config) == ["default"]


def test_the_prompts_that_are_answered_are_those_of_inference(tuned: Tuned, tiny_model: Path) -> None:
    renderer = renderer_of(load_tokenizer(tiny(tiny_model)), ChatSettings())
    wanted = {tuple(renderer.prompt(row["messages"][:-1])) for row in conversations()[2:]}
    assert set(tuned.asked) == wanted and len(tuned.asked) == 4 * 8


def test_a_prompt_that_is_not_what_is_served_stops_the_tuning(
    tmp_path: Path, inputs: dict[str, Path], tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def other(self: Any, prompts: list[str]) -> Any:
        return [[*self.grader.prompt(name)[:-1], 7] for name in prompts], None, {}

    monkeypatch.setattr(online.AskedGRPOTrainer, "_tokenize_prompts", other)
    with pytest.raises(ProofError, match="not what is served"):
        tune(tmp_path / "out", inputs, tiny(tiny_model))


def make_grader(tmp_path: Path, model: Path, family: Any = "auto") -> Grader:
    tasks, _ = collect_tasks(conversations(), {row["id"]: row for row in (REPAIR, BELT, SCAN)})  # type: ignore[arg-type, misc]
    renderer = renderer_of(load_tokenizer(tiny(model)), ChatSettings(family=family))
    return Grader(tasks, renderer, dict(RewardWeights()), tmp_path / "samples.jsonl")


def test_an_answer_is_read_to_its_stop_token_and_one_without_has_not_ended(tmp_path: Path, tiny_model: Path) -> None:
    grader = make_grader(tmp_path, tiny_model)
    ids = grader.renderer.target({"role": "assistant", "content": "Key point: Mesh.\nANSWER: A"})
    assert grader.read(ids) == ("Key point: Mesh.\nANSWER: A", "", True, False)
    assert grader.read([*ids, *ids]) == grader.read(ids), "what comes after the stop token is not read"
    assert not grader.read(ids[:-1]).ended
    whole, cut = grader.grade(["mcq0", "mcq0"], [ids, ids[:-1]])
    assert whole["form"].value == 1 and cut["form"].reason == "not_ended"


def test_a_thought_is_read_apart_from_the_answer(tmp_path: Path, thinking_model: Path) -> None:
    grader = make_grader(tmp_path, thinking_model, "qwen3-thinking")
    said = {"role": "assistant", "content": "ANSWER: A", "thinking": "ANSWER: B, or is it?"}
    ids = grader.renderer.target(said)  # type: ignore[arg-type]
    assert grader.read(ids) == ("ANSWER: A", "ANSWER: B, or is it?", True, False)
    (grades,) = grader.grade(["mcq0"], [ids])
    assert grades["mcq"].value == 1
    runaway = ids[: ids.index(grader.renderer.encoder.control("</think>"))]
    (grades,) = grader.grade(["mcq0"], [runaway])
    assert grades["mcq"].value == 0 and grades["form"].reason == "thought_open"


def grade_even_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    """The share of an answer's tokens with an even number, which differs from answer to answer."""

    def even(self: Any, names: Any, completions: Any) -> Any:
        return [{"form": Grade(sum(token % 2 == 0 for token in ids) / len(ids), "odd")} for ids in completions]

    monkeypatch.setattr(Grader, "grade", even)


@pytest.mark.parametrize("method", ["grpo", "rloo"])
def test_what_earns_more_becomes_likelier(
    tmp_path: Path, inputs: dict[str, Path], tiny_model: Path, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    """With a grade that a random model earns by chance."""
    grade_even_tokens(monkeypatch)
    changes = {
        "steps": 20,
        "generations": 16,
        "max_new_tokens": 8,
        "prompts_per_step": 1,
        "learning_rate": 0.1,
        "beta": 0.0,
    }
    counts, _ = tune(tmp_path / "out", inputs, tiny(tiny_model), method, save_steps=100, **changes)
    assert counts["reward"]["last"] > counts["reward"]["first"] + 0.1, counts


def test_it_goes_on_after_a_kill_to_the_same_bytes(tmp_path: Path, tuned: Tuned, tiny_model: Path) -> None:
    method, inputs = tuned.method, tuned.inputs
    with pytest.raises(Died):
        tune(tmp_path / "killed", inputs, tiny(tiny_model), method, last=3)
    assert Counter(row["step"] for row in read_rows(tmp_path / "killed/samples.jsonl")) == {1: 8, 2: 8, 3: 8}
    counts, progress = tune(tmp_path / "killed", inputs, tiny(tiny_model), method)
    assert progress.done == 2, "from the checkpoint"
    assert counts == tuned.counts
    assert folder_digests(tmp_path / "killed") == folder_digests(tuned.out)


def test_it_may_start_from_the_base_and_reads_no_sft_then(
    tmp_path: Path, inputs: dict[str, Path], tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grade_even_tokens(monkeypatch)
    del inputs["sft"]
    counts, _ = tune(tmp_path / "out", inputs, tiny(tiny_model), start="base", steps=2)
    assert counts["steps"] == 2 and (tmp_path / "out/adapter/adapter_model.safetensors").is_file()


def test_a_model_that_was_trained_whole_is_written_whole(
    tmp_path: Path, inputs: dict[str, Path], tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grade_even_tokens(monkeypatch)
    shutil.rmtree(inputs["sft"] / "adapter")
    shutil.copytree(tiny_model, inputs["sft"] / "model")
    tune(tmp_path / "out", inputs, tiny(tiny_model), steps=1)
    found = tuned_folder(tmp_path / "out")
    assert found == tmp_path / "out/model" and not (tmp_path / "out/adapter").exists()
    load_model(tiny(tiny_model), found)


def test_fewer_prompts_than_a_step_has_are_enough(
    tmp_path: Path, inputs: dict[str, Path], tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grade_even_tokens(monkeypatch)
    counts, _ = tune(tmp_path / "out", inputs, tiny(tiny_model), prompts=1, prompts_per_step=4, steps=2)
    assert counts["prompts"] == 1 and counts["steps"] == 2
    assert Counter(row["step"] for row in read_rows(tmp_path / "out/samples.jsonl")) == {1: 4, 2: 4}


def test_a_tuning_in_which_no_answer_earns_more_than_another_is_told(
    tmp_path: Path, inputs: dict[str, Path], tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Grader, "grade", lambda self, names, completions: [{"form": Grade(1.0)} for _ in completions])
    with pytest.raises(ProofError, match="have received no gradient in 2 steps"):
        tune(tmp_path / "out", inputs, tiny(tiny_model), steps=2, beta=0.0)


def test_a_reference_that_is_another_model_is_found(tiny_model: Path, adapter: Path) -> None:
    model = load_model(tiny(tiny_model), adapter, trainable=True)
    model.add_adapter("ref", model.peft_config["default"])
    with pytest.raises(ProofError, match="the reference is not the model that is tuned"):
        check_reference(model)


# Bad input


def test_nothing_to_verify_is_one_clear_line(tmp_path: Path, inputs: dict[str, Path], tiny_model: Path) -> None:
    write_jsonl(inputs["thoughts"] / "train.jsonl", conversations()[:2])
    with pytest.raises(InputError, match=r"no conversation has an answer that can be verified .*calls of tools"):
        tune(tmp_path / "out", inputs, tiny(tiny_model))


def test_prompts_that_leave_no_room_are_counted(tmp_path: Path, inputs: dict[str, Path], tiny_model: Path) -> None:
    renderer = renderer_of(load_tokenizer(tiny(tiny_model)), ChatSettings())
    lengths = sorted(len(renderer.prompt(row["messages"][:-1])) + 16 for row in conversations()[2:])
    counts, _ = tune(tmp_path / "out", inputs, tiny(tiny_model), longest=lengths[-1] - 1, steps=1)
    assert counts["left_out"]["longer than compile.max_length"] == lengths.count(lengths[-1])
    with pytest.raises(InputError, match="no prompt leaves room for 16 tokens"):
        tune(tmp_path / "none", inputs, tiny(tiny_model), longest=lengths[0] - 1)


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"weights": {"reward_model": 1.0}}, "no reward model is named"),
        ({"reward_model": "runs/demo/reward"}, "has no weight"),
        ({"weights": dict.fromkeys(RewardWeights.model_fields, 0.0)}, "are all 0"),
    ],
)
def test_settings_that_do_not_fit_together_are_problems(settings: dict[str, Any], problem: str) -> None:
    (found,) = OnlineSettings.model_validate(settings).problems()
    assert problem in found
    with pytest.raises(ValidationError):
        OnlineSettings(generations=1)


def test_what_is_set_for_online_tuning_does_not_make_other_methods_run_again(tmp_path: Path) -> None:
    assert "online" not in PreferenceSettings().fingerprint_values()
    one, other = (
        PreferenceSettings.model_construct(
            method="grpo", online=OnlineSettings(reward_model=tmp_path / name, weights=RewardWeights(reward_model=1))
        )
        for name in ("here", "there")
    )
    assert one.fingerprint_values()["online"] == other.fingerprint_values()["online"]
    assert [path.parent.parent.name for path in one.input_files()] == ["here", "here"], "its content counts"


# The curve


def test_the_line_is_the_mean_of_the_last_steps() -> None:
    assert running_mean([1.0, 0.0, 1.0, 0.0, 1.0, 0.0]) == [1.0, 0.5, 2 / 3, 0.5, 0.6, 0.4]


def test_a_curve_has_a_part_only_where_it_was_asked_for(tmp_path: Path) -> None:
    log = [{"step": 1, "reward": 0.2, "parts/mcq": 0.1}, {"step": 2, "reward": 0.4}, {"step": 2, "train_loss": 1.0}]
    write_curve(log, tmp_path / "a.svg")
    drawing = (tmp_path / "a.svg").read_text()
    assert "right option" in drawing and "citation recall" not in drawing
    write_curve(log, tmp_path / "b.svg")
    assert drawing == (tmp_path / "b.svg").read_text()
