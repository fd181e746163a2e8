"""``residency plan``: what it prints, writes and refuses."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from residency.cli.app import main
from residency.core.files import read_json
from residency.flow.budget import PLAN, predictions
from residency.planning.constants import Constants
from residency.planning.probe import keep, place_of
from tests.planned_runs import conversations, corpus, recipe

LARGE = "openai/gpt-oss-20b"
MORE = f'[model]\nname = "{LARGE}"\n[mix]\nexamples = 4000\n[evaluate]\nmax_items = 100\n'


@pytest.fixture
def planned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A recipe whose bank has been read; no model is at hand."""
    monkeypatch.setenv("RESIDENCY_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    corpus(tmp_path / "runs" / "planned", train=400, test=100)
    return recipe(tmp_path, MORE)


def call(capsys: pytest.CaptureFixture[str], *arguments: Any) -> tuple[int, str, str]:
    code = main(["plan", *map(str, arguments)])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_words_come_first_and_fit_80_columns(
    planned: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("residency.cli.show.WIDTH", 80)
    code, out, _ = call(capsys, planned, "--on", "H100", "--models", "gpt-oss-20b,qwen3-8b")
    assert code == 0
    lines = out.splitlines()
    assert next(line for line in lines if line) == "Can I do it?"
    assert max(map(len, lines)) <= 80
    for heading in ("How long, how much?", "With what?", "What could go wrong", "What would change it"):
        assert heading in out
    assert "Take gpt-oss-20b" in " ".join(out.split())
    assert "projected from your question bank" in " ".join(out.split())


def test_the_object_for_programs_is_whole(planned: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, planned, "--on", "h100-sxm", "--on", "2xl40s", "--models", "gpt-oss-20b", "--json")
    found = json.loads(out)
    assert code == 0
    assert (found["format"], found["schema"], found["model"]) == ("residency-plan", 1, LARGE)
    assert [(one["hardware"], one["devices"]) for one in found["choices"]] == [("h100-sxm", 1), ("l40s", 2)]
    best = found["recommended"]
    assert set(best["hours"]) == set(best["usd"]) == set(best["co2_kg"]) == {"low", "likely", "high"}
    assert best["largest_batch_tokens"] >= 1024 and best["longest_row"] > 0
    assert [stage["stage"] for stage in best["stages"]] == ["thoughts", "sft", "preference", "evaluate"]
    assert best["stages"][1]["memory_parts_gb"]["weights"]["likely"] == pytest.approx(41.8, abs=0.1)
    assert found["counts"]["train"]["basis"] == "projected"
    assert found["counts"]["filling"]["packed"]["padding"] < 0.2
    assert found["models"][LARGE]["licence"] == "Apache-2.0"


def test_a_budget_that_is_too_small_is_refused_with_the_nearest_that_is_not(
    planned: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = call(capsys, planned, "--on", "h100-sxm", "--models", "gpt-oss-20b", "--json")
    likely = json.loads(out)["recommended"]["usd"]["likely"]
    budget = likely * 0.6
    code, out, err = call(capsys, planned, "--on", "h100-sxm", "--budget", budget)
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert "Nearest that can: --set " in err
    # What it says to type is within the budget.
    offer = err.partition("Nearest that can: ")[2].partition(",")[0].split()
    code, out, err = call(capsys, planned, *offer, "--budget", budget, "--json")
    assert code == 0, err
    assert json.loads(out)["recommended"]["usd"]["likely"] <= budget
    code, _, err = call(capsys, planned, "--on", "h100-sxm", "--models", "gpt-oss-20b", "--budget", "0.01")
    assert code == 2 and "Nothing near can" in err


def test_a_budget_that_is_enough_is_told(planned: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, planned, "--on", "h100-sxm", "--budget", "100000")
    assert code == 0 and "likely within 100,000 USD" in " ".join(out.split())


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--budget", "0"), "--budget: a budget of 0 USD buys nothing"),
        (("--on", "H10"), "--on: nothing is known of a device 'H10'"),
        (("--on", "abacus"), "or here for this machine"),
        (("--models", "/no/such/model"), "no config to plan with"),
        (("--prices", "/no/such/file.toml"), "hardware file cannot be read"),
        (("--grid", "-1"), "--grid"),
        (("--set", 'model.name="/no/such/model"'), "no such folder"),
    ],
)
def test_what_makes_no_sense_is_one_line(
    planned: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], says: str
) -> None:
    code, out, err = call(capsys, planned, *arguments)
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1 and says in err


