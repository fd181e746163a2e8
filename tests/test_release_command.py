"""``residency release``: on a finished run, as its maker types it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import constants

from residency.cli import app as cli
from residency.core.files import file_digest, read_json, write_json
from tests.hub_server import TOKEN, HubServer

METRIC = "faithfulness.false_abstention"
REPO = "me/surgeon"


@pytest.fixture
def run(run_folder: Path, tmp_path: Path) -> Path:
    """A finished run of one's own, whose one gate is undecided, and which a person opened in place of a stranger."""
    folder = tmp_path / "runs" / "mine"
    shutil.copytree(run_folder, folder)
    decide(folder, "undecided")
    kept = read_json(folder / "recipe.json")
    kept["values"]["release"] |= {
        "verify": False,
        "licence": "apache-2.0",
        "overrides": {"verification": "opened by hand"},
    }
    write_json(folder / "recipe.json", kept)
    return folder


def decide(folder: Path, verdict: str) -> None:
    """Let the evaluation have come to this verdict."""
    path = folder / "evaluate/summary.json"
    gates = [{"metric": METRIC, "verdict": verdict, "says": f"{METRIC}: {verdict}.", "needed_n": None}]
    write_json(path, read_json(path) | {"gates": gates})
    record(folder / "evaluate", "summary.json")


def record(stage: Path, name: str) -> None:
    """Let a stage's manifest have a file as it is."""
    manifest = read_json(stage / "manifest.json")
    manifest["outputs"][name] = {"sha256": file_digest(stage / name), "bytes": (stage / name).stat().st_size}
    write_json(stage / "manifest.json", manifest)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    with HubServer() as server:
        monkeypatch.setenv("HF_TOKEN", TOKEN)
        monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
        # Both are made of HF_ENDPOINT when huggingface_hub is imported.
        monkeypatch.setattr(constants, "ENDPOINT", server.url)
        template = server.url + "/{repo_id}/resolve/{revision}/{filename}"
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
        yield server


