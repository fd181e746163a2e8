"""Release: a card whose every number is read from somewhere, and a bundle that opens without this package."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from residency.chat.chatml import ChatML
from residency.core.files import read_json, write_json
from residency.core.prompt import MODES, conversation, user_message
from residency.core.stage import Counts, StageContext
from residency.flow.stages import stage as entry
from residency.generation.generate import generate
from residency.generation.models import load_model, load_tokenizer
from residency.generation.settings import ModelSettings
from residency.release import card, stage
from residency.release.settings import ReleaseSettings
from tests.conftest import read_rows

NUMBER = re.compile(r"\d+(?:\.\d+)*")
DIGEST = re.compile(r"[0-9a-f]{64}")


@pytest.fixture
def run_copy(run_folder: Path, tmp_path: Path) -> Path:
    """The finished run without its release, whose small files a test may change."""
    copy = tmp_path / "run"
    shutil.copytree(run_folder, copy, ignore=shutil.ignore_patterns("release"))
    return copy


def release(folder: Path, model: ModelSettings, **settings: Any) -> tuple[Counts, Path]:
    out = folder / "release"
    out.mkdir()
    inputs = {name: folder / name for name in entry("release").reads}
    sections = {"release": ReleaseSettings(**settings), "model": model}
    return stage.run(StageContext(sections, inputs, out, seed=5)), out / "bundle"


def tiny(folder: Path) -> ModelSettings:
    return ModelSettings(name=str(folder), dtype="float32", device="cpu")


# The card


def sources(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    return card.read_manifests(folder, stage.STAGES), read_json(folder / "evaluate/summary.json")


def scalars(value: Any) -> list[Any]:
    """All keys and values at the ends of nested tables and lists."""
    if isinstance(value, dict):
        return [part for key, inner in value.items() for part in (key, *scalars(inner))]
    if isinstance(value, list):
        return [part for inner in value for part in scalars(inner)]
    return [value]


def untraced(text: str, manifests: dict[str, Any], summary: dict[str, Any]) -> list[str]:
    """The numbers of a card that stand in no manifest and not in the summary, in the form that the card gives them."""
    known: set[str] = set()
    for value in scalars([manifests, summary]):
        if isinstance(value, float):
            known |= {str(value), f"{value:.2f}"}
        elif not DIGEST.fullmatch(str(value)):  # a digest holds any small number somewhere
            known |= set(NUMBER.findall(str(value)))
    confidence = manifests["evaluate"]["parts"]["settings"]["evaluate"]["confidence"]
    known.add(f"{confidence:.0%}".rstrip("%"))
    for manifest in manifests.values():
        text = text.replace(f"`{manifest['fingerprint'][:12]}`", "")
    return [number for number in NUMBER.findall(text) if number not in known]


def moved(value: Any, key: str = "") -> Any:
    """The same value with every number in it changed to one that nobody would write by chance."""
    if isinstance(value, dict):
        return {key: moved(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [moved(inner, key) for inner in value]
    if isinstance(value, bool) or value is None or key == "fingerprint":
        return value
    if isinstance(value, int):
        return value + 7_000_000
    if isinstance(value, float):
        return round(value + 3.17, 2)
    return NUMBER.sub("7777", str(value))


def test_every_number_on_the_card_stands_in_a_manifest_or_the_summary(run_folder: Path) -> None:
    text = (run_folder / "release/bundle/README.md").read_text(encoding="utf-8")
    assert len(NUMBER.findall(text)) > 100
    assert untraced(text, *sources(run_folder)) == []


def test_no_number_on_the_card_is_written_from_memory(run_folder: Path) -> None:
    """All sources are changed; a number that stays as it was would be the template's own."""
    manifests, summary = moved(sources(run_folder)[0]), moved(sources(run_folder)[1])
    text = card.write_card("Title", False, "base", manifests, summary)
    assert len(NUMBER.findall(text)) > 100
    assert untraced(text, manifests, summary) == []
    assert f"{7_000_040} rows" in text, "the mix of the tiny recipe holds 40 rows"