def test_a_run_without_a_bank_says_what_to_type(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = call(capsys, recipe(tmp_path))
    assert code == 2
    assert "Type: residency check RECIPE" in err


def test_fewer_answers_at_once_are_named_where_they_save_a_device(
    planned: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Eager attention of 96 prompts at once takes more than one card has; of a quarter of them it does not. Of 4,096 it
    takes more than eight cards have."""

    def said(size: int) -> str:
        asked = ("--set", f"evaluate.batch_size={size}", "--on", "h100-sxm", "--models", "gpt-oss-20b")
        return " ".join(call(capsys, planned, *asked)[1].split())

    many = said(96)
    assert "LoRA) on 2 NVIDIA H100" in many and "--set evaluate.batch_size=24) h100-sxm is enough" in many
    none = said(4096)
    assert "Not as it is" in none and "the stage evaluate needs" in none and "Lower evaluate.batch_size" in none


def test_prices_of_ones_own_count(planned: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    prices = tmp_path / "prices.toml"
    prices.write_text("[h100-sxm]\nusd_per_hour = 10\n")
    asked = ("--on", "h100-sxm", "--models", "gpt-oss-20b", "--json")
    _, out, _ = call(capsys, planned, *asked, "--prices", prices)
    best = json.loads(out)["recommended"]
    assert best["usd"]["likely"] == pytest.approx(10 * best["hours"]["likely"], rel=1e-3)


def test_co2_follows_the_grid(planned: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("--on", "h100-sxm", "--models", "gpt-oss-20b", "--json", "--grid", "100")
    best = json.loads(call(capsys, planned, *asked)[1])["recommended"]
    assert best["co2_kg"]["likely"] == pytest.approx(best["kwh"]["likely"] * 0.1, rel=1e-3)


def test_the_page_needs_nothing_beside_it(planned: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "plan.html"
    code, out, _ = call(capsys, planned, "--on", "H100", "--html", page)
    text = page.read_text(encoding="utf-8")
    assert code == 0 and f"page: {page}" in out
    assert text.count("<svg") == 2 and text.count("</svg>") == 2
    for outside in ("http://", "https://", "<script", "<link", "src="):
        assert outside not in text
    assert "Can I do it?" in text and "What could go wrong?" in text


def test_a_change_after_the_counts_is_seen(planned: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("--on", "h100-sxm", "--models", "gpt-oss-20b", "--json")
    first = json.loads(call(capsys, planned, *asked)[1])["counts"]["train"]
    conversations(tmp_path / "runs" / "planned", [1] * 30, settings={"examples": 4000})
    second = json.loads(call(capsys, planned, *asked)[1])["counts"]["train"]
    assert (first["basis"], second["basis"], second["rows"]) == ("projected", "estimated", 30)


def test_a_probe_of_this_machine_counts_here_and_nowhere_else(
    planned: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What an earlier probe left is as if it had been ten times as slow as it was; a run is then held against it."""
    asked = (planned, "--on", "here", "--on", "h100-sxm", "--models", "embedded", "--set", "model.name=embedded")
    asked = (*asked, "--set", "model.device=cpu", "--json")

    def hours() -> tuple[float, float]:
        found = {one["hardware"]: one["hours"]["likely"] for one in json.loads(call(capsys, *asked)[1])["choices"]}
        return found["here"], found["h100-sxm"]

    def expected() -> dict[str, Any]:
        found: dict[str, Any] = read_json(tmp_path / "runs" / "planned" / PLAN)
        return found

    before, kept_before = hours(), expected()
    default = Constants.default("cpu")
    slow = replace(
        default, dense=default.dense * 0.1, bandwidth=default.bandwidth * 0.1, source="a probe of 9 settings"
    )
    keep(place_of("embedded", "cpu"), [], slow)
    after, kept_after = hours(), expected()
    assert after[0] > 5 * before[0] and after[1] == before[1]
    assert "cores" in kept_after["on"] and kept_after["seconds"]["sft"][1] > 5 * kept_before["seconds"]["sft"][1]
    assert predictions(tmp_path / "runs" / "planned")["sft"].likely == kept_after["seconds"]["sft"][1]
    said = " ".join(call(capsys, *asked[:-1])[1].split())
    assert "follow a probe of 9 settings; nothing else here was measured" in said


@pytest.mark.slow
def test_a_probe_from_the_command_line_corrects_the_plan(
    planned: Path, tiny_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sizes = ("sft.batch_tokens=512", "compile.max_length=256", "evaluate.batch_size=4", "model.dtype=float32")
    named = (f"model.name={tiny_model}", "model.device=cpu", *sizes)
    asked = [planned, "--on", "here", "--models", str(tiny_model), *(word for one in named for word in ("--set", one))]
    code, out, error = call(capsys, *asked, "--probe")
    assert code == 0 and "kept for later plans" in error and "4 answers of 16 tokens to prompts of 192" in error
    assert "follow a probe of 9 settings, 36 steps; nothing else here" in " ".join(out.split())
    again = call(capsys, *asked)
    assert again[0] == 0 and "follow a probe of 9 settings" in " ".join(again[1].split())


def test_a_plan_needs_no_torch(planned: Path) -> None:
    code = (
        "import sys; from residency.cli.app import main; "
        f"code = main(['plan', {str(planned)!r}, '--on', 'H100', '--json']); "
        "print([name for name in ('torch', 'transformers') if name in sys.modules], code, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[-1] == "[] 0"
