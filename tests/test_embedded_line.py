"""The whole line on the real embedded model, a few steps long: what the demo does, in two or three minutes."""

from __future__ import annotations

from pathlib import Path

import pytest

from residency.core.files import read_json
from residency.flow.recipe import load_recipe
from residency.flow.runner import run_recipe
from tests.conftest import EXAMPLES, read_rows

SMALL = [
    "mix.examples=24",
    "mix.dev_examples=4",
    "sft.max_steps=4",
    "sft.save_steps=2",
    "pairs.max_pairs=4",
    "pairs.on_policy=2",
    "pairs.samples=2",
    "preference.batch_pairs=2",
    "evaluate.max_items=4",
    "evaluate.max_new_tokens=24",
]


@pytest.mark.slow
def test_the_demos_recipe_runs_to_its_release_on_the_embedded_model(tmp_path: Path) -> None:
    from residency.serving.ask import ask

    loaded = load_recipe(EXAMPLES / "recipe.toml", overrides=[f"run.folder={tmp_path}", *SMALL])
    results = run_recipe(loaded)
    assert {result.status for result in results} == {"ran"}
    counts = {result.name: result.counts for result in results}
    # 135M parameters learn something even in four steps, and the reference of DPO is the SFT model.
    assert counts["sft"]["loss_last"] < 10
    assert counts["preference"]["steps"] >= 2
    summary = read_json(loaded.run_folder / "evaluate/summary.json")
    headlines = [row for row in summary["table"] if row["headline"]]
    assert [row["axis"] for row in headlines] == ["exam", "open", "followup", "faithfulness"]
    assert all(row["models"][name]["n"] >= 4 for row in headlines for name in ("base", "sft", "final"))
    base = read_rows(loaded.run_folder / "evaluate/answers-base.jsonl")
    written = [turn["text"] for row in base for turn in row["said"]]
    assert sum(len(text.split()) > 5 for text in written) > len(written) / 2
    answer = ask(loaded.run_folder, "How common is a parastomal hernia?", "CLINICAL")
    assert answer.text and answer.passages[0]["id"].startswith("hernia")
