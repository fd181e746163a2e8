"""``residency mix``: the table of shares before and after the mix is written, and what is done anew for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from residency.cli.app import main
from residency.core.files import folder_digests, read_json, write_jsonl
from residency.flow.recipe import load_recipe
from residency.flow.runner import run_recipe
from tests.conftest import EXAMPLES

SHARES = "{ open = 0.5, mcq = 0.3, dialogue = 0.2 }"
TALK = ["How do I bake bread?", "Mix flour and water.", "And then?", "Let it rise, and bake it."]


@pytest.fixture
def recipe(tmp_path: Path, small_bank: Path) -> Path:
    path = tmp_path / "recipe.toml"
    path.write_text(
        f"""
[run]
name = "r"
folder = "{tmp_path / "runs"}"
[corpus]
files = ["{small_bank / "questions.jsonl"}"]
[index]
files = ["{small_bank / "passages.jsonl"}"]
[mix]
examples = 40
shares = {SHARES}
[profiles.large.mix]
examples = 4000
"""
    )
    return path


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    capsys.readouterr()
    assert main([*arguments, "--json"]) == 0
    return dict(json.loads(capsys.readouterr().out))


def ran(recipe: Path, *overrides: str, dry_run: bool = False, until: str | None = "mix") -> dict[str, str]:
    results = run_recipe(load_recipe(recipe, overrides=overrides), until, dry_run)
    return {result.name: result.status for result in results}


def test_a_dry_run_tells_what_the_run_then_writes_and_leaves_the_mixs_folder_alone(
    recipe: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = recipe.parent / "runs/r"
    dry = said(capsys, "mix", str(recipe), "--dry-run")
    assert not (run / "mix").exists() and (run / "grounding/manifest.json").exists()
    wet = said(capsys, "mix", str(recipe))
    assert (dry.pop("dry_run"), wet.pop("dry_run")) == (True, False) and dry == wet
    assert wet["run_folder"] == str(run)
    assert wet == {"run_folder": str(run), **read_json(run / "mix/report.json")}
    before = folder_digests(run / "mix")
    other = said(capsys, "mix", str(recipe), "--dry-run", "--set", "mix.shares_by=tokens")
    assert other["shares_by"] == "tokens" and other["shares"] != wet["shares"]
    assert folder_digests(run / "mix") == before


def test_the_table_says_what_was_met_and_what_to_add(recipe: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["mix", str(recipe), "--dry-run"]) == 0
    out = capsys.readouterr().out
    [open_row] = [line.split() for line in out.splitlines() if line.startswith("open ")]
    assert open_row[:6] == ["open", "50.0%", "50.0%", "50.0%", "20", "50.0%"] and open_row[-1] == "met"
    assert "40 examples" in out and "characters / 4.4" in out and "Records that occur: 40 once." in out
    assert "nothing was written" in out and "are needed" not in out
    assert main(["mix", str(recipe), "--dry-run", "--profile", "large"]) == 0
    out = capsys.readouterr().out
    assert "more are needed; raise dialogue.per_question" in out
    assert "short" in out and "are met up to mix.examples = " in out


def test_refusals_of_the_anchors_rows_are_shown_with_their_places(
    recipe: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_jsonl(recipe.parent / "chats.jsonl", [{"data": TALK}, {"data": TALK[:2]}])
    assert main(["mix", str(recipe), "--set", 'mix.anchor=["chats.jsonl"]']) == 0
    out, err = capsys.readouterr()
    assert "Anchor: 1 of 2 conversations can be used." in out and "single_turn: 1 (chats.jsonl:2: fewer than" in out
    assert "anchor: 1 of 2 refused as single_turn: chats.jsonl:2" in err


def test_a_misspelt_source_is_said(recipe: Path, capsys: pytest.CaptureFixture[str]) -> None:
    weighed = said(
        capsys, "mix", str(recipe), "--dry-run", "--set", "mix.source_weights={ humna = 3.0, synthetic = 1.0 }"
    )
    assert [line for line in weighed["unmet"] if "no record has the source 'humna'; there are: " in line]
    assert not any("source_weights" in line for line in said(capsys, "mix", str(recipe), "--dry-run")["unmet"])


def test_a_fault_in_the_recipe_is_one_line(recipe: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["mix", str(recipe), "--set", "mix.topic_temperature=2"]) == 2
    assert capsys.readouterr().err.startswith(f"error: {recipe}: mix.topic_temperature = 2")


@pytest.mark.parametrize(
    ("override", "reason"),
    [
        ("mix.shares={ open = 0.6, mcq = 0.2, dialogue = 0.2 }", "mix.shares changed"),
        ("mix.shares_by=tokens", "mix.shares_by changed"),
        ("mix.source_weights={ example = 3.0 }", "mix.source_weights changed"),
        ('mix.anchor=["chats.jsonl"]', "changed"),
    ],
)
def test_a_change_of_the_mix_makes_nothing_anew_before_it(recipe: Path, override: str, reason: str) -> None:
    write_jsonl(recipe.parent / "chats.jsonl", [{"data": TALK}])
    assert set(ran(recipe).values()) == {"ran"}
    assert set(ran(recipe).values()) == {"skipped"}
    loaded = load_recipe(recipe, overrides=[override])
    results = {result.name: result for result in run_recipe(loaded, "mix")}
    assert [name for name, result in results.items() if result.status == "ran"] == ["mix"]
    assert reason in results["mix"].reason


def test_a_changed_anchor_file_makes_the_mix_anew_and_a_moved_one_does_not(recipe: Path) -> None:
    chats = recipe.parent / "chats.jsonl"
    write_jsonl(chats, [{"data": TALK}])
    ran(recipe, 'mix.anchor=["chats.jsonl"]')
    chats.rename(recipe.parent / "elsewhere.jsonl")
    (recipe.parent / "in").mkdir()
    (recipe.parent / "elsewhere.jsonl").rename(recipe.parent / "in/chats.jsonl")
    assert ran(recipe, 'mix.anchor=["in/chats.jsonl"]')["mix"] == "skipped"
    write_jsonl(recipe.parent / "in/chats.jsonl", [{"data": [*TALK, "Why?", "So it is."]}])
    assert {name for name, status in ran(recipe, 'mix.anchor=["in/chats.jsonl"]').items() if status == "ran"} == {"mix"}


def test_the_example_recipes_shares_are_met_within_a_point(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = said(capsys, "mix", str(EXAMPLES / "recipe.toml"), "--dry-run", "--set", f"run.folder={tmp_path}")
    assert report["unmet"] == [] and report["largest_error"] <= 0.01
    assert all(abs(row["got"] - row["asked"]) <= 0.01 for row in report["shares"])


def test_a_row_and_dialogues_are_not_shown_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for more in (["q1"], ["--lengths"]):
        assert main(["show", str(tmp_path), *more, "--dialogues", "2"]) == 2
        assert "--dialogues and --contexts go with no row" in capsys.readouterr().err