@pytest.mark.parametrize("planted", ["Tested by 12 surgeons.", "with {{ '95%' }} intervals", "n={{ 20 + 100 }}"])
def test_a_number_that_stands_nowhere_is_found(
    run_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, planted: str
) -> None:
    shutil.copytree(card.TEMPLATES, tmp_path / "templates")
    with (tmp_path / "templates/card.md.j2").open("a", encoding="utf-8") as handle:
        handle.write(planted)
    monkeypatch.setattr(card, "TEMPLATES", tmp_path / "templates")
    manifests, summary = moved(sources(run_folder)[0]), moved(sources(run_folder)[1])
    assert len(untraced(card.write_card("Title", False, "base", manifests, summary), manifests, summary)) == 1


def test_a_wrong_number_in_a_finished_card_is_found(run_folder: Path) -> None:
    text = (run_folder / "release/bundle/README.md").read_text(encoding="utf-8")
    assert untraced(text.replace("SFT on 40 rows", "SFT on 4017 rows"), *sources(run_folder)) == ["4017"]


def test_the_table_shows_each_estimate_with_interval_and_n(run_folder: Path) -> None:
    text = (run_folder / "release/bundle/README.md").read_text(encoding="utf-8")
    table = read_json(run_folder / "evaluate/summary.json")["table"]
    lines = [line for line in text.splitlines() if line.startswith("| ") and "| axis" not in line]
    for row, line in zip(table, lines, strict=False):
        cells = [card.interval(row["models"][name]) for name in ("base", "sft", "final")]
        assert line == f"| {row['axis']} | {row['title']} | {cells[0]} | {cells[1]} | {cells[2]} |"


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({}, "0.42 [0.35, 0.49], n=120"),
        ({"low": None, "high": None}, "0.42, n=120"),
        ({"unparsed": 3, "missing": 3}, "0.42 [0.35, 0.49], n=120, 3 unparsed"),
        ({"unparsed": 3, "missing": 0}, "0.42 [0.35, 0.49], n=120"),
        ({"errored": 1, "unparsed": 2, "missing": 3}, "0.42 [0.35, 0.49], n=120, 2 unparsed, 1 errored"),
        ({"value": None, "low": None, "high": None, "n": 0}, "-"),
        ({"value": None, "low": None, "high": None, "n": 0, "missing": 9, "unparsed": 9}, "-, 9 unparsed"),
    ],
)
def test_an_estimate_is_shown_with_what_could_not_be_scored(changes: dict[str, Any], shown: str) -> None:
    whole = {"value": 0.42, "low": 0.35, "high": 0.49, "n": 120, "missing": 0, "unparsed": 0, "errored": 0}
    assert card.interval(whole | changes) == shown


# The bundle


@pytest.mark.parametrize(
    ("verdicts", "draft"),
    [
        (["pass", "pass"], False),
        (["pass", "fail"], True),
        (["pass", "undecided"], True),
        ([], True),
    ],
)
def test_a_bundle_is_a_draft_unless_every_gate_passed(
    run_copy: Path, tiny_model: Path, verdicts: list[str], draft: bool
) -> None:
    path = run_copy / "evaluate/summary.json"
    gates = [{"metric": "m", "verdict": verdict, "says": f"m: {verdict}", "needed_n": None} for verdict in verdicts]
    write_json(path, read_json(path) | {"gates": gates})
    counts, bundle = release(run_copy, tiny(tiny_model), title="My model")
    text = (bundle / "README.md").read_text(encoding="utf-8")
    assert counts["draft"] == draft == (run_copy / "release/DRAFT").exists()
    assert ("# My model (draft)" in text) == draft == ("**Draft.**" in text)
    assert "**Not for clinical use.**" in text
    for verdict in verdicts:
        assert f"- **{verdict}**: m: {verdict}" in text
    assert counts["gates"] == {kind: verdicts.count(kind) for kind in ("pass", "fail", "undecided")}


