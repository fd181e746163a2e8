"""What a bundle must not hold, each check with something planted; and the stranger, who has the bundle and no more."""

from __future__ import annotations

import json
import pickle
import random
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from residency.core.files import folder_digests, read_json, write_json, write_jsonl, write_text
from residency.flow.stages import stage as entry
from residency.generation.settings import ModelSettings
from residency.release.bundle.weights import write_merged
from residency.release.settings import ReleaseSettings
from residency.release.verify import contents
from residency.release.verify.rows import Finder, forbidden
from residency.release.verify.run import failures, opened, verify
from residency.release.verify.sample import recorded
from residency.release.verify.secrets import secrets_in
from tests.conftest import read_rows

CANARY = "The theatre password is heron seven violet nine"


@pytest.fixture
def bundle(run_folder: Path, tmp_path: Path) -> Path:
    """The tiny run's bundle, which a test may change."""
    return Path(shutil.copytree(run_folder / "release/bundle", tmp_path / "run/release/bundle"))


def failed(bundle: Path, rows: dict[str, Any] | None = None, planted: tuple[str, ...] = ()) -> dict[str, str]:
    """The checks that fail, with what they say."""
    found = contents.checks(bundle, rows or {}, planted, [bundle, bundle.parent.parent])
    return {check["name"]: check["detail"] for check in found if check["verdict"] == "fail"}


def sums(bundle: Path) -> None:
    digests = folder_digests(bundle, frozenset({contents.SUMS}))
    write_text(bundle / contents.SUMS, "".join(f"{digest}  {name}\n" for name, digest in digests.items()))


def test_a_bundle_as_it_was_written_holds_nothing_that_it_must_not(bundle: Path) -> None:
    assert failed(bundle, planted=(CANARY,)) == {}


def plant_object_array(bundle: Path) -> None:
    np.save(bundle / "index.npy", np.array([{"a": 1}], object), allow_pickle=True)


def plant_in_archive(bundle: Path) -> None:
    torch.save({"a": torch.ones(2)}, bundle / "weights.safetensors.old")


PLANTED: list[tuple[str, Callable[[Path], object], str]] = [
    ("no pickle", lambda b: (b / "state.dat").write_bytes(pickle.dumps([1])), "state.dat is a pickle"),
    ("no pickle", lambda b: (b / "pytorch_model.bin").write_bytes(b"x"), "pytorch_model.bin is a pickle"),
    ("no pickle", plant_object_array, "index.npy is a pickle"),
    ("no pickle", plant_in_archive, "weights.safetensors.old holds a pickle"),
    ("no code but what is listed", lambda b: (b / "modeling.py").write_text("x = 1"), "modeling.py is a program"),
    ("no code but what is listed", lambda b: (b / "client.py").write_text("x = 1"), "client.py was changed"),
    (
        "no code but what is listed",
        lambda b: write_json(b / "config.json", {"auto_map": {"AutoModel": "m.M"}}),
        "config.json asks for code (auto_map)",
    ),
    ("no path of a machine", lambda b: write_json(b / "a.json", {"x": "/home/ann/models/y"}), "a.json: /home/ann"),
    ("no path of a machine", lambda b: write_text(b / "a.md", r"in C:\Users\ann"), r"a.md: C:\Users"),
    (
        "no path of a machine",
        lambda b: (b / "x.safetensors").write_bytes(b"\0" * 9 + str(b.parent.parent).encode()),
        "x.safetensors names a folder of this machine",
    ),
    ("no secret", lambda b: write_text(b / "notes.txt", "token hf_" + "aB3" * 12), "notes.txt: a token of the Hugging"),
    (
        "no planted text",
        lambda b: write_text(b / "a.html", f"<p>{CANARY.replace(' ', '<br>')}</p>"),
        "a.html: number 1",
    ),
    ("checksums", lambda b: write_text(b / "new.md", "x"), "new.md is not as SHA256SUMS says"),
    ("checksums", lambda b: (b / "adapter_model.safetensors").unlink(), "adapter_model.safetensors is not there"),
]


@pytest.mark.parametrize(("name", "plant", "told"), PLANTED, ids=[told for _, _, told in PLANTED])
def test_what_is_planted_is_found(bundle: Path, name: str, plant: Callable[[Path], object], told: str) -> None:
    plant(bundle)
    if name != "checksums":
        sums(bundle)
    found = failed(bundle, planted=(CANARY,))
    assert list(found) == [name]
    assert found[name].startswith(told)