def call(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = cli.main(["release", *map(str, arguments)])
    said = capsys.readouterr()
    return code, said.out, said.err


def call_json(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, dict[str, Any]]:
    code, out, _ = call(capsys, *arguments, "--json")
    assert out.count("\n") == 1
    return code, json.loads(out)


def card(run: Path) -> str:
    return (run / "release/bundle/README.md").read_text(encoding="utf-8")


def test_a_draft_is_written_and_final_says_no(run: Path, capsys: pytest.CaptureFixture[str], hub: HubServer) -> None:
    code, out, _ = call(capsys, run, "--final", "--push", REPO)
    assert code == 1 and not hub.asked
    assert f"undecided {METRIC}: undecided." in out and "bundle, a draft: " in out
    assert "not published: it is a draft, and --final was asked for" in out
    assert f"--override {METRIC}:WHY" in out
    assert "# Surgical resident (draft)" in card(run)
    code, found = call_json(capsys, run)
    assert code == 0 and found["draft"] and found["status"] == "skipped" and found["pushed"] is None
    assert found["files"]["adapter_model.safetensors"] > 1000
    assert [one["name"] for one in found["requirements"]] == [
        METRIC,
        "data",
        "questions",
        "passages",
        "licence",
        "verification",
    ]


def test_a_bundle_that_nobody_opened_or_that_failed_is_a_draft_and_stays_here_where_it_failed(
    run: Path, capsys: pytest.CaptureFixture[str], hub: HubServer
) -> None:
    decide(run, "pass")
    code, found = call_json(capsys, run, "--final", "--override", "verification:")
    assert code == 1 and found["refused"] == ["The bundle was not opened as a stranger would: release.verify is false."]
    planted = ["--verify", "--set", "verify_answers=0", "--set", 'canaries=["held-out items of this run"]']
    code, found = call_json(capsys, run, "--final", *planted)
    assert code == 1 and "no planted text" in found["refused"][0] and "no planted text" in card(run)
    code, _, err = call(capsys, run, "--push", REPO, "--override", "verification:it is a word of the card")
    assert code == 2 and "this bundle failed its verification (no planted text" in err and not hub.asked


def test_a_final_release_is_published_and_open(run: Path, capsys: pytest.CaptureFixture[str], hub: HubServer) -> None:
    decide(run, "pass")
    asked = ["--verify", "--set", "verify_answers=5", "--override", "verification:"]
    code, found = call_json(capsys, run, "--final", "--push", REPO, *asked)
    assert read_json(run / "release/verify.json")["verdict"] == "pass"
    assert found["requirements"][-1]["name"] == "verification" and found["requirements"][-1]["verdict"] == "pass"
    assert code == 0 and not found["draft"] and not (run / "release/DRAFT").exists()
    repository = hub.repositories[REPO]
    assert not repository.private and found["pushed"]["url"] == f"{hub.url}/{REPO}"
    assert set(repository.files) - {".gitattributes"} == set(found["files"])
    assert "(draft)" not in repository.files["README.md"].decode()


def test_final_asks_for_the_models_licence(run: Path, capsys: pytest.CaptureFixture[str], hub: HubServer) -> None:
    decide(run, "pass")
    code, out, _ = call(capsys, run, "--final", "--push", REPO, "--set", "licence=unknown")
    assert code == 1 and not hub.asked and (run / "release/DRAFT").exists()
    assert "fail      licence: The release names no licence" in out and "not met: licence." in out
    assert "--set licence=apache-2.0" in out, "what to type next"
    assert "# Surgical resident (draft)" in card(run) and "> - The release names no licence" in card(run)
    code, found = call_json(capsys, run, "--final", "--set", "licence=cc-by-4.0")
    assert code == 0 and not found["draft"] and "`cc-by-4.0`, beside that of the base model" in card(run)
    assert not (run / "release/DRAFT").exists()


def test_a_drafts_repository_is_private(run: Path, capsys: pytest.CaptureFixture[str], hub: HubServer) -> None:
    code, out, _ = call(capsys, run, "--push", REPO)
    assert code == 0 and "published, private: " in out and hub.repositories[REPO].private


def test_an_override_is_printed_on_the_card_and_in_the_manifest_until_it_is_taken_back(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    why = 'four items; the "large" run is under way'
    code, out, _ = call(capsys, run, "--final", "--override", f"{METRIC}:{why}")
    assert code == 0 and f"passed over: {why}" in out and "bundle, final, 2 passed over: " in out
    assert why in card(run) and "(draft)" not in card(run) and f"- **undecided**: {METRIC}" in card(run)
    manifest = read_json(run / "release/manifest.json")
    assert manifest["parts"]["settings"]["release"]["overrides"][METRIC] == why
    assert manifest["counts"]["overridden"] == [METRIC, "verification"] and not manifest["counts"]["draft"]
    assert call(capsys, run, "--final")[0] == 0, "it stands until it is taken back"
    assert call(capsys, run, "--final", "--override", f"{METRIC}:")[0] == 1
    assert why not in card(run) and "(draft)" in card(run)
    code, _, err = call(capsys, run, "--override", "typo:why")
    assert code == 2 and "a release needs nothing of this name" in err and "(draft)" in card(run)


def test_a_dry_run_shows_all_but_the_weights_and_leaves_the_release(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = read_json(run / "release/manifest.json")
    kept = read_json(run / "recipe.json")
    code, found = call_json(capsys, run, "--dry-run", "--final", "--set", "title=Another")
    assert code == 1 and found["status"] == "dry run" and found["draft"]
    assert not [name for name in found["files"] if name.endswith((".safetensors", ".gguf", ".bin"))]
    assert {"README.md", "contract.json", "facts.json"} <= set(found["files"])
    assert "# Another (draft)" in (run / "release-dry-run/bundle/README.md").read_text()
    assert read_json(run / "release/manifest.json") == before and read_json(run / "recipe.json") == kept
    decide(run, "pass")
    code, out, _ = call(capsys, run, "--dry-run", "--final")
    assert code == 0 and "would be final, 1 passed over; a dry run, without weights: " in out
    assert "its card, to read: " in out and f"to write it with its weights:\n  residency release {run}\n" in out
    _, out, _ = call(capsys, run, "--dry-run", "--set", "verify=true", "--override", "verification:")
    assert "  later     verification: the bundle is opened once it is written" in out


def test_a_run_that_is_not_done_has_no_release(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (run / "evaluate/manifest.json").unlink()
    code, _, err = call(capsys, run)
    assert code == 2 and "the stage evaluate is unfinished" in err and "residency run RECIPE" in err
    code, _, err = call(capsys, run.parent / "nothing")
    assert code == 2 and "not a run folder" in err


def test_stages_of_other_settings_or_results_are_not_released(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = read_json(run / "recipe.json")
    kept["values"]["model"]["dtype"] = "bfloat16"
    write_json(run / "recipe.json", kept)
    code, _, err = call(capsys, run)
    assert code == 2 and "model.dtype has changed since the stage grounding ran" in err
    (run / "corpus/data-report.json").write_text("{}")
    code, _, err = call(capsys, run)
    assert code == 2 and "the stage corpus is damaged" in err


def edit(run: Path, old: str, new: str) -> None:
    text = card(run)
    assert old in text
    (run / "release/bundle/README.md").write_text(text.replace(old, new), encoding="utf-8")


def test_an_edited_card_stays_and_goes_out_where_the_records_support_it(
    run: Path, capsys: pytest.CaptureFixture[str], hub: HubServer
) -> None:
    call(capsys, run)
    edit(run, "It makes mistakes;", "It does make mistakes;")
    code, out, _ = call(capsys, run)
    assert code == 0 and "edited, and left as it is: bundle/README.md" in out and "does make mistakes" in card(run)
    assert call(capsys, run, "--push", REPO)[0] == 0
    assert b"does make mistakes" in hub.repositories[REPO].files["README.md"]
    assert call(capsys, run, "--push", REPO)[0] == 0
    edit(run, "It does make mistakes;", "It was right in 97% of 4,017 cases;")
    code, _, err = call(capsys, run, "--push", REPO)
    assert code == 2 and "97%" in err and "residency card check" in err and "README.md:" in err
    assert b"97%" not in hub.repositories[REPO].files["README.md"]


def test_an_edited_card_is_written_anew_only_when_asked(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call(capsys, run)
    edit(run, "It makes mistakes;", "It does make mistakes;")
    code, _, err = call(capsys, run, "--set", "title=Another")
    assert code == 2 and "this card was edited, and is out of date: release.title changed" in err
    assert "does make mistakes" in card(run)
    assert call(capsys, run, "--set", "title=Another", "--rewrite")[0] == 0
    assert "does make mistakes" not in card(run) and "# Another" in card(run)


def test_any_other_change_of_the_bundle_is_refused(
    run: Path, capsys: pytest.CaptureFixture[str], hub: HubServer
) -> None:
    call(capsys, run)
    weights = run / "release/bundle/adapter_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\0")
    code, _, err = call(capsys, run, "--push", REPO)
    assert code == 2 and "adapter_model.safetensors: this file was changed after it was written" in err
    edit(run, "It makes mistakes;", "It does make mistakes;")
    assert call(capsys, run, "--push", REPO)[0] == 2 and not hub.asked
    assert call(capsys, run, "--push", REPO, "--rewrite")[0] == 0
    (run / "release/bundle/notes.txt").write_text("x")
    code, _, err = call(capsys, run, "--push", REPO)
    assert code == 2 and "notes.txt: this file of the bundle is not listed" in err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--dry-run", "--push", REPO], "--dry-run publishes nothing"),
        (["--private"], "nothing is pushed"),
        (["--override", "data"], "NAME:REASON"),
        (["--set", "titel=x"], "titel"),
    ],
)
def test_what_does_not_fit_together_is_said(
    run: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    code, _, err = call(capsys, run, *arguments)
    assert code == 2 and said in err and err.count("\n") == 1


def test_merged_weights_on_demand(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, found = call_json(capsys, run, "--merge")
    assert code == 0 and "merged/model.safetensors" in found["files"]
    assert "merged/model.safetensors" in call_json(capsys, run)[1]["files"], "it stays so in the run"
    assert "merged/model.safetensors" not in call_json(capsys, run, "--no-merge")[1]["files"]