def test_the_checksums_are_those_of_all_files(run_folder: Path) -> None:
    bundle = run_folder / "release/bundle"
    found = dict(reversed(line.split("  ", 1)) for line in (bundle / "SHA256SUMS").read_text().splitlines())
    files = {str(p.relative_to(bundle)): p for p in bundle.rglob("*") if p.is_file() and p.name != "SHA256SUMS"}
    assert found == {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}


def test_nothing_in_the_bundle_names_a_folder_of_this_machine(run_folder: Path, tiny_model: Path) -> None:
    bundle = run_folder / "release/bundle"
    for path in bundle.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert str(tiny_model.parent).encode() not in data, path.name
            assert str(run_folder.parent).encode() not in data, path.name
    assert read_json(bundle / "adapter_config.json")["base_model_name_or_path"] == tiny_model.name
    assert f"base_model: {tiny_model.name}\n" in (bundle / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "shown"),
    [("embedded", "HuggingFaceTB/SmolLM2-135M-Instruct"), ("someone/something", "someone/something")],
)
def test_a_base_model_of_the_hub_keeps_its_name(name: str, shown: str) -> None:
    assert stage.base_name(ModelSettings(name=name)) == shown


def test_the_contract_builds_the_prompts_that_this_package_builds(run_folder: Path) -> None:
    contract = read_json(run_folder / "release/bundle/contract.json")
    passages: Any = read_rows(run_folder / "release/bundle/passages.jsonl")[:3]
    lines = [contract["passage"].format(number=n, **passage) for n, passage in enumerate(passages, 1)]
    context = contract["context"].replace("{passages}", "\n".join(lines)).replace("{question}", "Why?")
    assert context == user_message("Why?", passages)["content"]
    for mode in MODES:
        assert contract["modes"][mode] == conversation(mode, [])[0]["content"]


OPEN = """
import json, sys
from pathlib import Path
sys.modules["residency"] = None  # importing it would be an error

import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer

bundle, base, question = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
tokenizer = AutoTokenizer.from_pretrained(bundle)
model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(base), bundle).eval()
contract = json.loads((bundle / "contract.json").read_text())
messages = [
    {"role": "system", "content": contract["modes"]["EXAM"]},
    {"role": "user", "content": question},
]
prompt = tokenizer.apply_chat_template(messages, add_generation_prompt=True, return_tensors="pt", return_dict=True)
out = model.generate(**prompt, max_new_tokens=12, do_sample=False)[0].tolist()
print(json.dumps({"prompt": prompt["input_ids"][0].tolist(), "new": out[prompt["input_ids"].shape[1] :]}))
"""


def test_the_bundle_opens_with_plain_transformers_and_peft(run_folder: Path, tiny_model: Path) -> None:
    bundle, question = run_folder / "release/bundle", "How is a burn cooled?"
    done = subprocess.run(
        [sys.executable, "-c", OPEN, str(bundle), str(tiny_model), question], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    theirs = json.loads(done.stdout.splitlines()[-1])
    renderer = ChatML(load_tokenizer(tiny(tiny_model)))
    prompt = renderer.prompt(conversation("EXAM", [user_message(question)]))
    model = load_model(tiny(tiny_model), run_folder / "preference/adapter")
    (new,) = generate(model, [prompt], stop=renderer.end, max_new_tokens=12)
    assert theirs["prompt"] == prompt
    assert [token for token in theirs["new"] if token != renderer.end] == new


def test_merged_weights_are_the_adapter_on_its_base(run_copy: Path, tiny_model: Path) -> None:
    _, bundle = release(run_copy, tiny(tiny_model), merge=True)
    ids = torch.tensor([[5, 6, 7, 8]])
    merged = load_model(tiny(bundle / "merged"))
    with torch.no_grad():
        adapted = load_model(tiny(tiny_model), run_copy / "preference/adapter")(ids).logits
        assert torch.allclose(merged(ids).logits, adapted, atol=1e-4)
    assert "merged/model.safetensors" in (bundle / "SHA256SUMS").read_text()
