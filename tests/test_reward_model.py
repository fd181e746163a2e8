"""The reward model: learnt from pairs, measured on questions it has not seen, and a part of a reward."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from residency.chat.load import renderer_of
from residency.chat.settings import ChatSettings
from residency.cli import app as cli
from residency.core.errors import InputError
from residency.core.files import folder_digests, read_json, write_json, write_jsonl
from residency.generation.models import load_tokenizer
from residency.training.model.adapter import add_adapter
from residency.training.model.placement import check_placed
from residency.training.online.settings import RewardWeights
from residency.training.reward_model import (
    RewardModel,
    Row,
    compiled,
    divided,
    measured,
    pad_of,
    score,
    scoring_model,
    train_reward_model,
)
from residency.training.settings import LoraSettings, RewardModelSettings
from tests.conftest import read_rows
from tests.test_online import inputs, tune  # noqa: F401 - a fixture
from tests.tiny_experts import KINDS, tiny_gpt_oss, tiny_qwen3_moe  # noqa: F401 - fixtures
from tests.training_runs import tiny

FAST = RewardModelSettings(max_steps=12, learning_rate=2e-2, batch_pairs=4, lora=LoraSettings(r=8, alpha=16))


def pair(number: int, question: str = "", kind: str = "answers_beyond_context") -> dict[str, Any]:
    return {
        "id": f"p{number}",
        "kind": kind,
        "parents": [question or f"q{number}"],
        "prompt": [{"role": "user", "content": f"What is the dose of drug {number}?"}],
        "chosen": f"Key point: it is {number} mg in adults.",
        "rejected": f"Nobody knows this, so give {number} g, and then more of it.",
    }


@pytest.fixture
def run_folder(tmp_path: Path, tiny_model: Path) -> Path:
    """A run whose pairs stand, as its manifests say."""
    run = tmp_path / "run"
    write_json(run / "recipe.json", {})
    model = {"name": str(tiny_model), "dtype": "float32", "device": "cpu"}
    write_jsonl(run / "pairs" / "pairs.jsonl", [pair(number, kind="ab"[number % 2]) for number in range(20)])
    sections: dict[str, dict[str, Any]] = {"pairs": {"model": model, "chat": {}}, "compile": {"compile": {}}}
    for name, settings in sections.items():
        write_json(run / name / "manifest.json", {"parts": {"settings": settings}})
    return run


def test_it_learns_the_preference_and_is_measured_on_questions_it_has_not_seen(run_folder: Path) -> None:
    report = train_reward_model(run_folder, FAST)
    assert (report["pairs"], report["trained_on"], report["held_out"], report["steps"]) == (20, 16, 4, 12)
    found = report["accuracy"]
    assert found["value"] == 1 and found["n"] == 4 and found["low"] < 1 <= found["high"]
    assert report["longer_is_better"]["value"] == 0, "the rejected answers are the longer ones here"
    assert set(report["by_kind"]) <= {"a", "b"} and sum(one["n"] for one in report["by_kind"].values()) == 4
    assert read_json(run_folder / "reward/report.json") == json.loads(json.dumps(report))
    assert {path.name for path in (run_folder / "reward").iterdir()} == {"adapter", "log.jsonl", "report.json"}
    losses = [row["loss"] for row in read_rows(run_folder / "reward/log.jsonl") if "loss" in row]
    assert losses[-1] < 0.1
    weights = load_file(run_folder / "reward/adapter/adapter_model.safetensors")
    assert any(name.endswith("score.weight") for name in weights) and any("lora_A" in name for name in weights)


def test_what_is_saved_scores_as_what_was_trained_and_anew_to_the_same_bytes(
    run_folder: Path, tiny_model: Path
) -> None:
    report = train_reward_model(run_folder, FAST.model_copy(update={"max_steps": 2}))
    settings = tiny(tiny_model)
    scorer = RewardModel(run_folder / "reward", settings)
    renderer = renderer_of(load_tokenizer(settings), ChatSettings())
    rows, _ = compiled(read_rows(run_folder / "pairs/pairs.jsonl"), renderer, 4096)  # type: ignore[arg-type]
    _, held = divided(rows, 0.2, 0, "")
    good, bad = (scorer.scores([getattr(row, side) for row in held]) for side in ("chosen_ids", "rejected_ids"))
    assert measured(held, good, bad, 0)["average_score"] == report["average_score"]
    assert measured(held, good, bad, 0)["margin"] == report["margin"]
    chances = scorer([row.chosen_ids for row in held])
    assert all(0 < chance < 1 for chance in chances)
    before = folder_digests(run_folder / "reward")
    train_reward_model(run_folder, FAST.model_copy(update={"max_steps": 2}))
    assert folder_digests(run_folder / "reward") == before


def test_padding_does_not_reach_a_score(tiny_model: Path) -> None:
    torch.manual_seed(1)
    pad = pad_of(load_tokenizer(tiny(tiny_model)))
    model = scoring_model(tiny(tiny_model), pad).eval()
    rows = [[5, 6, 7], [8, 9, 10, 11, 12, 13, 14, pad], [15]]
    assert score(model, rows, pad) == pytest.approx([score(model, [row], pad)[0] for row in rows], abs=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_experts_have_adapters_and_routers_none(kind: str, request: pytest.FixtureRequest) -> None:
    folder = request.getfixturevalue(f"tiny_{kind}")
    model = add_adapter(scoring_model(tiny(folder), 0), LoraSettings(r=4), scores=True)
    placed = check_placed(model)
    assert placed["fused_experts"] == 4 and placed["routers_frozen"] == 2
    learns = {name for name, weight in model.named_parameters() if weight.requires_grad and "lora_" not in name}
    assert learns == {"base_model.model.score.modules_to_save.default.weight"}


def rows_of(counts: dict[str, int]) -> list[Row]:
    return [Row([1, 2], [1], "a", name) for name, count in counts.items() for _ in range(count)]


def test_the_pairs_of_a_question_go_one_way() -> None:
    rows = rows_of({"q1": 3, "q2": 1, "q3": 5, "q4": 2, "q5": 1})
    train, held = divided(rows, 0.2, 7, "pairs.jsonl")
    assert {row.question for row in train}.isdisjoint(row.question for row in held)
    assert len(train) + len(held) == len(rows) and len({row.question for row in held}) == 2
    assert divided(rows, 0.2, 7, "") == (train, held)
    assert len({row.question for row in divided(rows, 0.99, 7, "")[0]}) == 1, "something is left to train on"
    with pytest.raises(InputError, match="the pairs come from 3 questions, and 4 are needed"):
        divided(rows_of({"q1": 3, "q2": 1, "q3": 5}), 0.2, 7, "pairs.jsonl")


def test_a_tie_counts_half_and_pairs_of_a_question_are_one_cluster() -> None:
    rows = [*rows_of({"q1": 2, "q2": 2})]
    found = measured(rows, [1.0, 0.0, 2.0, 1.0], [0.0, 0.0, 1.0, 2.0], 0)
    assert found["accuracy"]["value"] == (1 + 0.5 + 1 + 0) / 4 and found["longer_is_better"]["value"] == 1.0
    assert found["margin"] == 0.25 and found["average_score"] == round(7 / 8, 4)


def test_a_run_without_pairs_and_another_base_model_are_one_clear_line(run_folder: Path, tiny_model: Path) -> None:
    with pytest.raises(InputError, match="there is no whole reward model in this folder"):
        RewardModel(run_folder / "reward", tiny(tiny_model))
    write_json(run_folder / "reward/report.json", {"model": "another"})
    with pytest.raises(InputError, match="was trained on another, and the model here is"):
        RewardModel(run_folder / "reward", tiny(tiny_model))
    (run_folder / "pairs/manifest.json").unlink()
    with pytest.raises(InputError, match="the stage 'pairs' has not finished there"):
        train_reward_model(run_folder)


def test_online_tuning_takes_it_as_a_part_of_its_reward(
    run_folder: Path,
    tmp_path: Path,
    inputs: dict[str, Path],  # noqa: F811
    tiny_model: Path,
) -> None:
    train_reward_model(run_folder, FAST.model_copy(update={"max_steps": 2}))
    weights = RewardWeights(reward_model=1.0)
    tune(tmp_path / "out", inputs, tiny(tiny_model), steps=1, weights=weights, reward_model=run_folder / "reward")
    samples = read_rows(tmp_path / "out/samples.jsonl")
    assert all(0 < row["parts"]["reward_model"] < 1 for row in samples)
    assert len({row["parts"]["reward_model"] for row in samples}) > 1
    assert "reward model" in (tmp_path / "out/rewards.svg").read_text()


def test_the_command_trains_one_and_says_how_good_it_is(run_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = cli.main(["reward-model", str(run_folder), "--max-steps", "1", "--json"])
    said = capsys.readouterr()
    answer = json.loads(said.out)
    assert code == 0 and answer["folder"] == str(run_folder / "reward") and answer["accuracy"]["n"] == 4
    assert cli.main(["reward-model", str(run_folder), "--max-steps", "1"]) == 0
    out = capsys.readouterr().out
    assert "on 4 held-out pairs" in out and "the longer answer" in out
    shutil.rmtree(run_folder / "pairs")
    assert cli.main(["reward-model", str(run_folder)]) == 2
    assert "residency run RECIPE --until pairs" in capsys.readouterr().err
