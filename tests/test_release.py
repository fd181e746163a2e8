"""Release: a bundle that opens without this package, and is a draft unless gates passed and licences are named."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from residency.chat.load import renderer_of
from residency.chat.settings import ChatSettings
from residency.core.files import read_json, write_json, write_jsonl
from residency.core.prompt import MODES, conversation, format_passages, user_message
from residency.core.stage import Counts, StageContext
from residency.core.tools import TOOLS
from residency.flow.recipe import load_recipe
from residency.flow.runner import run_recipe
from residency.flow.stages import stage as entry
from residency.generation.generate import generate
from residency.generation.models import load_model, load_tokenizer
from residency.generation.settings import ModelSettings
from residency.release import stage
from residency.release.bundle.weights import base_name
from residency.release.licences import LISTED, _tally, judged, licences
from residency.release.settings import ReleaseSettings
from tests.conftest import read_rows


@pytest.fixture
def run_copy(run_folder: Path, tmp_path: Path) -> Path:
    """The finished run without its release, whose small files a test may change."""
    copy = tmp_path / "run"
    shutil.copytree(run_folder, copy, ignore=shutil.ignore_patterns("release"))
    return copy


def release(
    folder: Path, model: ModelSettings, chat: ChatSettings | None = None, **settings: Any
) -> tuple[Counts, Path]:
    out = folder / "release"
    out.mkdir()
    inputs = {name: folder / name for name in entry("release").reads}
    unseen = {
        "verify": False,
        "overrides": {"verification": "tests/test_release_verify.py verifies"},
        "paper": False,
        "licence": "apache-2.0",
    }
    chosen = ReleaseSettings(**{**unseen, **settings})
    sections = {"release": chosen, "model": model, "chat": chat or ChatSettings()}
    return stage.run(StageContext(sections, inputs, out, seed=5)), out / "bundle"


def tiny(folder: Path) -> ModelSettings:
    return ModelSettings(name=str(folder), dtype="float32", device="cpu")


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


# Licences


def trained_on(folder: Path) -> set[str]:
    """The ids of the questions that SFT and preference tuning trained on."""
    rows = read_rows(folder / "mix/train.jsonl") + read_rows(folder / "pairs/pairs.jsonl")
    kept = {row["id"] for row in read_rows(folder / "corpus/kept.jsonl")}
    return kept & {parent for row in rows if row["split"] == "train" for parent in row["parents"]}


def plant(folder: Path, unlicensed: int, licence: str = "unknown") -> tuple[int, int]:
    """Let every gate pass, and that many of the questions that were trained on name no licence; returns how many
    questions were trained on, and how many passages there are."""
    path = folder / "evaluate/summary.json"
    write_json(path, read_json(path) | {"gates": [{"metric": "m", "verdict": "pass", "says": "m", "needed_n": None}]})
    trained = sorted(trained_on(folder))
    kept = read_rows(folder / "corpus/kept.jsonl")
    write_jsonl(
        folder / "corpus/kept.jsonl",
        [row | ({"licence": licence} if row["id"] in trained[:unlicensed] else {}) for row in kept],
    )
    return len(trained), len(read_rows(folder / "index/passages.jsonl"))


@pytest.mark.parametrize("licence", ["unknown", "", "N/A", " none "])
def test_one_row_trained_on_without_a_licence_keeps_the_release_a_draft(
    run_copy: Path, tiny_model: Path, licence: str
) -> None:
    of, _ = plant(run_copy, 1, licence)
    counts, bundle = release(run_copy, tiny(tiny_model))
    assert counts["draft"] and (bundle / "adapter_model.safetensors").is_file(), "written, for its maker's own use"
    [reason] = counts["refused"]
    assert reason.startswith(f"1 of {of} questions that were trained on name no licence")
    assert "Set corpus.licence" in reason and "corpus.map" in reason
    assert (run_copy / "release/DRAFT").read_text() == f"{reason}\n"
    text = (bundle / "README.md").read_text(encoding="utf-8")
    assert "# Surgical resident (draft)" in text and f"> - {reason}\n" in text
    assert f"- {of} questions trained on: `CC-BY-4.0` {of - 1}, none named 1.\n" in text


@pytest.mark.parametrize(("unlicensed", "share", "draft"), [(0, 0.0, False), (2, 0.5, False), (2, 0.01, True)])
def test_the_share_without_a_licence_decides(
    run_copy: Path, tiny_model: Path, unlicensed: int, share: float, draft: bool
) -> None:
    of, passages = plant(run_copy, unlicensed)
    counts, _ = release(run_copy, tiny(tiny_model), max_unlicensed=share)
    assert counts["draft"] == draft == (run_copy / "release/DRAFT").exists() == bool(counts["refused"])
    assert counts["licences"] == {
        "questions": {"of": of, "unlicensed": unlicensed, "by_licence": {"CC-BY-4.0": of - unlicensed}},
        "passages": {"of": passages, "unlicensed": 0, "by_licence": {"CC-BY-4.0": passages}},
    }


def test_rows_that_were_not_trained_on_need_no_licence(run_copy: Path, tiny_model: Path) -> None:
    of, _ = plant(run_copy, 0)
    trained = trained_on(run_copy)
    kept = read_rows(run_copy / "corpus/kept.jsonl")
    assert len(kept) > of
    bare = [row | ({} if row["id"] in trained else {"licence": "unknown"}) for row in kept]
    write_jsonl(run_copy / "corpus/kept.jsonl", bare)
    assert not release(run_copy, tiny(tiny_model))[0]["draft"]


def test_passages_are_handed_on_and_need_a_licence_too(run_copy: Path, tiny_model: Path) -> None:
    plant(run_copy, 0)
    passages = read_rows(run_copy / "index/passages.jsonl")
    write_jsonl(run_copy / "index/passages.jsonl", [passages[0] | {"licence": "unknown"}, *passages[1:]])
    [reason] = release(run_copy, tiny(tiny_model))[0]["refused"]
    assert reason.startswith(f"1 of {len(passages)} passages of the bundle") and "index.licence" in reason


def test_a_training_row_of_no_kept_question_counts_by_itself(tmp_path: Path) -> None:
    row = {"id": "c1", "licence": "", "parents": ["gone"], "split": "train"}
    for name, rows in {
        "mix/train.jsonl": [row, row, row | {"id": "c2", "licence": "x", "parents": ["q1", "case-7"]}],
        "pairs/pairs.jsonl": [row | {"id": "p1", "parents": ["q2"]}, row | {"id": "p2", "split": "dev"}],
        "corpus/kept.jsonl": [{"id": name, "licence": f"licence {name}"} for name in ("q1", "q2", "q3")],
        "index/passages.jsonl": [],
    }.items():
        write_jsonl(tmp_path / name, rows)
    found = licences({name: tmp_path / name for name in ("mix", "pairs", "corpus", "index")})
    assert found["questions"] == {"of": 3, "unlicensed": 1, "by_licence": {"licence q1": 1, "licence q2": 1}}
    assert {kind: (fine, text[:24]) for kind, (fine, text) in judged(found, 0.0).items()} == {
        "questions": (False, "1 of 3 questions that we"),
        "passages": (True, "0 of 0 passages of the b"),
    }


def test_many_licences_and_strange_ones_stay_on_their_line() -> None:
    names = [f"licence {number}" for number in range(30)] + ["`a`\n# b" + "c" * 100] * 2
    entry = _tally(names)
    assert (entry["of"], entry["unlicensed"]) == (32, 0)
    assert len(entry["by_licence"]) == LISTED + 1 and entry["by_licence"]["others"] == 31 - LISTED
    assert sum(entry["by_licence"].values()) == 32
    first = next(iter(entry["by_licence"]))
    assert first.startswith("`a` # bccc") and len(first) == 60


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
    assert base_name(ModelSettings(name=name)) == shown


def test_the_contract_builds_the_prompts_that_this_package_builds(run_folder: Path) -> None:
    contract = read_json(run_folder / "release/bundle/contract.json")
    passages: Any = read_rows(run_folder / "release/bundle/passages.jsonl")[:3]
    months = [passage["date"][:7] for passage in passages]
    shown = enumerate(zip(passages, months, strict=True), 1)
    lines = [contract["passage"].format(number=n, month=month, **passage) for n, (passage, month) in shown]
    context = contract["context"].replace("{passages}", "\n".join(lines)).replace("{question}", "Why?")
    assert context == user_message("Why?", passages)["content"]
    (old, bare) = passages[0] | {"superseded_by": "newer"}, passages[1] | {"date": ""}
    lines = [
        contract["passage_superseded"].format(number=1, month=months[0], **passages[0]),
        contract["passage_undated"].format(number=2, **passages[1]),
    ]
    assert "\n".join(lines) == format_passages([old, bare])
    assert contract["tools"] == list(TOOLS) and contract["nothing_found"] in user_message("Why?", [])["content"]
    for mode in MODES:
        assert contract["modes"][mode] == conversation(mode, [])[0]["content"]


def test_the_bundle_says_how_to_serve_a_model_that_does_not_think(run_folder: Path) -> None:
    bundle = run_folder / "release/bundle"
    contract = read_json(bundle / "contract.json")
    assert contract["chat"] == {"family": "chatml", "effort": "", "date": "", "thinking": False}
    assert "thoughts" not in contract
    text = (bundle / "README.md").read_text(encoding="utf-8")
    assert "- Chat format: `chatml`\n- Thinking: the model is not asked to think" in text
    assert "effort" not in text and "Date in" not in text and "Thoughts trained on" not in text


@pytest.mark.parametrize(("date", "shown"), [("2026-01-31", "`2026-01-31`\n"), ("", "none. Servers write the day's")])
def test_the_bundle_says_how_to_serve_a_model_that_thinks_and_what_its_thoughts_do(
    run_copy: Path, tiny_model: Path, date: str, shown: str
) -> None:
    report = {
        "family": "harmony",
        "thinks": True,
        "effort": "low",
        "consequences": ["it teaches bare finals", "3 rows have their rationale as a thought"],
        "train": {"rows": 41, "thoughts": {"distil": 30, "rationale": 3, "none": 6, "dropped": 2}},
    }
    write_json(run_copy / "thoughts/report.json", report)
    _, bundle = release(run_copy, tiny(tiny_model), ChatSettings(effort="low", date=date))
    contract = read_json(bundle / "contract.json")
    assert contract["chat"] == {"family": "harmony", "effort": "low", "date": date, "thinking": True}
    assert contract["thoughts"] == {
        "rows": {"distil": 30, "rationale": 3, "none": 6},
        "dropped": 2,
        "consequences": report["consequences"],
    }
    text = (bundle / "README.md").read_text(encoding="utf-8")
    assert "- Chat format: `harmony`\n- Reasoning effort in the system message: `low`\n" in text
    assert f"- Date in the system message: {shown}" in text
    assert "by policy: distil 30, rationale 3, none 6, dropped for want of one 2\n" in text
    assert all(f"- What this does: {told}\n" in text for told in contract["thoughts"]["consequences"])


def test_another_chat_format_is_another_release(tiny_recipe: Path, run_folder: Path) -> None:
    """Also where it changes no row, as the tokens that a thought may take."""
    changed = run_recipe(load_recipe(tiny_recipe, overrides=["chat.thought_tokens=9"]), dry_run=True)
    assert changed[-1].name == "release" and changed[-1].status == "would run"


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
    renderer = renderer_of(load_tokenizer(tiny(tiny_model)), ChatSettings())
    prompt = renderer.prompt(conversation("EXAM", [user_message(question)]))
    model = load_model(tiny(tiny_model), run_folder / "preference/adapter")
    (new,) = generate(model, [prompt], stop=renderer.stops, max_new_tokens=12)
    assert theirs["prompt"] == prompt
    assert [token for token in theirs["new"] if token not in renderer.stops] == new


def test_merged_weights_are_the_adapter_on_its_base(run_copy: Path, tiny_model: Path) -> None:
    _, bundle = release(run_copy, tiny(tiny_model), merge=True)
    ids = torch.tensor([[5, 6, 7, 8]])
    merged = load_model(tiny(bundle / "merged"))
    with torch.no_grad():
        adapted = load_model(tiny(tiny_model), run_copy / "preference/adapter")(ids).logits
        assert torch.allclose(merged(ids).logits, adapted, atol=1e-4)
    assert "merged/model.safetensors" in (bundle / "SHA256SUMS").read_text()