SECRETS = [
    "hf_" + "x1" * 17,
    "sk-proj-" + "a1B_" * 8,
    "AKIA" + "ABCD1234" * 2,
    "ghp_" + "a1" * 18,
    "github_pat_" + "a1" * 25,
    "glpat-" + "a1" * 10,
    "xoxb-1234567890-abc",
    "AIza" + "a" * 35,
    "-----BEGIN OPENSSH PRIVATE KEY-----",
    "eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.SflKxwRJSMeKKF2Q",
    "WANDB_API_KEY=" + "0a" * 20,
    "https://ann:hunter2@example.org/x",
]


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_is_told_by_its_form_and_never_shown(secret: str) -> None:
    (kind,) = secrets_in(f"before {secret} after", {})
    assert secret not in kind


def test_the_value_of_this_process_s_own_key_is_a_secret_of_any_form() -> None:
    own = {"REVIEW_TOKEN": "correct horse battery", "SHORT_KEY": "abc", "HOME": "a long path, and no secret"}
    assert secrets_in("x correct horse battery abc a long path, and no secret", own) == ["the value of REVIEW_TOKEN"]


@pytest.mark.parametrize(
    "text",
    ["sha256 " + "0a" * 32, "https://example.org:8000/v1", "risk-of-bleeding-after-operation", "sk-1", "hf_home"],
)
def test_what_is_no_secret_passes(text: str) -> None:
    assert secrets_in(text, {}) == []


LONG = "A man of 71 with a hernia, known since 2009, comes at night with pain."


def corpus(folder: Path, **row: Any) -> tuple[Path, Path]:
    """A corpus of one kept row, with a review of it, and an index of none."""
    made = {"id": "q1", "question": LONG, "answer": "Operate.", "licence": "CC-BY-4.0", "parents": [], **row}
    write_jsonl(folder / "corpus/kept.jsonl", [made])
    write_jsonl(folder / "corpus/rejected.jsonl", [])
    write_jsonl(folder / "index/passages.jsonl", [])
    write_text(folder / "corpus/review.csv", "row,origin,id,check,sure,where,detail,text,decision,new_text,note\n")
    return folder / "corpus", folder / "index"


SHOWN = [LONG, f"<b>{LONG.replace(' ', '</b>&nbsp;<b>')}", json.dumps({"x": f"one\n{LONG.upper()}"})]


@pytest.mark.parametrize("text", SHOWN)
def test_a_row_without_a_licence_is_found_however_it_is_written(text: str, tmp_path: Path) -> None:
    assert Finder(forbidden(*corpus(tmp_path))).found(text) == []
    assert Finder(forbidden(*corpus(tmp_path, licence="unknown"))).found(text) == ["q1"]
    assert Finder(forbidden(*corpus(tmp_path, licence="unknown"))).found(text.replace("71", "72")) == []


@pytest.mark.parametrize(("decision", "expected"), [("", ["q1"]), ("keep", []), ("drop", ["q1"]), ("replace", [])])
def test_a_row_with_a_private_detail_stays_unless_a_person_let_it_pass(
    decision: str, expected: list[str], tmp_path: Path
) -> None:
    folders = corpus(tmp_path)
    with (folders[0] / "review.csv").open("a", encoding="utf-8") as handle:
        handle.write(f"k,f.csv:1,q1,privacy_phone,1,question,x,y,{decision},,\n")
    assert Finder(forbidden(*folders)).found(LONG) == expected


def test_what_was_rejected_and_passages_without_a_licence_stay(tmp_path: Path) -> None:
    folders = corpus(tmp_path, question="Short?")
    write_jsonl(folders[0] / "rejected.jsonl", [{"reason": "x", "detail": "", "row": {"prompt": LONG}}, {"row": "?"}])
    passage = {"id": "p1", "text": LONG.replace("hernia", "goitre"), "licence": "", "title": ""}
    write_jsonl(folders[1] / "passages.jsonl", [passage])
    assert Finder(forbidden(*folders)).found(f"{LONG} {passage['text']}") == ["rejected row 1", "p1"]


def test_a_text_that_an_allowed_row_says_too_is_free(tmp_path: Path) -> None:
    folders = corpus(tmp_path)
    write_jsonl(folders[0] / "rejected.jsonl", [{"reason": "duplicate", "detail": "", "row": {"question": LONG}}])
    assert Finder(forbidden(*folders)).found(LONG) == []


def test_the_sample_has_whole_batches_of_all_axes_and_each_step_after_those_before_it(run_folder: Path) -> None:
    found = recorded(run_folder / "evaluate", 6, random.Random(0))
    rows = read_rows(run_folder / "evaluate/answers-final.jsonl")
    axes = {item["axis"] for item in read_rows(run_folder / "evaluate/items.jsonl")}
    asked = [one for batch in found["batches"] for one in batch]
    assert len(asked) >= 6
    assert {one["axis"] for one in asked} <= axes
    said = {f"{row['id']}#{row['ask']}": row for row in rows}
    assert all(one["text"] in [turn["text"] for turn in said[one["id"]]["said"]] for one in asked)
    company = [{said[one["id"]]["batch"] for one in batch} for batch in found["batches"]]
    assert all(len(numbers) == 1 for numbers in company), "answers of two batches are mixed"
    usable = Counter(row["batch"] for row in rows if row["said"] and not row["said"][0].get("fault"))
    first = {min(numbers): len(batch) for numbers, batch in reversed(list(zip(company, found["batches"], strict=True)))}
    assert all(usable[number] == size for number, size in first.items()), "a batch is not whole"
    assert recorded(run_folder / "evaluate", 6, random.Random(0)) == found
    letters = [one["axis"] for one in found["letters"]]
    assert len(letters) <= 6 and max(map(letters.count, letters)) - min(map(letters.count, letters)) <= 1


# The stranger: a process of its own each time, so that all faults are planted in few


def verified(run: Path, bundle: Path, model: Path, **settings: Any) -> dict[str, Any]:
    sums(bundle)
    inputs = {name: run / name for name in entry("release").reads}
    own = ModelSettings(name=str(model), dtype="float32", device="cpu")
    chosen = ReleaseSettings(verify_answers=8, **settings)
    return verify(bundle, inputs, own, chosen, opened(bundle, inputs["evaluate"], own, chosen, random.Random(0)))


def by_name(verdict: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {check["name"]: check for check in verdict["checks"]}


def test_a_stranger_gets_what_was_evaluated(run_folder: Path, bundle: Path, tiny_model: Path) -> None:
    own = ModelSettings(name=str(tiny_model), dtype="float32", device="cpu")
    write_merged(own, run_folder / "preference/adapter", bundle / "merged", "5GB")
    verdict = verified(run_folder, bundle, tiny_model, canaries=[CANARY])
    found = by_name(verdict)
    assert verdict["verdict"] == "pass", verdict
    assert found["prompts"]["equal"] == found["prompts"]["of"] > 10
    assert found["answers"]["equal"] == found["answers"]["of"] >= 8
    assert found["answers"]["tied"] == found["answers"]["different"] == 0
    assert found["answers"]["alone_equal"] == found["answers"]["alone"] == 5  # in fp32 company changes no word
    assert found["letters"]["equal"] == found["letters"]["of"] > 0
    assert found["merged"]["equal"] == found["merged"]["of"] > 10
    assert found["alone"]["verdict"] == found["canaries"]["verdict"] == "pass"
    assert read_json(bundle.parent / "verify.json") == verdict
    assert not list(bundle.rglob("__pycache__"))


def test_a_stranger_finds_what_is_wrong_with_weights_template_and_memory(
    run_folder: Path, bundle: Path, tiny_model: Path
) -> None:
    own = ModelSettings(name=str(tiny_model), dtype="float32", device="cpu")
    write_merged(own, run_folder / "preference/adapter", bundle / "merged", "5GB")
    merged = load_file(bundle / "merged/model.safetensors")
    (name, *_) = [name for name in merged if name.endswith("q_proj.weight")]
    merged[name][0, 0] += 0.01
    save_file(merged, bundle / "merged/model.safetensors", {"format": "pt"})
    adapter = load_file(bundle / "adapter_model.safetensors")
    save_file(
        {key: -3 * value if "lora_B" in key else value for key, value in adapter.items()},
        bundle / "adapter_model.safetensors",
    )
    template = (bundle / "chat_template.jinja").read_text(encoding="utf-8")
    write_text(bundle / "chat_template.jinja", template.replace("<|im_start|>assistant\\n", "<|im_start|>assistant"))
    verdict = verified(run_folder, bundle, tiny_model)
    found = by_name(verdict)
    assert verdict["verdict"] == "fail"
    assert {name for name, check in found.items() if check["verdict"] == "fail"} >= {"prompts", "answers", "merged"}
    assert (len(failures(verdict)) >= 3 and name in found["merged"]["detail"]) or found["merged"]["equal"] == 0


def test_a_bundle_that_does_not_open_fails(run_folder: Path, bundle: Path, tiny_model: Path) -> None:
    (bundle / "adapter_model.safetensors").write_bytes(b"\0" * 64)
    verdict = verified(run_folder, bundle, tiny_model)
    assert by_name(verdict)["opens"]["verdict"] == "fail"
